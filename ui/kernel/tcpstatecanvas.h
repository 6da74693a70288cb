// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>
#include <optional>

#include "tcpdiagramgeometry.h"

namespace sockstage {

class TcpStateBox;

/// One end as the canvas draws it.
struct TcpEndDrawing {
    TcpTrace trace;
    QString letter;
    std::optional<qint64> remaining;  ///< seconds of its TIME-WAIT
    bool operator==(const TcpEndDrawing&) const = default;
};

/// The boxes and the edges between them; as high as its width asks for.
class TcpStateCanvas : public QWidget {
    Q_OBJECT

public:
    explicit TcpStateCanvas(QWidget* parent = nullptr);
    void setEnds(const TcpEndDrawing& own, const std::optional<TcpEndDrawing>& other);
    /// The state that the mouse is on, else the one with the keyboard.
    std::optional<TcpNode> regarded() const;
    const TcpDiagramGeometry& diagram() const { return diagram_; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void regardedChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    TcpDiagramGeometry fitted(int width) const;
    void placeBoxes();
    void updateLooks();
    void makeTabStop(TcpNode node);
    void announce();
    void hover(std::optional<TcpNode> node);
    bool moveFocus(TcpNode from, int key);
    void paintUntaken(QPainter& painter) const;
    void paintWay(QPainter& painter) const;
    void paintNotes(QPainter& painter) const;
    QFont labelFont() const;

    std::array<TcpStateBox*, tcpNodeCount> boxes_{};
    TcpDiagramGeometry diagram_;
    TcpEndDrawing own_;
    std::optional<TcpEndDrawing> other_;
    std::optional<TcpNode> hovered_;
};

}  // namespace sockstage
