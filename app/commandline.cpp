// SPDX-License-Identifier: GPL-3.0-or-later
#include "commandline.h"

#include <QFileInfo>
#include <QHash>
#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "payloadtext.h"

namespace sockstage {
namespace {

QString text(std::string_view latin) {
    return QString::fromUtf8(latin.data(), static_cast<qsizetype>(latin.size()));
}

QString sentence(const std::string& error) {
    return text(printableText(error));
}

/// What came from outside is shown escaped: an error line must not drive the terminal.
QString shown(const QString& outside) {
    return QStringLiteral("“") + text(escapedText(std::string_view(outside.toStdString()))) +
           QStringLiteral("”");
}

CommandOptionGroup group(const char* title, std::initializer_list<std::array<const char*, 3>> options) {
    CommandOptionGroup result{QString::fromUtf8(title), {}};
    for (const auto& [name, value, help] : options)
        result.options.push_back(
            {QString::fromUtf8(name), QString::fromUtf8(value), QString::fromUtf8(help)});
    return result;
}

std::vector<CommandOptionGroup> sharedGroups() {
    return {
        group("Sockets, each may be repeated; the first on the line is session 1",
              {{"tcp-server", "ADDRESS", "Listen and accept TCP clients."},
               {"tcp-client", "ADDRESS", "Connect to a TCP server."},
               {"udp-server", "ADDRESS", "Bind a UDP socket and receive from anyone."},
               {"udp-client", "ADDRESS", "Send to and receive from one UDP address."}}),
        group(
            "What they do",
            {{"echo", "", "Servers send back what they receive."},
             {"send", "TEXT",
              "Each client sends TEXT once it can; \\n \\r \\t \\0 \\\\ \\xHH are understood."},
             {"send-hex", "HEX", "Each client sends these bytes, in hexadecimal, for example \"48 65 6c\"."},
             {"send-file", "FILE",
              "Each client sends what is in a regular file. The --send options may be "
              "repeated and mixed; their order is kept."},
             {"hold", "STAGES",
              "Stop before these stages, comma separated: getaddrinfo, socket, bind, "
              "listen, accept, connect, recv, send, shutdown, close."},
             {"on-eof", "keep|close",
              "What a TCP socket does when its peer has ended sending. Default: "
              "close for servers with --echo, else keep."}}),
        group("How they are made, for all sockets of the command line",
              {{"family", "4|6", "Only IPv4 or only IPv6. Default: what getaddrinfo answers first."},
               {"bind", "ADDRESS", "Clients bind this local address before they connect."},
               {"no-connect", "", "UDP clients do not call connect(): each datagram carries its address."},
               {"backlog", "N", "The argument of listen(). Default: 128."},
               {"reuse-address", "yes|no", "SO_REUSEADDR. Default: yes for TCP servers, else not set."},
               {"v6only", "yes|no", "IPV6_V6ONLY. Default: not set, the system decides."},
               {"broadcast", "yes|no", "SO_BROADCAST: UDP sockets may send to broadcast addresses."},
               {"icmp-errors", "yes|no",
                "IP_RECVERR, IPV6_RECVERR: the kernel keeps ICMP errors with who sent them and what for. "
                "Default: "
                "yes for UDP, no for TCP clients."},
               {"drop-counts", "yes|no",
                "SO_RXQ_OVFL: UDP sockets receive by recvmsg(), and each datagram tells how many the kernel "
                "dropped before it. Default: not set."},
               {"no-delay", "", "TCP_NODELAY: small writes go out at once."},
               {"keep-alive", "", "SO_KEEPALIVE: ask silent peers whether they are still there."},
               {"send-buffer", "BYTES", "SO_SNDBUF."},
               {"receive-buffer", "BYTES", "SO_RCVBUF."},
               {"read-size", "BYTES",
                "Size given to each recv(), 1 to 1048576; longer datagrams are cut. "
                "Default: 65536."},
               {"capture-limit", "MB",
                "Memory for the calls and bytes of each socket; then the oldest "
                "are evicted. Default: 256."}}),
    };
}

CommandOptionGroup aboutGroup() {
    return group("About", {{"help", "", "Show this text."}, {"version", "", "Show the version."}});
}

std::optional<Role> roleOfOption(const QString& option) {
    for (const Role role : allRoles)
        if (option == text(roleName(role))) return role;
    return std::nullopt;
}

bool isSendOption(const QString& option) {
    return option == QLatin1String("send") || option == QLatin1String("send-hex") ||
           option == QLatin1String("send-file");
}

/// Appends words at `column`, folded before column 80.
void appendFolded(QString& out, const QString& words, qsizetype column) {
    constexpr qsizetype width = 79;
    qsizetype at = column;
    const QStringList list = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const QString& word : list) {
        if (at > column && at + word.size() > width) {
            out.chop(1);
            out += QLatin1Char('\n') + QString(column, QLatin1Char(' '));
            at = column;
        }
        out += word + QLatin1Char(' ');
        at += word.size() + 1;
    }
    out.chop(1);
    out += QLatin1Char('\n');
}

}  // namespace

