// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <unordered_map>
#include <unordered_set>

#include "sendqueue.h"
#include "stagelog.h"

namespace sockstage {

/// Who owns the datagram socket and hears that it is closed. Called on the worker thread.
class DatagramOwner {
public:
    virtual void datagramSocketClosed() noexcept = 0;

protected:
    ~DatagramOwner() = default;
};

/// One UDP socket with its peers, which are numbered like connections. Owned by SessionSockets, worker
/// thread only. An error (a refusal that came back by ICMP, a datagram too long) ends nothing here:
/// it is recorded, and the socket goes on. Where the socket has an error queue (IP_RECVERR), that is read
/// before anything else: it says who sent the error and for which datagram.
class DatagramSocket : PeerDirectory {
public:
    /// `remote`: the peer of a UDP client, valid or not; `connected`: connect() was called for it.
    DatagramSocket(Environment environment, FileDescriptor fd, const SocketAddress& local,
                   const SocketAddress& remote, bool connected, DatagramOwner& owner);
    ~DatagramSocket();
    DatagramSocket(const DatagramSocket&) = delete;
    DatagramSocket& operator=(const DatagramSocket&) = delete;

    bool isOpen() const { return fd_.isOpen(); }
    void start(StageSet held);
    /// One datagram (or a file, cut into datagrams) to the peer that the item names.
    void send(SendItem item);
    void sendTo(const SocketAddress& peer, Payload payload);
    /// No targets: all.
    void cancelSends(std::span<const std::uint32_t> targets);
    void hold(Stage stage);
    void release(Stage stage);
    void step(Stage stage);
    void stepAny();
    void close(int graceMs);
    void closeDescriptor() noexcept;

private:
    std::uint32_t numberOf(const SocketAddress& peer) override;
    std::uint32_t knownNumberOf(const SocketAddress& peer) const override;
    bool wantsReceive() const { return !held_.contains(Stage::Recv) || receivePermits_ > 0; }
    bool wantsSend() const { return !queue_.empty() && (!held_.contains(Stage::Send) || sendPermits_ > 0); }
    void updateInterest();
    void onEvents(std::uint32_t events);
    void receive();
    bool receiveOnce();
    void noteDrops(const Syscalls::Received& got);
    bool readErrors();
    bool readError();
    void showQueuedError();
    void reported(const Syscalls::ReceivedError& told);
    bool toldOfEarlier(const CallResult& result);
    void transmit();
    bool transmitOnce();
    CallResult sendPiece(const SendItem& item, std::span<const std::byte> piece);
    std::span<const std::byte> pieceOf(const SendItem& item);
    void failed(Stage stage, const CallResult& result, const SocketAddress& peer, std::string cause = {});
    void recovered(Stage stage);
    void heardFrom(std::uint32_t peer);
    void learnLocalAddress();
    void giveUpFront() noexcept;
    std::uint64_t giveUpAll() noexcept;
    void echo(std::uint32_t peer, std::span<const std::byte> data);
    void requestClose();
    void noteUnread();
    void startGrace();
    void showNextSend();
    ConnectionSlot& slot(std::uint32_t number) { return env_.record.connections.edit(number); }

    Environment env_;
    FileDescriptor fd_;
    SocketAddress local_;
    const bool connected_;
    DatagramOwner& owner_;
    SendQueue queue_;
    std::unordered_map<SocketAddress, std::uint32_t, SocketAddressHash> peers_;
    std::unordered_set<std::uint32_t> unheard_;  // since an error about a datagram to them
    Reactor::Id id_ = 0, graceTimer_ = 0;
    StageSet held_;
    int receivePermits_ = 0, sendPermits_ = 0;
    std::uint32_t drops_ = 0;  // that the last datagram reported
    int soughtError_ = 0;      // of a failed send: does the error queue have it?
    int closeGraceMs_ = 0;
    bool nextSendShown_ = false;
    bool retriedRefusal_ = false, closeRequested_ = false;
};

}  // namespace sockstage
