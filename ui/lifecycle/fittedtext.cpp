// SPDX-License-Identifier: GPL-3.0-or-later
#include "fittedtext.h"

#include <QEvent>
#include <algorithm>
#include <cmath>

#include "theme.h"

namespace sockstage {

FittedText::FittedText(Look look, QWidget* parent) : QTextBrowser(parent), look_(look) {
    if (look == Look::Plain) {
        setStyleSheet(QStringLiteral("QTextBrowser { border: none; background: transparent; padding: 0; }"));
        document()->setDocumentMargin(0);
    } else {
        setFont(monospaceFont());
    }
    setOpenLinks(false);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setTabChangesFocus(true);
}

void FittedText::showPlain(const QString& text) {
    if (text == toPlainText() || textCursor().hasSelection()) return;
    setPlainText(text);
    fit();
}

void FittedText::showMarkdown(const QString& markdown) {
    setVisible(!markdown.isEmpty());
    if (markdown == markdown_) return;
    markdown_ = markdown;
    // The default indent of a list takes a quarter of a narrow panel.
    document()->setIndentWidth(fontMetrics().height());
    setMarkdown(markdown);
    updateGeometry();
}

void FittedText::keepHeight() {
    keeps_ = true;
    kept_ = 0;
    updateGeometry();
}

int FittedText::textHeight() const {
    return std::max(static_cast<int>(std::ceil(document()->size().height())), keeps_ ? kept_ : 0);
}

QSize FittedText::sizeHint() const {
    const int around = height() - viewport()->height();
    return {fontMetrics().averageCharWidth() * 36, textHeight() + around};
}

QSize FittedText::minimumSizeHint() const {
    return {fontMetrics().averageCharWidth() * 16, sizeHint().height()};
}

void FittedText::fit() {
    if (keptWidth_ != viewport()->width()) kept_ = 0;
    keptWidth_ = viewport()->width();
    kept_ = textHeight();
    if (sizeHint().height() != height()) updateGeometry();
}

void FittedText::resizeEvent(QResizeEvent* event) {
    QTextBrowser::resizeEvent(event);
    fit();
}

void FittedText::changeEvent(QEvent* event) {
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::StyleChange && look_ == Look::Box) setFont(monospaceFont());
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    kept_ = 0;
    fit();
}

}  // namespace sockstage
