// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace sockstage {

/// Where a message is typed. Keys: Ctrl+Enter sends; Up on the first line and Down on the last one
/// walk through the history. Large pastes do not go into the document, which could not hold them.
class MessageEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    static constexpr qsizetype largestInsert = qsizetype{1} << 20;  ///< bytes

    explicit MessageEdit(QWidget* parent = nullptr);
    /// What is typed, as UTF-8, every character as it is (toPlainText() turns no-break spaces into blanks).
    QByteArray typedBytes() const;
    /// Underlines the place of an error; byte positions of typedBytes().
    void markError(qsizetype offset, qsizetype length);
    void clearError();

Q_SIGNALS:
    void sendWanted();
    void historyWanted(int direction);  ///< -1: the message before
    void largePasted(const QByteArray& bytes);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void insertFromMimeData(const QMimeData* source) override;
    void changeEvent(QEvent* event) override;

private:
    void fitLines();
    bool atEdge(int direction) const;
};

}  // namespace sockstage
