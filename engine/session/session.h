// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <QStringList>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "capturestore.h"
#include "connectiontable.h"
#include "counter.h"
#include "kernelhistory.h"
#include "optionreadings.h"
#include "portholder.h"
#include "reachability.h"
#include "socketconfig.h"
#include "socketoptions.h"
#include "stage.h"
#include "tcpstate.h"

namespace sockstage {

/// Connection numbers (from 1). Empty means: all that are open, or the session's own socket.
using ConnectionNumbers = std::vector<std::uint32_t>;

/// One socket and all that comes of it, run by a worker thread of its own. This is the engine's only
/// API. Lives on the thread that made it; every verb returns at once and is carried out by the worker.
/// Opened once: to run again, make a new one. What it recorded stays readable until it is destroyed.
class Session : public QObject {
    Q_OBJECT

public:
    explicit Session(SocketConfig config, QObject* parent = nullptr);
    /// Closes what is open (not waiting for queued bytes) and joins the worker. Never blocks on a hanging
    /// getaddrinfo, nor on a close() that waits because of SO_LINGER: such a worker goes on alone.
    ~Session() override;

    /// Starts the worker. Call it once.
    void open();

    // What it does; readable from any thread at any time. The connections only from the thread that this
    // lives on: there the slots of ended ones are freed, between two functions, when the capture has evicted
    // them.
    const SocketConfig& config() const;
    const CaptureStore& capture() const;
    const ConnectionTable& connections() const;
    const StageTable& stages() const;
    const SessionCounters& counters() const;
    /// The session's own socket after bind or connect, from getsockname(); invalid before.
    SocketAddress localAddress() const;
    /// The address that a client is connected to or sends to; invalid before.
    SocketAddress remoteAddress() const;
    /// The session's own descriptor; -1 when there is none.
    int descriptor() const;
    /// The one that socket() returned last, also when it is closed by now; -1: none.
    int madeDescriptor() const;
    /// How many addresses getaddrinfo() gave.
    int addressesFound() const;
    qint64 openedNs() const;     ///< capture clock; 0 before open()
    int workerThreadId() const;  ///< as strace and ps show it; 0 when there is none
    bool isFinished() const;
    /// A failure of the session as a whole: all addresses refused, own connection reset ...; one
    /// plain line "bind: EADDRINUSE (Address already in use): ..." or empty. Stays once set.
    QString failure() const;
    /// What is wrong now: failure() as long as it is not over. A UDP socket goes on after most errors.
    QString trouble() const;
    /// Who holds the wanted port, after EADDRINUSE, where the system reports it ("nginx, process 812"); or
    /// empty.
    QString portOwner() const;
    /// The sockets that have the wanted port, after EADDRINUSE.
    PortHolders portHolders() const;
    /// Why the session failed, as far as it was measured: what came back, from whom, after how long.
    /// Sentences; a line for each address that was tried. Empty while nothing failed, or nothing more than
    /// the errno is known.
    QString failureCause() const;
    /// The same of one connection, or of what was last sent to a UDP peer.
    QString failureCause(std::uint32_t connection) const;
    /// By which of this machine's addresses a server's socket can be reached, as it is bound now; empty
    /// before bind. Asks the kernel over netlink, which takes a moment: not for the window.
    std::vector<Reachability> reachability() const;
    /// The same as the worker last found it after askReach(); empty before that and after close().
    ReachAnswer lastReach() const;
    /// The options of a connection (0: the session's own socket) when they were last read; in the order of
    /// optionsOf().
    std::vector<OptionValue> optionValues(std::uint32_t connection) const;
    /// How often they were read: has anything new come?
    quint64 optionReadings(std::uint32_t connection) const;
    /// One or two words for the list: "listening", "connected", "peer EOF", "refused", "held before bind" ...
    QString stateWord() const;
    /// The call that a step of the stage would make now, as calltext writes it, with "…" for what only the
    /// call itself will show.
    QString plannedCall(Stage stage, std::uint32_t connection) const;
    /// The setsockopt() calls that go with it.
    QStringList plannedOptions(Stage stage, std::uint32_t connection) const;
    /// The size given to each recv.
    std::size_t readBytes() const;
    /// What the kernel said of a socket that is or was observed (0: the session's own); null when it never
    /// was. The last few are kept.
    std::shared_ptr<const KernelHistory> kernelHistory(std::uint32_t connection) const;
    /// The TCP states that the kernel was seen in, oldest first; `connection` 0: the session's own socket.
    std::vector<TcpState> tcpStateHistory(std::uint32_t connection) const;

