// SPDX-License-Identifier: GPL-3.0-or-later
#include <QRegularExpression>
#include <QTest>
#include <algorithm>

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
    void everyNextCallIsToldInOneSentence_data();
    void everyNextCallIsToldInOneSentence();
    void whatTheCallsMayReturnIsExplained_data();
    void whatTheCallsMayReturnIsExplained();
    void everyErrorHasOneSentence_data();
    void everyErrorHasOneSentence();
    void aCallsOwnTextComesFirst();
    void variantsOfACallShareTheirText_data();
    void variantsOfACallShareTheirText();
    void bothNamesOfOneErrorAreKnown();
    void unknownErrorHasNoText();
    void everyOptionHasOneSentence_data();
    void everyOptionHasOneSentence();
};

/// The last paragraph: manual pages as `man 2 bind`, RFCs as "RFC 9293 sections 3.6 and 3.9.1.4", each with a
/// word in brackets where that helps, one dot between.
static bool endsWithReferences(const QString& text) {
    static const QRegularExpression reference(QStringLiteral(
        "^(`man [1-8] [a-z0-9_.-]+`|RFC [1-9]\\d{0,4}( sections? \\d+(\\.\\d+)*( and \\d+(\\.\\d+)*)?)?)"
        "( \\([^()]+\\))?$"));
    const QStringList references = text.section(QLatin1String("\n\n"), -1).split(QStringLiteral(" · "));
    return std::all_of(references.begin(), references.end(),
                       [](const QString& one) { return reference.match(one).hasMatch(); });
}

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
    QVERIFY2(text.contains(QLatin1String("\n\n**In the kernel:** ")), "says what the kernel does");
    QVERIFY2(text.contains(QLatin1String("\n\n**Often misunderstood:** ")), "says what people get wrong");
    QVERIFY2(endsWithReferences(text), "names its manual page");
    QVERIFY2(text.contains(QLatin1String("`man ")), "names its manual page");
    QVERIFY2(text.simplified().split(u' ').size() <= 150, "short enough to be read beside the call");
}

void ExplanationsTest::everyNextCallIsToldInOneSentence_data() {
    QTest::addColumn<int>("stage");
    QTest::addColumn<int>("role");
    for (const Role role : allRoles)
        for (std::size_t i = 0; i < stageCount; ++i)
            QTest::addRow("%s %s", std::string(roleName(role)).c_str(),
                          std::string(stageName(static_cast<Stage>(i))).c_str())
                << static_cast<int>(i) << static_cast<int>(role);
}

void ExplanationsTest::everyNextCallIsToldInOneSentence() {
    QFETCH(const int, stage);
    QFETCH(const int, role);
    const auto order = fullOrder(static_cast<Role>(role));
    const auto asked = static_cast<Stage>(stage);
    // The connections of a server can be shut down, though the listener cannot.
    const bool exists = std::find(order.begin(), order.end(), asked) != order.end() ||
                        (asked == Stage::Shutdown && isTcp(static_cast<Role>(role)));
    const QString will = stageWill(asked, static_cast<Role>(role));
    QCOMPARE(!will.isEmpty(), exists);
    if (!exists) return;
    const std::string_view name = stageName(asked);
    QVERIFY2(will.startsWith(QLatin1String(name.data(), static_cast<qsizetype>(name.size()))),
             "begins with the call");
    QVERIFY(will.endsWith(u'.') && !will.contains(QLatin1String(". ")) && !will.contains(u'\n'));
    QVERIFY(will.contains(u'(') && !will.contains(u'`') && !will.contains(u'*'));
    QVERIFY2(will.size() <= 125, qUtf8Printable(will));
}

