// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QLabel>
#include <QPushButton>

#include "clientstable.h"
#include "nextstep.h"
#include "plannedfits.h"
#include "sessiontest.h"
#include "stepbar.h"
#include "windowuser.h"

using namespace sockstage;

namespace {

/// The calls that serve a stage's own one; they belong to its step.
bool serves(const std::string& line) {
    for (const std::string_view call : {"setsockopt(", "getsockopt(", "getsockname("})
        if (line.starts_with(call)) return true;
    return false;
}

}  // namespace

/// Step mode as a person uses it: what the bar announces is the call that the key makes, and no other.
class TestStepBar : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<WindowUser> user_;

    Session& session() const { return user_->page().session(); }
    StepBar& bar() const { return *user_->onPage<StepBar>("stepBar"); }
    QPushButton& button(const char* name) const { return *user_->onPage<QPushButton>(name); }
    std::string announced() const { return user_->onPage<QLabel>("stepCall")->text().toStdString(); }
    void open(const SocketConfig& wanted) const { user_->window().openSocket(wanted); }
    /// In Step mode from its first call on.
    void openStepping(const SocketConfig& wanted) const {
        user_->press(Qt::Key_F9);
        QVERIFY(user_->part<QAction>("stepMode")->isChecked());
        open(wanted);
    }
    /// Waits until the bar announces a step of this stage that has something to do.
    void awaitAnnounced(Stage stage) const {
        const auto shown = [&] {
            const auto& next = bar().next();
            return bar().isVisible() && next && next->stage == stage && next->armed == 0 && next->ready;
        };
        QVERIFY2(QTest::qWaitFor(shown, 10'000), std::string(stageName(stage)).c_str());
    }
    /// Presses F10 and compares what was announced with what is then on record.
    void stepByKey(Stage stage) const {
        awaitAnnounced(stage);
        const std::string wanted = announced();
        const auto before = static_cast<std::ptrdiff_t>(lines(session()).size());
        user_->press(Qt::Key_F10);
        checkOnlyThis(wanted, before);
    }
    void clickStep(const char* name, const std::string& wanted) const {
        QTRY_VERIFY2(button(name).isVisible() && button(name).isEnabled(), name);
        const auto before = static_cast<std::ptrdiff_t>(lines(session()).size());
        QTest::mouseClick(&button(name), Qt::LeftButton);
        checkOnlyThis(wanted, before);
    }
    void checkOnlyThis(const std::string& wanted, std::ptrdiff_t before) const {
        const auto isMade = [&] {
            const auto all = lines(session());
            return std::any_of(all.begin() + before, all.end(),
                               [&](const std::string& line) { return fits(wanted, line); });
        };
        QVERIFY2(QTest::qWaitFor(isMade, 10'000), wanted.c_str());
        // Nothing else may follow: the worker is asked, and answers only after what it still had to do.
        QVERIFY(settle());
        int own = 0;
        const auto all = lines(session());
        for (auto line = all.begin() + before; line != all.end(); ++line) {
            if (serves(*line)) continue;
            QVERIFY2(fits(wanted, *line), ("announced " + wanted + ", made " + *line).c_str());
            ++own;
        }
        QCOMPARE(own, 1);
    }
    /// True when the worker has taken what was posted to it until now.
    bool settle() const {
        if (session().isFinished()) return true;
        const quint64 before = session().optionReadings(0);
        if (session().descriptor() < 0) return true;
        session().readOptions(0);
        return QTest::qWaitFor([&] { return session().isFinished() || session().optionReadings(0) > before; },
                               10'000);
    }
    /// A server in Step mode, set up and with so many accepted clients.
    std::vector<Peer> acceptedClients(int count, SocketConfig wanted = config(Role::TcpServer)) const {
        openStepping(wanted);
        for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket, Stage::Bind, Stage::Listen})
            stepByKey(stage);
        std::vector<Peer> peers;
        for (int i = 0; i < count; ++i) {
            peers.push_back(Peer::connectedTo(session().localAddress()));
            clickStep("stepAccept", "accept4(" + std::to_string(session().descriptor()) + ", …");
        }
        return peers;
    }
    std::string fdOf(std::uint32_t connection) const {
        return std::to_string(session().connections().at(connection).fd);
    }

private Q_SLOTS:
    void init() { user_ = std::make_unique<WindowUser>(); }
    void cleanup() { user_.reset(); }
    void eachKeyMakesTheAnnouncedCallOfAServer();
    void eachKeyMakesTheAnnouncedCallOfAClient();
    void datagramsAreStepped();
    void eachConnectionIsSteppedAlone();
    void oneDirectionIsHeldAlone();
    void aStepThatHasNothingToDoWaits();
    void shutDownAndCloseAreSteps();
    void resetIsAStep();
    void runGoesOn();
    void leavingStepModeReleasesEverything();
};

void TestStepBar::eachKeyMakesTheAnnouncedCallOfAServer() {
    openStepping(config(Role::TcpServer));
    for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket, Stage::Bind, Stage::Listen})
        stepByKey(stage);
    QVERIFY(session().counters().connections.get() == 0);
    const Peer peer = Peer::connectedTo(session().localAddress());
    QTRY_VERIFY(button("stepAccept").text().contains(QStringLiteral("1 client waits")));
    stepByKey(Stage::Accept);
    peer.send("abc");
    QTRY_VERIFY(user_->onPage<QLabel>("stepTitle")->text().contains(QStringLiteral("127.0.0.1:")));
    stepByKey(Stage::Recv);
    QCOMPARE(data(session(), true), std::string("abc"));
    session().send({1}, "answer");
    stepByKey(Stage::Send);
    QCOMPARE(peer.receive(), std::string("answer"));
}

