// SPDX-License-Identifier: GPL-3.0-or-later
#include "messageedit.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <algorithm>

#include "theme.h"

namespace sockstage {
namespace {

constexpr int mostLines = 6;

}  // namespace

MessageEdit::MessageEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setFont(monospaceFont());
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    document()->setMaximumBlockCount(0);
    document()->setDocumentMargin(2);
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &MessageEdit::fitLines);
    fitLines();
}

/// One line that grows with what is written, up to six; then it scrolls.
void MessageEdit::fitLines() {
    const int lines = std::clamp(static_cast<int>(document()->size().height()), 1, mostLines);
    // The document's margin, and the style sheet's padding and border.
    const int around = static_cast<int>(document()->documentMargin()) * 2 + fontMetrics().height() * 2 / 3;
    setVerticalScrollBarPolicy(lines < mostLines ? Qt::ScrollBarAlwaysOff : Qt::ScrollBarAsNeeded);
    setFixedHeight(fontMetrics().lineSpacing() * lines + around);
}

// A hint that wraps would show half a line.
void MessageEdit::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    const QString whole = tr("Message · Ctrl+Enter sends · ↑ earlier ones");
    const bool fits = fontMetrics().horizontalAdvance(whole) < viewport()->width() - fontMetrics().height();
    setPlaceholderText(fits ? whole : tr("Message"));
}

QByteArray MessageEdit::typedBytes() const {
    QString text = document()->toRawText();
    text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
    text.replace(QChar::LineSeparator, QLatin1Char('\n'));
    return text.toUtf8();
}

void MessageEdit::markError(qsizetype offset, qsizetype length) {
    const QByteArray bytes = typedBytes();
    const auto position = [&bytes](qsizetype byte) {
        return static_cast<int>(QString::fromUtf8(bytes.left(byte)).size());
    };
    QTextEdit::ExtraSelection error;
    error.cursor = QTextCursor(document());
    const int end = document()->characterCount() - 1;
    // An error at the very end has no character of its own: mark the last one.
    error.cursor.setPosition(qBound(0, qMin(position(offset), end - 1), qMax(0, end)));
    error.cursor.setPosition(qBound(0, position(offset + qMax<qsizetype>(1, length)), qMax(0, end)),
                             QTextCursor::KeepAnchor);
    error.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    error.format.setUnderlineColor(roleColors().failed);
    error.format.setForeground(roleColors().failed);
    setExtraSelections({error});
    setWrong(this, true);
}

void MessageEdit::clearError() {
    setExtraSelections({});
    setWrong(this, false);
}

bool MessageEdit::atEdge(int direction) const {
    const QTextCursor cursor = textCursor();
    if (cursor.hasSelection()) return false;
    QTextCursor moved = cursor;
    // Lines as they are seen: a long wrapped line is several.
    return !moved.movePosition(direction < 0 ? QTextCursor::Up : QTextCursor::Down);
}

void MessageEdit::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && (event->modifiers() & Qt::ControlModifier) != 0) return Q_EMIT sendWanted();
    const bool vertical = event->key() == Qt::Key_Up || event->key() == Qt::Key_Down;
    const int direction = event->key() == Qt::Key_Up ? -1 : 1;
    const bool plain = (event->modifiers() & ~Qt::KeyboardModifiers(Qt::KeypadModifier)) == Qt::NoModifier;
    if (vertical && plain && atEdge(direction)) return Q_EMIT historyWanted(direction);
    QPlainTextEdit::keyPressEvent(event);
}

void MessageEdit::insertFromMimeData(const QMimeData* source) {
    // The bytes first: making a QString of a gigabyte only to measure it would double the cost.
    const QByteArray bytes = source->data(QStringLiteral("text/plain"));
    if (bytes.size() > largestInsert) return Q_EMIT largePasted(bytes);
    QPlainTextEdit::insertFromMimeData(source);
}

void MessageEdit::changeEvent(QEvent* event) {
    if (event->type() == QEvent::ApplicationFontChange) setFont(monospaceFont());
    QPlainTextEdit::changeEvent(event);
}

}  // namespace sockstage
