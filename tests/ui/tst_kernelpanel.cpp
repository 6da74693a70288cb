// SPDX-License-Identifier: GPL-3.0-or-later
// The panel with real sockets. What it shows of a stalled connection is compared with ss.

#include "kernelpanel.h"

#include <QAccessible>
#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>
#include <QToolButton>

#include "kernelrow.h"
#include "lastseen.h"
#include "loopback.h"
#include "stepwords.h"
#include "tcpendof.h"
#include "theme.h"

using namespace sockstage;

/// Counts the paint events of all rows of a panel.
class PaintCounter : public QObject {
public:
    explicit PaintCounter(const KernelPanel& panel) {
        for (KernelRow* row : panel.findChildren<KernelRow*>())
            row->installEventFilter(this);
    }
    int count = 0;

protected:
    bool eventFilter(QObject*, QEvent* event) override {
        count += event->type() == QEvent::Paint ? 1 : 0;
        return false;
    }
};

class TestKernelPanel : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<Session> server_, client_;

    void connectPair() {
        server_ = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_COMPARE(server_->stages().at(Stage::Accept).state.load(), StageState::Waiting);
        client_ = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        QTRY_COMPARE(server_->connections().count(), 1U);
        QTRY_COMPARE(client_->connections().count(), 1U);
    }
    /// The peer does not read: the bytes stay in both buffers, and in our queue.
    void stall() {
        connectPair();
        server_->hold(Stage::Recv, {1});
        client_->observe(1, 20);
        client_->send({}, QByteArray(12'000'000, 'x'));
        QTRY_VERIFY(client_->kernelHistory(1) != nullptr);
    }
    static void shown(KernelPanel& panel) {
        panel.resize(320, 700);
        panel.show();
        QVERIFY(QTest::qWaitForWindowExposed(&panel));
    }
    static KernelRow* rowOf(const KernelPanel& panel, const QString& name) {
        for (KernelRow* row : panel.findChildren<KernelRow*>())
            if (!row->isHidden() && row->line().name == name) return row;
        return nullptr;
    }
    static QString value(KernelPanel& panel, const char* name) {
        panel.refresh();
        const KernelRow* row = rowOf(panel, QString::fromUtf8(name));
        return row == nullptr ? QString() : row->line().value;
    }
    static qint64 amount(const KernelPanel& panel, const char* name, BarInk ink) {
        const KernelRow* row = rowOf(panel, QString::fromUtf8(name));
        if (row == nullptr) return -1;
        for (const BarPart& part : row->line().parts)
            if (part.ink == ink) return part.amount;
        return -1;
    }
    static QString sentence(KernelPanel& panel) {
        panel.refresh();
        return panel.findChild<QLabel*>(QStringLiteral("kernelSentence"))->text();
    }
    /// ss's line about the socket with this local port.
    static QString ss(quint16 localPort) {
        QProcess process;
        process.start(QStringLiteral("ss"),
                      {QStringLiteral("-tinmOH"), QStringLiteral("sport = :%1").arg(localPort)});
        if (!process.waitForFinished(5000)) return {};
        return QString::fromUtf8(process.readAllStandardOutput());
    }
    static qint64 number(const QString& text, const char* pattern) {
        const auto match = QRegularExpression(QLatin1String(pattern)).match(text);
        return match.hasMatch() ? match.captured(1).toLongLong() : -1;
    }

