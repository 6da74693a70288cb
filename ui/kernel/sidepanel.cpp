// SPDX-License-Identifier: GPL-3.0-or-later
#include "sidepanel.h"

#include <QApplication>
#include <QEvent>
#include <QScrollBar>
#include <QSettings>
#include <QVBoxLayout>

#include "settings.h"
#include "sidesection.h"

namespace sockstage {
namespace {

constexpr const char* foldedKey = "window/folded";

}  // namespace

SidePanel::SidePanel(QWidget* parent) : QScrollArea(parent), column_(nullptr) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::NoFocus);
    auto* inside = new QWidget;
    inside->setAutoFillBackground(true);
    inside->setBackgroundRole(QPalette::Base);
    column_ = new QVBoxLayout(inside);
    column_->setContentsMargins({});
    column_->setSpacing(0);
    column_->addStretch();
    setWidget(inside);
    QScrollBar* bar = verticalScrollBar();
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    bar->setEnabled(false);  // without a handle, by the style sheet
    connect(bar, &QScrollBar::rangeChanged, bar, [bar](int, int most) { bar->setEnabled(most > 0); });
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) { showFocused(now); });
}

SideSection* SidePanel::addSection(const QString& id, const QString& title, QWidget* content) {
    auto* section = new SideSection(id, title, content, widget());
    column_->insertWidget(static_cast<int>(sections_.size()), section);
    sections_.push_back(section);
    return section;
}

void SidePanel::unfoldAll() {
    for (SideSection* section : sections_)
        section->setFolded(false);
}

// The arrow keys inside a section move the focus without the scroll area's knowing. What is clicked is under
// the mouse and must stay there.
void SidePanel::showFocused(QWidget* focused) {
    const bool clicked = QApplication::mouseButtons() != Qt::NoButton;
    if (focused != nullptr && !clicked && widget()->isAncestorOf(focused)) ensureWidgetVisible(focused, 0, 8);
}

/// A scroll area keeps it to itself when its content needs more width than before.
bool SidePanel::eventFilter(QObject* watched, QEvent* event) {
    const bool handled = QScrollArea::eventFilter(watched, event);
    const bool laidOut = watched == widget() && event->type() == QEvent::LayoutRequest;
    if (laidOut && minimumSizeHint().width() > width()) updateGeometry();
    return handled;
}

QSize SidePanel::minimumSizeHint() const {
    // The style's metric knows nothing of the style sheet's width.
    return {widget()->minimumSizeHint().width() + verticalScrollBar()->sizeHint().width(),
            fontMetrics().height() * 8};
}

QSize SidePanel::sizeHint() const {
    return widget()->sizeHint().expandedTo(minimumSizeHint());
}

void SidePanel::saveState(QSettings& settings) const {
    QStringList folded;
    for (const SideSection* section : sections_)
        if (section->isFolded()) folded << section->id();
    settings.setValue(settingsKey(foldedKey), folded);
}

void SidePanel::restoreState(QSettings& settings) {
    const QStringList folded = settings.value(settingsKey(foldedKey)).toStringList();
    for (SideSection* section : sections_)
        section->setFolded(folded.contains(section->id()));
}

}  // namespace sockstage
