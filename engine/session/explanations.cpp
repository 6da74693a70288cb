// SPDX-License-Identifier: GPL-3.0-or-later
#include "explanations.h"

#include <QFile>
#include <QHash>
#include <QStringList>

#include "calltext.h"

// The macro declares a function of the global namespace. Without the call a linker leaves a static
// library's resources out.
static void initResource() {
    Q_INIT_RESOURCE(explanations);
}

namespace sockstage::explanations {
namespace {

using Sections = QHash<QString, QString>;

/// Files the body under each name of a heading "# NAME, OTHER NAME".
void addSection(Sections& sections, const QString& heading, const QStringList& lines) {
    if (heading.isEmpty()) return;
    const QString body = lines.join(u'\n').trimmed();
    for (const QString& name : heading.split(u','))
        sections.insert(name.trimmed(), body);
}

Sections readSections(const QString& path) {
    initResource();
    QFile file(path);
    Sections sections;
    if (!file.open(QIODevice::ReadOnly)) return sections;

    QString heading;
    QStringList lines;
    for (const QString& line : QString::fromUtf8(file.readAll()).split(u'\n')) {
        if (line.startsWith(QLatin1String("# "))) {
            addSection(sections, heading, lines);
            heading = line.mid(2);
            lines.clear();
        } else {
            lines.append(line);
        }
    }
    addSection(sections, heading, lines);
    return sections;
}

const Sections& stageSections() {
    static const Sections sections = readSections(QStringLiteral(":/explanations/stages.md"));
    return sections;
}

const Sections& nextSections() {
    static const Sections sections = readSections(QStringLiteral(":/explanations/next.md"));
    return sections;
}

const Sections& errorSections() {
    static const Sections sections = readSections(QStringLiteral(":/explanations/errors.md"));
    return sections;
}

const Sections& optionSections() {
    static const Sections sections = readSections(QStringLiteral(":/explanations/options.md"));
    return sections;
}

QString latin(std::string_view name) {
    return QString::fromLatin1(name.data(), static_cast<qsizetype>(name.size()));
}

/// The call under whose name the errors are explained: variants of one call fail for the same reasons.
QString explainedCall(Call call) {
    switch (call) {
        case Call::Accept4:
            return QStringLiteral("accept");
        case Call::Recvfrom:
        case Call::Recvmsg:
        case Call::RecvmsgDatagram:
            return QStringLiteral("recv");
        case Call::Sendto:
            return QStringLiteral("send");
        default:
            break;
    }
    return latin(callName(call));
}

}  // namespace

QString stageMarkdown(Stage stage) {
    return stageSections().value(latin(stageName(stage)));
}

QString stageWill(Stage stage, Role role) {
    return nextSections().value(latin(stageName(stage)) + u' ' + latin(roleName(role)));
}

QString errorMarkdown(Call call, const QString& errorName) {
    const Sections& sections = errorSections();
    const auto special = sections.constFind(explainedCall(call) + u' ' + errorName);
    return special != sections.constEnd() ? *special : sections.value(errorName);
}

QString errorSentence(Call call, const QString& errorName) {
    return errorMarkdown(call, errorName).section(QLatin1String("\n\n"), 0, 0);
}

QString optionMarkdown(const OptionFact& option) {
    return optionSections().value(latin(option.symbol));
}

QString optionSentence(const OptionFact& option) {
    return optionMarkdown(option).section(QLatin1String("\n\n"), 0, 0).simplified();
}

}  // namespace sockstage::explanations
