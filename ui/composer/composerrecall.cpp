// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QTextCursor>

#include "choicebutton.h"
#include "composer.h"
#include "messagebytes.h"
#include "messageedit.h"
#include "plaintext.h"
#include "quantitytext.h"

// What comes into the composer other than by keys: large pastes, the history, saved messages.
namespace sockstage {
namespace {

constexpr qsizetype hexPasteBytes = 16 << 20;  ///< more hex than this would hold up the window

}  // namespace

void Composer::attach(const QByteArray& bytes) {
    attemptFailed_ = true;
    if (isHex() && bytes.size() > hexPasteBytes)
        return showNote(tr("More hex than can be read here (%1): send it as a file.")
                            .arg(bytesText(static_cast<quint64>(bytes.size()))),
                        true);
    if (isHex()) {
        ParsedPayload payload = parseHex(view(bytes));
        if (!payload.error.empty()) return showNote(tr("Not pasted. %1").arg(toQString(payload.error)), true);
        attachment_ = toByteArray(payload.bytes);
    } else {
        attachment_ = bytes;
    }
    showAttachment();
    typed();
}

void Composer::detach() {
    attachment_.clear();
    filePath_.clear();
    showAttachment();
    typed();
}

Message Composer::currentMessage() const {
    return {QString::fromUtf8(edit_->typedBytes()), isHex(),
            static_cast<LineEnding>(ending_->value().toInt())};
}

void Composer::walkHistory(int direction) {
    if (historyAt_ < 0) {
        history_ = MessageHistory::sent();
        historyAt_ = history_.size();
        draft_ = currentMessage();
    }
    const qsizetype wanted = qBound<qsizetype>(0, historyAt_ + direction, history_.size());
    if (wanted == historyAt_) return;
    recall(wanted == history_.size() ? draft_ : history_[wanted]);
    // Only now: the new text has just ended the walk, as typing does.
    historyAt_ = wanted == history_.size() ? -1 : wanted;
}

void Composer::recall(const Message& message) {
    notation_->choose(message.hex);
    ending_->choose(static_cast<int>(message.ending));
    // Not setPlainText(): the change can then be undone like any other edit.
    QTextCursor cursor(edit_->document());
    cursor.select(QTextCursor::Document);
    cursor.insertText(message.text);
    edit_->setTextCursor(cursor);
}

void Composer::fillSavedMenu() {
    QMenu& menu = *saved_->menu();
    menu.clear();
    const QList<Message> saved = MessageHistory::saved();
    const auto title = [this](const Message& message) {
        QString line = outsideText(message.text.left(60).toStdString());
        return fontMetrics()
            .elidedText(line, Qt::ElideRight, fontMetrics().averageCharWidth() * 50)
            .replace(QLatin1Char('&'), QStringLiteral("&&"));
    };
    for (const Message& message : saved)
        menu.addAction(title(message), this, [this, message] { recall(message), focusMessage(); });
    menu.addSeparator();
    QAction* keep = menu.addAction(tr("Save this message"), this, [this] {
        if (!MessageHistory::save(currentMessage())) showNote(tr("Too long to be saved."), true);
    });
    keep->setEnabled(!edit_->document()->isEmpty());
    if (saved.isEmpty()) return;
    QMenu* forget = menu.addMenu(tr("Delete"));
    for (const Message& message : saved)
        forget->addAction(title(message), this, [message] { MessageHistory::forget(message); });
}

}  // namespace sockstage
