// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <QWidget>

#include "messagehistory.h"
#include "payloadtext.h"
#include "session.h"

class QLabel;
class QMenu;
class QPushButton;

namespace sockstage {

class ChoiceButton;
class ComposerLines;
class MessageEdit;
class SendProgress;
class TargetChoice;

/// Where messages are written and sent: to whom, as text or hex, once or again and again.
class Composer : public QWidget {
    Q_OBJECT

public:
    explicit Composer(QWidget* parent = nullptr);
    void setSession(Session* session);
    /// The connections selected in the table.
    void setSelected(const ConnectionNumbers& numbers);
    void focusMessage();
    /// Shows what the target and the send queue have become.
    void refresh();
    QSize minimumSizeHint() const override;

public Q_SLOTS:
    /// Sends what is typed, or shows why it cannot be sent.
    void sendNow();
    void chooseFile();
    /// The file waits beside the message until it is sent or removed.
    void attachFile(const QString& path);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void makeChoices();
    QWidget* makeAttachmentRow();
    void makeEdit();
    void connectParts();

    void typed();
    void parse();
    void showNote(const QString& text, bool wrong);
    void showReason();
    QString lengthWarning() const;
    quint64 messageLength() const;
    QByteArray messageBytes() const;
    bool deliver(const QByteArray& attachment, const QByteArray& bytes);
    void keepInHistory();
    void startRepeating();
    void repeat();
    void stopRepeating();
    bool deliverFile();
    bool refuseFile(const QString& why);
    bool sendFileAsDatagram(const QString& path);
    bool sendFileAsDatagrams(const QString& path);
    void showAttachment();

    void attach(const QByteArray& bytes);
    void detach();
    void walkHistory(int direction);
    void recall(const Message& message);
    Message currentMessage() const;
    void fillSavedMenu();
    bool isHex() const;
    bool isUdp() const;

    Session* session_ = nullptr;
    TargetChoice* target_;
    ChoiceButton *notation_, *ending_, *repeat_;
    QPushButton *file_, *saved_;
    QLabel *count_, *note_, *attachmentText_;
    QWidget* attachmentRow_;
    SendProgress* progress_;
    MessageEdit* edit_;
    QPushButton *send_, *stop_;

    ComposerLines* lines_ = nullptr;

    QByteArray attachment_;  ///< a paste too large for the document
    QString filePath_;       ///< a file that waits for Send
    ParsedPayload parsed_;
    bool attemptFailed_ = false;  ///< the note answers a try to send; typing takes it away
    QTimer parseLater_, repeatTimer_;
    QByteArray repeated_, repeatedAttachment_;
    quint64 repeatCount_ = 0;
    QList<Message> history_;    ///< while walking through it
    qsizetype historyAt_ = -1;  ///< -1: not walking
    Message draft_;
};

}  // namespace sockstage
