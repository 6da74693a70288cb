// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QEventLoop>
#include <QScrollBar>
#include <QTabBar>
#include <QTimer>
#include <ctime>
#include <functional>
#include <map>

#include "clientstable.h"
#include "experiments.h"
#include "kernelrow.h"
#include "scene.h"
#include "sidecolumn.h"
#include "socketsmodel.h"
#include "trafficpane.h"
#include "windowuser.h"

using namespace sockstage;

namespace {

constexpr int patienceMs = 20'000;
const std::vector<QSize> sizes{{960, 540},   {960, 600},   {1024, 640},  {1024, 768}, {1280, 720},
                               {1280, 800},  {1366, 768},  {1440, 900},  {1536, 864}, {1600, 900},
                               {1680, 1050}, {1920, 1080}, {1920, 1200}, {2560, 1440}};

/// Counts what the layouts of all visible widgets do while it lives.
class LayoutCount : public QObject {
public:
    LayoutCount() { qApp->installEventFilter(this); }
    int all() const { return all_; }
    QString who() const {
        QStringList lines;
        for (const auto& [name, count] : by_)
            lines << QStringLiteral("%1 x %2").arg(count).arg(name);
        return lines.join(u'\n');
    }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override {
        const bool layout = event->type() == QEvent::LayoutRequest || event->type() == QEvent::Resize;
        auto* widget = layout ? qobject_cast<QWidget*>(watched) : nullptr;
        if (widget != nullptr && widget->isVisible()) {
            ++all_;
            QString name = QLatin1String(event->type() == QEvent::Resize ? "Resize " : "LayoutRequest ") +
                           QLatin1String(widget->metaObject()->className()) + u' ' + widget->objectName();
            if (const QWidget* parent = widget->parentWidget())
                name += QStringLiteral(" in ") + QLatin1String(parent->metaObject()->className());
            ++by_[name];
        }
        return false;
    }

private:
    int all_ = 0;
    std::map<QString, int> by_;
};

/// The window's thread alone, in seconds: what other programs do on this machine is not in it.
double threadSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
/// All of it once, as after a resize.
double secondsToPaint(QWidget& window) {
    constexpr int rounds = 5;
    window.grab();
    const double before = threadSeconds();
    for (int i = 0; i < rounds; ++i)
        window.grab();
    return (threadSeconds() - before) / rounds;
}

/// As the program runs: asleep until there is something to do.
void runFor(int ms) {
    QEventLoop loop;
    QTimer::singleShot(ms, &loop, &QEventLoop::quit);
    loop.exec();
}

Session* at(WindowUser& user, int row) {
    return user.window().sockets().at(row);
}

bool comesTo(const Session& session, Stage stage, StageState state) {
    return QTest::qWaitFor([&] { return session.stages().at(stage).state.load() == state; }, patienceMs);
}

Session* listen(WindowUser& user) {
    Session* server = user.window().openSocket(loopback::configOf(Role::TcpServer));
    return comesTo(*server, Stage::Accept, StageState::Waiting) ? server : nullptr;
}

Session* connectTo(WindowUser& user, const Session& server) {
    Session* client = user.window().openSocket(loopback::configOf(Role::TcpClient, loopback::portOf(server)));
    return comesTo(*client, Stage::Connect, StageState::Done) ? client : nullptr;
}

// The states ---------------------------------------------------------------------------------------

bool emptyPage(WindowUser&) {
    return true;
}
bool tcpServer(WindowUser& user) {
    return listen(user) != nullptr;
}
bool tcpClient(WindowUser& user) {
    const Session* server = listen(user);
    return server != nullptr && connectTo(user, *server) != nullptr;
}
bool udpPair(WindowUser& user) {
    Session* server = user.window().openSocket(loopback::configOf(Role::UdpServer));
    if (!QTest::qWaitFor([&] { return server->localAddress().isValid(); }, patienceMs)) return false;
    Session* client =
        user.window().openSocket(loopback::configOf(Role::UdpClient, loopback::portOf(*server)));
    client->send({}, "datagram");
    return QTest::qWaitFor([&] { return server->counters().receivedMessages.get() == 1; }, patienceMs);
}
bool demo(WindowUser& user) {
    user.window().startDemo();
    return QTest::qWaitFor([&] { return at(user, 0)->connections().count() == 3; }, patienceMs);
}
bool chosenClient(WindowUser& user) {
    Session* server = listen(user);
    if (server == nullptr || connectTo(user, *server) == nullptr || connectTo(user, *server) == nullptr)
        return false;
    user.window().select(server);
    if (!QTest::qWaitFor([&] { return server->connections().count() == 2; }, patienceMs)) return false;
    user.page().clients().selectConnection(1);
    return true;
}
bool failed(WindowUser& user) {
    const Session* server = listen(user);
    if (server == nullptr) return false;
    Session* second =
        user.window().openSocket(loopback::configOf(Role::TcpServer, loopback::portOf(*server)));
    return comesTo(*second, Stage::Bind, StageState::Failed);
}
bool held(WindowUser& user) {
    SocketConfig config = loopback::configOf(Role::TcpServer);
    config.held = StageSet::all();
    return comesTo(*user.window().openSocket(config), Stage::Getaddrinfo, StageState::Held);
}
bool experiment(WindowUser& user) {
    user.window().startScene(QStringLiteral("half-close"));
    const auto* experiments = user.window().findChild<Experiments*>();
    return QTest::qWaitFor([&] { return experiments->scene()->state() == Scene::State::Ready; }, patienceMs);
}
bool finished(WindowUser& user) {
    Session* server = listen(user);
    if (server == nullptr) return false;
    server->close(0);
    return QTest::qWaitFor([&] { return server->isFinished(); }, patienceMs);
}

using State = bool (*)(WindowUser&);

}  // namespace