CommandLine::CommandLine(QString program, QString summary, std::vector<CommandOptionGroup> ownGroups,
                         QString notes)
    : program_(std::move(program)),
      summary_(std::move(summary)),
      notes_(std::move(notes)),
      groups_(sharedGroups()) {
    for (const CommandOptionGroup& options : groups_)
        for (const CommandOption& option : options.options)
            socketOptions_ << option.name;
    std::move(ownGroups.begin(), ownGroups.end(), std::back_inserter(groups_));
    groups_.push_back(aboutGroup());
    for (const CommandOptionGroup& options : groups_)
        for (const CommandOption& option : options.options)
            parser_.addOption(QCommandLineOption(option.name, option.help, option.value));
}

bool CommandLine::fail(const QString& error) {
    error_ = error;
    return false;
}

bool CommandLine::parse(const QStringList& arguments) {
    for (const QString& argument : arguments)
        if (argument.contains(QChar::ReplacementCharacter))
            return fail(QStringLiteral("the argument %1 is not UTF-8; write its bytes as \\xHH")
                            .arg(shown(argument)));
    if (!parser_.parse(arguments)) {
        QString reason = parser_.errorText().simplified();
        if (reason.endsWith(QLatin1Char('.'))) reason.chop(1);
        return fail(text(escapedText(std::string_view(reason.toStdString()))));
    }
    if (helpWanted() || versionWanted()) return true;
    if (!parser_.positionalArguments().isEmpty())
        return fail(
            QStringLiteral("unexpected argument %1").arg(shown(parser_.positionalArguments().constFirst())));
    return readSockets() && readSends() && checkTargets();
}

bool CommandLine::readSockets() {
    SocketConfig shared;
    if (!applyShared(shared)) return false;
    std::array<qsizetype, allRoles.size()> taken{};
    for (const QString& option : parser_.optionNames()) {
        const auto role = roleOfOption(option);
        if (!role) continue;
        const QString address = parser_.values(option).at(taken[static_cast<std::size_t>(*role)]++);
        const ParsedEndpoint parsed = parseEndpoint(address.toStdString(), isServer(*role));
        if (!parsed.error.empty())
            return fail(QStringLiteral("--%1: %2").arg(option, sentence(parsed.error)));
        SocketConfig config = shared;
        config.role = *role;
        config.endpoint = parsed.endpoint;
        config.echo = shared.echo && isServer(*role);
        if (!isSet(QStringLiteral("on-eof")) && config.echo) config.afterEof = AfterEof::Close;
        if (isServer(*role)) config.localEndpoint.reset();
        sockets_.push_back(std::move(config));
    }
    return true;
}

bool CommandLine::applyShared(SocketConfig& config) {
    config.echo = isSet(QStringLiteral("echo"));
    config.connectUdp = !isSet(QStringLiteral("no-connect"));
    if (isSet(QStringLiteral("no-delay"))) config.noDelay = true;
    if (isSet(QStringLiteral("keep-alive"))) config.keepAlive = true;
    return applyNumbers(config) && applySwitches(config) && applyAfterEof(config) && applyHold(config) &&
           applyLocalEndpoint(config);
}

