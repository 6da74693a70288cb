// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "kernelcharts.h"
#include "kernelhistory.h"
#include "timecharts.h"

namespace sockstage {

/// What the kernel said of one socket over the last minutes, as charts: of a TCP connection its round trip,
/// windows, losses and rates; of a UDP socket its buffers; of a listening socket its accept queue.
class TcpChartsView : public TimeCharts {
    Q_OBJECT

public:
    /// `epochOffsetNs`: CaptureStore::toEpochNs(0) of the session. `intervalMs`: how far apart samples are
    /// taken.
    explicit TcpChartsView(qint64 epochOffsetNs, int intervalMs = 100, QWidget* parent = nullptr);
    /// A null history: the socket is not observed.
    void setHistory(std::shared_ptr<const KernelHistory> history, SocketKind kind);
    void refresh();

protected:
    QString seriesText(std::size_t chart, std::size_t series, std::size_t sample) const override;
    QString sampleText(std::size_t sample) const override;
    void dropOldest(std::size_t count) override;
    void showEvent(QShowEvent* event) override;

private:
    std::shared_ptr<const KernelHistory> history_;
    SocketKind kind_ = SocketKind::Stream;
    std::vector<KernelChart> charts_;
    std::deque<KernelFacts> facts_;
    std::vector<KernelFacts> fresh_;
    std::uint64_t seen_ = 0;
};

}  // namespace sockstage
