// SPDX-License-Identifier: GPL-3.0-or-later
#include "linelist.h"

#include <QCoreApplication>

#include "quantitytext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KernelLines)
};

}  // namespace

QString dash() {
    return QStringLiteral("—");
}

QString told(std::int64_t value, QString (*format)(std::int64_t)) {
    return value == KernelFacts::absent ? dash() : format(value);
}

QString toldBytes(std::int64_t value) {
    return told(value, [](std::int64_t n) { return bytesText(static_cast<quint64>(n)); });
}

QString toldCount(std::int64_t value) {
    return told(value, [](std::int64_t n) { return grouped(static_cast<quint64>(n)); });
}

QString toldRate(std::int64_t value) {
    return told(value, [](std::int64_t n) { return rateText(static_cast<double>(n)); });
}

QString toldMicroseconds(std::int64_t value) {
    constexpr qint64 nsPerUs = 1000;
    return told(value, [](std::int64_t n) { return durationText(n * nsPerUs); });
}

QString toldAgo(std::int64_t milliseconds) {
    constexpr qint64 nsPerMs = 1'000'000;
    return told(milliseconds,
                [](std::int64_t n) { return Words::tr("%1 ago").arg(durationText(n * nsPerMs)); });
}

QString toldTogether(const QString& pattern, const QString& first, const QString& second) {
    return first == dash() && second == dash() ? dash() : pattern.arg(first, second);
}

QString toldOfLimit(std::int64_t bytes, std::int64_t limit) {
    return toldTogether(Words::tr("%1 of %2", "an amount of its limit"), toldBytes(bytes), toldBytes(limit));
}

KernelLine& LineList::add(const QString& name, const QString& value, const QString& about,
                          const QString& otherwise) {
    KernelLine line;
    line.name = name;
    line.value = value;
    line.about = about;
    if (value.contains(dash())) line.about += Words::tr("\n—: %1.").arg(whyAbsent(facts_, otherwise));
    lines_.push_back(line);
    return lines_.back();
}

KernelLine& LineList::addFurther(const QString& name, const QString& value, const QString& about,
                                 const QString& otherwise) {
    KernelLine& line = add(name, value, about, otherwise);
    line.further = true;
    return line;
}

void LineList::addPart(KernelLine& line, BarInk ink, const QString& name, std::int64_t amount) {
    line.parts.push_back({ink, name, toldBytes(amount), amount});
}

void LineList::addSendQueue() {
    KernelLine& line =
        add(Words::tr("Our send queue"), Words::tr("%1 → send()").arg(toldBytes(facts_.queuedBytes)),
            Words::tr("Bytes that wait in this program until the send buffer takes them."));
    line.heading = true;
    line.tone = facts_.queuedBytes > 0 ? Tone::Sent : Tone::Normal;
}

void LineList::addDrops() {
    add(Words::tr("drops"), toldCount(facts_.drops),
        Words::tr("What the kernel threw away at this socket, most often because the receive buffer was full "
                  "(SO_MEMINFO drops)."))
        .tone = facts_.drops > 0 ? Tone::Failed : Tone::Normal;
}

}  // namespace sockstage
