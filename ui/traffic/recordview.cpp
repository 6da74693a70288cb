// SPDX-License-Identifier: GPL-3.0-or-later
#include "recordview.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>

#include "payloadtext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "theme.h"

namespace sockstage {

RecordView::RecordView(Content content, QWidget* parent)
    : QAbstractScrollArea(parent), content_(content), painter_(monospaceFont()) {
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    viewport()->setBackgroundRole(QPalette::Base);
    viewport()->setAutoFillBackground(true);
    setAccessibleName(content == Content::Traffic ? tr("Traffic") : tr("System calls"));
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, [this](int value) {
        if (!settingBar_) scrollByUser(scroll_.topFor(value));
    });
}

void RecordView::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    source_ = session == nullptr ? RecordSource{} : RecordSource::of(*session);
    only_.clear();
    current_.reset();
    setFollow(true);
    restart();
}

void RecordView::setConnections(ConnectionNumbers onlyThese) {
    if (onlyThese == only_) return;
    only_ = std::move(onlyThese);
    restart();
}

void RecordView::restart() {
    const auto filter =
        content_ == Content::Traffic ? RecordRows::Filter::Traffic : RecordRows::Filter::Calls;
    rows_.reset(session_ ? source_.capture : nullptr, filter, only_);
    find_.setText(find_.text());
    rows_.refresh();
    top_ = 0;
    updateScroll();
    describeCurrent();
    viewport()->update();
}

void RecordView::setHex(bool hex) {
    if (hex == hex_) return;
    hex_ = hex;
    viewport()->update();
}

void RecordView::setFollow(bool follow) {
    if (follow == follow_) return;
    follow_ = follow;
    updateScroll();
    viewport()->update();
    Q_EMIT followChanged(follow);
}

void RecordView::refresh() {
    if (!session_) return;
    const quint64 endBefore = rows_.endLine();
    const bool wasFull = endBefore > top_ + scroll_.page;
    if (rows_.refresh()) {
        const quint64 topBefore = top_;
        updateScroll();
        const bool sameLines = wasFull && topBefore == top_ && !follow_ && !hasEvictedLine();
        if (!sameLines) viewport()->update();
    }
    // Above lines that stay the same, it counts those that come.
    if (const QString now = hint(); now != paintedHint_)
        viewport()->update(hintBox(now) | hintBox(paintedHint_));
    continueFind();
}

void RecordView::updateScroll() {
    scroll_.first = rows_.firstLine() - (hasEvictedLine() ? 1 : 0);
    scroll_.end = rows_.endLine();
    scroll_.page = static_cast<quint64>(std::max(1, viewport()->height() / painter_.lineHeight()));
    setTop(follow_ ? scroll_.lastTop() : top_);
}

void RecordView::setTop(quint64 top) {
    top_ = scroll_.clamped(top);
    settingBar_ = true;
    verticalScrollBar()->setRange(0, scroll_.barMaximum());
    verticalScrollBar()->setPageStep(static_cast<int>(scroll_.page));
    verticalScrollBar()->setValue(scroll_.barFor(top_));
    settingBar_ = false;
}

void RecordView::scrollByUser(quint64 top) {
    const quint64 before = top_;
    setTop(top);
    setFollow(scroll_.atEnd(top_) && (follow_ || top_ > before));
    viewport()->update();
}

void RecordView::setFind(const QString& text) {
    if (text == find_.text()) return;
    find_.setText(text);
    viewport()->update();
}

void RecordView::findNext(bool forward) {
    const quint64 line = currentLine();
    find_.start(rows_.holds(line) ? line : forward ? rows_.firstLine() - 1 : rows_.endLine(), forward);
    continueFind();
}

void RecordView::continueFind() {
    if (!session_ || find_.state() != RecordFind::State::Searching) return;
    const auto state = find_.proceed(source_, rows_, content_ == Content::Calls);
    if (state == RecordFind::State::Searching) return;
    const bool found = state == RecordFind::State::Found;
    if (found) selectLine(find_.line());
    Q_EMIT findFinished(found);
}

quint64 RecordView::currentLine() const {
    return current_ ? rows_.lineOf(*current_) : rows_.endLine();
}

