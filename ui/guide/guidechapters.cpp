// SPDX-License-Identifier: GPL-3.0-or-later
#include "guidechapters.h"

#include <QFile>
#include <array>

// The macro declares a function of the global namespace. Without the call a linker leaves a static
// library's resources out.
static void initResource() {
    Q_INIT_RESOURCE(guide);
}

namespace sockstage {
namespace {

constexpr std::array names{"sockets",   "tcp-server",   "tcp-client",  "udp",          "send",
                           "recv",      "accept-queue", "tcp-states",  "failures",     "window",
                           "shortcuts", "step-mode",    "experiments", "command-line", "glossary"};

QString textOf(const QString& name) {
    QFile file(QStringLiteral(":/guide/%1.md").arg(name));
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QString::fromUtf8(file.readAll());
}

}  // namespace

std::vector<GuideChapter> readGuide(const QString& shortcuts) {
    initResource();
    std::vector<GuideChapter> chapters;
    for (const char* name : names) {
        GuideChapter chapter{QLatin1String(name), {}, textOf(QLatin1String(name))};
        chapter.title = chapter.markdown.section(u'\n', 0, 0).mid(2);
        chapter.markdown.replace(QStringLiteral("{{shortcuts}}"), shortcuts);
        chapters.push_back(std::move(chapter));
    }
    return chapters;
}

QString guideSection(const QString& heading) {
    QString section;
    for (const QChar character : heading.toLower()) {
        if (character.isLetterOrNumber() || character == u'-' || character == u'_') section += character;
        if (character.isSpace()) section += u'-';
    }
    return section;
}

}  // namespace sockstage
