// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelpictures.h"

#include <QAction>
#include <QTabBar>

#include "clientstable.h"
#include "kernelpanel.h"
#include "picturetaker.h"
#include "scenepanel.h"
#include "socketsmodel.h"
#include "stepbar.h"
#include "tcpchartsview.h"

namespace sockstage {
namespace {

class KernelPictures : private PictureTaker {
public:
    using PictureTaker::PictureTaker;

    bool takeAll() {
        kernel();
        demo();
        steps();
        experiment();
        small();
        return good_;
    }

private:
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

    /// The demo with one client of its server, and every tab.
    void demo() {
        freshWindow();
        window_->startDemo();
        chooseTalkingClient();
        QTest::qWait(6000);
        auto& tabs = *page().findChild<QTabBar*>();
        for (int tab = 0; tab < tabs.count(); ++tab) {
            tabs.setCurrentIndex(tab);
            save(QStringLiteral("demo-") + tabs.tabText(tab).toLower().replace(u' ', u'-'), *window_);
        }
    }

    void chooseTalkingClient() {
        until("the demo talks", [this] {
            return window_->sockets().at(0)->connections().count() == 3 &&
                   window_->sockets().at(0)->counters().receivedBytes.get() > 0;
        });
        page().clients().selectConnection(1);
    }

    void press(Qt::Key key) const { QTest::keyClick(window_.get(), key); }

    void awaitStep(Stage stage) {
        const auto& bar = *page().findChild<StepBar*>();
        until("a step", [&] { return bar.next() && bar.next()->stage == stage; });
    }
    void step(Stage stage) {
        awaitStep(stage);
        press(Qt::Key_F10);
    }

    /// Step mode before bind, and with a client that waits for its accept and one that was heard.
    void steps() {
        freshWindow();
        press(Qt::Key_F9);
        Session* server = window_->openSocket(loopback::configOf(Role::TcpServer));
        step(Stage::Getaddrinfo);
        step(Stage::Socket);
        awaitStep(Stage::Bind);
        save(QStringLiteral("steps-bind"), *window_);
        step(Stage::Bind);
        step(Stage::Listen);
        awaitStep(Stage::Accept);
        const SocketConfig config = loopback::configOf(Role::TcpClient, loopback::portOf(*server));
        const auto first = loopback::opened(config);
        step(Stage::Accept);
        until("a client", [&] { return server->connections().count() == 1; });
        const auto second = loopback::opened(config);
        first->send({}, "GET / HTTP/1.1\r\n\r\n");
        page().clients().selectConnection(1);
        awaitStep(Stage::Recv);
        save(QStringLiteral("steps-client"), *window_);
    }

    /// The second step of an experiment, where most is shown.
    void experiment() {
        freshWindow();
        playScene(QStringLiteral("scene"));
    }

    /// The smallest usual screen.
    void small() {
        freshWindow({1260, 800});
        playScene(QStringLiteral("scene-1260"));
        freshWindow({1260, 800});
        window_->startDemo();
        chooseTalkingClient();
        QTest::qWait(1500);
        save(QStringLiteral("demo-1260"), *window_);
    }

    void playScene(const QString& name) {
        window_->startScene(QStringLiteral("half-close"));
        auto* scene = window_->findChild<Scene*>();
        until("the scene opens", [&] { return scene->state() == Scene::State::Ready; });
        save(name + QStringLiteral("-first"), *window_);
        scene->next();
        until("a step", [&] { return scene->state() == Scene::State::Shown; });
        save(name + QStringLiteral("-shown"), *window_);
    }
};

}  // namespace

bool takeKernelPictures(const QString& folder, const QString& suffix) {
    return KernelPictures(folder, suffix).takeAll();
}

}  // namespace sockstage
