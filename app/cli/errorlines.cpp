// SPDX-License-Identifier: GPL-3.0-or-later
#include "errorlines.h"

#include <QRegularExpression>
#include <array>

#include "explanations.h"
#include "payloadtext.h"
#include "session.h"
#include "standarderror.h"

namespace sockstage {
namespace {

constexpr std::array<Call, stageCount> principalCalls{
    Call::Getaddrinfo, Call::Socket, Call::Bind, Call::Listen,   Call::Accept4,
    Call::Connect,     Call::Recv,   Call::Send, Call::Shutdown, Call::Close};

/// What the error means, for a failure that begins "STAGE ...: ERROR (".
QString meaning(const QString& failure) {
    static const QRegularExpression shape(QStringLiteral("^(\\w+)\\b.*: (E[A-Z0-9_]+) \\("));
    const QRegularExpressionMatch match = shape.match(failure);
    const auto stage = stageFromName(match.captured(1).toStdString());
    return stage ? explanations::errorSentence(principalCalls[static_cast<std::size_t>(*stage)],
                                               match.captured(2))
                 : QString();
}

}  // namespace

void printError(const QString& what) {
    const std::string line = "sockstage-cli: " + what.simplified().toStdString() + '\n';
    tellStandardError(line);
}

QString failureLine(const Session& session) {
    const QString failure = QString::fromStdString(printableText(session.failure().toStdString()));
    const std::string cause = session.failureCause().toStdString();
    const QString sentence = cause.empty() ? meaning(failure).simplified()
                                           : QString::fromStdString(cause).replace(u'\n', u' ').simplified();
    if (sentence.isEmpty()) return failure;
    return failure + (failure.endsWith(u'.') ? QStringLiteral(" ") : QStringLiteral(". ")) + sentence;
}

}  // namespace sockstage