bool CommandLine::readNumber(const QString& option, qint64 least, qint64 most, qint64& number) {
    if (!isSet(option)) return true;
    bool good = false;
    const qint64 read = value(option).toLongLong(&good);
    if (!good || read < least || read > most)
        return fail(QStringLiteral("--%1: %2 is not a number from %3 to %4")
                        .arg(option, shown(value(option)), QString::number(least), QString::number(most)));
    number = read;
    return true;
}

bool CommandLine::applyNumbers(SocketConfig& config) {
    constexpr qint64 intMax = std::numeric_limits<int>::max();
    constexpr qint64 absent = -1;
    qint64 backlog = config.backlog, readSize = static_cast<qint64>(config.readBytes), limitMb = 256;
    qint64 sendBuffer = absent, receiveBuffer = absent;
    // A negative backlog is a real thing to try: the kernel takes it for a very large one.
    if (!readNumber(QStringLiteral("backlog"), -1, intMax, backlog) ||
        !readNumber(QStringLiteral("read-size"), smallestRead, largestRead, readSize) ||
        !readNumber(QStringLiteral("send-buffer"), 0, intMax, sendBuffer) ||
        !readNumber(QStringLiteral("receive-buffer"), 0, intMax, receiveBuffer) ||
        !readNumber(QStringLiteral("capture-limit"), 1, 1 << 20, limitMb))
        return false;
    config.backlog = static_cast<int>(backlog);
    config.readBytes = static_cast<std::size_t>(readSize);
    config.captureBytes = static_cast<std::size_t>(limitMb) * 1'000'000;
    if (sendBuffer != absent) config.sendBufferBytes = static_cast<int>(sendBuffer);
    if (receiveBuffer != absent) config.receiveBufferBytes = static_cast<int>(receiveBuffer);
    return true;
}

bool CommandLine::readYesNo(const QString& option, std::optional<bool>& flag) {
    if (!isSet(option)) return true;
    const QString given = value(option);
    if (given != QLatin1String("yes") && given != QLatin1String("no"))
        return fail(QStringLiteral("--%1: %2 is neither yes nor no").arg(option, shown(given)));
    flag = given == QLatin1String("yes");
    return true;
}

bool CommandLine::applySwitches(SocketConfig& config) {
    const QString family = value(QStringLiteral("family"));
    if (isSet(QStringLiteral("family")) && family != QLatin1String("4") && family != QLatin1String("6"))
        return fail(QStringLiteral("--family: %1 is neither 4 nor 6").arg(shown(family)));
    if (!family.isEmpty()) config.family = family == QLatin1String("4") ? Family::IPv4 : Family::IPv6;
    return readYesNo(QStringLiteral("reuse-address"), config.reuseAddress) &&
           readYesNo(QStringLiteral("v6only"), config.v6Only) &&
           readYesNo(QStringLiteral("broadcast"), config.broadcast) &&
           readYesNo(QStringLiteral("icmp-errors"), config.receiveErrors) &&
           readYesNo(QStringLiteral("drop-counts"), config.dropCounts);
}

bool CommandLine::applyAfterEof(SocketConfig& config) {
    if (!isSet(QStringLiteral("on-eof"))) return true;
    const QString given = value(QStringLiteral("on-eof"));
    if (given != QLatin1String("keep") && given != QLatin1String("close"))
        return fail(QStringLiteral("--on-eof: %1 is neither keep nor close").arg(shown(given)));
    config.afterEof = given == QLatin1String("close") ? AfterEof::Close : AfterEof::KeepOpen;
    return true;
}