Q_DECLARE_METATYPE(State)

/// A layout is a function of the size alone: once it is there, nothing is laid out any more.
class TestSettled : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    static QTabBar* tabs(WindowUser& user) {
        return user.window().currentPage() != nullptr ? user.page().findChild<QTabBar*>() : nullptr;
    }
    /// Some ticks in a row without a layout. Words and amounts that grow may cause one now and then, but not
    /// each time; `trouble` says what did.
    static bool settles(QString& trouble) {
        constexpr int windows = 10, windowMs = 260;
        for (int i = 0; i < windows; ++i) {
            const LayoutCount count;
            runFor(windowMs);
            if (count.all() == 0) return true;
            trouble = count.who();
        }
        return false;
    }

private Q_SLOTS:
    void nothingIsLaidOutAnyMore_data() {
        QTest::addColumn<State>("open");
        QTest::newRow("empty") << State(emptyPage);
        QTest::newRow("TCP server") << State(tcpServer);
        QTest::newRow("TCP client") << State(tcpClient);
        QTest::newRow("UDP") << State(udpPair);
        QTest::newRow("demo") << State(demo);
        QTest::newRow("chosen client") << State(chosenClient);
        QTest::newRow("failed") << State(failed);
        QTest::newRow("held") << State(held);
        QTest::newRow("experiment") << State(experiment);
        QTest::newRow("finished") << State(finished);
    }
    void nothingIsLaidOutAnyMore() {
        QFETCH(State, open);
        WindowUser user(sizes.front());
        QVERIFY(open(user));
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            user.window().resize(sizes[i]);
            QTabBar* bar = tabs(user);
            if (bar != nullptr) bar->setCurrentIndex(static_cast<int>(i) % bar->count());
            QCoreApplication::processEvents();
            QVERIFY2(user.window().width() <= sizes[i].width() && user.window().height() <= sizes[i].height(),
                     qPrintable(QStringLiteral("not smaller than %1x%2")
                                    .arg(user.window().minimumSizeHint().width())
                                    .arg(user.window().minimumSizeHint().height())));
            QString trouble;
            QVERIFY2(settles(trouble), qPrintable(QStringLiteral("%1x%2, tab %3:\n%4")
                                                      .arg(sizes[i].width())
                                                      .arg(sizes[i].height())
                                                      .arg(bar != nullptr ? bar->currentIndex() : -1)
                                                      .arg(trouble)));
        }
    }

    void theSidesWidthNeedsNoScrollBar() {
        WindowUser user({1366, 768});
        QVERIFY(chosenClient(user));
        const SideColumn& side = user.page().side();
        for (const int height : {500, 640, 768, 1200}) {
            user.window().resize(1366, height);
            runFor(50);
            QCOMPARE(side.viewport()->width() + side.verticalScrollBar()->width(), side.width());
            QVERIFY2(side.widget()->width() <= side.viewport()->width(),
                     qPrintable(QStringLiteral("%1 in %2 of %3; it wants %4 of %5")
                                    .arg(side.widget()->width())
                                    .arg(side.viewport()->width())
                                    .arg(side.width())
                                    .arg(side.minimumSizeHint().width())
                                    .arg(user.window().width())));
        }
    }

    /// Each row of Kernel buffers has the height that it needs, and nothing in it is cut at the side.
    void theRowsOfTheKernelAreWhole() {
        WindowUser user({1366, 768});
        QVERIFY(chosenClient(user));
        for (const QSize size : sizes) {
            user.window().resize(size);
            runFor(300);
            const auto rows = user.page().side().findChildren<KernelRow*>();
            QVERIFY(!rows.isEmpty());
            for (const KernelRow* row : rows) {
                if (!row->isVisible()) continue;
                const QString what = QStringLiteral("%1: %2x%3 of %4")
                                         .arg(row->line().name)
                                         .arg(row->width())
                                         .arg(row->height())
                                         .arg(row->heightForWidth(row->width()));
                QVERIFY2(row->height() >= row->heightForWidth(row->width()), qPrintable(what));
                QVERIFY2(row->width() >= row->minimumSizeHint().width(), qPrintable(what));
            }
        }
    }

    void theDemoCostsLittle_data() {
        QTest::addColumn<QSize>("size");
        for (const QSize size : {QSize(1024, 640), QSize(1366, 768), QSize(1440, 900), QSize(1920, 1080)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    /// Less than 5 % of a core; on a slow machine, less than it takes to paint the whole window four times a
    /// second. In time that this thread ran, not in time that passed: other load makes the share smaller.
    void theDemoCostsLittle() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("a sanitizer's own cost is in it");
#endif
        QFETCH(QSize, size);
        WindowUser user(size);
        QVERIFY(demo(user));
        user.page().clients().selectConnection(1);
        runFor(1500);
        const double limit = std::max(0.05, 4 * secondsToPaint(user.window()));
        double least = 1;
        for (int i = 0; i < 8 && least >= limit; ++i) {
            QElapsedTimer passed;
            passed.start();
            const double before = threadSeconds();
            runFor(2500);
            const double used = threadSeconds() - before;
            least = std::min(least, used * 1000 / static_cast<double>(passed.elapsed()));
        }
        qInfo("%.1f %% of a core; at most %.1f %%", least * 100, limit * 100);
        QVERIFY2(least < limit, qPrintable(QStringLiteral("%1 % of a core").arg(least * 100)));
    }
};

QTEST_MAIN(TestSettled)
#include "tst_settled.moc"
