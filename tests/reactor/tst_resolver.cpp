// SPDX-License-Identifier: GPL-3.0-or-later
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <QtTest>
#include <optional>

#include "resolver.h"

using namespace sockstage;

namespace {

Resolution questionFor(const char* node) {
    Resolution question;
    question.node = node;
    question.service = "80";
    question.flags = AI_NUMERICHOST | AI_NUMERICSERV;
    question.socketType = SOCK_STREAM;
    return question;
}

/// The answer is in the mailbox and was not taken out yet.
bool answerLies(const Reactor& reactor) {
    pollfd asked{reactor.mailbox()->descriptor(), POLLIN, 0};
    return poll(&asked, 1, 10'000) == 1;
}

void runWhatLies(Reactor& reactor) {
    reactor.mailbox()->post([&reactor] { reactor.stop(); });
    reactor.run();
}

}  // namespace

class TestResolver : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anAnswerComesByMail();
    void anAnswerThatNobodyWaitsForIsDropped();
    void anOlderAnswerIsNotTakenForTheNewer();
    void anAnswerOutlivesWhoAsked();
};

void TestResolver::anAnswerComesByMail() {
    Reactor reactor;
    Resolver resolver(reactor);
    std::optional<Resolution> answer;
    QCOMPARE(resolver.ask(questionFor("127.0.0.1"), [&](Resolution got) { answer = std::move(got); }), 0);
    QVERIFY(answerLies(reactor));
    QVERIFY(!answer);
    runWhatLies(reactor);
    QVERIFY(answer);
    QCOMPARE(answer->code, 0);
    QCOMPARE(answer->addresses.at(0).text(), std::string("127.0.0.1:80"));
}

void TestResolver::anAnswerThatNobodyWaitsForIsDropped() {
    Reactor reactor;
    Resolver resolver(reactor);
    int answers = 0;
    QCOMPARE(resolver.ask(questionFor("127.0.0.1"), [&](const Resolution&) { ++answers; }), 0);
    QVERIFY(answerLies(reactor));
    resolver.cancel();
    runWhatLies(reactor);
    QCOMPARE(answers, 0);
}

void TestResolver::anOlderAnswerIsNotTakenForTheNewer() {
    Reactor reactor;
    Resolver resolver(reactor);
    std::vector<std::string> answers;
    const auto keep = [&answers](const Resolution& got) { answers.push_back(got.node); };
    QCOMPARE(resolver.ask(questionFor("127.0.0.1"), keep), 0);
    QVERIFY(answerLies(reactor));
    QCOMPARE(resolver.ask(questionFor("127.0.0.2"),
                          [&](const Resolution& got) {
                              keep(got);
                              reactor.stop();
                          }),
             0);
    reactor.run();
    QCOMPARE(answers, std::vector<std::string>{"127.0.0.2"});
}

void TestResolver::anAnswerOutlivesWhoAsked() {
    Reactor reactor;
    int answers = 0;
    {
        Resolver resolver(reactor);
        QCOMPARE(resolver.ask(questionFor("127.0.0.1"), [&](const Resolution&) { ++answers; }), 0);
    }
    QVERIFY(answerLies(reactor));
    runWhatLies(reactor);
    QCOMPARE(answers, 0);
}

QTEST_GUILESS_MAIN(TestResolver)
#include "tst_resolver.moc"
