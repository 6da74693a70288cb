// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenetext.h"

#include <QFile>
#include <algorithm>

// The macro declares a function of the global namespace. Without the call a linker leaves a static
// library's resources out.
static void initResource() {
    Q_INIT_RESOURCE(scenes);
}

namespace sockstage {
namespace {

void append(QString& text, const QString& line) {
    if (!text.isEmpty()) text += u' ';
    text += line;
}

/// "# id: title", an introduction, then for each step "## what to do", what to watch, and "### variant" with
/// what one sees instead.
class Reader {
public:
    void read(const QString& line) {
        if (line.startsWith(QLatin1String("### "))) {
            text_ = &scenes_.back().steps.back().variants[line.mid(4)];
        } else if (line.startsWith(QLatin1String("## "))) {
            scenes_.back().steps.push_back({line.mid(3), {}, {}});
            text_ = &scenes_.back().steps.back().watch;
        } else if (line.startsWith(QLatin1String("# "))) {
            scenes_.push_back({line.section(u':', 0, 0).mid(2), line.section(u':', 1).trimmed(), {}, {}});
            text_ = &scenes_.back().intro;
        } else if (!line.isEmpty() && text_ != nullptr) {
            append(*text_, line);
        }
    }
    std::vector<SceneText> take() { return std::move(scenes_); }

private:
    std::vector<SceneText> scenes_;
    QString* text_ = nullptr;
};

std::vector<SceneText> readTexts() {
    initResource();
    QFile file(QStringLiteral(":/scenes/scenes.md"));
    Reader reader;
    if (file.open(QIODevice::ReadOnly))
        for (const QString& line : QString::fromUtf8(file.readAll()).split(u'\n'))
            reader.read(line.trimmed());
    return reader.take();
}

}  // namespace

const std::vector<SceneText>& sceneTexts() {
    static const std::vector<SceneText> texts = readTexts();
    return texts;
}

const SceneText* sceneText(const QString& id) {
    const auto& texts = sceneTexts();
    const auto found =
        std::find_if(texts.begin(), texts.end(), [&id](const SceneText& text) { return text.id == id; });
    return found == texts.end() ? nullptr : &*found;
}

}  // namespace sockstage
