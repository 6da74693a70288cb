#include <QTest>

#include "calltext.h"
#include "explanations.h"

using namespace sockstage;
using namespace sockstage::explanations;

/// The texts are read from the resource as the programs read it.
class ExplanationsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyStageHasText_data();
    void everyStageHasText();
    void everyErrorHasOneSentence_data();
    void everyErrorHasOneSentence();
    void aCallsOwnTextComesFirst();
    void variantsOfACallShareTheirText_data();
    void variantsOfACallShareTheirText();
    void bothNamesOfOneErrorAreKnown();
    void unknownErrorHasNoText();
};

void ExplanationsTest::everyStageHasText_data() {
    QTest::addColumn<int>("stage");
    for (std::size_t i = 0; i < stageCount; ++i)
        QTest::addRow("%s", std::string(stageName(static_cast<Stage>(i))).c_str()) << static_cast<int>(i);
}

void ExplanationsTest::everyStageHasText() {
    QFETCH(const int, stage);
    const QString text = stageMarkdown(static_cast<Stage>(stage));
    QVERIFY(text.size() > 80);
    QVERIFY2(!text.contains(QLatin1String("# ")), "a section must end where the next begins");
    QVERIFY2(text.contains(QLatin1String("`man ")), "names its manual page");
}

void ExplanationsTest::everyErrorHasOneSentence_data() {
    QTest::addColumn<QString>("name");
    const auto names = QStringLiteral(
        "EADDRINUSE EACCES EADDRNOTAVAIL ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH ECONNRESET EPIPE "
        "EMFILE ENFILE ENOBUFS ENOMEM EMSGSIZE EAFNOSUPPORT EINVAL EPERM ENOTCONN EISCONN EALREADY "
        "EINPROGRESS EAGAIN EDESTADDRREQ ECONNABORTED EPROTO ENETDOWN EHOSTDOWN ENODEV ENOPROTOOPT "
        "EOPNOTSUPP EBADF EINTR EIO EAI_NONAME EAI_AGAIN EAI_FAIL EAI_FAMILY EAI_ADDRFAMILY EAI_NODATA "
        "EAI_SERVICE EAI_SOCKTYPE EAI_MEMORY EAI_SYSTEM EAI_OVERFLOW EAI_BADFLAGS");
    for (const QString& name : names.split(u' '))
        QTest::addRow("%s", qUtf8Printable(name)) << name;
}

void ExplanationsTest::everyErrorHasOneSentence() {
    QFETCH(const QString, name);
    for (std::size_t i = 0; i < callCount; ++i) {
        const auto call = static_cast<Call>(i);
        const QString sentence = errorSentence(call, name);
        QVERIFY(!sentence.isEmpty());
        QVERIFY2(sentence.endsWith(u'.'), qUtf8Printable(sentence));
        QVERIFY2(!sentence.contains(u'\n'), qUtf8Printable(sentence));
        QVERIFY2(!sentence.contains(QLatin1String(". ")), qUtf8Printable(sentence));
        QVERIFY2(!sentence.contains(u'`') && !sentence.contains(u'*'),
                 "plain text: it goes to a terminal too");
        const QString all = errorMarkdown(call, name);
        QVERIFY(all.startsWith(sentence));
        QVERIFY2(all.contains(QLatin1String("\n\n- ")), "says what to try");
    }
}

void ExplanationsTest::aCallsOwnTextComesFirst() {
    const auto name = QStringLiteral("ECONNREFUSED");
    const QString connecting = errorSentence(Call::Connect, name);
    const QString receiving = errorSentence(Call::Recv, name);
    const QString general = errorSentence(Call::Getsockopt, name);
    QVERIFY(connecting.contains(QLatin1String("nothing listens")));
    QVERIFY(receiving.contains(QLatin1String("ICMP port unreachable")));
    QVERIFY(!general.isEmpty() && general != connecting && general != receiving);
}

void ExplanationsTest::variantsOfACallShareTheirText_data() {
    QTest::addColumn<int>("plain");
    QTest::addColumn<int>("variant");
    QTest::addColumn<QString>("name");
    const auto row = [](const char* label, Call plain, Call variant, const QString& name) {
        QTest::newRow(label) << static_cast<int>(plain) << static_cast<int>(variant) << name;
    };
    row("recvfrom", Call::Recv, Call::Recvfrom, QStringLiteral("ECONNREFUSED"));
    row("sendto", Call::Send, Call::Sendto, QStringLiteral("ECONNREFUSED"));
}

void ExplanationsTest::variantsOfACallShareTheirText() {
    QFETCH(const int, plain);
    QFETCH(const int, variant);
    QFETCH(const QString, name);
    const QString text = errorMarkdown(static_cast<Call>(variant), name);
    QCOMPARE(text, errorMarkdown(static_cast<Call>(plain), name));
    QVERIFY(text != errorMarkdown(Call::Socket, name));
}

void ExplanationsTest::bothNamesOfOneErrorAreKnown() {
    QVERIFY(errorMarkdown(Call::Accept4, QStringLiteral("EMFILE")).contains(QLatin1String("accept queue")));
    QCOMPARE(errorMarkdown(Call::Listen, QStringLiteral("ENOTSUP")),
             errorMarkdown(Call::Listen, QStringLiteral("EOPNOTSUPP")));
}

void ExplanationsTest::unknownErrorHasNoText() {
    QVERIFY(errorSentence(Call::Bind, QStringLiteral("ENOSUCHERROR")).isEmpty());
    QVERIFY(errorMarkdown(Call::Bind, QString()).isEmpty());
}

QTEST_APPLESS_MAIN(ExplanationsTest)
#include "tst_explanations.moc"