void TestStepBar::eachKeyMakesTheAnnouncedCallOfAClient() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    openStepping(clientOf(listener));
    for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket, Stage::Connect})
        stepByKey(stage);
    const Peer accepted = listener.accept();
    session().send({}, "hello");
    stepByKey(Stage::Send);
    QCOMPARE(accepted.receive(), std::string("hello"));
    accepted.send("world");
    stepByKey(Stage::Recv);
    session().shutdownSending({});
    stepByKey(Stage::Shutdown);
    QVERIFY(accepted.receive().empty());
    session().close();
    stepByKey(Stage::Close);
    QTRY_VERIFY(session().isFinished());
    QTRY_VERIFY(!bar().isVisible());
}

void TestStepBar::datagramsAreStepped() {
    openStepping(config(Role::UdpServer));
    for (const Stage stage : {Stage::Getaddrinfo, Stage::Socket, Stage::Bind})
        stepByKey(stage);
    const Peer peer = Peer::connectedTo(session().localAddress(), SOCK_DGRAM);
    peer.send("one");
    peer.send("two");
    QTRY_VERIFY(button("stepReceive").text().contains(QStringLiteral("3 B")));
    QVERIFY(!button("stepAccept").isVisible());
    stepByKey(Stage::Recv);
    QCOMPARE(data(session(), true), std::string("one"));
}

void TestStepBar::eachConnectionIsSteppedAlone() {
    SocketConfig wanted = config(Role::TcpServer);
    wanted.readBytes = 4;
    const auto peers = acceptedClients(2, wanted);
    for (const Peer& peer : peers)
        peer.send("abcdef");
    user_->page().clients().selectConnection(2);
    QTRY_VERIFY(button("stepReceive").text().contains(QStringLiteral("6 B unread")));
    clickStep("stepReceive", "recv(" + fdOf(2) + ", …, 4, 0)");
    QCOMPARE(data(session(), true, 2), std::string("abcd"));
    QCOMPARE(data(session(), true, 1), std::string());
    user_->page().clients().selectConnection(1);
    session().send({1, 2}, "x");
    clickStep("stepSend", "send(" + fdOf(1) + R"(, "x", 1, MSG_NOSIGNAL))");
    QCOMPARE(peers[0].receive(), std::string("x"));
    QCOMPARE(session().connections().at(2).queuedBytes.get(), 1U);
}

