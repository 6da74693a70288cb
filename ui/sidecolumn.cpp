// SPDX-License-Identifier: GPL-3.0-or-later
#include "sidecolumn.h"

#include <QSettings>

#include "guideplace.h"
#include "kernelpanel.h"
#include "lastseen.h"
#include "settings.h"
#include "sidesection.h"
#include "stageinspector.h"
#include "tcpendof.h"

namespace sockstage {
namespace {

constexpr const char* detailedKey = "window/stageDetailed";

}  // namespace

SideColumn::SideColumn(Session& session, Observation& observation, QWidget* parent)
    : SidePanel(parent),
      session_(session),
      observation_(observation),
      stage_(new StageInspector(this)),
      kernel_(new KernelPanel(this)),
      states_(new TcpStateDiagram(this)) {
    stage_->setSession(&session);
    addSections();
    connect(stage_, &StageInspector::headingChanged, this, &SideColumn::showHeading);
    showHeading();
}

SideColumn::~SideColumn() {
    leave();
}

void SideColumn::addSections() {
    stageSection_ = addSection(QStringLiteral("stage"), tr("Stage"), stage_);
    kernelSection_ = addSection(QStringLiteral("kernel"), tr("Kernel buffers"), kernel_);
    statesSection_ = addSection(QStringLiteral("states"), tr("TCP state"), states_);
    statesSection_->setVisible(isTcp(session_.config().role));
    setGuidePlace(kernelSection_, QStringLiteral("window#kernel-buffers"));
    setGuidePlace(statesSection_, QStringLiteral("tcp-states"));
}

void SideColumn::showHeading() {
    stageSection_->setTitle(stage_->title());
    stageSection_->setNote(stage_->fact());
}

void SideColumn::look(std::uint32_t connection) {
    connection_ = connection;
    const ConnectionEnd other = observation_.look(this, session_, connection);
    const QString socket = socketText(session_, connection);
    showKernel(socket);
    if (isTcp(session_.config().role)) showStates(socket, other);
}

void SideColumn::leave() {
    observation_.leave(this);
}

void SideColumn::showKernel(const QString& socket) {
    const SocketKind kind = socketKind(session_.config().role, connection_);
    kernelSection_->setNote(socket);
    kernel_->setHistory(session_.kernelHistory(connection_), kind, socket);
    const QString lastSeen = lastSeenSentence(session_, connection_);
    kernel_->setLastSeen(lastSeen.isEmpty() ? neverSeenSentence(session_, connection_) : lastSeen);
    if (kind == SocketKind::Listener) kernel_->setBacklog(session_.config().backlog);
}

void SideColumn::showStates(const QString& socket, const ConnectionEnd& other) {
    statesSection_->setNote(socket);
    states_->setStates(tcpEndOf(session_, connection_));
    if (other)
        states_->setPeer(tcpEndOf(*other.session, other.connection));
    else
        states_->clearPeer();
}

void SideColumn::refresh() {
    stage_->refresh();
    kernel_->refresh();
}

void SideColumn::saveState(QSettings& settings) const {
    SidePanel::saveState(settings);
    settings.setValue(settingsKey(detailedKey), stage_->isDetailed());
}

void SideColumn::restoreState(QSettings& settings) {
    SidePanel::restoreState(settings);
    stage_->setDetailed(settings.value(settingsKey(detailedKey)).toBool());
}

}  // namespace sockstage
