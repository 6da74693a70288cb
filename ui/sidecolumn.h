// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "observation.h"
#include "sidepanel.h"

namespace sockstage {

class KernelPanel;
class SideSection;
class StageInspector;
class TcpStateDiagram;

/// The right column of a session's page: the chosen stage, what the kernel holds for the chosen socket, and
/// its TCP state. It looks at the kernel only while it is told to.
class SideColumn : public SidePanel {
    Q_OBJECT

public:
    SideColumn(Session& session, Observation& observation, QWidget* parent = nullptr);
    ~SideColumn() override;

    StageInspector& stage() const { return *stage_; }
    KernelPanel& kernel() const { return *kernel_; }
    TcpStateDiagram& states() const { return *states_; }

    /// The socket that the column is about from now on; 0: the session's own. On the page's slow tick.
    void look(std::uint32_t connection);
    /// The column is not visible any more.
    void leave();
    /// On the page's tick.
    void refresh();

    void saveState(QSettings& settings) const;
    void restoreState(QSettings& settings);

private:
    void addSections();
    void showHeading();
    void showKernel(const QString& socket);
    void showStates(const QString& socket, const ConnectionEnd& other);

    Session& session_;
    Observation& observation_;
    StageInspector* stage_;
    KernelPanel* kernel_;
    TcpStateDiagram* states_;
    SideSection *stageSection_ = nullptr, *kernelSection_ = nullptr, *statesSection_ = nullptr;
    std::uint32_t connection_ = 0;
};

}  // namespace sockstage
