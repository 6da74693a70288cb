// SPDX-License-Identifier: GPL-3.0-or-later
#include "clientmenu.h"

#include <QCoreApplication>
#include <QMenu>
#include <QPointer>

#include "connectiontext.h"

namespace sockstage {
namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(ClientMenu)
};

void sortDirection(DirectionState state, std::uint32_t number, ConnectionNumbers& alive,
                   ConnectionNumbers& held, ConnectionNumbers& free) {
    if (!isAlive(state)) return;
    alive.push_back(number);
    (state == DirectionState::Held ? held : free).push_back(number);
}

template <typename Verb>
void add(QMenu& menu, Session& session, const QString& text, const ConnectionNumbers& targets, Verb verb) {
    auto* action = menu.addAction(text);
    action->setEnabled(!targets.empty());
    // An empty list would mean all of them to the session.
    QObject::connect(action, &QAction::triggered, &session, [&session, targets, verb] {
        if (!targets.empty()) verb(session, targets);
    });
}

}  // namespace

ClientTargets clientTargets(const Session& session, const ConnectionNumbers& chosen) {
    ClientTargets targets;
    for (const std::uint32_t number : chosen) {
        if (!session.connections().has(number)) continue;
        const ConnectionSlot& slot = session.connections().at(number);
        if (!isOpen(slot)) continue;
        targets.open.push_back(number);
        sortDirection(slot.sending.load(), number, targets.sending, targets.sendingHeld, targets.sendingFree);
        sortDirection(slot.receiving.load(), number, targets.receiving, targets.receivingHeld,
                      targets.receivingFree);
    }
    return targets;
}

void addClientVerbs(QMenu& menu, Session& session, const ClientTargets& targets) {
    // A UDP peer has no socket of its own that these could act on.
    if (!isTcp(session.config().role)) return;
    add(menu, session, Words::tr("Shut down sending"), targets.sending,
        [](Session& s, const auto& t) { s.shutdownSending(t); });
    add(menu, session, Words::tr("Shut down receiving"), targets.receiving,
        [](Session& s, const auto& t) { s.shutdownReceiving(t); });
    menu.addSeparator();
    add(menu, session, Words::tr("Hold recv"), targets.receivingFree,
        [](Session& s, const auto& t) { s.hold(Stage::Recv, t); });
    add(menu, session, Words::tr("Release recv"), targets.receivingHeld,
        [](Session& s, const auto& t) { s.release(Stage::Recv, t); });
    add(menu, session, Words::tr("Receive once"), targets.receivingHeld, [](Session& s, const auto& t) {
        for (const std::uint32_t number : t)
            s.step(Stage::Recv, number);
    });
    add(menu, session, Words::tr("Hold send"), targets.sendingFree,
        [](Session& s, const auto& t) { s.hold(Stage::Send, t); });
    add(menu, session, Words::tr("Release send"), targets.sendingHeld,
        [](Session& s, const auto& t) { s.release(Stage::Send, t); });
    menu.addSeparator();
    add(menu, session, Words::tr("Close"), targets.open,
        [](Session& s, const auto& t) { s.closeConnections(t); });
    add(menu, session, Words::tr("Reset (RST)"), targets.open, [](Session& s, const auto& t) { s.reset(t); });
}

}  // namespace sockstage
