// SPDX-License-Identifier: GPL-3.0-or-later
#include "throughputview.h"

#include <array>

#include "axislabels.h"
#include "capturestore.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

constexpr int intervalMs = 250;
constexpr double gapSeconds = 2;

}  // namespace

ThroughputView::ThroughputView(const SessionCounters& counters, qint64 epochOffsetNs, QWidget* parent)
    : TimeCharts(epochOffsetNs, gapSeconds, parent), counters_(counters) {
    setAccessibleName(tr("Throughput"));
    setNote(tr("Nothing was measured yet."));
    setCharts(
        {{tr("Receiving"), rateLabel, false, {{tr("received"), SeriesInk::Received, SeriesLook::Filled}}},
         {tr("Sending"), rateLabel, false, {{tr("sent"), SeriesInk::Sent, SeriesLook::Filled}}}});
    connect(&timer_, &QTimer::timeout, this, &ThroughputView::sample);
    timer_.setTimerType(Qt::CoarseTimer);
    timer_.start(intervalMs);
    sample();
}

void ThroughputView::sample() {
    const qint64 now = CaptureStore::nowNs();
    const quint64 received = counters_.receivedBytes.get(), sent = counters_.sentBytes.get();
    receiving_.sample(now, received);
    sending_.sample(now, sent);
    const Sample sample{receiving_.perSecond(), sending_.perSecond(), received, sent};
    samples_.push_back(sample);
    addSample(now, std::array{sample.receiving, sample.sending});
}

void ThroughputView::refresh() {
    if (isVisible()) showAdded();
}

QString ThroughputView::seriesText(std::size_t chart, std::size_t, std::size_t sample) const {
    const Sample& at = samples_[sample];
    return chart == 0 ? QStringLiteral("↓ ") + rateText(at.receiving)
                      : QStringLiteral("↑ ") + rateText(at.sending);
}

QString ThroughputView::sampleText(std::size_t sample) const {
    const Sample& at = samples_[sample];
    return tr("receiving %1, sending %2\nreceived so far %3, sent so far %4")
        .arg(rateText(at.receiving), rateText(at.sending), bytesText(at.received), bytesText(at.sent));
}

void ThroughputView::dropOldest(std::size_t count) {
    samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(count));
}

}  // namespace sockstage
