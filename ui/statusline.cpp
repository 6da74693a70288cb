// SPDX-License-Identifier: GPL-3.0-or-later
#include "statusline.h"

#include <QLabel>

#include "elidinglabel.h"
#include "livetext.h"
#include "quantitytext.h"
#include "sessionpage.h"
#include "socketsmodel.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

void showText(QLabel& label, const QString& text) {
    if (label.text() != text) label.setText(text);
}

}  // namespace

StatusLine::StatusLine(QWidget* parent) : QStatusBar(parent) {
    setSizeGripEnabled(false);
    sockets_ = addLabel("statusSockets", Place::First);
    receiving_ = addLabel("statusReceiving", Place::Left);
    sending_ = addLabel("statusSending", Place::Left);
    capture_ = addLabel("statusCapture", Place::Left);
    unread_ = addLabel("statusUnread", Place::Right);
    kept_ = addLabel("statusKept", Place::Last);
    setTone(receiving_, Tone::Received);
    setTone(sending_, Tone::Sent);
    setTone(unread_, Tone::Failed);
    kept_->setToolTip(tr(
        "Whether all that came is still here. The kernel drops datagrams for which the receive buffer has no "
        "room; rows are evicted at the capture's limit"));
}

QLabel* StatusLine::addLabel(const char* name, Place place) {
    // What there is no room for gives way: the window is as narrow as the page allows.
    auto* label = new ElidingLabel(this);
    label->setObjectName(QLatin1String(name));
    const int space = fontMetrics().height() / 2;
    // The outermost stand as far from the window's edge as the menu's words.
    label->setContentsMargins(place == Place::First ? 2 * space : space, space / 2,
                              place == Place::Last ? 2 * space : space, space / 2);
    setTone(label, Tone::Dimmed);
    if (place == Place::Right || place == Place::Last)
        addPermanentWidget(label);
    else
        addWidget(label);
    return label;
}

void StatusLine::refresh(const SocketsModel& sockets, const SessionPage* page) {
    const int open = sockets.openCount();
    showText(*sockets_, open == 1 ? tr("1 socket open") : tr("%1 sockets open").arg(open));
    showLive(*receiving_, QStringLiteral("↓ ") + rateText(sockets.receivingRate()));
    showLive(*sending_, QStringLiteral("↑ ") + rateText(sockets.sendingRate()));
    capture_->setVisible(page != nullptr);
    kept_->setVisible(page != nullptr);
    const QString unread = page != nullptr ? page->unreadWarning() : QString();
    unread_->setVisible(!unread.isEmpty());
    if (page == nullptr) return;
    showLive(*capture_, captureText(page->session()));
    if (const QString tip = captureToolTip(page->session()); tip != capture_->toolTip())
        capture_->setToolTip(tip);
    showLive(*unread_, unread);
    const QString kept = keptSentence(page->session());
    showText(*kept_, kept);
    setTone(kept_, kept == tr("every byte kept") ? Tone::Dimmed : Tone::Received);
}

QString captureText(const Session& session) {
    constexpr quint64 worthSaying = 1'000'000;
    const CaptureStore& capture = session.capture();
    QString text = StatusLine::tr("capture %1 of %2")
                       .arg(bytesText(capture.usedBytes()), bytesText(capture.limitBytes()));
    // What the listed connections keep, outside that limit.
    if (const quint64 table = session.connections().memoryBytes(); table >= worthSaying)
        text += StatusLine::tr(" + %1 for connections").arg(bytesText(table));
    if (const quint64 recycled = session.connections().recycled(); recycled > 0)
        text += StatusLine::tr(" · %1 ended ones no longer listed").arg(grouped(recycled));
    return text;
}

QString captureToolTip(const Session& session) {
    const QString what =
        StatusLine::tr("Memory for the calls and bytes of this socket; at the limit the oldest go first");
    const quint64 recycled = session.connections().recycled();
    if (recycled == 0) return what;
    return what +
           StatusLine::tr(". With them go ended connections: %1 are no longer listed, but still counted")
               .arg(grouped(recycled));
}

QString keptSentence(const Session& session) {
    QStringList losses;
    // Lost before we could call recv(); what follows was lost to limits of ours.
    if (const quint64 dropped = session.counters().kernelDrops.get(); dropped > 0)
        losses += dropped == 1 ? StatusLine::tr("the kernel dropped 1 datagram")
                               : StatusLine::tr("the kernel dropped %1 datagrams").arg(grouped(dropped));
    if (const quint64 rows = session.capture().beginRow(); rows > 0)
        losses += StatusLine::tr("%1 rows evicted").arg(grouped(rows));
    if (const quint64 bytes = session.counters().discardedBytes.get(); bytes > 0)
        losses += StatusLine::tr("%1 bytes never sent").arg(grouped(bytes));
    if (const quint64 bytes = session.counters().truncatedBytes.get(); bytes > 0)
        losses += StatusLine::tr("%1 bytes cut off datagrams").arg(grouped(bytes));
    return losses.isEmpty() ? StatusLine::tr("every byte kept") : losses.join(QStringLiteral(" · "));
}

}  // namespace sockstage
