// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <memory>

#include "session.h"

namespace sockstage::loopback {

/// Settings of their own for a test, so that it neither reads nor writes the user's. Call it before
/// the first QSettings.
inline void useOwnSettings() {
    static const QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
    qputenv("LC_ALL", "C.UTF-8");
}

inline SocketConfig configOf(Role role, quint16 port = 0) {
    SocketConfig config;
    config.role = role;
    config.endpoint = {"127.0.0.1", std::to_string(port)};
    return config;
}

inline std::unique_ptr<Session> opened(const SocketConfig& config) {
    auto session = std::make_unique<Session>(config);
    session->open();
    return session;
}

inline quint16 portOf(const Session& session) {
    return session.localAddress().port();
}

/// All that the session has received, in the order of its capture.
inline QByteArray received(const Session& session) {
    QByteArray all;
    const CaptureStore& capture = session.capture();
    for (std::uint64_t row = capture.beginRow(); row < capture.endRow();) {
        const CaptureStore::Pin pin = capture.pin(row);
        if (!pin) break;
        for (; row < pin.endRow(); ++row) {
            const CallRecord& record = pin.record(row);
            if (!isReceive(record.call) || record.failed()) continue;
            const auto data = pin.data(record);
            all.append(reinterpret_cast<const char*>(data.data()), static_cast<qsizetype>(data.size()));
        }
    }
    return all;
}

}  // namespace sockstage::loopback
