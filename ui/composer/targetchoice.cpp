// SPDX-License-Identifier: GPL-3.0-or-later
#include "targetchoice.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <algorithm>
#include <vector>

#include "connectiontext.h"
#include "plaintext.h"
#include "sessiontext.h"
#include "shorteningbutton.h"
#include "strip.h"

namespace sockstage {
namespace {

/// A menu with thousands of entries is of no use; the table is the place to choose from many.
constexpr int menuConnections = 20;

bool canSend(const ConnectionSlot& slot) {
    return isOpen(slot) && isAlive(slot.sending.load(std::memory_order_relaxed));
}

}  // namespace

TargetChoice::TargetChoice(QWidget* parent)
    : QWidget(parent), button_(new ShorteningButton(this)), address_(new QLineEdit(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    button_->setMenu(new QMenu(this));
    button_->setObjectName(QStringLiteral("target"));
    button_->setAccessibleName(tr("Target of the message"));
    button_->setToolTip(tr("Who gets the message"));
    address_->setPlaceholderText(tr("127.0.0.1:9000"));
    address_->setObjectName(QStringLiteral("targetAddress"));
    address_->setAccessibleName(tr("Numeric address to send the datagram to"));
    address_->setToolTip(tr("A numeric address and port: 127.0.0.1:9000 or [::1]:9000"));
    address_->setMinimumWidth(fontMetrics().horizontalAdvance(QLatin1Char('0')) * 24);
    address_->hide();
    row->addWidget(button_);
    row->addWidget(address_);
    connect(button_->menu(), &QMenu::aboutToShow, this, &TargetChoice::fillMenu);
    connect(address_, &QLineEdit::textChanged, this, &TargetChoice::changed);
    refresh();
}

void TargetChoice::setSession(Session* session) {
    session_ = session;
    numbers_.clear();
    setMode(Mode::All);
}

void TargetChoice::setSelected(const ConnectionNumbers& numbers) {
    if (numbers == numbers_) return;
    numbers_ = numbers;
    // An address that the user typed stays until the user chooses otherwise.
    if (mode_ != Mode::Address || !numbers.empty()) setMode(numbers.empty() ? Mode::All : Mode::Selected);
}

void TargetChoice::setMode(Mode mode) {
    mode_ = mode;
    address_->setVisible(mode == Mode::Address);
    refresh();
    Q_EMIT changed();
}

void TargetChoice::chooseAll() {
    setMode(Mode::All);
}

void TargetChoice::chooseAddress() {
    setMode(Mode::Address);
    address_->setFocus();
}

void TargetChoice::fillMenu() {
    QMenu& menu = *button_->menu();
    menu.clear();
    if (session_ == nullptr) return;
    const Role role = session_->config().role;
    if (isServer(role)) {
        menu.addAction(role == Role::TcpServer ? tr("All clients") : tr("All peers"), this,
                       &TargetChoice::chooseAll);
        addConnections(menu);
    } else {
        menu.addAction(addressText(*session_), this, &TargetChoice::chooseAll);
    }
    if (!isTcp(role)) {
        menu.addSeparator();
        menu.addAction(tr("An address…"), this, &TargetChoice::chooseAddress);
    }
}

void TargetChoice::addConnections(QMenu& menu) {
    const ConnectionTable& table = session_->connections();
    menu.addSeparator();
    std::vector<std::uint32_t> open;
    for (std::uint32_t number = table.firstOpen(); number != 0; number = table.nextOpen(number))
        open.push_back(number);
    if (open.size() > menuConnections) open.erase(open.begin(), open.end() - menuConnections);
    std::reverse(open.begin(), open.end());  // who came last is looked for first
    for (const std::uint32_t number : open)
        menu.addAction(peerText(table, number), this,
                       [this, number] { setSelected({number}), setMode(Mode::Selected); });
    if (session_->counters().openConnections.get() > menuConnections)
        menu.addAction(tr("Others: select them in the table"))->setEnabled(false);
}

SendTarget TargetChoice::target() const {
    if (session_ == nullptr) return {{}, {}, tr("There is no socket.")};
    if (session_->isFinished())
        return {{},
                {},
                session_->trouble().isEmpty() ? tr("The socket is closed.") : tr("The socket has failed.")};
    if (mode_ == Mode::Address) return addressTarget();
    return mode_ == Mode::Selected ? selectedTarget() : allTarget();
}

SendTarget TargetChoice::allTarget() const {
    const ConnectionTable& table = session_->connections();
    switch (session_->config().role) {
        case Role::TcpServer:
            return session_->counters().openConnections.get() > 0
                       ? SendTarget{}
                       : SendTarget{{}, {}, tr("No client is connected.")};
        case Role::UdpServer:
            return session_->counters().openConnections.get() > 0
                       ? SendTarget{}
                       : SendTarget{
                             {}, {}, tr("No peer is known yet: choose “An address…” to be the first.")};
        case Role::TcpClient:
            // Before the connection is there, the session keeps the message until it is.
            if (table.count() == 0 || canSend(table.at(table.count()))) return {};
            return {{},
                    {},
                    isOpen(table.at(table.count())) ? tr("Sending is shut down.")
                                                    : tr("The connection is closed.")};
        case Role::UdpClient:
            return {};
    }
    return {};
}

SendTarget TargetChoice::selectedTarget() const {
    const ConnectionTable& table = session_->connections();
    SendTarget target;
    for (const std::uint32_t number : numbers_)
        if (table.has(number) && canSend(table.at(number))) target.numbers.push_back(number);
    if (!target.numbers.empty()) return target;
    const bool shut = numbers_.size() == 1 && table.has(numbers_[0]) && isOpen(table.at(numbers_[0]));
    target.reason = shut                   ? tr("Sending to this client is shut down.")
                    : numbers_.size() == 1 ? tr("This connection is closed.")
                                           : tr("The selected connections are closed.");
    return target;
}

SendTarget TargetChoice::addressTarget() const {
    if (address_->text().trimmed().isEmpty())
        return {{}, {}, tr("Type where to send it, for example 127.0.0.1:9000."), true};
    const ParsedEndpoint parsed = parseEndpoint(address_->text().trimmed().toStdString(), false);
    if (!parsed.error.empty()) return {{}, {}, toQString(parsed.error)};
    bool numeric = false;
    const auto port = QString::fromStdString(parsed.endpoint.service).toUShort(&numeric);
    const std::string host =
        parsed.endpoint.host.empty() ? session_->config().effectiveHost() : parsed.endpoint.host;
    const auto address = numeric ? SocketAddress::fromNumeric(host, port) : std::nullopt;
    if (!address)
        return {{}, {}, tr("A datagram needs a numeric address and port, for example 127.0.0.1:9000.")};
    return {{}, *address, {}};
}

QString TargetChoice::label() const {
    if (session_ == nullptr) return tr("nobody");
    if (mode_ == Mode::Address) return tr("address");
    if (mode_ == Mode::Selected)
        return numbers_.size() == 1 ? shortPeerText(session_->connections(), numbers_[0])
                                    : tr("%1 selected").arg(numbers_.size());
    if (!isServer(session_->config().role)) return addressText(*session_);
    const quint64 open = session_->counters().openConnections.get();
    return session_->config().role == Role::TcpServer ? tr("all clients (%1)").arg(open)
                                                      : tr("all peers (%1)").arg(open);
}

// A server has one kind of others, a client one peer, whose port tells it from those of other clients.
QString TargetChoice::shortLabel() const {
    if (session_ == nullptr || mode_ != Mode::All) return label();
    if (isServer(session_->config().role))
        return tr("all (%1)").arg(session_->counters().openConnections.get());
    const QString address = addressText(*session_);
    return address.mid(std::max<qsizetype>(0, address.lastIndexOf(QLatin1Char(':'))));
}

void TargetChoice::refresh() {
    const QString now = tr("To %1").arg(label());
    if (button_->wholeText() == now) return;
    button_->setTexts(now, tr("To %1").arg(shortLabel()));
    const bool one = mode_ == Mode::Selected && numbers_.size() == 1 && session_ != nullptr;
    const QString who = one ? peerText(session_->connections(), numbers_[0]) : label();
    button_->setToolTip(plainToolTip(tr("Who gets the message: %1").arg(who)));
}

}  // namespace sockstage
