// SPDX-License-Identifier: GPL-3.0-or-later
#include <QAction>
#include <QClipboard>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QPushButton>
#include <QStatusBar>
#include <QTemporaryDir>

#include "callprogram.h"
#include "clientstable.h"
#include "lifecyclerail.h"
#include "quantitytext.h"
#include "stagecard.h"
#include "windowuser.h"

using namespace sockstage;

/// "Copy as C++" and "Save as C++" in the window: what arrives is the program of what is chosen, and one is
/// told so.
class TestProgramCopy : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private:
    std::unique_ptr<WindowUser> user_;
    Session *server_ = nullptr, *client_ = nullptr, *second_ = nullptr;

    static QString clipboard() { return QGuiApplication::clipboard()->text(); }
    QString status() const { return user_->window().statusBar()->currentMessage(); }
    static QString programOf(const Session& session, const ProgramScope& scope = {}) {
        return QString::fromStdString(cppProgram(session.capture(), scope));
    }
    void copyByKey() const {
        QGuiApplication::clipboard()->clear();
        user_->press(Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
    }
    QFileDialog* saveByKey() const {
        user_->press(Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        auto* dialog = user_->part<QFileDialog>("saveProgram");
        if (dialog == nullptr || !QTest::qWaitForWindowExposed(dialog)) qFatal("no dialog");
        return dialog;
    }

private Q_SLOTS:
    void init() {
        user_ = std::make_unique<WindowUser>();
        server_ = user_->window().openSocket(loopback::configOf(Role::TcpServer));
        QTRY_VERIFY(server_->localAddress().isValid());
        for (Session** client : {&client_, &second_})
            *client =
                user_->window().openSocket(loopback::configOf(Role::TcpClient, loopback::portOf(*server_)));
        QTRY_COMPARE(server_->counters().openConnections.get(), 2U);
        server_->send({1}, "to the first");
        server_->send({2}, "to the second");
        QTRY_COMPARE(loopback::received(*client_) + loopback::received(*second_),
                     QByteArray("to the firstto the second"));
    }
    void cleanup() { user_.reset(); }

    void theKeyCopiesTheSocketsProgram() {
        user_->window().select(client_);
        copyByKey();
        QCOMPARE(clipboard(), programOf(*client_));
        QVERIFY(clipboard().contains(QStringLiteral("connect(")));
        QVERIFY(!clipboard().contains(QStringLiteral("listen(")));
        const auto lines = static_cast<quint64>(clipboard().count(QLatin1Char('\n')));
        QVERIFY(status().contains(QStringLiteral("Copied as C++ (%1 lines)").arg(grouped(lines))));
        QVERIFY(status().contains(QStringLiteral("TCP client")));
    }

    void aChosenClientIsMeantAlone() {
        user_->window().select(server_);
        user_->page().clients().selectConnection(2);
        copyByKey();
        QCOMPARE(clipboard(), programOf(*server_, {2, {}}));
        QVERIFY(clipboard().contains(QStringLiteral("to the second")));
        QVERIFY(!clipboard().contains(QStringLiteral("to the first")));
        QVERIFY(status().contains(QStringLiteral("client 127.0.0.1:")));
    }

    void theButtonCopiesOneStage() {
        user_->window().select(server_);
        const auto cards = user_->page().rail().findChildren<StageCard*>();
        const auto bind = std::find_if(cards.begin(), cards.end(), [](const StageCard* card) {
            return card->facts().stage == Stage::Bind;
        });
        QVERIFY(bind != cards.end());
        QTest::mouseClick(*bind, Qt::LeftButton);
        auto* button = user_->onPage<QPushButton>("copyStageProgram");
        QTRY_VERIFY(button->isVisible() && button->isEnabled());
        QGuiApplication::clipboard()->clear();
        QTest::mouseClick(button, Qt::LeftButton);
        QCOMPARE(clipboard(), programOf(*server_, {0, Stage::Bind}));
        QVERIFY(clipboard().contains(QStringLiteral("bind(")));
        QVERIFY(!clipboard().contains(QStringLiteral("listen(")));
        QVERIFY(status().contains(QStringLiteral("the stage bind of TCP server")));
    }

    void savingWritesTheSame() {
        user_->window().select(client_);
        const QString program = programOf(*client_);
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("made.cpp"));
        QFileDialog* dialog = saveByKey();
        QVERIFY(dialog->selectedFiles().value(0).endsWith(QStringLiteral(".cpp")));
        // More is recorded while a name is being found; the file has what was there.
        client_->send({}, "later");
        QTRY_COMPARE(loopback::received(*server_), QByteArray("later"));
        auto* name = dialog->findChild<QLineEdit*>();
        name->setText(path);
        QTest::keyClick(name, Qt::Key_Return);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(QString::fromUtf8(file.readAll()), program);
        QTRY_VERIFY(status().contains(QStringLiteral("Saved as C++")));
    }

    void aPlaceThatCannotBeWrittenIsTold() {
        user_->window().select(client_);
        QFileDialog* dialog = saveByKey();
        // A folder that goes away while one is asked.
        const QString gone = QStringLiteral("/proc/self/fd/none.cpp");
        Q_EMIT dialog->fileSelected(gone);
        QTRY_VERIFY2(status().startsWith(QStringLiteral("Not saved: ") + gone), qPrintable(status()));
        dialog->close();
    }
};

QTEST_MAIN(TestProgramCopy)
#include "tst_programcopy.moc"
