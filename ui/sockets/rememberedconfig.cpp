// SPDX-License-Identifier: GPL-3.0-or-later
#include "rememberedconfig.h"

#include <QSettings>
#include <algorithm>

#include "plaintext.h"
#include "settings.h"

namespace sockstage {
namespace {

const char* const roleKey = "newSocket/role";

/// One group of the settings; every value is checked on the way in, because people edit such files.
class Group {
public:
    explicit Group(Role role) { settings_.beginGroup(settingsKey("newSocket/") + toQString(roleName(role))); }
    void put(const char* name, const QVariant& value) { settings_.setValue(QLatin1String(name), value); }
    QString text(const char* name, const QString& fallback) const {
        return settings_.value(QLatin1String(name), fallback).toString();
    }
    bool flag(const char* name, bool fallback) const {
        return settings_.value(QLatin1String(name), fallback).toBool();
    }
    qint64 number(const char* name, qint64 least, qint64 most, qint64 fallback) const {
        bool good = false;
        const qint64 value = settings_.value(QLatin1String(name)).toLongLong(&good);
        return good ? std::clamp(value, least, most) : fallback;
    }
    void putChoice(const char* name, std::optional<bool> choice) { put(name, choice ? int{*choice} : -1); }
    std::optional<bool> choice(const char* name) const {
        const qint64 value = number(name, -1, 1, -1);
        return value < 0 ? std::nullopt : std::optional(value == 1);
    }
    void putSize(const char* name, std::optional<int> size) { put(name, size.value_or(-1)); }
    std::optional<int> size(const char* name) const {
        const auto value = static_cast<int>(number(name, -1, INT32_MAX, -1));
        return value < 0 ? std::nullopt : std::optional(value);
    }

private:
    QSettings settings_;
};

std::optional<Endpoint> endpointFrom(const QString& text) {
    ParsedEndpoint parsed = parseEndpoint(text.toStdString(), true);
    return text.isEmpty() || !parsed.error.empty() ? std::nullopt : std::optional(parsed.endpoint);
}

}  // namespace

SocketConfig rememberedConfig(Role role) {
    const Group group(role);
    SocketConfig config;
    config.role = role;
    config.endpoint.host = group.text("host", QStringLiteral("127.0.0.1")).toStdString();
    config.endpoint.service = group.text("port", QStringLiteral("8080")).toStdString();
    config.localEndpoint = endpointFrom(group.text("local", {}));
    config.family = static_cast<Family>(group.number("family", 0, 2, 0));
    config.connectUdp = group.flag("connectUdp", config.connectUdp);
    config.backlog = static_cast<int>(group.number("backlog", 0, 65535, config.backlog));
    config.reuseAddress = group.choice("reuseAddress");
    config.v6Only = group.choice("v6Only");
    config.noDelay = group.choice("noDelay");
    config.keepAlive = group.choice("keepAlive");
    config.sendBufferBytes = group.size("sendBuffer");
    config.receiveBufferBytes = group.size("receiveBuffer");
    config.readBytes = static_cast<std::size_t>(
        group.number("readBytes", smallestRead, largestRead, static_cast<qint64>(config.readBytes)));
    config.echo = group.flag("echo", false);
    config.afterEof = static_cast<AfterEof>(group.number("afterEof", 0, 1, 0));
    config.held =
        StageSet::fromBits(static_cast<std::uint16_t>(group.number("held", 0, (1 << stageCount) - 1, 0)));
    config.captureBytes = static_cast<std::size_t>(group.number("captureMB", 8, 1 << 20, 256)) * 1'000'000;
    return config;
}

void rememberConfig(const SocketConfig& config) {
    QSettings().setValue(settingsKey(roleKey), toQString(roleName(config.role)));
    Group group(config.role);
    group.put("host", toQString(config.endpoint.host));
    group.put("port", toQString(config.endpoint.service));
    group.put("local", config.localEndpoint ? toQString(config.localEndpoint->text()) : QString());
    group.put("family", static_cast<int>(config.family));
    group.put("connectUdp", config.connectUdp);
    group.put("backlog", config.backlog);
    group.putChoice("reuseAddress", config.reuseAddress);
    group.putChoice("v6Only", config.v6Only);
    group.putChoice("noDelay", config.noDelay);
    group.putChoice("keepAlive", config.keepAlive);
    group.putSize("sendBuffer", config.sendBufferBytes);
    group.putSize("receiveBuffer", config.receiveBufferBytes);
    group.put("readBytes", static_cast<qint64>(config.readBytes));
    group.put("echo", config.echo);
    group.put("afterEof", static_cast<int>(config.afterEof));
    group.put("held", config.held.bits());
    group.put("captureMB", static_cast<qint64>(config.captureBytes / 1'000'000));
}

Role rememberedRole() {
    const QString name = QSettings().value(settingsKey(roleKey)).toString();
    const auto found = std::find_if(allRoles.begin(), allRoles.end(),
                                    [&name](Role role) { return name == toQString(roleName(role)); });
    return found == allRoles.end() ? Role::TcpServer : *found;
}

}  // namespace sockstage