/// What the manual pages of the calls list: section 2 (getaddrinfo: 3), and what ip(7), ipv6(7), tcp(7),
/// udp(7) and socket(7) add. Left out: what only Unix sockets return (ELOOP, ENOENT, ... of bind), close()'s
/// ENOSPC and EDQUOT of network file systems, and ERESTARTSYS, which only a trace shows.
void ExplanationsTest::whatTheCallsMayReturnIsExplained_data() {
    QTest::addColumn<int>("call");
    QTest::addColumn<QString>("name");
    const auto rows = [](Call call, const char* names) {
        for (const QString& name : QString::fromLatin1(names).split(u' '))
            QTest::addRow("%s %s", std::string(callName(call)).c_str(), qUtf8Printable(name))
                << static_cast<int>(call) << name;
    };
    rows(Call::Getaddrinfo,
         "EAI_ADDRFAMILY EAI_AGAIN EAI_BADFLAGS EAI_FAIL EAI_FAMILY EAI_MEMORY EAI_NODATA "
         "EAI_NONAME EAI_SERVICE EAI_SOCKTYPE EAI_SYSTEM EAI_OVERFLOW");
    rows(Call::Socket,
         "EACCES EAFNOSUPPORT EINVAL EMFILE ENFILE ENOBUFS ENOMEM EPROTONOSUPPORT ESOCKTNOSUPPORT "
         "EPERM ENOPKG");
    rows(Call::Bind,
         "EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EBADF EFAULT EINVAL ENODEV ENOMEM ENOTSOCK EPERM");
    rows(Call::Listen, "EADDRINUSE EBADF EINVAL ENOTSOCK EOPNOTSUPP ENOBUFS ENOMEM");
    rows(Call::Accept4,
         "EAGAIN EBADF ECONNABORTED EFAULT EINTR EINVAL EMFILE ENFILE ENOBUFS ENOMEM ENOTSOCK "
         "EOPNOTSUPP EPERM EPROTO ENETDOWN ENOPROTOOPT EHOSTDOWN ENONET EHOSTUNREACH ENETUNREACH "
         "ENOSR ESOCKTNOSUPPORT EPROTONOSUPPORT ETIMEDOUT");
    rows(Call::Connect,
         "EACCES EPERM EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF ECONNREFUSED "
         "EFAULT EINPROGRESS EINTR EISCONN ENETUNREACH ENOTSOCK EPROTOTYPE ETIMEDOUT EHOSTUNREACH "
         "ECONNRESET ECONNABORTED EINVAL ENETDOWN EHOSTDOWN ENONET ENOPROTOOPT EPROTO EMSGSIZE "
         "EOPNOTSUPP ENOBUFS ENOMEM");
    const char* const transferred =
        "EACCES EAGAIN EALREADY EBADF ECONNREFUSED ECONNRESET EDESTADDRREQ EFAULT EINTR EINVAL EISCONN "
        "EMSGSIZE "
        "ENOBUFS ENOMEM ENOTCONN ENOTSOCK EOPNOTSUPP EPIPE EPERM ETIMEDOUT EHOSTUNREACH ENETUNREACH "
        "EHOSTDOWN "
        "ENETDOWN ENETRESET ENONET ENOPROTOOPT EPROTO EADDRNOTAVAIL EAFNOSUPPORT ECONNABORTED EIO";
    for (const Call call : {Call::Send, Call::Sendto, Call::Recv, Call::Recvfrom})
        rows(call, transferred);
    rows(Call::Shutdown, "EBADF EINVAL ENOTCONN ENOTSOCK");
    rows(Call::Close, "EBADF EINTR EIO");
    rows(Call::Setsockopt,
         "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK EPERM EACCES EDOM ENOENT EBUSY ENODEV EISCONN ENOTCONN "
         "EOPNOTSUPP EADDRNOTAVAIL EADDRINUSE ENOBUFS ENOMEM");
    rows(Call::Getsockopt, "EBADF EFAULT EINVAL ENOPROTOOPT ENOTSOCK EPERM ENOTCONN EOPNOTSUPP");
    rows(Call::Getsockname, "EBADF EFAULT EINVAL ENOBUFS ENOTSOCK");
    rows(Call::Getpeername, "EBADF EFAULT EINVAL ENOBUFS ENOTCONN ENOTSOCK");
}

void ExplanationsTest::whatTheCallsMayReturnIsExplained() {
    QFETCH(const int, call);
    QFETCH(const QString, name);
    const QString text = errorMarkdown(static_cast<Call>(call), name);
    QVERIFY2(!text.isEmpty(), "not explained");
    QVERIFY2(endsWithReferences(text), qUtf8Printable(text.section(QLatin1String("\n\n"), -1)));
    QVERIFY2(text.simplified().split(u' ').size() <= 110, "short enough to be read beside the call");
}

void ExplanationsTest::everyErrorHasOneSentence_data() {
    QTest::addColumn<QString>("name");
    const auto names = QStringLiteral(
        "EADDRINUSE EACCES EADDRNOTAVAIL ECONNREFUSED ETIMEDOUT EHOSTUNREACH ENETUNREACH ECONNRESET EPIPE "
        "EMFILE ENFILE ENOBUFS ENOMEM EMSGSIZE EAFNOSUPPORT EINVAL EPERM ENOTCONN EISCONN EALREADY "
        "EINPROGRESS EAGAIN EDESTADDRREQ ECONNABORTED EPROTO ENETDOWN EHOSTDOWN ENODEV ENOPROTOOPT "
        "EOPNOTSUPP EBADF EINTR EIO EPROTOTYPE ENOPKG ENOSR EDOM EBUSY EAI_NONAME EAI_AGAIN EAI_FAIL "
        "EAI_FAMILY EAI_ADDRFAMILY EAI_NODATA "
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
        QVERIFY2(endsWithReferences(all), "says where it is written");
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

void ExplanationsTest::everyOptionHasOneSentence_data() {
    QTest::addColumn<int>("role");
    QTest::addColumn<int>("index");
    for (const Role role : allRoles)
        for (int i = 0; i < static_cast<int>(optionsOf(role).size()); ++i)
            QTest::addRow("%s %s", std::string(roleName(role)).c_str(),
                          std::string(optionsOf(role)[static_cast<std::size_t>(i)].symbol).c_str())
                << static_cast<int>(role) << i;
}

void ExplanationsTest::everyOptionHasOneSentence() {
    QFETCH(const int, role);
    QFETCH(const int, index);
    const OptionFact& option = optionsOf(static_cast<Role>(role))[static_cast<std::size_t>(index)];
    const QString sentence = optionSentence(option);
    QVERIFY2(sentence.endsWith(u'.'), qUtf8Printable(sentence));
    QVERIFY2(!sentence.contains(QLatin1String(". ")), qUtf8Printable(sentence));
    QVERIFY2(!sentence.contains(u'`') && !sentence.contains(u'*'), "plain text: it goes into a table");
    const QString all = optionMarkdown(option);
    QVERIFY2(endsWithReferences(all), qUtf8Printable(all));
    QVERIFY(!all.contains(QLatin1String("# ")));
}

QTEST_APPLESS_MAIN(ExplanationsTest)
#include "tst_explanations.moc"
