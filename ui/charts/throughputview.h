// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTimer>
#include <deque>

#include "counter.h"
#include "ratemeter.h"
#include "timecharts.h"

namespace sockstage {

/// Bytes per second of one session over time, in both directions: averages over about the last second, the
/// same figures as in the list of sockets. Reads two counters four times a second as long as it exists, so
/// that the history is whole whatever was on screen.
class ThroughputView : public TimeCharts {
    Q_OBJECT

public:
    /// `counters` must live as long as the view. `epochOffsetNs`: CaptureStore::toEpochNs(0) of the session.
    ThroughputView(const SessionCounters& counters, qint64 epochOffsetNs, QWidget* parent = nullptr);
    void refresh();

protected:
    QString seriesText(std::size_t chart, std::size_t series, std::size_t sample) const override;
    QString sampleText(std::size_t sample) const override;
    void dropOldest(std::size_t count) override;

private:
    struct Sample {
        double receiving = 0, sending = 0;  ///< bytes per second
        quint64 received = 0, sent = 0;     ///< bytes so far
    };
    void sample();

    const SessionCounters& counters_;
    RateMeter receiving_, sending_;
    std::deque<Sample> samples_;
    QTimer timer_;
};

}  // namespace sockstage
