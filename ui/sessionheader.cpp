// SPDX-License-Identifier: GPL-3.0-or-later
#include "sessionheader.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <algorithm>

#include "elidinglabel.h"
#include "livetext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "sessiontext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

void showText(QLabel& label, const QString& text) {
    if (label.text() != text) label.setText(text);
}

Tone toneOf(SocketMark mark) {
    switch (mark) {
        case SocketMark::Waiting:
            return Tone::Active;
        case SocketMark::Connected:
            return Tone::Done;
        case SocketMark::Held:
            return Tone::Held;
        case SocketMark::Failed:
            return Tone::Failed;
        case SocketMark::Ended:
            return Tone::Dimmed;
    }
    return Tone::Normal;
}

QString signOf(SocketMark mark) {
    switch (mark) {
        case SocketMark::Waiting:
            return QStringLiteral("◉");
        case SocketMark::Connected:
            return QStringLiteral("●");
        case SocketMark::Held:
            return QStringLiteral("‖");
        case SocketMark::Failed:
            return QStringLiteral("✕");
        case SocketMark::Ended:
            return QStringLiteral("○");
    }
    return {};
}

/// The sentence where it has no room: who, without by which address and from when on.
QString shortReach(const ReachAnswer& reach) {
    if (reach.sentence.empty()) return {};
    const bool anybody = std::any_of(reach.addresses.begin(), reach.addresses.end(),
                                     [](const Reachability& each) { return each.reachable; });
    if (!anybody) return SessionHeader::tr("Nobody can reach it");
    return reach.openToOthers ? SessionHeader::tr("Others can reach it")
                              : SessionHeader::tr("This machine only");
}

}  // namespace

SessionHeader::SessionHeader(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(&session),
      address_(makeLabel({}, this)),
      mark_(makeLabel({}, this)),
      state_(new ElidingLabel(this)),
      uptime_(makeLabel({}, this)),
      reach_(new ElidingLabel(this)),
      failureText_(makeLabel({}, this)),
      failure_(new QWidget(this)) {
    const int space = fontMetrics().height() / 2;
    auto* title = makeLabel(nameAndRoleText(session.config()), this);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.2);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    address_->setFont(monospaceFont());
    address_->setObjectName(QStringLiteral("headerAddress"));
    address_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    state_->setObjectName(QStringLiteral("headerState"));
    setTone(uptime_, Tone::Dimmed);
    uptime_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    auto* line = new QHBoxLayout;
    line->setSpacing(space);
    const std::initializer_list<QWidget*> parts{title, address_, mark_, state_};
    for (QWidget* part : parts)
        line->addWidget(part);
    // Who can reach it is the first to be said in fewer words where the window is narrow.
    state_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Preferred);
    reach_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    reach_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    reach_->setObjectName(QStringLiteral("headerReach"));
    line->addWidget(reach_, 1);
    line->addWidget(uptime_);

    failureText_->setWordWrap(true);
    failureText_->setObjectName(QStringLiteral("failure"));
    failureText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setTone(failureText_, Tone::Failed);
    auto* again = new QPushButton(tr("Try again"), failure_);
    again->setObjectName(QStringLiteral("tryAgain"));
    again->setToolTip(tr("Open a new socket with the same settings (Ctrl+R)"));
    connect(again, &QPushButton::clicked, this, &SessionHeader::againWanted);
    auto* failureRow = new QHBoxLayout(failure_);
    failureRow->setContentsMargins({});
    failureRow->addWidget(failureText_, 1);
    failureRow->addWidget(again, 0, Qt::AlignTop);
    failure_->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space * 3 / 2, space, space * 3 / 2, space / 2);
    column->setSpacing(space / 2);
    column->addLayout(line);
    column->addWidget(failure_);
    refresh();
}

void SessionHeader::refresh() {
    if (session_ == nullptr) return;
    refreshState();
    refreshReach();
    refreshFailure();
}

void SessionHeader::refreshState() {
    const SocketMark mark = socketMark(*session_);
    showText(*address_, addressText(*session_));
    showText(*mark_, signOf(mark));
    showText(*state_, stateSentence(*session_));
    // How many there are is in the table, and before what it is held is in the rail.
    const QString word = session_->stateWord();
    state_->setShortText(mark == SocketMark::Held ? tr("held") : word);
    setTone(mark_, toneOf(mark));
    setTone(state_, toneOf(mark));
    const QString up = elapsedText(uptimeNs(*session_));
    showLive(*uptime_, session_->isFinished() ? tr("ran for %1").arg(up) : tr("up %1").arg(up));
    if (const int thread = session_->workerThreadId(); thread != shownThread_) {
        shownThread_ = thread;
        uptime_->setToolTip(
            tr("Since it was opened. Thread %1 makes this socket's calls, as strace and ps show it")
                .arg(thread));
    }
}

void SessionHeader::refreshReach() {
    session_->askReach();
    const ReachAnswer reach = session_->lastReach();
    showText(*reach_, toQString(reach.sentence));
    reach_->setShortText(shortReach(reach));
    // The layout ignores what it asks for, and would leave it nothing.
    reach_->setMinimumWidth(reach_->minimumSizeHint().width());
    // Being open to a network is worth more than grey.
    setTone(reach_, reach.openToOthers ? Tone::Received : Tone::Dimmed);
}

void SessionHeader::refreshFailure() {
    QString text = session_->trouble();
    failure_->setVisible(!text.isEmpty());
    if (text.isEmpty()) return;
    if (const QString owner = session_->portOwner(); !owner.isEmpty() && !text.contains(owner))
        text += QLatin1Char('\n') + tr("The port is held by %1.").arg(owner);
    showText(*failureText_, text);
}

}  // namespace sockstage
