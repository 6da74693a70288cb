// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernellines.h"

#include <QCoreApplication>
#include <QStringList>

#include "seriesstyle.h"
#include "streamlines.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(KernelLines)
};

class DatagramLines : public LineList {
public:
    using LineList::LineList;
    void build();
};

class ListenerLines : public LineList {
public:
    using LineList::LineList;
    void build(const KernelSubject& subject);

private:
    void addForAll(const QString& name, std::int64_t KernelFacts::*counter, const KernelSubject& subject,
                   const QString& about);
    QString notListening() const;
};

void DatagramLines::build() {
    addSendQueue();
    KernelLine& out =
        add(Words::tr("Send buffer"), toldOfLimit(facts_.sendChargedBytes, facts_.sendBufferBytes),
            Words::tr("Memory charged for datagrams that have not left this machine yet "
                      "(SO_MEMINFO, SIOCOUTQ), of SO_SNDBUF's limit."));
    out.bar = true;
    out.limit = facts_.sendBufferBytes;
    addPart(out, BarInk::InFlight, Words::tr("charged"), facts_.sendChargedBytes);
    KernelLine& in = add(
        Words::tr("Receive buffer"), toldOfLimit(facts_.receiveChargedBytes, facts_.receiveBufferBytes),
        Words::tr("Memory charged for datagrams that nobody has read (SO_MEMINFO), of SO_RCVBUF's limit; the "
                  "kernel may give a part back late. SIOCINQ tells only the length of the next datagram."));
    in.bar = true;
    in.limit = facts_.receiveBufferBytes;
    addPart(in, BarInk::Unread, Words::tr("charged"), facts_.receiveChargedBytes);
    in.parts.push_back({BarInk::None, Words::tr("next datagram"),
                        facts_.unreadBytes == 0 ? Words::tr("none or empty") : toldBytes(facts_.unreadBytes),
                        facts_.unreadBytes});
    addDrops();
}

QString ListenerLines::notListening() const {
    return Words::tr("the socket does not listen yet");
}

/// The kernel counts these for all listening sockets together. What rose before this one was first
/// sampled may be another's: it is shown, but not as its own trouble.
void ListenerLines::addForAll(const QString& name, std::int64_t KernelFacts::*counter,
                              const KernelSubject& subject, const QString& about) {
    const std::int64_t now = facts_.*counter;
    const bool known = now != KernelFacts::absent;
    KernelLine& line =
        add(name, known ? Words::tr("%1 (all listeners)").arg(toldCount(now)) : dash(),
            about + Words::tr(" Of all listening sockets of this network namespace since our listen() "
                              "(/proc/net/netstat): the kernel does not count them for each. Red once the "
                              "count has risen while this listener is looked at."),
            notListening());
    const bool rose = known && subject.firstLook && now > (*subject.firstLook).*counter;
    line.tone = rose ? Tone::Failed : Tone::Normal;
}

void ListenerLines::build(const KernelSubject& subject) {
    KernelLine& queue = add(
        Words::tr("Accept queue"),
        toldTogether(Words::tr("%1 of %2", "an amount of its limit"), toldCount(facts_.acceptQueue),
                     toldCount(facts_.acceptQueueLimit)),
        Words::tr("Connections whose handshake is complete and that wait for accept() (TCP_INFO of the "
                  "listening socket). The kernel drops what comes only when there are more than the limit: "
                  "one more than it fits in."),
        notListening());
    queue.bar = true;
    queue.limit = facts_.acceptQueueLimit;
    queue.parts.push_back({BarInk::Waiting, {}, {}, facts_.acceptQueue});
    queue.tone = facts_.acceptQueueLimit >= 0 && facts_.acceptQueue > facts_.acceptQueueLimit ? Tone::Failed
                                                                                              : Tone::Normal;
    const std::optional<int>& backlog = subject.backlog;
    const QString asked = !backlog ? dash() : *backlog < 0 ? QString::number(*backlog) : toldCount(*backlog);
    add(Words::tr("backlog"),
        Words::tr("asked %1, granted %2").arg(asked, toldCount(facts_.acceptQueueLimit)),
        Words::tr("listen()'s argument, and what net.core.somaxconn made of it: the lesser of the two; "
                  "a negative one counts as the largest."),
        notListening());
    add(Words::tr("somaxconn"), toldCount(facts_.somaxconn),
        Words::tr("The system's limit: net.core.somaxconn."));
    addForAll(Words::tr("overflows"), &KernelFacts::listenOverflows, subject,
              Words::tr("ListenOverflows: an accept queue was full."));
    addForAll(Words::tr("drops"), &KernelFacts::listenDrops, subject,
              Words::tr("ListenDrops: a connection request was thrown away, for this reason or another."));
}

std::vector<KernelLine> allLines(const KernelFacts& facts, const KernelSubject& subject) {
    StreamLines stream(facts);
    DatagramLines datagram(facts);
    ListenerLines listener(facts);
    switch (subject.kind) {
        case SocketKind::Stream:
            stream.build();
            return stream.take();
        case SocketKind::Datagram:
            datagram.build();
            return datagram.take();
        case SocketKind::Listener:
            break;
    }
    listener.build(subject);
    return listener.take();
}

}  // namespace

QColor inkColor(BarInk ink) {
    switch (ink) {
        case BarInk::InFlight:
            return seriesColor(SeriesInk::Sent);
        case BarInk::NotSent:
            return seriesColor(SeriesInk::SoftSent);
        case BarInk::Unread:
            return seriesColor(SeriesInk::Received);
        case BarInk::Waiting:
            return seriesColor(SeriesInk::Held);
        case BarInk::Charged:
        case BarInk::None:
            break;
    }
    return seriesColor(SeriesInk::Dimmed);
}

QString KernelLine::text() const {
    QStringList words;
    for (const BarPart& part : parts)
        if (!part.name.isEmpty()) words << part.name + QLatin1Char(' ') + part.value;
    const QString line = name + QStringLiteral(": ") + value;
    return words.isEmpty()
               ? line
               : line + QStringLiteral(" (") + words.join(QStringLiteral(", ")) + QLatin1Char(')');
}

std::vector<KernelLine> kernelLines(const KernelFacts& facts, const KernelSubject& subject) {
    std::vector<KernelLine> lines = allLines(facts, subject);
    if (!subject.lastSeen.isEmpty())
        std::erase_if(lines, [](const KernelLine& line) { return line.running; });
    return lines;
}

}  // namespace sockstage