bool CommandLine::applyHold(SocketConfig& config) {
    for (const QString& list : parser_.values(QStringLiteral("hold"))) {
        for (const QString& name : list.split(QLatin1Char(','))) {
            const auto stage = stageFromName(name.trimmed().toStdString());
            if (!stage)
                return fail(
                    QStringLiteral("--hold: %1 is not a stage; the stages are getaddrinfo, socket, bind, "
                                   "listen, accept, connect, recv, send, shutdown and close")
                        .arg(shown(name)));
            config.held.insert(*stage);
        }
    }
    return true;
}

bool CommandLine::applyLocalEndpoint(SocketConfig& config) {
    if (!isSet(QStringLiteral("bind"))) return true;
    ParsedEndpoint parsed = parseEndpoint(value(QStringLiteral("bind")).toStdString(), true);
    if (!parsed.error.empty()) return fail(QStringLiteral("--bind: %1").arg(sentence(parsed.error)));
    config.localEndpoint = std::move(parsed.endpoint);
    return true;
}

bool CommandLine::readSends() {
    QHash<QString, qsizetype> taken;
    for (const QString& option : parser_.optionNames())
        if (isSendOption(option) && !addSend(option, parser_.values(option).at(taken[option]++)))
            return false;
    return true;
}

bool CommandLine::addSend(const QString& option, const QString& value) {
    if (option == QLatin1String("send-file")) {
        const QFileInfo file(value);
        const QString wrong = !file.exists()       ? QStringLiteral("does not exist")
                              : !file.isFile()     ? QStringLiteral("is not a regular file")
                              : !file.isReadable() ? QStringLiteral("may not be read")
                                                   : QString();
        if (!wrong.isEmpty()) return fail(QStringLiteral("--send-file: %1 %2").arg(shown(value), wrong));
        sends_.push_back({{}, value});
        return true;
    }
    const std::string given = value.toStdString();
    const ParsedPayload parsed = option == QLatin1String("send") ? parseEscapedText(given) : parseHex(given);
    if (!parsed.error.empty()) return fail(QStringLiteral("--%1: %2").arg(option, sentence(parsed.error)));
    sends_.push_back({QByteArray(reinterpret_cast<const char*>(parsed.bytes.data()),
                                 static_cast<qsizetype>(parsed.bytes.size())),
                      {}});
    return true;
}

bool CommandLine::checkTargets() {
    const bool anyClient = std::any_of(sockets_.begin(), sockets_.end(),
                                       [](const SocketConfig& config) { return !isServer(config.role); });
    if (anyClient) return true;
    if (!sends_.empty()) return fail(QStringLiteral("--send: there is no client that could send it"));
    if (isSet(QStringLiteral("bind")))
        return fail(QStringLiteral("--bind: there is no client that could bind it"));
    return true;
}

QString CommandLine::socketOption() const {
    for (const QString& option : parser_.optionNames())
        if (socketOptions_.contains(option)) return option;
    return {};
}

QString CommandLine::helpText() const {
    constexpr qsizetype column = 26;
    QString out = QStringLiteral("Usage: %1 [options]\n").arg(program_);
    appendFolded(out, summary_, 0);
    for (const CommandOptionGroup& options : groups_) {
        out += QLatin1Char('\n') + options.title + QStringLiteral(":\n");
        for (const CommandOption& option : options.options) {
            const QString name = QStringLiteral("  --%1 %2").arg(option.name, option.value);
            out += name.leftJustified(column);
            if (name.size() >= column) out += QLatin1Char('\n') + QString(column, QLatin1Char(' '));
            appendFolded(out, option.help, column);
        }
    }
    out += QStringLiteral(
        "\nADDRESS is HOST:PORT, [IPV6]:PORT or :PORT (the loopback address). PORT is a\n"
        "number or a service name; 0 lets a server take any free port. Servers stay on\n"
        "the loopback address unless HOST says otherwise (0.0.0.0 or [::] for all).\n");
    return notes_.isEmpty() ? out : out + QLatin1Char('\n') + notes_;
}

QString CommandLine::versionText() const {
    return program_ + QStringLiteral(" " SOCKSTAGE_VERSION "\n");
}

}  // namespace sockstage