    // Verbs.
    void send(const ConnectionNumbers& targets, const QByteArray& bytes);
    /// Reads the file piece by piece while sending; a regular file only. Errors become a Mark.
    void sendFile(const ConnectionNumbers& targets, const QString& path);
    /// UDP: one datagram to a numeric address. TCP: ignored.
    void sendTo(const SocketAddress& peer, const QByteArray& bytes);
    /// Drops what is queued and not yet taken by the kernel; it is counted as discarded.
    void cancelSends(const ConnectionNumbers& targets);
    void hold(Stage stage, const ConnectionNumbers& targets = {});
    void release(Stage stage, const ConnectionNumbers& targets = {});
    /// Every stage, of all connections and of those that come.
    void holdAll();
    void releaseAll();
    /// Exactly one held stage, once. `connection` 0: the session's own next stage.
    void step(std::uint32_t connection = 0);
    void step(Stage stage, std::uint32_t connection);
    /// From the next recv on; smallestRead to largestRead.
    void setReadBytes(std::size_t bytes);
    void shutdownSending(const ConnectionNumbers& targets);
    void shutdownReceiving(const ConnectionNumbers& targets);
    /// In order: what is queued goes first for up to `graceMs`, then close(). A second call closes at once.
    void close(int graceMs = 2000);
    void closeConnections(const ConnectionNumbers& targets, int graceMs = 2000);
    /// Abortive close: SO_LINGER 0, then close(); the peer gets a reset. No targets: everything.
    void reset(const ConnectionNumbers& targets);
    /// Looks at all options of a socket (a connection's, 0: the session's own); see optionValues(). Nothing
    /// is recorded. With a `requestId` other than 0, what is read is the answer to that request instead.
    void readOptions(std::uint32_t connection, quint64 requestId = 0);
    /// One recorded setsockopt(), of an option of optionsOf(); then the options are read, for a `requestId`
    /// this one alone. The number as in OptionKind. False: it does not fit the option, nothing is done.
    bool setOption(std::uint32_t connection, int level, int name, std::int64_t value, quint64 requestId = 0);
    /// For an option that is a Text.
    bool setOption(std::uint32_t connection, int level, int name, const QString& value,
                   quint64 requestId = 0);
    /// Takes what came since the last time. Each request has one answer, at the latest when there is a
    /// socket, and none once the session is finished.
    void takeOptionAnswers(std::deque<OptionAnswer>& into);
    /// Connections whose kernel state is shown now; replaces the former list. The rest is
    /// swept slowly while `sweep`. Nothing is sampled when both are empty and false.
    void watch(const ConnectionNumbers& visible, bool sweep);
    /// Lets the worker look who can reach the socket, for lastReach(): at most once a second, and at once
    /// where the socket has come further since the last look.
    void askReach();
    /// One socket that is observed closely (0: the session's own): sampled every `intervalMs` into its
    /// history, also after its close(), until the kernel has forgotten it. nullopt: none;
    /// once it is closed, what was observed before is followed all the same, twice a second.
    void observe(std::optional<std::uint32_t> connection, int intervalMs = 100);
    /// The same for every socket of the session, into one log; 0: no more.
    void logKernel(int intervalMs);
    /// Takes what was logged since the last time, for one reader; returns how many samples were dropped
    /// because they were not taken in time.
    std::uint64_t takeKernelLog(std::deque<KernelLog::Entry>& into);
    /// All is closed and the kernel has forgotten all followed sockets: the worker has ended.
    bool isForgotten() const;

Q_SIGNALS:
    /// A stage of the session changed its state. Rare; several changes may share one signal.
    void stageChanged();
    /// Every descriptor is closed, the worker is done.
    void finished();

private:
    struct Worker;
    std::shared_ptr<Worker> worker_;
    qint64 reachAskedNs_ = 0;
    std::uint32_t reachAskedAt_ = 0;  // so many of bind and listen were done
};

/// Who could reach a server with this address, were it there; for the dialog that makes it. Asks the kernel
/// over netlink, once in the life of the answer.
class ReachPreview {
public:
    ReachPreview();
    ReachAnswer of(const SocketAddress& local, bool stream) const;

private:
    std::vector<LocalAddress> own_, shared_;
};

}  // namespace sockstage
