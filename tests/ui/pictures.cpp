// Paints the window's main states into PNG files: pictures FOLDER, or SOCKSTAGE_PICTURES=FOLDER. Every state
// is made by real sockets on the loopback interface. Each theme and scale is a run of its own, because Qt
// reads the scale once, at start.

#include <QApplication>
#include <QDir>
#include <QLineEdit>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QProcess>
#include <QRegularExpression>
#include <QTabBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>
#include <functional>

#include "boundarystrip.h"
#include "clientstable.h"
#include "composer.h"
#include "guidewindow.h"
#include "kernelpanel.h"
#include "lifecyclerail.h"
#include "loopback.h"
#include "mainwindow.h"
#include "newsocketdialog.h"
#include "recordview.h"
#include "sessionpage.h"
#include "shortcuttable.h"
#include "socketsmodel.h"
#include "tcpchartsview.h"
#include "theme.h"
#include "trafficpane.h"

namespace {

using namespace sockstage;

class Pictures {
public:
    Pictures(const QString& folder, const QString& suffix) : folder_(folder), suffix_(suffix) {}

    bool takeAll() {
        empty();
        clients();
        halfClosed();
        hexView();
        systemCalls();
        failedBind();
        held();
        datagramPeers();
        dialog();
        guide();
        kernel();
        boundaries();
        datagramBoundaries();
        return good_;
    }

private:
    void until(const char* what, const std::function<bool()>& condition) {
        if (QTest::qWaitFor(condition, 10'000)) return;
        qWarning("%s did not happen", what);
        good_ = false;
    }
    void save(const QString& name, QWidget& widget) {
        // One tick of the page and one of the window, so that every number is there.
        QTest::qWait(400);
        const QString file = folder_ + QLatin1Char('/') + name + suffix_ + QStringLiteral(".png");
        good_ = widget.grab().save(file) && good_;
    }
    Session* open(const SocketConfig& config) {
        Session* session = window_->openSocket(config);
        const auto settled = [session] {
            return session->isFinished() || !session->failure().isEmpty() ||
                   session->localAddress().isValid() ||
                   session->stateWord().startsWith(QStringLiteral("held"));
        };
        until("opening", settled);
        return session;
    }
    void freshWindow() {
        window_ = std::make_unique<MainWindow>();
        window_->resize(1440, 900);
        window_->show();
    }

    void empty() {
        freshWindow();
        save(QStringLiteral("empty"), *window_);
    }

    void clients() {
        freshWindow();
        server_ = open(loopback::configOf(Role::TcpServer));
        for (Session*& client : client_)
            client = open(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        until("four clients", [this] { return server_->counters().openConnections.get() == 4; });
        client_[0]->send({}, QByteArrayLiteral("GET /status HTTP/1.1\r\n\r\n"));
        client_[1]->send({},
                         QByteArray("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n", 11) + QByteArray(1989, 'x'));
        until("requests", [this] { return server_->counters().receivedBytes.get() == 2024; });
        server_->send({1}, QByteArrayLiteral("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
        client_[2]->send({}, QByteArray(150'000, 'z'));
        until("a large message", [this] { return server_->counters().receivedBytes.get() == 152'024; });
        client_[3]->reset({});
        until("a reset", [this] { return server_->counters().openConnections.get() == 3; });
        window_->select(server_);
        QTest::qWait(1200);
        save(QStringLiteral("listening"), *window_);
        page().clients().selectConnection(1);
        page()
            .findChild<QPlainTextEdit*>(QStringLiteral("message"))
            ->setPlainText(QStringLiteral("PING \\x01\\x02 hello"));
        auto* view = page().findChild<RecordView*>(QStringLiteral("traffic"));
        view->setFind(QStringLiteral("HTTP/1.1 200"));
        view->findNext(true);
        until("the answer", [view] { return view->currentRow().has_value(); });
        view->setFind({});
        save(QStringLiteral("client-selected"), *window_);
    }

    void halfClosed() {
        client_[1]->shutdownSending({});
        until("EOF", [this] { return server_->connections().at(2).receiving.load() == DirectionState::Eof; });
        page().clients().selectConnection(2);
        page()
            .findChild<QPlainTextEdit*>(QStringLiteral("message"))
            ->setPlainText(QStringLiteral("wrong \\q escape"));
        save(QStringLiteral("half-closed"), *window_);
    }

    void hexView() {
        page().traffic().setHex(true);
        save(QStringLiteral("hex"), *window_);
        page().traffic().setHex(false);
    }

    void systemCalls() {
        page().traffic().showCalls(true);
        save(QStringLiteral("system-calls"), *window_);
    }

    void failedBind() {
        open(loopback::configOf(Role::TcpServer, loopback::portOf(*server_)));
        save(QStringLiteral("failed-bind"), *window_);
        until("a refusal", [this] {
            Session* refused = open(loopback::configOf(Role::TcpClient, 1));
            return !refused->failure().isEmpty();
        });
        save(QStringLiteral("refused"), *window_);
    }

    void held() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Listen);
        open(config);
        save(QStringLiteral("held"), *window_);
    }

    void datagramPeers() {
        SocketConfig config = loopback::configOf(Role::UdpServer);
        config.endpoint.host = "0.0.0.0";
        config.echo = true;
        Session* udp = open(config);
        for (int i = 0; i < 3; ++i)
            open(loopback::configOf(Role::UdpClient, loopback::portOf(*udp)))
                ->send({}, "datagram " + QByteArray::number(i));
        until("three peers", [udp] { return udp->counters().connections.get() == 3; });
        window_->select(udp);
        save(QStringLiteral("udp-peers"), *window_);
    }

    void dialog() {
        NewSocketDialog plain(Role::TcpServer, window_.get());
        plain.show();
        save(QStringLiteral("new-socket"), plain);
        plain.findChild<QLineEdit*>(QStringLiteral("host"))->setText(QStringLiteral("0.0.0.0"));
        plain.findChild<QLineEdit*>(QStringLiteral("port"))->clear();
        QTest::keyClicks(plain.findChild<QLineEdit*>(QStringLiteral("port")), QStringLiteral("70000"));
        plain.findChild<QToolButton*>(QStringLiteral("advanced"))->click();
        save(QStringLiteral("new-socket-advanced"), plain);
    }

    /// Every chapter once, and what finding looks like.
    void guide() {
        GuideWindow guide(shortcutTable(*window_->menuBar()));
        const int line = guide.fontMetrics().height();
        guide.resize(line * 58, line * 44);
        guide.show();
        for (const GuideChapter& chapter : guide.chapters()) {
            guide.showPlace(chapter.name);
            save(QStringLiteral("guide-") + chapter.name, guide);
        }
        guide.showPlace(QStringLiteral("recv#half-close"));
        guide.findChild<QLineEdit*>(QStringLiteral("guideFind"))->setText(QStringLiteral("half-close"));
        save(QStringLiteral("guide-found"), guide);
    }

    /// A connection whose peer does not read, then reads again: the panel and the charts by themselves.
    void kernel() {
        const auto server = loopback::opened(loopback::configOf(Role::TcpServer));
        until("listening",
              [&] { return server->stages().at(Stage::Accept).state.load() == StageState::Waiting; });
        const auto client = loopback::opened(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        until("a connection",
              [&] { return server->connections().count() == 1 && client->connections().count() == 1; });
        server->hold(Stage::Recv, {1});
        client->observe(1);
        until("a look at the kernel", [&] { return client->kernelHistory(1) != nullptr; });
        KernelPanel panel;
        panel.setHistory(client->kernelHistory(1), SocketKind::Stream, QStringLiteral("fd"));
        panel.resize(320, 400);
        panel.show();
        TcpChartsView charts(client->capture().toEpochNs(0));
        charts.resize(860, 640);
        charts.show();
        charts.setHistory(client->kernelHistory(1), SocketKind::Stream);
        client->send({}, QByteArray(12'000'000, 'x'));
        until("a closed window", [&] {
            panel.refresh();
            return panel.factsText().contains(QStringLiteral("0 B: closed"));
        });
        save(QStringLiteral("kernel-stalled"), panel);
        server->release(Stage::Recv, {1});
        until("an empty send buffer", [&] {
            panel.refresh();
            return panel.factsText().contains(QStringLiteral("Send buffer: 0 B of"));
        });
        panel.showAllFigures(true);
        panel.resize(320, panel.sizeHint().height());
        save(QStringLiteral("kernel-all-figures"), panel);
        charts.refresh();
        charts.setSpan(5);
        save(QStringLiteral("kernel-over-time"), charts);
    }

    /// Sends once the one before has been sent: two sends, not one.
    void sendOne(Session& from, const QByteArray& bytes) {
        const quint64 before = from.counters().sentMessages.get();
        from.send({}, bytes);
        until("a send", [&] { return from.counters().sentMessages.get() > before; });
    }

    void showBoundaries(Session& session) {
        window_->select(&session);
        auto* tabs = page().traffic().findChild<QTabBar*>();
        for (int tab = 0; tab < tabs->count(); ++tab)
            if (tabs->tabText(tab) == QStringLiteral("Boundaries")) tabs->setCurrentIndex(tab);
    }

    /// Two sends in one recv, one in three, and what nobody has read yet.
    void boundaries() {
        freshWindow();
        Session* server = open(loopback::configOf(Role::TcpServer));
        Session* client = open(loopback::configOf(Role::TcpClient, loopback::portOf(*server)));
        until("a client", [&] { return server->connections().count() == 1; });
        showBoundaries(*server);
        save(QStringLiteral("boundaries-nothing"), *window_);
        const auto read = [&](quint64 bytes) {
            until("a recv", [&] { return server->counters().receivedBytes.get() == bytes; });
        };
        server->hold(Stage::Recv);
        sendOne(*client, "hello ");
        sendOne(*client, "world");
        server->release(Stage::Recv);
        read(11);
        sendOne(*client, QByteArray(150'000, 'z'));
        read(150'011);
        server->setReadBytes(4);
        sendOne(*client, "hello world");
        read(150'022);
        server->hold(Stage::Recv);
        sendOne(*client, "hello");
        sendOne(*client, QByteArray(1000, 'x'));
        server->step(Stage::Recv, 1);
        read(150'026);
        showBoundaries(*client);
        save(QStringLiteral("boundaries"), *window_);
        auto* strip = page().findChild<BoundaryStrip*>();
        strip->setFocus();
        QTest::keyClick(strip, Qt::Key_Home);
        save(QStringLiteral("boundaries-chosen"), *window_);
    }

    /// Cut off, lost, and not received yet.
    void datagramBoundaries() {
        freshWindow();
        SocketConfig config = loopback::configOf(Role::UdpServer);
        config.readBytes = 8;
        config.receiveBufferBytes = 1;
        Session* server = open(config);
        Session* client = open(loopback::configOf(Role::UdpClient, loopback::portOf(*server)));
        until("a peer", [&] { return client->connections().count() == 1; });
        const auto read = [&](quint64 datagrams) {
            until("a datagram", [&] { return server->counters().receivedMessages.get() >= datagrams; });
        };
        sendOne(*client, "one");
        read(1);
        sendOne(*client, "");
        read(2);
        sendOne(*client, "a long datagram");
        read(3);
        server->hold(Stage::Recv);
        for (int i = 0; i < 8; ++i)
            sendOne(*client, QByteArray(400 + i, '.'));
        server->release(Stage::Recv);
        read(4);
        until("the rest", [&] { return server->stages().at(Stage::Recv).state == StageState::Waiting; });
        sendOne(*client, "after");
        until("the last", [&] { return loopback::received(*server).endsWith("after"); });
        server->hold(Stage::Recv);
        sendOne(*client, "held");
        showBoundaries(*client);
        save(QStringLiteral("boundaries-datagrams"), *window_);
    }

    SessionPage& page() const { return *window_->currentPage(); }

    QString folder_, suffix_;
    std::unique_ptr<MainWindow> window_;
    Session* server_ = nullptr;
    Session* client_[4] = {};
    bool good_ = true;
};

/// One run for each theme and scale.
int takeEverywhere(const QString& program, const QString& folder) {
    int failures = 0;
    for (const QString& theme : {QStringLiteral("light"), QStringLiteral("dark")})
        for (const QString& scale : {QStringLiteral("1"), QStringLiteral("2")}) {
            QProcess run;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(QStringLiteral("QT_SCALE_FACTOR"), scale);
            environment.insert(QStringLiteral("SOCKSTAGE_PICTURE_THEME"), theme);
            run.setProcessEnvironment(environment);
            run.setProcessChannelMode(QProcess::ForwardedChannels);
            run.start(program, {folder});
            if (!run.waitForFinished(120'000) || run.exitCode() != 0) ++failures;
        }
    return failures;
}

}  // namespace

int main(int argc, char** argv) {
    QString folder = qEnvironmentVariable("SOCKSTAGE_PICTURES", QStringLiteral("pictures"));
    if (argc > 1) folder = QString::fromLocal8Bit(argv[1]);
    QDir().mkpath(folder);
    const QString theme = qEnvironmentVariable("SOCKSTAGE_PICTURE_THEME");
    if (theme.isEmpty()) {
        const QCoreApplication application(argc, argv);
        return takeEverywhere(QCoreApplication::applicationFilePath(), folder);
    }
    loopback::useOwnSettings();
    QApplication application(argc, argv);
    applyTheme(application, themeFromName(theme));
    const bool doubled = qEnvironmentVariable("QT_SCALE_FACTOR") == QLatin1String("2");
    return Pictures(folder, QLatin1Char('-') + theme + (doubled ? QStringLiteral("-200") : QString()))
                   .takeAll()
               ? 0
               : 1;
}
