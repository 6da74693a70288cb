// SPDX-License-Identifier: GPL-3.0-or-later
#include "timecharts.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "chartplot.h"
#include "followbutton.h"
#include "livetext.h"
#include "quantitytext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr double minute = 60;
/// Ten minutes at ten samples a second; an hour while the user looks at an older moment.
constexpr std::size_t keptFollowing = 6000, keptPaused = 36000;

}  // namespace

TimeCharts::TimeCharts(qint64 epochOffsetNs, double gapSeconds, QWidget* parent)
    : QWidget(parent),
      epochOffsetNs_(epochOffsetNs),
      gapSeconds_(gapSeconds),
      moment_(makeLabel({}, this)),
      hint_(makeLabel({}, this)),
      note_(makeLabel({}, this)),
      span_(new QPushButton(this)),
      follow_(new FollowButton("chartFollow", this)),
      scroll_(new QScrollArea(this)),
      plot_(ChartPlot::make()) {
    setFocusPolicy(Qt::StrongFocus);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidgetResizable(true);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setWidget(plot_->widget());
    plot_->widget()->setObjectName(QStringLiteral("chartPlot"));
    plot_->widget()->setMouseTracking(true);
    plot_->widget()->installEventFilter(this);
    note_->setAlignment(Qt::AlignCenter);
    setTone(note_, Tone::Dimmed);
    // One pixel all around is for the mark of the focus.
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(note_, 1);
    column->addWidget(scroll_, 1);
    showWords();
}

QWidget* TimeCharts::makeBar() {
    auto* bar = new QWidget(this);
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space, 0, space, 0);
    moment_->setFont(monospaceFont());
    moment_->setObjectName(QStringLiteral("chartMoment"));
    hint_->setObjectName(QStringLiteral("chartHint"));
    setTone(hint_, Tone::Dimmed);
    span_->setProperty("quiet", true);
    span_->setObjectName(QStringLiteral("chartSpan"));
    span_->setAccessibleName(tr("How much time the charts show"));
    span_->setToolTip(plainToolTip(tr("How much time the charts show; the wheel, + and - change it too")));
    auto* menu = new QMenu(span_);
    menu->addAction(tr("1 minute"), this, [this] { setSpan(minute); });
    menu->addAction(tr("5 minutes"), this, [this] { setSpan(5 * minute); });
    span_->setMenu(menu);
    row->addWidget(moment_);
    row->addStretch();
    row->addWidget(hint_);
    row->addWidget(span_);
    row->addWidget(follow_);
    connect(follow_, &FollowButton::followWanted, this, &TimeCharts::setFollow);
    connect(this, &TimeCharts::followChanged, follow_, &FollowButton::showFollowing);
    return bar;
}

void TimeCharts::setCharts(const std::vector<ChartSpec>& charts) {
    // Hiding the charts can draw them once more: the old ones belong together until then.
    clearSamples();
    charts_ = charts;
    plot_->setCharts(charts);
}

void TimeCharts::setNote(const QString& nothingYet) {
    note_->setText(nothingYet);
}

void TimeCharts::clearSamples() {
    times_.clear();
    plot_->clearData();
    chosen_.reset();
    stale_ = true;
    if (!window_.follow) setFollow(true);
    showWords();
}

void TimeCharts::addSample(qint64 atNs, std::span<const double> values) {
    const double seconds = static_cast<double>(atNs + epochOffsetNs_) / 1e9;
    plot_->append(seconds, values, !times_.empty() && seconds - newest() > gapSeconds_);
    times_.push_back(seconds);
    forget();
}

void TimeCharts::forget() {
    const std::size_t most = window_.follow ? keptFollowing : keptPaused;
    if (times_.size() <= most) return;
    const std::size_t count = times_.size() - most;
    times_.erase(times_.begin(), times_.begin() + static_cast<std::ptrdiff_t>(count));
    plot_->dropBefore(oldest());
    dropOldest(count);
}

void TimeCharts::showAdded() {
    window_.advance(oldest(), newest());
    if (!isVisible()) {
        stale_ = true;
        return;
    }
    // Looking back at a moment that is complete, nothing on screen has changed. Else a picture that would
    // move by less than a pixel is not worth drawing.
    const bool grown = newest() <= window_.end || drawnEnd_ < window_.end;
    const bool moved = std::abs(window_.end - drawnEnd_) >= plot_->secondsPerPixel();
    if (stale_ || (grown && moved)) draw();
}

void TimeCharts::move(const TimeWindow& wanted) {
    const bool followed = window_.follow;
    window_ = wanted;
    draw();
    if (followed == window_.follow) return;
    forget();
    describe();
    Q_EMIT followChanged(window_.follow);
}

void TimeCharts::setFollow(bool follow) {
    TimeWindow wanted = window_;
    wanted.setFollow(follow, newest());
    if (follow) chosen_.reset();
    move(wanted);
}

void TimeCharts::setSpan(double seconds) {
    zoom(seconds / window_.span, window_.end);
}