void RecordView::selectLine(quint64 line) {
    if (!rows_.holds(line)) return;
    current_ = rows_.captureRow(line);
    if (line + 1 < rows_.endLine()) setFollow(false);
    revealLine(line);
    describeCurrent();
    viewport()->update();
    Q_EMIT rowSelected(*current_);
}

void RecordView::selectRow(quint64 captureRow) {
    refresh();
    selectLine(rows_.lineOf(captureRow));
}

void RecordView::revealLine(quint64 line) {
    if (line < top_) setTop(line);
    if (line >= top_ + scroll_.page) setTop(line - scroll_.page + 1);
}

void RecordView::describeCurrent() {
    CaptureStore::Pin pin;
    const auto line = session_ && current_ ? lineAt(currentLine(), pin, 200) : std::nullopt;
    setAccessibleDescription(line       ? line->wholeLine()
                             : current_ ? tr("The chosen row was evicted")
                                        : QString());
}

void RecordView::moveCurrent(int key) {
    const quint64 first = rows_.firstLine(), end = rows_.endLine();
    if (first == end) return;
    quint64 line = currentLine();
    const bool held = rows_.holds(line);
    const auto page = static_cast<std::int64_t>(scroll_.page);
    const LineScroll all{first, end, 1};
    if (key == Qt::Key_Home) return scrollByUser(scroll_.first), selectLine(first);
    if (key == Qt::Key_End) return selectLine(end - 1), setFollow(true);
    if (!held)
        return selectLine(std::min(
            std::max(top_, first) + (key == Qt::Key_Up || key == Qt::Key_PageUp ? 0 : scroll_.page - 1),
            end - 1));
    const std::int64_t by = key == Qt::Key_Up       ? -1
                            : key == Qt::Key_Down   ? 1
                            : key == Qt::Key_PageUp ? -page
                                                    : page;
    selectLine(all.moved(line, by));
}

void RecordView::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copyLine();
    switch (event->key()) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_PageUp:
        case Qt::Key_PageDown:
        case Qt::Key_Home:
        case Qt::Key_End:
            return moveCurrent(event->key());
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (current_) Q_EMIT rowSelected(*current_);
            return;
        default:
            QAbstractScrollArea::keyPressEvent(event);
    }
}

void RecordView::clickAt(const QPoint& at) {
    const quint64 line = top_ + static_cast<quint64>(std::max(0, at.y()) / painter_.lineHeight());
    selectLine(line);
}

void RecordView::mousePressEvent(QMouseEvent* event) {
    clickAt(event->pos());
}

void RecordView::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton)) clickAt(event->pos());
}

// Not left to the scroll bar: with millions of lines one of its steps is more than a line.
void RecordView::wheelEvent(QWheelEvent* event) {
    wheelRest_ += event->angleDelta().y() * QApplication::wheelScrollLines();
    constexpr int notch = 120;  // QWheelEvent: 15 degrees in eighths
    const int lines = wheelRest_ / notch;
    wheelRest_ -= lines * notch;
    if (lines != 0) scrollByUser(scroll_.moved(top_, -lines));
    event->accept();
}

void RecordView::resizeEvent(QResizeEvent* event) {
    const bool wasShown = current_ && currentLine() >= top_ && currentLine() < top_ + scroll_.page;
    QAbstractScrollArea::resizeEvent(event);
    const quint64 current = currentLine();
    const bool inSight = rows_.holds(current) && current >= top_ && current < top_ + scroll_.page;
    updateScroll();
    // Choosing a row may open the panel of its bytes: the row stays in sight above it.
    if (inSight) revealLine(current);
    // The panel that opens below for a chosen line must not hide that line.
    if (wasShown) revealLine(currentLine());
}

void RecordView::changeEvent(QEvent* event) {
    QAbstractScrollArea::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    painter_ = RecordPainter(monospaceFont());
    updateScroll();
    viewport()->update();
}

void RecordView::focusInEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void RecordView::focusOutEvent(QFocusEvent* event) {
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

QSize RecordView::sizeHint() const {
    return {painter_.lineHeight() * 40, painter_.lineHeight() * 12};
}

}  // namespace sockstage
