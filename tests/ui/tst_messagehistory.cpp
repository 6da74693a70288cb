// SPDX-License-Identifier: GPL-3.0-or-later
#include "messagehistory.h"

#include <QTest>

#include "loopback.h"

using namespace sockstage;

class TestMessageHistory : public QObject {
    Q_OBJECT

public:
    static void initMain() { loopback::useOwnSettings(); }

private Q_SLOTS:
    void sentMessagesComeBackInOrder() {
        const Message first{QStringLiteral("a\nb\\x00"), false, LineEnding::CrLf};
        const Message second{QStringLiteral("00 ff"), true, LineEnding::None};
        MessageHistory::addSent(first);
        MessageHistory::addSent(second);
        QCOMPARE(MessageHistory::sent().size(), 2);
        QVERIFY(MessageHistory::sent().first() == first);
        QVERIFY(MessageHistory::sent().last() == second);
        MessageHistory::addSent(first);
        QCOMPARE(MessageHistory::sent().size(), 2);
        QVERIFY(MessageHistory::sent().last() == first);
    }

    void emptyAndLongOnesAreNotKept() {
        const auto before = MessageHistory::sent().size();
        MessageHistory::addSent({});
        MessageHistory::addSent({QString(MessageHistory::maxLength + 1, QLatin1Char('x'))});
        QCOMPARE(MessageHistory::sent().size(), before);
        QVERIFY(!MessageHistory::save({QString(MessageHistory::maxLength + 1, QLatin1Char('x'))}));
    }

    void theOldestGoWhenThereAreTooMany() {
        for (int i = 0; i <= MessageHistory::maxSent; ++i)
            MessageHistory::addSent({QString::number(i)});
        QCOMPARE(MessageHistory::sent().size(), MessageHistory::maxSent);
        QCOMPARE(MessageHistory::sent().first().text, QStringLiteral("1"));
    }

    void savedOnesStayUntilForgotten() {
        const Message message{QStringLiteral("PING"), false, LineEnding::Nul};
        QVERIFY(MessageHistory::save(message));
        QVERIFY(MessageHistory::saved().contains(message));
        MessageHistory::forget(message);
        QVERIFY(MessageHistory::saved().isEmpty());
    }

    void endings() {
        QCOMPARE(lineEndingBytes(LineEnding::None), QByteArray());
        QCOMPARE(lineEndingBytes(LineEnding::CrLf), QByteArray("\r\n"));
        QCOMPARE(lineEndingBytes(LineEnding::Nul), QByteArray(1, '\0'));
    }
};

QTEST_GUILESS_MAIN(TestMessageHistory)
#include "tst_messagehistory.moc"
