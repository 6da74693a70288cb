// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QCommandLineParser>
#include <QString>
#include <QStringList>
#include <optional>
#include <vector>

#include "socketconfig.h"

namespace sockstage {

/// One thing that every client sends: bytes, or a file when `file` is not empty.
struct SendRequest {
    QByteArray bytes;
    QString file;
};

/// An option as --help shows it. An empty value name makes it a flag.
struct CommandOption {
    QString name, value, help;
};

struct CommandOptionGroup {
    QString title;
    std::vector<CommandOption> options;
};

/// The command line that the window and the terminal program share. Options that describe a socket
/// hold for every socket of the command line. Usable before there is a QCoreApplication.
class CommandLine {
public:
    /// `ownGroups`: what only this program knows; read it with isSet() and value(). `notes` ends --help.
    CommandLine(QString program, QString summary, std::vector<CommandOptionGroup> ownGroups,
                QString notes = {});

    /// `arguments` begin with the program's name. False: error() says why; the exit status is then 2.
    bool parse(const QStringList& arguments);
    /// One line without the program's name; empty after success.
    const QString& error() const { return error_; }

    bool helpWanted() const { return isSet(QStringLiteral("help")); }
    bool versionWanted() const { return isSet(QStringLiteral("version")); }
    bool isSet(const QString& option) const { return parser_.isSet(option); }
    /// The last one wins where an option was repeated.
    QString value(const QString& option) const { return parser_.value(option); }

    /// In the order of the command line, whatever their roles: the first is session 1.
    const std::vector<SocketConfig>& sockets() const { return sockets_; }
    /// In the order of the command line, for every client.
    const std::vector<SendRequest>& sends() const { return sends_; }

    /// The first option that says what sockets are or do; empty when there is none.
    QString socketOption() const;

    QString helpText() const;
    QString versionText() const;

private:
    bool fail(const QString& error);
    bool readSockets();
    bool readSends();
    bool addSend(const QString& option, const QString& value);
    bool applyShared(SocketConfig& config);
    bool applyNumbers(SocketConfig& config);
    bool applySwitches(SocketConfig& config);
    bool applyAfterEof(SocketConfig& config);
    bool applyHold(SocketConfig& config);
    bool applyLocalEndpoint(SocketConfig& config);
    bool checkTargets();
    /// Leaves `number` alone when the option is absent.
    bool readNumber(const QString& option, qint64 least, qint64 most, qint64& number);
    bool readYesNo(const QString& option, std::optional<bool>& flag);

    QString program_, summary_, notes_, error_;
    std::vector<CommandOptionGroup> groups_;
    QStringList socketOptions_;
    QCommandLineParser parser_;
    std::vector<SocketConfig> sockets_;
    std::vector<SendRequest> sends_;
};

}  // namespace sockstage