void TestStepBar::oneDirectionIsHeldAlone() {
    open(config(Role::TcpServer));
    QTRY_VERIFY(session().localAddress().isValid());
    const Peer peer = Peer::connectedTo(session().localAddress());
    QTRY_COMPARE(session().connections().count(), 1U);
    QVERIFY(!bar().isVisible());
    session().hold(Stage::Recv, {1});
    user_->page().clients().selectConnection(1);
    QTRY_VERIFY(bar().isVisible());
    peer.send("held");
    session().send({1}, "not held");
    QCOMPARE(peer.receive(), std::string("not held"));
    QCOMPARE(session().counters().receivedBytes.get(), 0U);
    QTRY_VERIFY(button("stepReceive").text().contains(QStringLiteral("4 B unread")));
    stepByKey(Stage::Recv);
    QCOMPARE(data(session(), true), std::string("held"));
}

void TestStepBar::aStepThatHasNothingToDoWaits() {
    const auto peers = acceptedClients(1);
    user_->page().clients().selectConnection(1);
    QTRY_VERIFY(bar().next() && bar().next()->stage == Stage::Recv);
    const std::string wanted = announced();
    const auto before = static_cast<std::ptrdiff_t>(lines(session()).size());
    user_->press(Qt::Key_F10);
    auto* sentence = user_->onPage<QLabel>("stepSentence");
    QTRY_VERIFY(sentence->text().contains(QStringLiteral("as soon as something arrives")));
    QCOMPARE(static_cast<std::ptrdiff_t>(lines(session()).size()), before);
    peers[0].send("late");
    checkOnlyThis(wanted, before);
    peers[0].send("not asked for");
    QTRY_VERIFY(button("stepReceive").text().contains(QStringLiteral("13 B unread")));
    QCOMPARE(data(session(), true), std::string("late"));
}

void TestStepBar::shutDownAndCloseAreSteps() {
    const auto peers = acceptedClients(2);
    user_->page().clients().selectConnection(1);
    clickStep("stepShutDown", "shutdown(" + fdOf(1) + ", SHUT_WR)");
    QVERIFY(peers[0].receive().empty());
    QTRY_VERIFY(!button("stepShutDown").isEnabled());
    clickStep("stepClose", "close(" + fdOf(1) + ")");
    QCOMPARE(session().counters().openConnections.get(), 1U);
    QVERIFY(!session().isFinished());
}

void TestStepBar::resetIsAStep() {
    const auto peers = acceptedClients(1);
    user_->page().clients().selectConnection(1);
    clickStep("stepReset", "close(" + fdOf(1) + ")");
    QCOMPARE(::recv(peers[0].fd(), nullptr, 0, 0), -1);
    QCOMPARE(errno, ECONNRESET);
}

void TestStepBar::runGoesOn() {
    openStepping(config(Role::TcpServer));
    stepByKey(Stage::Getaddrinfo);
    awaitAnnounced(Stage::Socket);
    user_->press(Qt::Key_F5);
    QTRY_COMPARE(session().stateWord(), QStringLiteral("listening"));
    QTRY_VERIFY(!bar().isVisible());
    QTRY_VERIFY(!user_->part<QAction>("stepMode")->isChecked());
    const Peer peer = Peer::connectedTo(session().localAddress());
    peer.send("by itself");
    QTRY_COMPARE(data(session(), true), std::string("by itself"));
}

void TestStepBar::leavingStepModeReleasesEverything() {
    const auto peers = acceptedClients(2);
    peers[0].send("one");
    peers[1].send("two");
    session().send({1, 2}, "queued");
    QTRY_COMPARE(session().counters().queuedBytes.get(), 12U);
    QVERIFY(settle());
    QCOMPARE(session().counters().receivedBytes.get(), 0U);
    user_->press(Qt::Key_F9);
    for (const Peer& peer : peers)
        QCOMPARE(peer.receive(), std::string("queued"));
    QTRY_COMPARE(session().counters().receivedBytes.get(), 6U);
    QTRY_VERIFY(session().stages().held().empty());
    for (const std::uint32_t number : {1U, 2U})
        QVERIFY(session().connections().at(number).heldStages().empty());
    const Peer later = Peer::connectedTo(session().localAddress());
    later.send("!");
    QTRY_COMPARE(session().counters().receivedBytes.get(), 7U);
    QTRY_VERIFY(!bar().isVisible());
}

QTEST_MAIN(TestStepBar)
#include "tst_stepbar.moc"
