// SPDX-License-Identifier: GPL-3.0-or-later
#include <QLabel>
#include <QPushButton>
#include <QTabBar>
#include <optional>

#include "clientstable.h"
#include "composer.h"
#include "elidinglabel.h"
#include "lifecyclerail.h"
#include "scene.h"
#include "scenewords.h"
#include "socketsmodel.h"
#include "windowuser.h"

using namespace sockstage;

/// The whole window where there is little room: it fits, and what it says in sentences is said to the end.
class TestSmallWindow : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<WindowUser> user_;

    void startDemo() const {
        user_->window().startDemo();
        QTRY_COMPARE(user_->window().sockets().at(0)->connections().count(), 3U);
        user_->page().clients().selectConnection(1);
    }
    void startScene(const QString& id) const {
        user_->window().startScene(id);
        QTRY_VERIFY_WITH_TIMEOUT(user_->window().findChild<Scene*>()->state() == Scene::State::Ready, 20'000);
    }

private Q_SLOTS:
    void cleanup() { user_.reset(); }

    /// Half of a usual screen in each direction: what a scale of 200 % leaves of it.
    void theWindowFitsAScreenAtTwiceTheSize_data() {
        QTest::addColumn<QString>("state");
        for (const char* state : {"demo", "client chosen", "step mode", "udp", "client", "experiment"})
            QTest::newRow(state) << QString::fromLatin1(state);
    }
    void theWindowFitsAScreenAtTwiceTheSize() {
        QFETCH(QString, state);
        const QSize screen(960, 540);
        user_ = std::make_unique<WindowUser>(screen);
        state == QLatin1String("experiment") ? startScene(QStringLiteral("half-close")) : startDemo();
        if (state == QLatin1String("demo")) user_->page().clients().selectConnection(0);
        if (state == QLatin1String("udp")) user_->window().select(user_->window().sockets().at(1));
        if (state == QLatin1String("client")) user_->window().select(user_->window().sockets().at(2));
        if (state == QLatin1String("step mode")) {
            user_->page().session().holdAll();
            QTRY_VERIFY(user_->onPage<QWidget>("stepBar")->isVisible());
        }
        user_->window().resize(screen);
        const QSize least = user_->window().minimumSizeHint();
        QVERIFY2(user_->window().size() == screen && least.width() <= 960 && least.height() <= 540,
                 qPrintable(QStringLiteral("%1x%2").arg(least.width()).arg(least.height())));
        const auto* tabs = user_->page().findChild<QTabBar*>();
        QVERIFY(tabs->tabRect(5).right() < tabs->width());
        for (const auto* button : user_->page().composer().findChildren<QPushButton*>())
            if (button->isVisible())
                QTRY_VERIFY2(button->width() >= button->minimumSizeHint().width(),
                             qPrintable(button->text()));
    }

    void sentencesAreWhole_data() {
        QTest::addColumn<QSize>("size");
        for (const QSize size : {QSize(960, 540), QSize(1024, 640), QSize(1280, 800), QSize(1366, 768)})
            QTest::addRow("%dx%d", size.width(), size.height()) << size;
    }
    /// Who can reach it, in a sentence or in fewer words; what the next step does, on as many lines as that
    /// takes.
    void sentencesAreWhole() {
        QFETCH(QSize, size);
        user_ = std::make_unique<WindowUser>(size);
        startDemo();
        const auto whole = [&](const char* name) {
            const auto& label = *user_->onPage<ElidingLabel>(name);
            return !label.shownText().isEmpty() &&
                   label.fontMetrics().horizontalAdvance(label.shownText()) <= label.contentsRect().width();
        };
        QTRY_VERIFY(whole("headerReach"));
        QVERIFY(whole("headerState"));
        user_->page().session().holdAll();
        const auto* sentence = user_->onPage<QLabel>("stepSentence");
        QTRY_VERIFY(sentence->isVisible() && !sentence->text().isEmpty());
        for (const std::uint32_t client : {1U, 0U}) {
            user_->page().clients().selectConnection(client);
            QTRY_VERIFY(whole("headerReach"));
            const QRect needed = sentence->fontMetrics().boundingRect(QRect(0, 0, sentence->width(), 0),
                                                                      Qt::TextWordWrap, sentence->text());
            QTRY_VERIFY2(needed.width() <= sentence->width() && needed.height() <= sentence->height(),
                         qPrintable(sentence->text()));
            for (const auto* button : user_->onPage<QWidget>("stepBar")->findChildren<QPushButton*>())
                QTRY_VERIFY2(!button->isVisible() || button->width() >= button->sizeHint().width(),
                             qPrintable(button->text()));
        }
    }

    /// A step that follows another moves nothing that lies below, on however many lines its sentence is.
    void aStepMovesNothingBelow() {
        user_ = std::make_unique<WindowUser>(QSize(1024, 640));
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held = StageSet::all();
        Session& server = *user_->window().openSocket(config);
        const auto* sentence = user_->onPage<QLabel>("stepSentence");
        QTRY_COMPARE(server.stages().at(Stage::Getaddrinfo).state.load(), StageState::Held);
        QTRY_VERIFY(!sentence->text().isEmpty());
        const auto fits = [&] { return sentence->height() == sentence->heightForWidth(sentence->width()); };
        const QWidget& rail = user_->page().rail();
        std::optional<int> top;
        for (const Stage stage : {Stage::Socket, Stage::Bind, Stage::Listen, Stage::Accept}) {
            const QString before = sentence->text();
            user_->page().step();
            QTRY_COMPARE(server.stages().at(stage).state.load(), StageState::Held);
            QTRY_VERIFY(sentence->text() != before && fits());
            if (!top) top = rail.y();
            QCOMPARE(rail.y(), *top);
        }
    }

    /// Below the line with the step and its buttons. What it is about and what to watch stand together before
    /// the first step: nothing longer comes.
    void anExperimentsWordsTakeTwoLines_data() {
        QTest::addColumn<QString>("id");
        for (const QString& id : Scene::ids())
            QTest::newRow(qPrintable(id)) << id;
    }
    void anExperimentsWordsTakeTwoLines() {
        QFETCH(QString, id);
        user_ = std::make_unique<WindowUser>(QSize(1366, 768));
        startScene(id);
        const auto* words = user_->part<SceneWords>("sceneWatch");
        QTRY_VERIFY2(words->linesBelow() <= 2, qPrintable(QString::number(words->linesBelow())));
        QTRY_VERIFY(words->height() >= words->heightForWidth(words->width()));
    }
};

QTEST_MAIN(TestSmallWindow)
#include "tst_smallwindow.moc"
