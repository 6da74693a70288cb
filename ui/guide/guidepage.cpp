// SPDX-License-Identifier: GPL-3.0-or-later
#include "guidepage.h"

#include <QAbstractTextDocumentLayout>
#include <QEvent>
#include <QPointer>
#include <QScopedValueRollback>
#include <QScrollBar>
#include <QTextBlock>
#include <algorithm>

#include "guidechapters.h"
#include "guidestyle.h"
#include "theme.h"

namespace sockstage {

GuidePage::GuidePage(QWidget* parent) : QTextBrowser(parent) {
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    // A bar that came and went would change the width while the text is laid out.
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setStyleSheet(QStringLiteral("QTextBrowser { border: none; border-radius: 0; padding: 0; }"));
    connect(verticalScrollBar(), &QScrollBar::valueChanged, this, &GuidePage::scrolled);
    // Where a link goes that leaves the program.
    connect(this, &QTextBrowser::highlighted, this, [this](const QUrl& url) {
        viewport()->setToolTip(url.isRelative() ? QString() : url.toString());
    });
}

void GuidePage::showChapter(const QString& title, const QString& markdown) {
    setAccessibleName(title);
    markdown_ = markdown;
    setExtraSelections({});
    draw();
    goTo(0);
}

/// Made aside and shown when it is whole: a document that is being built on screen lays itself out at each
/// step, and a scroll bar that comes then resizes the page in the middle of an edit.
void GuidePage::draw() {
    const QScopedValueRollback moving(moving_, true);
    auto* fresh = new QTextDocument(this);
    fillGuideDocument(*fresh, markdown_, font());
    setGuideWidth(*fresh, viewport()->width());
    // Qt deletes the document that it made itself, and no other.
    const QPointer<QTextDocument> old = document();
    setDocument(fresh);
    delete old;
}

/// Left free above a place that is gone to.
int GuidePage::room() const {
    return fontMetrics().height() / 2;
}

void GuidePage::scrolled() {
    if (moving_) return;
    const QPoint top(viewport()->width() / 4, room() + 2);
    place_ = verticalScrollBar()->value() == 0 ? 0 : cursorForPosition(top).position();
}

void GuidePage::goTo(int position) {
    const QScopedValueRollback moving(moving_, true);
    place_ = std::clamp(position, 0, document()->characterCount() - 1);
    QTextCursor cursor(document());
    cursor.setPosition(place_);
    setTextCursor(cursor);
    scrollToPlace();
}

/// Without a QTextCursor: it may be called while the document changes.
void GuidePage::scrollToPlace() {
    const QScopedValueRollback moving(moving_, true);
    // Qt lays a long document out bit by bit; only the whole of it has its true range of scrolling.
    document()->documentLayout()->documentSize();
    const QTextBlock block = document()->findBlock(place_);
    const qreal top = document()->documentLayout()->blockBoundingRect(block).top();
    const QTextLine line = block.layout()->lineForTextPosition(place_ - block.position());
    const int y = static_cast<int>(top + (line.isValid() ? line.y() : 0));
    verticalScrollBar()->setValue(place_ == 0 ? 0 : y - room());
}

bool GuidePage::goToSection(const QString& section) {
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        if (block.blockFormat().headingLevel() == 0 || guideSection(block.text()) != section) continue;
        goTo(block.position());
        return true;
    }
    return false;
}

void GuidePage::showMatches(const std::vector<int>& positions, int length, int current) {
    QList<QTextEdit::ExtraSelection> marks;
    for (std::size_t i = 0; i < positions.size(); ++i) {
        QTextCursor cursor(document());
        cursor.setPosition(positions[i]);
        cursor.setPosition(positions[i] + length, QTextCursor::KeepAnchor);
        QTextCharFormat format;
        const bool chosen = static_cast<int>(i) == current;
        format.setBackground(chosen ? roleColors().primary : roleColors().receivedBackground);
        format.setForeground(chosen ? QBrush(roleColors().primaryText) : palette().text());
        format.setFontUnderline(!chosen);
        marks.append({cursor, format});
        if (!chosen) continue;
        QTextCursor start(document());
        start.setPosition(positions[i]);
        setTextCursor(start);
        ensureCursorVisible();
    }
    setExtraSelections(marks);
}

void GuidePage::resizeEvent(QResizeEvent* event) {
    if (moving_) return QTextBrowser::resizeEvent(event);
    {
        const QScopedValueRollback moving(moving_, true);
        setGuideWidth(*document(), viewport()->width());
        QTextBrowser::resizeEvent(event);
    }
    scrollToPlace();
}

void GuidePage::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    const bool looks = event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange ||
                       event->type() == QEvent::PaletteChange;
    if (!looks || moving_ || markdown_.isEmpty()) return;
    draw();
    goTo(place_);
}

}  // namespace sockstage
