// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundariesview.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "boundarystrip.h"
#include "flowlayout.h"
#include "followbutton.h"
#include "guideplace.h"
#include "plaintext.h"
#include "readlimit.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

/// "client, fd 9": as the other parts of the window name an end.
QString endName(const ConnectionEnd& end) {
    const Session& session = *end.session;
    const SocketConfig& config = session.config();
    QString who = isServer(config.role) ? BoundariesView::tr("server") : BoundariesView::tr("client");
    constexpr int longest = 24;
    if (!config.name.empty()) who = outsideText(config.name);
    if (who.size() > longest) who = who.left(longest - 1) + QChar(0x2026);
    const bool known = session.connections().has(end.connection);
    const int fd = known ? session.connections().at(end.connection).firstFd : session.descriptor();
    return fd < 0 ? who : BoundariesView::tr("%1, fd %2").arg(who).arg(fd);
}

CallEnd callEnd(const ConnectionEnd& end) {
    return {end.session->capture(), end.session->connections(), end.connection};
}

QString capitalized(QString sentence) {
    if (!sentence.isEmpty()) sentence[0] = sentence[0].toUpper();
    return sentence;
}

}  // namespace

BoundariesView::BoundariesView(Session& session, QWidget* parent)
    : QWidget(parent),
      session_(session),
      own_{&session, 0},
      there_(makeDirection(true)),
      back_(makeDirection(false)),
      summary_(makeLabel({}, this)),
      note_(makeLabel({}, this)),
      readout_(makeLabel({}, this)),
      limit_(new ReadLimit(this)),
      follow_(new FollowButton("boundaryFollow", this)),
      strip_(new BoundaryStrip(this)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* directions = new QButtonGroup(this);
    directions->addButton(there_);
    directions->addButton(back_);
    there_->setChecked(true);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    summary_->setFont(bold);
    summary_->setObjectName(QStringLiteral("boundarySummary"));
    note_->setObjectName(QStringLiteral("boundaryNote"));
    note_->setAlignment(Qt::AlignCenter);
    setTone(note_, Tone::Dimmed);
    readout_->setObjectName(QStringLiteral("boundaryReadout"));
    readout_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    readout_->setMinimumHeight(fontMetrics().lineSpacing() * 3);
    readout_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    for (QLabel* label : {summary_, note_, readout_})
        label->setWordWrap(true);
    makeLayout();
    setGuidePlace(this, QStringLiteral("window#boundaries"));
    connect(strip_, &BoundaryStrip::followChanged, follow_, &FollowButton::showFollowing);
    connect(follow_, &FollowButton::followWanted, strip_, &BoundaryStrip::setFollow);
    connect(strip_, &BoundaryStrip::readoutChanged, this, &BoundariesView::showReadout);
    connect(strip_, &BoundaryStrip::activated, this, &BoundariesView::activate);
    startOver();
}

void BoundariesView::makeLayout() {
    const int space = fontMetrics().height() / 2;
    auto* controls = new FlowLayout(space);
    controls->addWidget(there_);
    controls->addWidget(back_);
    controls->addWidget(limit_);
    auto* bar = new QVBoxLayout;
    bar->setContentsMargins(space, space * 2 / 3, space, 0);
    bar->addLayout(controls);
    summary_->setContentsMargins(space, space / 2, space, space / 4);
    note_->setContentsMargins(4 * space, space, 4 * space, space);
    readout_->setContentsMargins(space, space / 4, space, space / 4);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(bar);
    auto* words = new QHBoxLayout;
    words->setContentsMargins(0, 0, space, 0);
    words->addWidget(summary_, 1);
    words->addWidget(follow_);
    column->addLayout(words);
    column->addWidget(note_, 1);
    column->addWidget(strip_, 1);
    column->addWidget(readout_);
}

QToolButton* BoundariesView::makeDirection(bool ownSends) {
    auto* button = new QToolButton(this);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setObjectName(ownSends ? QStringLiteral("boundariesThere") : QStringLiteral("boundariesBack"));
    connect(button, &QToolButton::clicked, this, [this, ownSends] { setDirection(ownSends); });
    return button;
}

void BoundariesView::setPair(std::uint32_t connection, const ConnectionEnd& other) {
    const ConnectionEnd own{&session_, connection};
    if (own == own_ && other == other_) return;
    own_ = own;
    other_ = other;
    startOver();
    refresh();
}

