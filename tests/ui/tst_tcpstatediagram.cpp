// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstatediagram.h"

#include <QFontMetricsF>
#include <QLabel>
#include <QSignalSpy>
#include <QTest>

#include "capturestore.h"
#include "loopback.h"
#include "tcpdiagramgeometry.h"
#include "tcpendof.h"
#include "tcpstatebox.h"
#include "tcpstatetext.h"
#include "theme.h"

using namespace sockstage;
using enum TcpNode;

class TestTcpStateDiagram : public QObject {
    Q_OBJECT

private:
    static std::vector<TcpNode> allNodes() {
        std::vector<TcpNode> nodes;
        for (std::size_t i = 0; i < tcpNodeCount; ++i)
            nodes.push_back(static_cast<TcpNode>(i));
        return nodes;
    }
    /// Every edge that can be drawn: those of the figure, and a reset of each state.
    static std::vector<TcpEdge> everyEdge() {
        std::vector<TcpEdge> edges = tcpEdges();
        for (const TcpNode from : {SynReceived, Established, CloseWait, FinWait1, FinWait2, Closing})
            edges.push_back({from, Ended});
        return edges;
    }
    static bool crosses(const QRectF& box, const QPointF& a, const QPointF& b) {
        return box.intersects(QRectF(a, b).normalized().adjusted(-0.01, -0.01, 0.01, 0.01));
    }
    static TcpEnd end(const std::vector<TcpState>& way, TcpState origin = TcpState::Unknown) {
        TcpEnd made;
        made.way = way;
        made.origin = origin;
        made.title = QStringLiteral("server, fd 9");
        made.letter = QStringLiteral("S");
        return made;
    }
    static KernelFacts timeWait(std::int64_t ms) {
        KernelFacts facts;
        facts.atNs = CaptureStore::nowNs();
        facts.state = TcpState::TimeWait;
        facts.timer = KernelTimer::TimeWait;
        facts.timerMs = ms;
        return facts;
    }
    static TcpStateBox* box(const TcpStateDiagram& diagram, TcpNode node) {
        for (auto* each : diagram.findChildren<TcpStateBox*>())
            if (each->node() == node) return each;
        return nullptr;
    }
    static QString visibleText(const TcpStateDiagram& diagram) {
        QStringList text;
        for (const auto* label : diagram.findChildren<QLabel*>())
            if (label->isVisible() && qobject_cast<const TcpStateBox*>(label) == nullptr)
                text << label->text();
        return text.join(QLatin1Char('\n')).replace(QChar(0x2011), QLatin1Char('-'));
    }

private Q_SLOTS:
    /// A held client in CLOSE-WAIT whose peer resets: no FIN of ours has gone, LAST-ACK was not on its way.
    void aResetInCloseWaitPassesNoLastAck() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_VERIFY(server->stages().at(Stage::Accept).state.load() == StageState::Waiting);
        SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(*server));
        config.held.insert(Stage::Recv);
        const auto client = loopback::opened(config);
        QTRY_COMPARE(server->connections().count(), 1U);
        QTRY_COMPARE(client->connections().count(), 1U);
        client->watch({1}, true);
        client->observe(1);
        const auto isIn = [&](TcpState state) {
            const auto way = client->tcpStateHistory(1);
            return !way.empty() && way.back() == state;
        };
        server->shutdownSending({1});
        QTRY_VERIFY(isIn(TcpState::CloseWait));
        const TcpEnd waiting = tcpEndOf(*client, 1);
        QVERIFY(!waiting.reset);
        server->reset({1});
        QTRY_VERIFY(isIn(TcpState::Closed));
        const auto passesLastAck = [&] {
            const TcpEnd end = tcpEndOf(*client, 1);
            return traceOf(end.way, end.origin, end.reset).at(LastAck) != Reach::Never;
        };
        QVERIFY(!passesLastAck());
        const auto seenClosed = [&] {
            const auto history = client->kernelHistory(1);
            const auto facts = history ? history->latest() : std::nullopt;
            return facts && facts->source == FactsSource::Descriptor && facts->state == TcpState::Closed;
        };
        QTRY_VERIFY(seenClosed());
        client->close(0);
        QTRY_VERIFY(client->isFinished());
        QVERIFY2(!passesLastAck(), "nor is it told so after close()");
    }
    /// With close() in order it was.
    void anOrderlyEndPassesLastAck() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        QTRY_VERIFY(server->stages().at(Stage::Accept).state.load() == StageState::Waiting);
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        QTRY_COMPARE(server->connections().count(), 1U);
        client->watch({1}, true);
        client->observe(1);
        server->shutdownSending({1});
        const auto isIn = [&](TcpState state) {
            const auto way = client->tcpStateHistory(1);
            return !way.empty() && way.back() == state;
        };
        QTRY_VERIFY(isIn(TcpState::CloseWait));
        client->close(0);
        QTRY_VERIFY(client->isFinished());
        QTRY_VERIFY(isIn(TcpState::Closed));
        const TcpEnd end = tcpEndOf(*client, 1);
        QVERIFY(traceOf(end.way, end.origin, end.reset).at(LastAck) != Reach::Never);
    }

    void initTestCase() { applyTheme(*qApp, Theme::Light); }

    // The way ---------------------------------------------------------------------------------

    void theWayAsSeen() {
        const TcpTrace trace = traceOf({TcpState::SynSent, TcpState::Established}, TcpState::Closed);
        QCOMPARE(trace.at(Closed), Reach::Passed);
        QCOMPARE(trace.at(SynSent), Reach::Seen);
        QCOMPARE(trace.at(Listen), Reach::Never);
        QVERIFY(trace.now == Established);
        QCOMPARE(trace.steps.size(), 2U);
        QVERIFY2(!trace.step(Closed, SynSent)->seen, "nobody looked before connect()");
        QVERIFY(trace.step(SynSent, Established)->seen);
    }

    void whatPassedBetweenTwoLooks() {
        const TcpTrace accepted = traceOf({TcpState::Established, TcpState::TimeWait}, TcpState::Listen);
        QCOMPARE(accepted.at(SynReceived), Reach::Passed);
        QCOMPARE(accepted.at(FinWait1), Reach::Passed);
        QCOMPARE(accepted.at(TimeWait), Reach::Seen);
        QVERIFY(!accepted.step(Established, FinWait1)->seen);
        QVERIFY(!accepted.step(FinWait1, TimeWait)->seen);
        QVERIFY(traceOf({}).steps.empty());
        QVERIFY(!traceOf({TcpState::Unknown}, TcpState::Closed).now);
    }

    void closedStandsWhereItBelongs() {
        QVERIFY(traceOf({TcpState::Closed}).now == Closed);
        QVERIFY2(traceOf({TcpState::SynSent, TcpState::Closed}).now == Closed, "refused: back to the start");
        QVERIFY(traceOf({TcpState::Listen, TcpState::Closed}).now == Closed);
        QVERIFY(traceOf({TcpState::Established, TcpState::Closed}).now == Ended);
        QVERIFY(traceOf({TcpState::LastAck, TcpState::Closed}).step(LastAck, Ended)->seen);
    }

    void onlyAResetIsDrawnAsOne() {
        const TcpState open = TcpState::Established, closed = TcpState::Closed, eof = TcpState::CloseWait;
        QVERIFY(traceOf({open, closed}, {}, true).step(Established, Ended)->seen);
        QVERIFY2(traceOf({open, closed}).step(Established, Ended) == nullptr, "it took another way, unseen");
        QVERIFY(traceOf({eof, closed}, {}, true).step(CloseWait, Ended)->seen);
        const TcpTrace ordered = traceOf({eof, closed});
        QCOMPARE(ordered.at(LastAck), Reach::Passed);
        QVERIFY(ordered.step(CloseWait, Ended) == nullptr);
        QVERIFY(!ordered.step(LastAck, Ended)->seen);
    }

    void everyTransitionHasItsEdge() {
        for (const TcpNode from : allNodes())
            for (const TcpNode to : allNodes()) {
                if (from == Ended || to == Ended || !isTcpTransition(stateOf(from), stateOf(to))) continue;
                if (to == Closed && nodeOf(TcpState::Closed, stateOf(from)) == Ended) continue;
                const bool drawn =
                    std::any_of(tcpEdges().begin(), tcpEdges().end(),
                                [&](const TcpEdge& edge) { return edge.from == from && edge.to == to; });
                QVERIFY2(drawn, qPrintable(tcpNodeLabel(from) + QLatin1Char(' ') + tcpNodeLabel(to)));
            }
        for (const TcpEdge& edge : tcpEdges())
            QVERIFY(isTcpTransition(stateOf(edge.from), stateOf(edge.to)));
    }

    // The drawing -----------------------------------------------------------------------------

    void edgesCrossNoBoxAndNoText_data() {
        QTest::addColumn<int>("width");
        QTest::addColumn<double>("points");
        for (int width = 260; width <= 520; width += 20)
            for (const double points : {9.0, 10.0, 12.0, 14.0, 17.0, 20.0, 40.0})
                QTest::addRow("%d px, %g pt", width, points) << width << points;
    }
    void edgesCrossNoBoxAndNoText() {
        QFETCH(int, width);
        QFETCH(double, points);
        QFont font = monospaceFont();
        font.setPointSizeF(points);
        const QFontMetricsF metrics(font);
        const QSizeF label(metrics.horizontalAdvance(QStringLiteral("ESTABLISHED")), metrics.height());
        const auto made = TcpDiagramGeometry::fit(width, label);
        const QRectF all({}, made.size);
        for (const TcpNode node : allNodes()) {
            const QRectF& box = made.box(node);
            QVERIFY(all.contains(box.adjusted(-made.ring, -made.ring, made.ring, made.ring)));
            QVERIFY2(box.width() >= label.width() * made.labelScale &&
                         box.height() > label.height() * made.labelScale,
                     "the name is never cut");
            QVERIFY(all.contains(made.tagOf(node, false)) && all.contains(made.tagOf(node, true)));
            // The marks must not hide the name.
            QRectF name({}, QSizeF(label.width() * made.labelScale, metrics.capHeight() * made.labelScale));
            name.moveCenter(box.center());
            QVERIFY(!made.tagOf(node, false).intersects(name));
            QVERIFY(!made.tagOf(node, true).intersects(name));
            for (const TcpNode other : allNodes())
                QVERIFY(node == other || !box.intersects(made.box(other)));
        }
        QVERIFY(all.contains(made.noteBelow(TimeWait)) && all.contains(made.noteBelow(FinWait2)));
        for (const TcpEdge& edge : everyEdge())
            checkEdge(made, edge);
    }

    static void checkEdge(const TcpDiagramGeometry& made, const TcpEdge& edge) {
        const QPolygonF route = made.route(edge.from, edge.to);
        const QByteArray name =
            (tcpNodeLabel(edge.from) + QStringLiteral(" to ") + tcpNodeLabel(edge.to)).toUtf8();
        QVERIFY2(route.size() >= 2, name);
        for (qsizetype i = 1; i < route.size(); ++i) {
            const QPointF a = route[i - 1], b = route[i];
            QVERIFY2(qFuzzyCompare(a.x(), b.x()) || qFuzzyCompare(a.y(), b.y()), name);
            QVERIFY2(QLineF(a, b).length() > 0.5, name);
            for (const TcpNode node : allNodes()) {
                const qreal ring = made.ring - 0.1;
                QVERIFY2(!crosses(made.box(node).adjusted(-ring, -ring, ring, ring), a, b), name);
                QVERIFY2(!crosses(made.tagOf(node, false), a, b),
                         name + " over the mark of " + tcpNodeLabel(node).toUtf8());
                QVERIFY2(!crosses(made.tagOf(node, true), a, b),
                         name + " over the mark of " + tcpNodeLabel(node).toUtf8());
            }
            QVERIFY2(!crosses(made.noteBelow(TimeWait), a, b) && !crosses(made.noteBelow(FinWait2), a, b),
                     name);
        }
        // It begins and ends at its own boxes, and the head has room.
        const QMarginsF touch(made.ring + 0.5, made.ring + 0.5, made.ring + 0.5, made.ring + 0.5);
        QVERIFY2(made.box(edge.from).marginsAdded(touch).contains(route.front()), name);
        QVERIFY2(made.box(edge.to).marginsAdded(touch).contains(route.back()), name);
        QVERIFY2(QLineF(route[route.size() - 2], route.back()).length() >= made.head * 0.8, name);
    }

    void asHighAsItsWidthAsks() {
        TcpStateDiagram diagram;
        diagram.resize(318, 400);
        diagram.show();
        const int high = diagram.heightForWidth(318);
        QVERIFY2(high < diagram.fontMetrics().height() * 21, "fits below the other sections at 900 px");
        for (const int width : {260, 318, 420, 520}) {
            diagram.resize(width, diagram.heightForWidth(width));
            QVERIFY(diagram.minimumSizeHint().width() <= width);
            for (const auto* each : diagram.findChildren<TcpStateBox*>())
                QVERIFY(diagram.canvas().rect().contains(each->geometry()));
        }
    }

    // What it says ----------------------------------------------------------------------------

    void describedAsText() {
        TcpStateDiagram diagram;
        diagram.setStates(end({TcpState::SynSent, TcpState::Established}));
        diagram.setPeer(end({TcpState::CloseWait}));
        QCOMPARE(
            diagram.accessibleDescription(),
            QStringLiteral("ESTABLISHED; way: SYN-SENT, ESTABLISHED; peer: CLOSE-WAIT; its way: CLOSE-WAIT"));
        diagram.clearPeer();
        diagram.setStates(end({TcpState::Established}, TcpState::Listen));
        QCOMPARE(diagram.accessibleDescription(),
                 QStringLiteral("ESTABLISHED; way: LISTEN (not seen), SYN-RECEIVED (not seen), ESTABLISHED"));
        diagram.setStates({});
        QCOMPARE(diagram.accessibleDescription(), QStringLiteral("no state yet"));
    }

    void timeWaitCountsDown() {
        TcpStateDiagram diagram;
        TcpEnd closed = end({TcpState::Established, TcpState::TimeWait});
        closed.facts = timeWait(43'900);
        diagram.setStates(closed);
        QVERIFY(diagram.accessibleDescription().startsWith(QStringLiteral("TIME-WAIT, 43 s left;")));
        closed.facts->atNs -= 10'000'000'000;
        diagram.setStates(closed);
        QVERIFY(diagram.accessibleDescription().startsWith(QStringLiteral("TIME-WAIT, 33 s left;")));
        QTRY_VERIFY((diagram.refresh(),
                     diagram.accessibleDescription().startsWith(QStringLiteral("TIME-WAIT, 32 s left;"))));
        closed.facts->atNs -= 100'000'000'000;
        diagram.setStates(closed);
        QVERIFY(diagram.accessibleDescription().startsWith(QStringLiteral("TIME-WAIT, 0 s left;")));
        KernelFacts retransmitting = timeWait(200);
        retransmitting.timer = KernelTimer::Retransmit;
        QVERIFY(!remainingSeconds(retransmitting, CaptureStore::nowNs()));
    }

    void bothEndsWithALegend() {
        TcpStateDiagram diagram;
        diagram.show();
        diagram.setStates(end({TcpState::FinWait2}));
        QVERIFY(!visibleText(diagram).contains(QStringLiteral("server, fd 9")));
        TcpEnd client = end({TcpState::CloseWait});
        client.title = QStringLiteral("client, fd 12");
        client.letter = QStringLiteral("C");
        diagram.setPeer(client);
        QVERIFY(visibleText(diagram).contains(QStringLiteral("server, fd 9")));
        QVERIFY(visibleText(diagram).contains(QStringLiteral("client, fd 12")));
        QVERIFY(!visibleText(diagram).contains(QStringLiteral("not seen")));
        QVERIFY(box(diagram, FinWait2)->look().ownNow);
        QVERIFY(box(diagram, CloseWait)->look().otherNow);
        QCOMPARE(box(diagram, CloseWait)->look().otherLetter, QStringLiteral("C"));
        QCOMPARE(box(diagram, CloseWait)->accessibleName(),
                 QStringLiteral("CLOSE-WAIT, not reached, the other end's state now"));
        diagram.setStates(end({TcpState::FinWait2}, TcpState::Listen));
        QVERIFY(visibleText(diagram).contains(QStringLiteral("passed, not seen")));
    }

    void arrowKeysReachEveryStateAndItIsExplained() {
        TcpStateDiagram diagram;
        diagram.resize(318, 420);
        diagram.setStates(end({TcpState::SynSent, TcpState::Established}));
        diagram.show();
        QCursor::setPos(diagram.mapToGlobal(QPoint(5, diagram.height() - 2)));
        diagram.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&diagram));
        QTRY_VERIFY2(visibleText(diagram).contains(tcpNodeSentence(Established)),
                     "the state now, as long as nobody asks for another");
        QTest::keyClick(&diagram, Qt::Key_Tab);
        QTRY_VERIFY(box(diagram, Established)->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Home);
        QSet<QString> sentences;
        for (const TcpNode node : allNodes()) {
            QVERIFY(box(diagram, node)->hasFocus());
            QTRY_VERIFY(visibleText(diagram).contains(tcpNodeSentence(node)));
            QCOMPARE(box(diagram, node)->accessibleDescription(), tcpNodeSentence(node));
            sentences.insert(tcpNodeSentence(node));
            QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
        }
        QCOMPARE(sentences.size(), static_cast<qsizetype>(tcpNodeCount));
        QVERIFY2(box(diagram, Ended)->hasFocus(), "the last stays");
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Up);
        QVERIFY(box(diagram, LastAck)->hasFocus());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Left);
        QVERIFY(box(diagram, Closing)->hasFocus());
    }

    void theMouseAsksToo() {
        TcpStateDiagram diagram;
        diagram.resize(318, 420);
        diagram.setStates(end({TcpState::Listen}));
        diagram.show();
        QVERIFY(QTest::qWaitForWindowExposed(&diagram));
        QTest::mouseMove(box(diagram, TimeWait));
        QTRY_VERIFY(visibleText(diagram).contains(tcpNodeSentence(TimeWait)));
        QTest::mouseMove(&diagram, QPoint(2, diagram.height() - 2));
        QTRY_VERIFY(visibleText(diagram).contains(tcpNodeSentence(Listen)));
    }
};

QTEST_MAIN(TestTcpStateDiagram)
#include "tst_tcpstatediagram.moc"
