// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <csignal>
#include <map>
#include <string>
#include <vector>

#include "callprogram.h"
#include "sessiontest.h"

namespace sockstage {

inline const QStringList warnings{QStringLiteral("-std=c++17"), QStringLiteral("-Wall"),
                                  QStringLiteral("-Wextra"),    QStringLiteral("-Wpedantic"),
                                  QStringLiteral("-Wshadow"),   QStringLiteral("-Wconversion"),
                                  QStringLiteral("-Werror")};

inline QStringList compilers() {
    return {QStringLiteral("g++"), QStringLiteral("clang++")};
}

/// The programs without which nothing here is proven; the first that is missing, or nothing.
inline QString missingProgram() {
    for (const QString& name : compilers() + QStringList{QStringLiteral("strace")})
        if (QStandardPaths::findExecutable(name).isEmpty()) return name;
    return {};
}

/// What both compilers say of these programs; empty: nothing, as it should be.
inline QString complaints(const std::vector<std::string>& programs) {
    const QTemporaryDir folder;
    QStringList files;
    for (const std::string& text : programs) {
        files << folder.filePath(QStringLiteral("%1.cpp").arg(files.size()));
        QFile file(files.back());
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the program");
        file.write(text.data(), static_cast<qint64>(text.size()));
    }
    QString said;
    for (const QString& compiler : compilers()) {
        QProcess build;
        build.setProcessChannelMode(QProcess::MergedChannels);
        build.start(compiler, warnings + QStringList{QStringLiteral("-fsyntax-only")} + files);
        if (!build.waitForFinished(200'000) || build.exitCode() != 0)
            said += compiler + u'\n' + QString::fromUtf8(build.readAll());
    }
    return said;
}

/// Calls as strace prints them, with what differs from run to run replaced by names in the order of their
/// appearance: descriptors, pointers, and ports that a kernel chose. Keeps the calls on sockets that do not
/// block; the C library's own do. EAGAIN is not on record.
class PlainCalls {
public:
    void add(QString call) {
        static const QRegularExpression padding(QStringLiteral("\\)\\s+= (?=[^\"]*$)"));
        call.replace(padding, QStringLiteral(") = "));
        if (call.contains(QStringLiteral(" = -1 EAGAIN ")) || !replaceDescriptors(call)) return;
        static const QRegularExpression pointer(QStringLiteral("\\b0x[0-9a-f]+"));
        call.replace(pointer, QStringLiteral("POINTER"));
        const bool given =
            call.startsWith(QStringLiteral("bind(")) || call.startsWith(QStringLiteral("connect("));
        if (!given) replacePorts(call);
        calls_ << call;
    }
    QStringList all() const { return calls_; }

private:
    bool replaceDescriptors(QString& call) {
        const QString name = call.section(u'(', 0, 0);
        const QString result = call.section(QStringLiteral(" = "), -1).section(u' ', 0, 0);
        const bool makes = name == QStringLiteral("socket") || name == QStringLiteral("accept4");
        static const QRegularExpression ours(QStringLiteral("^socket\\(AF_INET6?, .*SOCK_NONBLOCK"));
        if (name == QStringLiteral("socket") && !ours.match(call).hasMatch()) return false;
        if (name != QStringLiteral("socket")) {
            static const QRegularExpression first(QStringLiteral("^\\w+\\((\\d+)"));
            const QString number = first.match(call).captured(1);
            if (!open_.contains(number)) return false;
            call.replace(name.size() + 1, number.size(), open_.value(number));
            if (name == QStringLiteral("close")) open_.remove(number);
        }
        if (makes && result != QStringLiteral("-1")) {
            open_[result] = QStringLiteral("fd%1").arg(++made_);
            call.chop(result.size());
            call += open_.value(result);
        }
        return true;
    }
    void replacePorts(QString& call) {
        static const QRegularExpression port(QStringLiteral("htons\\((\\d+)\\)"));
        const QString number = port.match(call).captured(1);
        if (number.isEmpty()) return;
        if (!ports_.contains(number)) ports_[number] = QStringLiteral("port%1").arg(ports_.size() + 1);
        call.replace(port, QStringLiteral("htons(%1)").arg(ports_.value(number)));
    }

    QStringList calls_;
    QHash<QString, QString> open_, ports_;
    int made_ = 0;
};

/// The record of a session.
inline QStringList plainRecord(const Session& session) {
    PlainCalls plain;
    for (std::uint64_t row = session.capture().beginRow(); row < session.capture().endRow(); ++row) {
        const auto pin = session.capture().pin(row);
        const CallRecord& record = pin.record(row);
        if (record.call == Call::Mark || record.call == Call::Getaddrinfo) continue;
        plain.add(QString::fromStdString(callText(record, pin.bytes(record))));
    }
    return plain.all();
}

/// An exported program: compiled, and run below strace.
class Replay {
public:
    Replay(const std::string& text, const QString& compiler) {
        QFile file(path("calls.cpp"));
        if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write the program");
        file.write(text.data(), static_cast<qint64>(text.size()));
        file.close();
        QProcess build;
        build.setProcessChannelMode(QProcess::MergedChannels);
        build.start(compiler, warnings + QStringList{QStringLiteral("-o"), path("calls"), path("calls.cpp")});
        if (!build.waitForFinished(60'000) || build.exitCode() != 0)
            complaint_ = compiler + u'\n' + QString::fromUtf8(build.readAll()) + QString::fromStdString(text);
    }
    /// What the compiler said; empty: it said nothing.
    QString complaint() const { return complaint_; }

    /// Stops after the first of each call in `stopAfter`, until resume().
    void start(const QStringList& stopAfter = {}) {
        QStringList words{QStringLiteral("-o"), path("trace"), QStringLiteral("-e"),
                          QStringLiteral("trace=network,close")};
        for (const QString& call : stopAfter)
            words << QStringLiteral("-e") << QStringLiteral("inject=%1:signal=STOP:when=1").arg(call);
        // A group of its own, so that resume() reaches the program below strace.
        process_.setChildProcessModifier([] { ::setpgid(0, 0); });
        process_.start(QStringLiteral("strace"), words << path("calls"));
        if (!process_.waitForStarted(10'000)) qFatal("strace does not start");
    }
    /// A stop that is still to come for a call already made is taken back.
    void resume() const { ::kill(-static_cast<pid_t>(process_.processId()), SIGCONT); }
    /// The address that it says it is bound to.
    SocketAddress address() {
        QByteArray said;
        while (!said.endsWith('\n')) {
            if (!process_.waitForReadyRead(10'000))
                qFatal("not bound: %s", process_.readAllStandardError().data());
            said += process_.readAllStandardOutput();
        }
        const QList<QByteArray> words = said.simplified().split(' ');
        return *SocketAddress::fromNumeric(words.at(4).toStdString(), words.at(6).toUShort());
    }
    /// Its exit status, once it has ended.
    int finish() {
        if (!process_.waitForFinished(30'000)) {
            process_.kill();
            process_.waitForFinished();
            return -1;
        }
        errors_ = QString::fromUtf8(process_.readAllStandardError());
        return process_.exitCode();
    }
    QString errors() const { return errors_; }
    QStringList calls() const {
        PlainCalls plain;
        QFile file(path("trace"));
        if (!file.open(QIODevice::ReadOnly)) qFatal("strace wrote nothing");
        for (const QByteArray& line : file.readAll().split('\n'))
            if (!line.isEmpty() && !line.startsWith("+++") && !line.startsWith("---"))
                plain.add(QString::fromUtf8(line));
        return plain.all();
    }

private:
    QString path(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }

    QTemporaryDir folder_;
    QProcess process_;
    QString complaint_, errors_;
};

/// As Peer::connectedTo, for a server that is about to listen.
inline Peer connectedSoon(const SocketAddress& address) {
    Peer peer(SOCK_STREAM, address.family());
    while (::connect(peer.fd(), address.data(), address.length()) != 0)
        QTest::qWait(5);
    return peer;
}

}  // namespace sockstage
