// SPDX-License-Identifier: GPL-3.0-or-later
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
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include "boundarypictures.h"
#include "clientstable.h"
#include "composer.h"
#include "guidewindow.h"
#include "kernelpictures.h"
#include "lifecyclerail.h"
#include "newsocketdialog.h"
#include "picturetaker.h"
#include "recordview.h"
#include "shortcuttable.h"
#include "socketsmodel.h"
#include "theme.h"
#include "trafficpane.h"

namespace {

using namespace sockstage;

class Pictures : private PictureTaker {
public:
    using PictureTaker::PictureTaker;

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
        return good_;
    }

private:
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

    Session* server_ = nullptr;
    Session* client_[4] = {};
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
            if (!run.waitForFinished(140'000) || run.exitCode() != 0) ++failures;
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
    const QString suffix = QLatin1Char('-') + theme + (doubled ? QStringLiteral("-200") : QString());
    const bool all = Pictures(folder, suffix).takeAll() && takeKernelPictures(folder, suffix) &&
                     takeBoundaryPictures(folder, suffix);
    return all ? 0 : 1;
}
