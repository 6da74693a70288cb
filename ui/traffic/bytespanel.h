// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "recordtext.h"
#include "session.h"

class QLabel;
class QMenu;
class QPushButton;

namespace sockstage {

class HexDump;

/// The chosen row: its bytes, and the call that moved them.
class BytesPanel : public QWidget {
    Q_OBJECT

public:
    explicit BytesPanel(QWidget* parent = nullptr);
    void setSession(Session* session);
    void showRow(quint64 captureRow);
    void clear();
    QSize sizeHint() const override;

Q_SIGNALS:
    void closeWanted();

private:
    enum class CopyAs : std::uint8_t { Text, Hex, CArray };
    void buildSide();
    void showRecord(const CaptureStore::Pin& pin, const CallRecord& record);
    void addCopy(CopyAs as, const QString& text, const QKeySequence& keys);
    void copy(CopyAs as) const;
    QString sentence(const CaptureStore::Pin& pin, const CallRecord& record) const;
    QString times(const CallRecord& record) const;
    void display(const QByteArray& bytes, const QString& placeholder);

    QPointer<Session> session_;
    RecordSource source_;
    HexDump* dump_;
    QWidget* side_;
    QLabel *sentence_, *call_, *times_;
    std::vector<QPushButton*> copyButtons_;
};

}  // namespace sockstage
