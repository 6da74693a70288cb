// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpchartsview.h"

#include <QStringList>

#include "kernellines.h"
#include "plaintext.h"

namespace sockstage {
namespace {

// A busy worker may come late; five looks that are missing are a gap.
double gapSeconds(int intervalMs) {
    return intervalMs * 5 / 1000.0;
}

}  // namespace

TcpChartsView::TcpChartsView(qint64 epochOffsetNs, int intervalMs, QWidget* parent)
    : TimeCharts(epochOffsetNs, gapSeconds(intervalMs), parent), charts_(kernelCharts(kind_)) {
    setAccessibleName(tr("The kernel's figures over time"));
    setNote(tr("Nobody has asked the kernel about this socket."));
    setCharts(chartSpecs(charts_));
}

void TcpChartsView::setHistory(std::shared_ptr<const KernelHistory> history, SocketKind kind) {
    if (history == history_ && kind == kind_) return;
    history_ = std::move(history);
    seen_ = 0;
    facts_.clear();
    if (kind != kind_) {
        kind_ = kind;
        charts_ = kernelCharts(kind);
        setCharts(chartSpecs(charts_));
    } else {
        clearSamples();
    }
    refresh();
}

void TcpChartsView::refresh() {
    if (!isVisible() || !history_) return;
    fresh_.clear();
    seen_ = history_->copySince(seen_, fresh_);
    std::vector<double> values;
    for (const KernelFacts& facts : fresh_) {
        values.clear();
        for (const KernelChart& chart : charts_)
            for (const KernelSeries& series : chart.series)
                values.push_back(series.drawn(facts));
        facts_.push_back(facts);
        addSample(facts.atNs, values);
    }
    if (!fresh_.empty()) showAdded();
}

QString TcpChartsView::seriesText(std::size_t chart, std::size_t series, std::size_t sample) const {
    return charts_[chart].series[series].words(facts_[sample]);
}

QString TcpChartsView::sampleText(std::size_t sample) const {
    const KernelFacts& facts = facts_[sample];
    QStringList lines;
    if (kind_ != SocketKind::Datagram) lines << tr("state: %1").arg(toQString(tcpStateName(facts.state)));
    if (const QString sentence = kernelSentence(facts, kind_); !sentence.isEmpty()) lines << sentence;
    for (const KernelLine& line : kernelLines(facts, {kind_, std::nullopt, {}}))
        lines << line.text();
    return lines.join(QLatin1Char('\n'));
}

void TcpChartsView::dropOldest(std::size_t count) {
    facts_.erase(facts_.begin(), facts_.begin() + static_cast<std::ptrdiff_t>(count));
}

void TcpChartsView::showEvent(QShowEvent* event) {
    TimeCharts::showEvent(event);
    refresh();
}

}  // namespace sockstage
