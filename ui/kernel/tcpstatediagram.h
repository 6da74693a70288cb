// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "kernelfacts.h"
#include "tcpstate.h"
#include "tcpstatecanvas.h"

class QLabel;

namespace sockstage {

class TcpLegend;

/// One end of a connection, as it is given to the diagram.
struct TcpEnd {
    std::vector<TcpState> way;            ///< Session::tcpStateHistory(): what the kernel was seen in
    TcpState origin = TcpState::Unknown;  ///< see traceOf()
    bool reset = false;                   ///< the same
    std::optional<KernelFacts> facts;     ///< the latest, for the time that TIME-WAIT has left
    QString lastSeen;                     ///< where the last look is not what is now: a sentence instead
    QString title;                        ///< "server, fd 9"
    QString letter;                       ///< the mark at its state: "S"
};

/// The eleven states of RFC 9293 with the real way of a connection through them, and of its other end where
/// both are ours. Below it a legend, and one sentence about the state that the mouse or the keyboard is on,
/// else about the state now. The same facts are its accessible description.
class TcpStateDiagram : public QWidget {
    Q_OBJECT

public:
    explicit TcpStateDiagram(QWidget* parent = nullptr);
    void setStates(const TcpEnd& own);
    void setPeer(const TcpEnd& peer);
    void clearPeer();
    /// Counts the remaining time down.
    void refresh();
    TcpStateCanvas& canvas() const { return *canvas_; }

private:
    void describe(const TcpEndDrawing& own, const std::optional<TcpEndDrawing>& peer);
    void showSentence();

    TcpStateCanvas* canvas_;
    TcpLegend* legend_;
    QLabel* sentence_;
    TcpEnd own_;
    std::optional<TcpEnd> peer_;
};

}  // namespace sockstage