void BoundariesView::setDirection(bool ownSends) {
    if (ownSends == ownSends_) return;
    ownSends_ = ownSends;
    startOver();
    refresh();
}

void BoundariesView::startOver() {
    strip_->setSource(nullptr, 0);
    boundaries_.reset();
    const bool paired = static_cast<bool>(other_);
    if (paired) {
        boundaries_.emplace(!isTcp(session_.config().role));
        strip_->setSource(&*boundaries_, session_.capture().toEpochNs(0));
    } else {
        note_->setText(missingText());
    }
    for (QWidget* part :
         {static_cast<QWidget*>(there_), static_cast<QWidget*>(back_), static_cast<QWidget*>(summary_),
          static_cast<QWidget*>(strip_), static_cast<QWidget*>(readout_), static_cast<QWidget*>(follow_)})
        part->setVisible(paired);
    note_->setVisible(!paired);
    showNames();
    showSummary();
}

void BoundariesView::showNames() {
    const ConnectionEnd& reader = receiver() ? receiver() : own_;
    limit_->setSession(reader.session, endName(reader));
    if (!other_) return;
    const QString own = endName(own_), other = endName(other_);
    const auto name = [](QToolButton* button, const QString& from, const QString& to) {
        const QString text = tr("%1 → %2").arg(from, to);
        button->setAccessibleName(tr("Sends and receives, %1").arg(text));
        // A name may have an ampersand, which is no shortcut.
        button->setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")));
    };
    name(there_, own, other);
    name(back_, other, own);
    strip_->setNames(endName(sender()), endName(receiver()));
}

void BoundariesView::refresh() {
    if (!isVisible()) return;
    // The other end may have been removed from the window.
    if (boundaries_ && !other_) startOver();
    if (!boundaries_) {
        if (const QString text = missingText(); text != note_->text()) note_->setText(text);
        return limit_->refresh(std::nullopt);
    }
    const bool caughtUp = boundaries_->update(callEnd(sender()), callEnd(receiver()));
    if (strip_->refresh(caughtUp)) showSummary();
    const auto& receives = boundaries_->receives().spans();
    limit_->refresh(receives.empty() ? std::nullopt : std::optional(receives.back().asked));
    showNames();
}

// Words ------------------------------------------------------------------------------------------

QString BoundariesView::summary() const {
    if (!boundaries_) return {};
    QString text = capitalized(toQString(boundaries_->summary()));
    const CallTrack &sends = boundaries_->sends(), &receives = boundaries_->receives();
    const bool cut = sends.firstIndex() != 0 || receives.firstIndex() != 0 ||
                     std::max(sends.beginOffset(), receives.beginOffset()) != 0;
    if (cut && boundaries_->placeKnown()) text += tr(" (the latest calls only)");
    return text;
}

void BoundariesView::showSummary() {
    if (const QString text = summary(); text != summary_->text()) summary_->setText(text);
}

void BoundariesView::showReadout() {
    const QString text = strip_->readout().join(QLatin1Char('\n'));
    if (text != readout_->text()) readout_->setText(text);
}

QString BoundariesView::missingText() const {
    const Role role = session_.config().role;
    const bool tcp = isTcp(role);
    if (own_.connection == 0 && session_.connections().count() == 0) {
        if (!isServer(role)) return tr("Not connected yet.");
        return tcp ? tr("No client has connected yet.") : tr("No datagram has come yet.");
    }
    if (own_.connection == 0)
        return tcp ? tr("Choose one client in the table above: which of its sends arrived in which recv is "
                        "shown "
                        "here.")
                   : tr("Choose one peer in the table above: which of its datagrams arrived in which recv is "
                        "shown here.");
    return tcp ? tr("The other end of this connection is not a socket of this window, so nothing is known of "
                    "its "
                    "calls. Start the loopback demo (File menu), or open a TCP server and a TCP client of it "
                    "in this window.")
               : tr("The other end is not a socket of this window, so nothing is known of its calls. Start "
                    "the "
                    "loopback demo (File menu), or open a UDP server and a UDP client of it in this window.");
}

// What the window does with it ---------------------------------------------------------------------

void BoundariesView::activate(const BoundaryCallId& call) {
    if (!boundaries_ || !other_) return;
    const CallTrack& track = call.send ? boundaries_->sends() : boundaries_->receives();
    const ConnectionEnd& end = call.send ? sender() : receiver();
    Q_EMIT callWanted(end.session, end.connection, track.at(call.index).row);
}

void BoundariesView::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

}  // namespace sockstage
