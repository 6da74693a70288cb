// SPDX-License-Identifier: GPL-3.0-or-later
#include "messagehistory.h"

#include <QSettings>

#include "settings.h"

namespace sockstage {
namespace {

const char* const sentKey = "messages/sent";
const char* const savedKey = "messages/saved";

QList<Message> read(const char* name) {
    QSettings settings;
    QList<Message> messages;
    const int count = settings.beginReadArray(settingsKey(name));
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        const int ending = settings.value(QStringLiteral("ending")).toInt();
        messages.append({settings.value(QStringLiteral("text")).toString(),
                         settings.value(QStringLiteral("hex")).toBool(),
                         static_cast<LineEnding>(qBound(0, ending, static_cast<int>(LineEnding::Nul)))});
    }
    return messages;
}

void write(const char* name, const QList<Message>& messages) {
    QSettings settings;
    settings.remove(settingsKey(name));
    settings.beginWriteArray(settingsKey(name), static_cast<int>(messages.size()));
    for (int i = 0; i < messages.size(); ++i) {
        settings.setArrayIndex(i);
        settings.setValue(QStringLiteral("text"), messages[i].text);
        settings.setValue(QStringLiteral("hex"), messages[i].hex);
        settings.setValue(QStringLiteral("ending"), static_cast<int>(messages[i].ending));
    }
    settings.endArray();
}

void append(const char* name, const Message& message, qsizetype limit) {
    QList<Message> messages = read(name);
    messages.removeAll(message);
    messages.append(message);
    if (messages.size() > limit) messages.remove(0, messages.size() - limit);
    write(name, messages);
}

bool isStorable(const Message& message) {
    return !message.text.isEmpty() && message.text.size() <= MessageHistory::maxLength;
}

}  // namespace

QByteArray lineEndingBytes(LineEnding ending) {
    switch (ending) {
        case LineEnding::None:
            return {};
        case LineEnding::Lf:
            return QByteArrayLiteral("\n");
        case LineEnding::CrLf:
            return QByteArrayLiteral("\r\n");
        case LineEnding::Cr:
            return QByteArrayLiteral("\r");
        case LineEnding::Nul:
            return QByteArray(1, '\0');
    }
    return {};
}

QList<Message> MessageHistory::sent() {
    return read(sentKey);
}

QList<Message> MessageHistory::saved() {
    return read(savedKey);
}

void MessageHistory::addSent(const Message& message) {
    if (isStorable(message)) append(sentKey, message, maxSent);
}

bool MessageHistory::save(const Message& message) {
    if (!isStorable(message)) return false;
    append(savedKey, message, maxSaved);
    return true;
}

void MessageHistory::forget(const Message& saved) {
    QList<Message> messages = read(savedKey);
    messages.removeAll(saved);
    write(savedKey, messages);
}

}  // namespace sockstage
