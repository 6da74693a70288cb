// SPDX-License-Identifier: GPL-3.0-or-later
#include <QElapsedTimer>
#include <QProcess>

#include "sessiontest.h"

using namespace sockstage;

namespace {

constexpr int lingerSeconds = 20;
constexpr int promptMs = 5000;  // far less than the lingering, far more than a loaded machine needs
const QString alone = QStringLiteral("--end-while-a-close-lingers");

/// A client whose close() waits: its peer does not read what it was sent.
std::unique_ptr<Session> lingering(const Peer& listener) {
    auto client = opened(clientOf(listener));
    client->setOption(0, SOL_SOCKET, SO_LINGER, lingerSeconds);
    client->send({}, QByteArray(20'000'000, 'x'));
    // More than the peer has room for is in the kernel.
    if (!QTest::qWaitFor([&] { return client->counters().sentBytes.get() > 100'000; }, 10'000))
        qFatal("the peer's window did not close");
    return client;
}

Peer smallListener() {
    Peer listener = Peer::boundTo("127.0.0.1");
    const int bytes = 4096;
    setsockopt(listener.fd(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    return listener;
}

bool threadLives(int id) {
    return QFile::exists(QStringLiteral("/proc/self/task/%1").arg(id));
}

/// The whole of another process: it ends while the thread of its session waits in close().
int endWhileACloseLingers() {
    const Peer listener = smallListener();
    auto client = lingering(listener);
    const int thread = client->workerThreadId();
    client.reset();
    return threadLives(thread) ? 0 : 1;
}

}  // namespace

class TestLingering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nobodyWaitsForAClose();
    void aCloseThatIsUnderWayIsNotWaitedForEither();
    void aPromptCloseIsWaitedFor();
    void aProcessEndsMeanwhile();
};

void TestLingering::nobodyWaitsForAClose() {
    const Peer listener = smallListener();
    auto client = lingering(listener);
    Peer accepted = listener.accept();
    const int thread = client->workerThreadId();
    QElapsedTimer taken;
    taken.start();
    client.reset();
    QVERIFY2(taken.elapsed() < promptMs, qPrintable(QString::number(taken.elapsed())));
    QVERIFY(threadLives(thread));  // the call is really made, and waits
    accepted.close();              // a reset ends it: there were unread bytes
    QTRY_VERIFY(!threadLives(thread));
    QVERIFY(taken.elapsed() < lingerSeconds * 1000);
}

void TestLingering::aCloseThatIsUnderWayIsNotWaitedForEither() {
    const Peer listener = smallListener();
    auto client = lingering(listener);
    Peer accepted = listener.accept();
    const int thread = client->workerThreadId();
    client->close(0);
    client->holdAll();  // carried out after the close(): what is posted now waits for it
    QTest::qWait(50);   // whichever of the two comes first, this thread may not wait
    QElapsedTimer taken;
    taken.start();
    client.reset();
    QVERIFY2(taken.elapsed() < promptMs, qPrintable(QString::number(taken.elapsed())));
    accepted.close();
    QTRY_VERIFY(!threadLives(thread));
}

void TestLingering::aPromptCloseIsWaitedFor() {
    const Peer listener = Peer::boundTo("127.0.0.1");
    auto client = opened(clientOf(listener));
    QVERIFY(awaitState(*client, Stage::Recv, StageState::Waiting));
    client->setOption(0, SOL_SOCKET, SO_LINGER, lingerSeconds);
    const int thread = client->workerThreadId();
    client.reset();  // nothing is unsent
    QVERIFY(!threadLives(thread));
}

void TestLingering::aProcessEndsMeanwhile() {
    QElapsedTimer taken;
    taken.start();
    QProcess process;
    process.start(QCoreApplication::applicationFilePath(), {alone});
    QVERIFY(process.waitForFinished(15'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QVERIFY(taken.elapsed() < lingerSeconds * 1000);
}

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    if (QCoreApplication::arguments().contains(alone)) return endWhileACloseLingers();
    TestLingering test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_lingering.moc"
