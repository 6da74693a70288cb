// SPDX-License-Identifier: GPL-3.0-or-later
#include "sendprogress.h"

#include <QLabel>
#include <QProgressBar>
#include <QTest>

#include "loopback.h"
#include "quantitytext.h"

using namespace sockstage;

/// How much of what was given to send is not yet taken, with a peer that does not read.
class TestSendProgress : public QObject {
    Q_OBJECT

private:
    static constexpr qsizetype message = qsizetype{4} << 20;
    std::unique_ptr<Session> server_, client_;

    static QString text(const SendProgress& progress) { return progress.findChild<QLabel*>()->text(); }
    quint64 left() const { return client_->counters().queuedBytes.get(); }

private Q_SLOTS:
    void init() {
        SocketConfig config = loopback::configOf(Role::TcpServer);
        config.held.insert(Stage::Recv);
        config.receiveBufferBytes = 32 << 10;
        server_ = loopback::opened(config);
        QTRY_VERIFY(server_->stages().at(Stage::Accept).state.load() == StageState::Waiting);
        SocketConfig sender = loopback::configOf(Role::TcpClient, loopback::portOf(*server_));
        sender.sendBufferBytes = 64 << 10;
        client_ = loopback::opened(sender);
        QTRY_COMPARE(server_->connections().count(), 1U);
    }
    void cleanup() {
        client_.reset();
        server_.reset();
    }

    void theWholeIsWhatWasGiven() {
        SendProgress progress;
        progress.setSession(client_.get());
        progress.refresh({});
        client_->send({}, QByteArray(message, 'x'));
        QTRY_VERIFY(left() > 0 && left() < message);
        progress.refresh({});
        progress.refresh({});
        QVERIFY(progress.isVisibleTo(progress.parentWidget()));
        const QString whole = QStringLiteral(" of %1 not yet taken").arg(bytesText(message));
        QVERIFY2(text(progress).contains(whole), qPrintable(text(progress)));
        QVERIFY(progress.findChild<QProgressBar*>()->value() > 0);
    }

    void theWholeIsNotGuessed() {
        client_->send({}, QByteArray(message, 'x'));
        QTRY_VERIFY(left() > 0 && left() < message);
        SendProgress progress;
        progress.setSession(client_.get());
        progress.refresh({});
        progress.refresh({});
        QVERIFY2(!text(progress).contains(QStringLiteral(" of ")), qPrintable(text(progress)));
        QVERIFY(text(progress).contains(QStringLiteral("not yet taken")));
    }
};

QTEST_MAIN(TestSendProgress)
#include "tst_sendprogress.moc"
