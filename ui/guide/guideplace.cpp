// SPDX-License-Identifier: GPL-3.0-or-later
#include "guideplace.h"

#include <QVariant>
#include <QWidget>

namespace sockstage {
namespace {

constexpr const char* placeProperty = "guidePlace";

const char* placeOfTcp(Stage stage, Role role) {
    switch (stage) {
        case Stage::Getaddrinfo:
            return isServer(role) ? "tcp-server#getaddrinfo" : "tcp-client#getaddrinfo";
        case Stage::Socket:
            return "sockets#socket";
        case Stage::Bind:
            return isServer(role) ? "tcp-server#bind" : "tcp-client#bind";
        case Stage::Listen:
        case Stage::Accept:
            return "accept-queue";
        case Stage::Connect:
            return "tcp-client#connect";
        case Stage::Recv:
            return "recv";
        case Stage::Send:
            return "send";
        case Stage::Shutdown:
            return "recv#half-close";
        case Stage::Close:
            return "tcp-states#close";
    }
    return "sockets";
}

const char* placeOfUdp(Stage stage) {
    switch (stage) {
        case Stage::Connect:
            return "udp#connect";
        case Stage::Recv:
            return "udp#one-recv-one-datagram";
        case Stage::Send:
            return "udp#one-send-one-datagram";
        default:
            return "udp";
    }
}

}  // namespace

void setGuidePlace(QWidget* widget, const QString& place) {
    widget->setProperty(placeProperty, place);
}

QString guidePlaceOf(const QWidget* widget) {
    for (; widget != nullptr; widget = widget->parentWidget()) {
        const QString place = widget->property(placeProperty).toString();
        if (!place.isEmpty()) return place;
    }
    return {};
}

QString guidePlaceOf(Stage stage, Role role, bool failed) {
    if (failed) return QStringLiteral("failures");
    return QLatin1String(isTcp(role) ? placeOfTcp(stage, role) : placeOfUdp(stage));
}

}  // namespace sockstage