void TimeCharts::zoom(double factor, double around) {
    TimeWindow wanted = window_;
    wanted.zoom(factor, around, oldest(), newest());
    move(wanted);
}

void TimeCharts::draw() {
    stale_ = !isVisible();
    showWords();
    if (stale_ || times_.empty()) return;
    drawnEnd_ = window_.end;
    plot_->showWindow(window_);
    drawCursor();
}

void TimeCharts::drawCursor() {
    if (times_.empty()) return showWords();
    std::vector<QStringList> values(charts_.size());
    const std::size_t sample = shownSample();
    for (std::size_t chart = 0; chart < charts_.size(); ++chart)
        for (std::size_t series = 0; series < charts_[chart].series.size(); ++series)
            values[chart] << (sample < times_.size() ? seriesText(chart, series, sample)
                                                     : QStringLiteral("—"));
    plot_->showCursor(cursorMoment().value_or(std::numeric_limits<double>::quiet_NaN()), values);
    showWords();
}

void TimeCharts::showWords() {
    const bool empty = times_.empty();
    note_->setVisible(empty);
    scroll_->setVisible(!empty);
    const auto show = [](QLabel* label, const QString& text) { showLive(*label, text); };
    show(hint_, hint());
    if (const QString span = spanText(); span != span_->text()) span_->setText(span);
    const std::size_t sample = shownSample();
    if (empty)
        show(moment_, {});
    else if (sample >= times_.size())
        show(moment_, tr("no sample at %1").arg(clockText(cursorMoment().value_or(newest()))));
    else
        show(moment_, cursorMoment() ? clockText(times_[sample]) : tr("newest %1").arg(clockText(newest())));
}

QString TimeCharts::hint() const {
    if (window_.follow || times_.empty()) return {};
    return tr("paused at %1 · press End to follow").arg(clockText(window_.end).left(8));
}

QString TimeCharts::spanText() const {
    const int seconds = static_cast<int>(std::lround(window_.span));
    if (seconds % 60 == 0) return seconds == 60 ? tr("1 minute") : tr("%1 minutes").arg(seconds / 60);
    return seconds < 60 ? tr("%1 s").arg(seconds) : tr("%1 min %2 s").arg(seconds / 60).arg(seconds % 60);
}

QString TimeCharts::clockText(double seconds) const {
    return timeOfDayText(static_cast<qint64>(seconds * 1e9)).left(12);
}

QString TimeCharts::readout() const {
    if (times_.empty()) return note_->text();
    const std::size_t sample = shownSample();
    if (sample >= times_.size())
        return tr("no sample at %1").arg(clockText(cursorMoment().value_or(newest())));
    return clockText(times_[sample]) + QLatin1Char('\n') + sampleText(sample);
}

void TimeCharts::describe() {
    const QString what = readout();
    setAccessibleDescription(hint().isEmpty() ? what : hint() + QLatin1Char('\n') + what);
}

std::size_t TimeCharts::nearestSample(double seconds) const {
    const auto after = std::lower_bound(times_.begin(), times_.end(), seconds);
    if (after == times_.end()) return times_.size() - 1;
    const auto at = static_cast<std::size_t>(after - times_.begin());
    return at > 0 && seconds - times_[at - 1] < *after - seconds ? at - 1 : at;
}

std::optional<double> TimeCharts::cursorMoment() const {
    if (times_.empty()) return std::nullopt;
    if (mouseX_) return plot_->secondsAt(*mouseX_);
    return chosen_;
}

std::optional<std::size_t> TimeCharts::cursorSample() const {
    const auto moment = cursorMoment();
    if (!moment) return std::nullopt;
    const std::size_t nearest = nearestSample(*moment);
    if (std::abs(times_[nearest] - *moment) > gapSeconds_ / 2) return std::nullopt;
    return nearest;
}

std::size_t TimeCharts::shownSample() const {
    if (!cursorMoment()) return times_.empty() ? 0 : times_.size() - 1;
    return cursorSample().value_or(times_.size());
}

void TimeCharts::setCursorAt(double seconds) {
    chosen_ = seconds;
    TimeWindow wanted = window_;
    // Who looks at one moment does not want it to wander away.
    if (seconds < newest()) wanted.follow = false;
    wanted.reveal(seconds, oldest(), newest());
    move(wanted);
    describe();
}

void TimeCharts::clearCursor() {
    chosen_.reset();
    drawCursor();
    describe();
}

void TimeCharts::copyReadout() const {
    QApplication::clipboard()->setText(readout());
}

QSize TimeCharts::sizeHint() const {
    return {fontMetrics().height() * 40, fontMetrics().height() * 16};
}

void TimeCharts::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    draw();
}

void TimeCharts::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    draw();
}

void TimeCharts::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    moment_->setFont(monospaceFont());
}

void TimeCharts::paintEvent(QPaintEvent* event) {
    QWidget::paintEvent(event);
    if (!hasFocus()) return;
    QPainter painter(this);
    painter.setPen(roleColors().active);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void TimeCharts::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    describe();
    update();
}

void TimeCharts::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

}  // namespace sockstage