private Q_SLOTS:
    void cleanup() {
        client_.reset();
        server_.reset();
    }

    void aMessageOnItsWay() {
        stall();
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_COMPARE(value(panel, "Peer's window"), QStringLiteral("0 B: closed"));
        QTRY_VERIFY(amount(panel, "Send buffer", BarInk::NotSent) > 0);
        QVERIFY2(!value(panel, "Our send queue").startsWith(QStringLiteral("0 B")),
                 "what the send buffer does not take stays ours");
        QVERIFY(value(panel, "timer").startsWith(QStringLiteral("window probe in")) ||
                value(panel, "timer").startsWith(QStringLiteral("retransmit in")) ||
                value(panel, "timer") == QStringLiteral("—"));

        server_->release(Stage::Recv, {1});
        QTRY_VERIFY(value(panel, "Send buffer").startsWith(QStringLiteral("0 B of ")));
        QCOMPARE(value(panel, "Our send queue"), QStringLiteral("0 B → send()"));
        QCOMPARE(amount(panel, "Send buffer", BarInk::InFlight), qint64{0});
        QVERIFY(value(panel, "RTT").contains(QStringLiteral(" ± ")));
        QVERIFY(!value(panel, "RTT").contains(QStringLiteral("—")));
        QVERIFY(value(panel, "cwnd").contains(QStringLiteral(" = ")));
    }

    void theSameAsSs() {
        stall();
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_COMPARE(value(panel, "Peer's window"), QStringLiteral("0 B: closed"));
        const quint16 port = client_->localAddress().port();
        if (ss(port).isEmpty()) QSKIP("ss is not there");
        const auto agrees = [&] {
            panel.refresh();
            const QString line = ss(port);
            const qint64 held = amount(panel, "Send buffer", BarInk::InFlight) +
                                amount(panel, "Send buffer", BarInk::NotSent);
            return number(line, "^\\S+\\s+\\d+\\s+(\\d+)") == held &&
                   number(line, "notsent:(\\d+)") == amount(panel, "Send buffer", BarInk::NotSent) &&
                   number(line, "\\bw(\\d+)") == amount(panel, "Send buffer", BarInk::Charged) &&
                   number(line, "tb(\\d+)") == rowOf(panel, QStringLiteral("Send buffer"))->line().limit &&
                   number(line, "cwnd:(\\d+)") == value(panel, "cwnd")
                                                      .section(QLatin1Char(' '), 0, 0)
                                                      .remove(QChar(0x202f))
                                                      .toLongLong();
        };
        QTRY_VERIFY2(agrees(), qPrintable(ss(port) + panel.factsText()));
        server_->observe(1, 20);
        QTRY_VERIFY(server_->kernelHistory(1) != nullptr);
        panel.setHistory(server_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 8"));
        const auto receiverAgrees = [&] {
            panel.refresh();
            const QString all = ss(loopback::portOf(*server_));
            return number(all, "\\bESTAB\\s+(\\d+)") == amount(panel, "Receive buffer", BarInk::Unread) &&
                   all.contains(
                       QStringLiteral("(r%1,").arg(amount(panel, "Receive buffer", BarInk::Charged)));
        };
        QTRY_VERIFY2(receiverAgrees(), qPrintable(ss(loopback::portOf(*server_)) + panel.factsText()));
    }

    void afterCloseTheKernelGoesOn() {
        stall();
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_COMPARE(value(panel, "Peer's window"), QStringLiteral("0 B: closed"));
        QVERIFY(sentence(panel).isEmpty());
        client_->close(0);
        QTRY_VERIFY(
            sentence(panel).startsWith(QStringLiteral("Closed by us. The kernel still sends the rest, ")));
        QVERIFY(!value(panel, "Send buffer").startsWith(QStringLiteral("0 B")));
        server_->release(Stage::Recv, {1});
        QTRY_VERIFY(sentence(panel).contains(QStringLiteral("has not sent its own")));
        server_->closeConnections({1}, 0);
        QTRY_VERIFY(sentence(panel).startsWith(QStringLiteral("Both sides have ended.")));
        QVERIFY(value(panel, "timer").startsWith(QStringLiteral("TIME-WAIT, ")));
        QCOMPARE(value(panel, "RTT"), QStringLiteral("—"));
        QVERIFY(rowOf(panel, QStringLiteral("RTT"))->toolTip().contains(QStringLiteral("TIME-WAIT")));
    }

    void goneIsSaid() {
        connectPair();
        client_->observe(1, 20);
        QTRY_VERIFY(client_->kernelHistory(1) != nullptr);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_VERIFY(value(panel, "Send buffer").startsWith(QStringLiteral("0 B of")));
        client_->reset({});
        QTRY_COMPARE(sentence(panel), QStringLiteral("The kernel has forgotten this socket."));
        QCOMPARE(value(panel, "Send buffer"), QStringLiteral("—"));
    }

    void whatNobodyLooksAtAnyMoreIsNotNow() {
        connectPair();
        server_->watch({1}, false);
        QTRY_VERIFY(!server_->tcpStateHistory(1).empty());
        server_->watch({}, false);
        client_->hold(Stage::Close);  // no FIN comes: FIN-WAIT-2
        server_->close(0);
        QTRY_VERIFY(server_->isForgotten());
        const QString last = lastSeenSentence(*server_, 1);
        QVERIFY2(
            QRegularExpression(QStringLiteral("^Last seen in ESTABLISHED at \\d\\d:\\d\\d:\\d\\d; nobody"))
                .match(last)
                .hasMatch(),
            qPrintable(last));
        QVERIFY2(lastSeenSentence(*client_, 1).isEmpty(), "it is open");
        TcpStateDiagram diagram;
        diagram.setStates(tcpEndOf(*server_, 1));
        QVERIFY2(diagram.accessibleDescription().startsWith(last.chopped(1)),
                 qPrintable(diagram.accessibleDescription()));
        diagram.setStates(tcpEndOf(*client_, 1));
        diagram.setPeer(tcpEndOf(*server_, 1));
        QVERIFY(diagram.accessibleDescription().contains(QStringLiteral("peer: Last seen in")));
    }

    void aPastLookCountsNothingDown() {
        auto history = std::make_shared<KernelHistory>(1);
        KernelFacts facts;
        facts.source = FactsSource::SockDiag;
        facts.state = TcpState::TimeWait;
        facts.timer = KernelTimer::TimeWait;
        facts.timerMs = 57'000;
        facts.atNs = 1;
        history->add(facts);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(history, SocketKind::Stream, QStringLiteral("fd 9, closed"));
        QVERIFY(sentence(panel).contains(QStringLiteral("57 s more")));
        QCOMPARE(value(panel, "timer"), QStringLiteral("TIME-WAIT, 57 s left"));
        const QString last = QStringLiteral("Last seen in TIME-WAIT at 12:04:07; nobody has looked since.");
        panel.setLastSeen(last);
        QCOMPARE(sentence(panel), last);
        QVERIFY2(!panel.factsText().contains(QStringLiteral("57 s")), qPrintable(panel.factsText()));
        panel.setLastSeen({});
        QCOMPARE(value(panel, "timer"), QStringLiteral("TIME-WAIT, 57 s left"));
        TcpEnd end;
        end.way = {TcpState::Established, TcpState::TimeWait};
        end.facts = facts;
        end.facts->atNs = CaptureStore::nowNs();
        TcpStateDiagram diagram;
        diagram.setStates(end);
        QVERIFY(diagram.accessibleDescription().contains(QStringLiteral("s left")));
        end.lastSeen = last;
        diagram.setStates(end);
        QVERIFY2(!diagram.accessibleDescription().contains(QStringLiteral("s left")),
                 qPrintable(diagram.accessibleDescription()));
    }

    void aListenersQueue() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.backlog = 2;
        config.held.insert(Stage::Accept);
        server_ = loopback::opened(config);
        QTRY_COMPARE(server_->stateWord().isEmpty(), false);
        QTRY_VERIFY(server_->stages().at(Stage::Listen).state.load() == StageState::Done);
        server_->observe(0, 20);
        QTRY_VERIFY(server_->kernelHistory(0) != nullptr);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(server_->kernelHistory(0), SocketKind::Listener, QStringLiteral("fd 7"));
        panel.setBacklog(2);
        QTRY_COMPARE(value(panel, "Accept queue"), QStringLiteral("0 of 2"));
        QCOMPARE(value(panel, "backlog"), QStringLiteral("asked 2, granted 2"));
        QVERIFY(!value(panel, "somaxconn").contains(QStringLiteral("—")));
        QCOMPARE(value(panel, "overflows"), QStringLiteral("0 (all listeners)"));
        QVERIFY(rowOf(panel, QStringLiteral("overflows"))->line().tone == Tone::Normal);
        std::vector<std::unique_ptr<Session>> clients;
        const SocketConfig toIt = loopback::configOf(Role::TcpClient, loopback::portOf(*server_));
        for (int i = 1; i <= 3;
             ++i) {  // one by one: two handshakes at the same moment can overfill the queue
            clients.push_back(loopback::opened(toIt));
            QTRY_COMPARE(value(panel, "Accept queue"), QStringLiteral("%1 of 2").arg(i));
        }
        clients.push_back(loopback::opened(toIt));
        QTRY_VERIFY(!value(panel, "overflows").startsWith(QStringLiteral("0 ")));
        QVERIFY(rowOf(panel, QStringLiteral("overflows"))->line().tone == Tone::Failed);
    }

    void whoWaitsIsToldOnlyWhileSomebodyLooks() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Accept);
        server_ = loopback::opened(config);
        QTRY_VERIFY(server_->stages().at(Stage::Accept).state.load() == StageState::Held);
        server_->observe(0, 20);
        client_ = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        QTRY_COMPARE(waitingText(*server_, Stage::Accept, 0), QStringLiteral("1 client waits"));
        QVERIFY(nextStep(*server_)->ready);
        server_->observe(std::nullopt);
        QTRY_VERIFY(waitingText(*server_, Stage::Accept, 0).isEmpty());
        QVERIFY(!nextStep(*server_)->ready);
        server_->observe(0, 20);
        QTRY_COMPARE(waitingText(*server_, Stage::Accept, 0), QStringLiteral("1 client waits"));
    }

    void aDatagramSocketsDrops() {
        SocketConfig config = loopback::configOf(Role::UdpServer);
        config.receiveBufferBytes = 4096;
        config.held.insert(Stage::Recv);
        server_ = loopback::opened(config);
        QTRY_VERIFY(server_->localAddress().isValid());
        server_->observe(0, 20);
        QTRY_VERIFY(server_->kernelHistory(0) != nullptr);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(server_->kernelHistory(0), SocketKind::Datagram, QStringLiteral("fd 5"));
        client_ = loopback::opened(loopback::configOf(Role::UdpClient, loopback::portOf(*server_)));
        for (int i = 0; i < 40; ++i)
            client_->send({}, QByteArray(700, 'd'));
        QTRY_VERIFY((panel.refresh(), panel.factsText().contains(QStringLiteral("next datagram 700 B"))));
        QTRY_VERIFY(value(panel, "drops").toInt() > 0);
        QVERIFY(rowOf(panel, QStringLiteral("RTT")) == nullptr);
    }

    void paintsOnlyWhatChanged() {
        auto history = std::make_shared<KernelHistory>(1);
        KernelFacts facts;
        facts.source = FactsSource::Descriptor;
        facts.state = TcpState::Established;
        facts.rttUs = 44;
        facts.rttVarianceUs = 12;
        facts.atNs = 1;
        history->add(facts);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(history, SocketKind::Stream, QStringLiteral("fd 9"));
        QCoreApplication::processEvents();
        QCoreApplication::processEvents();
        const PaintCounter painted(panel);
        for (facts.atNs = 2; facts.atNs < 10; ++facts.atNs) {
            history->add(facts);
            panel.refresh();
            QCoreApplication::processEvents();
        }
        QCOMPARE(painted.count, 0);
        facts.rttUs = 45;
        history->add(facts);
        panel.refresh();
        QTRY_COMPARE(painted.count, 1);
    }

    void hiddenItDoesNothing() {
        auto history = std::make_shared<KernelHistory>(1);
        KernelPanel panel;
        panel.setHistory(history, SocketKind::Stream, QStringLiteral("fd 9"));
        KernelFacts facts;
        facts.atNs = 5;
        facts.source = FactsSource::Gone;
        history->add(facts);
        QVERIFY(sentence(panel).startsWith(QStringLiteral("Nobody")));
        shown(panel);
        QVERIFY(sentence(panel).startsWith(QStringLiteral("The kernel has forgotten")));
    }

    void theKeyboardAndAScreenReaderReadIt() {
        stall();
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_COMPARE(value(panel, "Peer's window"), QStringLiteral("0 B: closed"));
        panel.setFocus();
        KernelRow* queue = rowOf(panel, QStringLiteral("Our send queue"));
        KernelRow* send = rowOf(panel, QStringLiteral("Send buffer"));
        QTRY_VERIFY(queue->hasFocus());
        QTest::keyClick(queue, Qt::Key_Down);
        QVERIFY(send->hasFocus());
        QCOMPARE(send->focusPolicy(), Qt::StrongFocus);
        QCOMPARE(queue->focusPolicy(), Qt::ClickFocus);

        QAccessibleInterface* access = QAccessible::queryAccessibleInterface(send);
        QVERIFY(access != nullptr);
        QCOMPARE(access->role(), QAccessible::ProgressBar);
        QVERIFY(access->text(QAccessible::Name).startsWith(QStringLiteral("Send buffer: ")));
        QVERIFY(access->text(QAccessible::Name).contains(QStringLiteral("in flight ")));
        QVERIFY(access->text(QAccessible::Description).contains(QStringLiteral("SO_SNDBUF")));
        QVERIFY(access->valueInterface() != nullptr);
        QVERIFY(access->valueInterface()->currentValue().toLongLong() > 0);
        QCOMPARE(access->valueInterface()->maximumValue().toLongLong(), send->line().limit);
        QTest::keyClick(send, Qt::Key_End);
        const KernelRow* timer = rowOf(panel, QStringLiteral("timer"));
        QVERIFY(timer->hasFocus());
        QCOMPARE(QAccessible::queryAccessibleInterface(const_cast<KernelRow*>(timer))->role(),
                 QAccessible::StaticText);

        QTest::keySequence(QGuiApplication::focusObject() == nullptr ? nullptr : qApp->focusWidget(),
                           QKeySequence::Copy);
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY(copied.startsWith(QStringLiteral("Kernel buffers of fd 9\n")));
        QVERIFY(copied.contains(QStringLiteral("Peer's window: 0 B: closed")));
        QVERIFY2(copied.contains(QStringLiteral("path MTU: ")),
                 "all figures, also those that are folded away");
        QTRY_VERIFY((panel.refresh(), panel.accessibleDescription().contains(QStringLiteral("0 B: closed"))));
    }

    void allFiguresUnfold() {
        connectPair();
        client_->observe(1, 20);
        QTRY_VERIFY(client_->kernelHistory(1) != nullptr);
        KernelPanel panel;
        shown(panel);
        panel.setHistory(client_->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd 9"));
        QTRY_VERIFY(value(panel, "Send buffer").startsWith(QStringLiteral("0 B of")));
        QVERIFY(rowOf(panel, QStringLiteral("path MTU")) == nullptr);
        QTest::mouseClick(panel.findChild<QToolButton*>(QStringLiteral("allFigures")), Qt::LeftButton);
        QVERIFY(rowOf(panel, QStringLiteral("path MTU")) != nullptr);
        QVERIFY(!value(panel, "path MTU").contains(QStringLiteral("—")));
        QVERIFY(rowOf(panel, QStringLiteral("algorithm"))->line().value.size() > 1);
        for (const Theme theme : {Theme::Dark, Theme::Light}) {
            applyTheme(*qApp, theme);
            QVERIFY(!panel.grab().isNull());
        }
    }
};

QTEST_MAIN(TestKernelPanel)
#include "tst_kernelpanel.moc"
