// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelcharts.h"

#include <QCoreApplication>
#include <limits>

#include "axislabels.h"
#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KernelCharts)
};

using Facts = KernelFacts;
constexpr double notTold = std::numeric_limits<double>::quiet_NaN();

double number(std::int64_t value) {
    return value == Facts::absent ? notTold : static_cast<double>(value);
}
QString dashOr(std::int64_t value, QString (*format)(std::int64_t)) {
    return value == Facts::absent ? QStringLiteral("—") : format(value);
}
QString bytes(std::int64_t n) {
    return bytesText(static_cast<quint64>(n));
}
QString count(std::int64_t n) {
    return grouped(static_cast<quint64>(n));
}
QString rate(std::int64_t n) {
    return rateText(static_cast<double>(n));
}
QString micro(std::int64_t n) {
    return durationText(n * 1000);
}

// A series whose words are its value.
template <std::int64_t Facts::*Member, QString (*Format)(std::int64_t)>
KernelSeries plain(const QString& name, SeriesInk ink, SeriesLook look) {
    return {{name, ink, look},
            [](const Facts& facts) { return number(facts.*Member); },
            [](const Facts& facts) { return dashOr(facts.*Member, Format); }};
}

KernelChart roundTrip() {
    const auto lower = [](const Facts& facts) {
        return std::max(0.0, number(facts.rttUs) - number(facts.rttVarianceUs));
    };
    const auto upper = [](const Facts& facts) { return number(facts.rttUs) + number(facts.rttVarianceUs); };
    return {Words::tr("Round trip"),
            microsecondsLabel,
            false,
            {{{{}, SeriesInk::Sent, SeriesLook::Edge}, lower, [](const Facts&) { return QString(); }},
             {{Words::tr("±"), SeriesInk::Sent, SeriesLook::Shade},
              upper,
              [](const Facts& facts) { return dashOr(facts.rttVarianceUs, micro); }},
             plain<&Facts::rttUs, micro>(Words::tr("RTT"), SeriesInk::Sent, SeriesLook::Line),
             plain<&Facts::minRttUs, micro>(Words::tr("least"), SeriesInk::Dimmed, SeriesLook::Dotted)}};
}

KernelChart congestion() {
    return {Words::tr("Congestion"),
            countLabel,
            true,
            {plain<&Facts::congestionWindow, count>(Words::tr("window"), SeriesInk::Sent, SeriesLook::Line),
             plain<&Facts::slowStartThreshold, count>(Words::tr("ssthresh"), SeriesInk::Held,
                                                      SeriesLook::Dashed)}};
}

// One above the other, as in the bar of the send buffer.
KernelChart sending() {
    const auto flying = [](const Facts& facts) { return number(inFlightBytes(facts)); };
    return {Words::tr("Sending"),
            bytesLabel,
            false,
            {{{Words::tr("in flight"), SeriesInk::Sent, SeriesLook::Filled},
              flying,
              [](const Facts& facts) { return dashOr(inFlightBytes(facts), bytes); }},
             {{Words::tr("not sent"), SeriesInk::SoftSent, SeriesLook::Band},
              [](const Facts& facts) { return number(facts.unackedBytes); },
              [](const Facts& facts) { return dashOr(facts.notSentBytes, bytes); }},
             plain<&Facts::peerWindowBytes, bytes>(Words::tr("peer's window"), SeriesInk::Held,
                                                   SeriesLook::Dashed)}};
}

KernelChart loss() {
    return {Words::tr("Loss"),
            countLabel,
            true,
            {plain<&Facts::totalRetransmits, count>(Words::tr("retransmits"), SeriesInk::Failed,
                                                    SeriesLook::Step),
             plain<&Facts::lostSegments, count>(Words::tr("lost now"), SeriesInk::Held, SeriesLook::Dashed)}};
}

KernelChart rates() {
    return {Words::tr("Rate"),
            rateLabel,
            false,
            {plain<&Facts::deliveryRate, rate>(Words::tr("delivery"), SeriesInk::Sent, SeriesLook::Line),
             plain<&Facts::pacingRate, rate>(Words::tr("pacing"), SeriesInk::Dimmed, SeriesLook::Dashed)}};
}

KernelChart receiving() {
    return {Words::tr("Receiving"),
            bytesLabel,
            false,
            {plain<&Facts::unreadBytes, bytes>(Words::tr("unread"), SeriesInk::Received, SeriesLook::Filled),
             plain<&Facts::ownWindowBytes, bytes>(Words::tr("our window"), SeriesInk::Dimmed,
                                                  SeriesLook::Dashed)}};
}

std::vector<KernelChart> datagramCharts() {
    return {
        {Words::tr("Receive buffer"),
         bytesLabel,
         false,
         {plain<&Facts::receiveChargedBytes, bytes>(Words::tr("charged"), SeriesInk::Received,
                                                    SeriesLook::Filled),
          plain<&Facts::receiveBufferBytes, bytes>(Words::tr("limit"), SeriesInk::Dimmed,
                                                   SeriesLook::Dashed)}},
        {Words::tr("Send buffer"),
         bytesLabel,
         false,
         {plain<&Facts::sendChargedBytes, bytes>(Words::tr("charged"), SeriesInk::Sent, SeriesLook::Filled),
          plain<&Facts::sendBufferBytes, bytes>(Words::tr("limit"), SeriesInk::Dimmed, SeriesLook::Dashed)}},
        {Words::tr("Loss"),
         countLabel,
         true,
         {plain<&Facts::drops, count>(Words::tr("drops"), SeriesInk::Failed, SeriesLook::Step)}}};
}

std::vector<KernelChart> listenerCharts() {
    return {
        {Words::tr("Accept queue"),
         countLabel,
         true,
         {plain<&Facts::acceptQueue, count>(Words::tr("waiting"), SeriesInk::Held, SeriesLook::Filled),
          plain<&Facts::acceptQueueLimit, count>(Words::tr("limit"), SeriesInk::Dimmed, SeriesLook::Dashed)}},
        {Words::tr("Dropped (whole network namespace)"),
         countLabel,
         true,
         {plain<&Facts::listenOverflows, count>(Words::tr("overflows"), SeriesInk::Failed, SeriesLook::Step),
          plain<&Facts::listenDrops, count>(Words::tr("drops"), SeriesInk::Held, SeriesLook::Dashed)}}};
}

}  // namespace

std::vector<KernelChart> kernelCharts(SocketKind kind) {
    switch (kind) {
        case SocketKind::Stream:
            return {roundTrip(), congestion(), sending(), loss(), rates(), receiving()};
        case SocketKind::Datagram:
            return datagramCharts();
        case SocketKind::Listener:
            break;
    }
    return listenerCharts();
}

std::vector<ChartSpec> chartSpecs(const std::vector<KernelChart>& charts) {
    std::vector<ChartSpec> specs;
    for (const KernelChart& chart : charts) {
        ChartSpec spec{chart.title, chart.format, chart.whole, {}};
        for (const KernelSeries& series : chart.series)
            spec.series.push_back(series.look);
        specs.push_back(spec);
    }
    return specs;
}

}  // namespace sockstage
