#include "sidepanel.h"

#include <QApplication>
#include <QScrollBar>
#include <QSettings>
#include <QStyle>
#include <QVBoxLayout>
#include <algorithm>

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
    inside->installEventFilter(this);
    // Only when every layout has settled.
    fitting_.setSingleShot(true);
    fitting_.setInterval(0);
    connect(&fitting_, &QTimer::timeout, this, &SidePanel::fit);
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

bool SidePanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == widget() && event->type() == QEvent::LayoutRequest) fitting_.start();
    return QScrollArea::eventFilter(watched, event);
}

void SidePanel::resizeEvent(QResizeEvent* event) {
    QScrollArea::resizeEvent(event);
    gained_ = {};
    heightBefore_ = 0;
    fitting_.start();
}

int SidePanel::wantedHeight() const {
    const QLayout& layout = *widget()->layout();
    return layout.hasHeightForWidth() ? layout.totalHeightForWidth(viewport()->width())
                                      : layout.totalSizeHint().height();
}

// Step by step. What giving way gained is measured, so that it is taken back only where it fits, and nothing
// goes to and fro.
void SidePanel::fit() {
    if (!isVisible()) return;
    const int wanted = wantedHeight(), room = viewport()->height();
    const int most = fontMetrics().height() * 6;  // what is more came of something else
    if (heightBefore_ != 0)
        gained_[static_cast<std::size_t>(tightness_)] = std::clamp(heightBefore_ - wanted, 0, most);
    heightBefore_ = 0;
    if (wanted > room && tightness_ < tightest) {
        heightBefore_ = wanted;
        return tighten(tightness_ + 1);
    }
    const int roomier = wanted + gained_[static_cast<std::size_t>(tightness_)] + fontMetrics().height() / 2;
    if (tightness_ > 0 && roomier <= room) tighten(tightness_ - 1);
}

void SidePanel::tighten(int level) {
    tightness_ = level;
    setTightness(level);
    fitting_.start();
}

// The arrow keys inside a section move the focus without the scroll area's knowing. What is clicked is under
// the mouse and must stay there.
void SidePanel::showFocused(QWidget* focused) {
    const bool clicked = QApplication::mouseButtons() != Qt::NoButton;
    if (focused != nullptr && !clicked && widget()->isAncestorOf(focused)) ensureWidgetVisible(focused, 0, 8);
}

QSize SidePanel::minimumSizeHint() const {
    const int bar = style()->pixelMetric(QStyle::PM_ScrollBarExtent, nullptr, verticalScrollBar());
    return {widget()->minimumSizeHint().width() + bar, fontMetrics().height() * 8};
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
