// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <optional>

#include "boundarylayout.h"

namespace sockstage {

/// Sends of one end as boxes above, receives of the other end as boxes below, and between them the bytes that
/// belong together. Follows the newest until the user scrolls back; then it keeps its place among the calls,
/// whatever comes.
class BoundaryStrip : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit BoundaryStrip(QWidget* parent = nullptr);

    /// What is shown from now on, owned by the caller; null: nothing. `epochOffsetNs`: see boundaryLines().
    void setSource(const CallBoundaries* boundaries, qint64 epochOffsetNs);
    void setNames(const QString& sender, const QString& receiver);
    /// After every update of the source. `caughtUp`: there is no more to read for now. True: it has changed.
    bool refresh(bool caughtUp);
    bool follows() const { return follow_; }
    void setFollow(bool follow);
    double zoom() const { return scale_.zoom; }

    std::optional<BoundaryCallId> current() const { return current_; }
    /// What the mouse is on, else the current call, else the newest group: in words.
    QStringList readout() const;
    /// The sentences of the groups on screen; for tests and for a screen reader.
    QStringList visibleGroups() const;
    /// "paused · press End to follow"; empty while following.
    QString hint() const;
    const BoundaryLayout& boxes() const { return layout_; }
    /// Where a box is painted, in the viewport.
    QRectF rectOf(const BoundaryBox& box) const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void followChanged(bool follows);
    void readoutChanged();
    /// Enter, or a double click.
    void activated(const sockstage::BoundaryCallId& call);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    /// A place that stays where it is on screen: so far from the left edge of a box.
    struct Anchor {
        BoundaryCallId call;
        double part = 0;    ///< of the box's width
        double screen = 0;  ///< x in the viewport
    };
    /// What is pointed at: a group, and where it is on a box also the call.
    struct Spot {
        std::size_t column = 0;
        std::optional<BoundaryCallId> call;
        bool operator==(const Spot&) const = default;
    };
    /// Heights, from the top of the viewport.
    struct Rows {
        double caption = 0, box = 0, sends = 0, receives = 0, below = 0;
        bool twoLines = true;
    };
    struct Seen {
        std::uint64_t sendsBegin, sendsEnd, receivesBegin, receivesEnd;
        bool placeKnown;
        bool operator==(const Seen&) const = default;
    };

    Seen seen() const;
    void arrange(const std::optional<Anchor>& anchor);
    void keepTones(const BoundaryLayout& next);
    bool isOdd(std::size_t column) const { return (column + toneShift_) % 2 != 0; }
    std::optional<Anchor> leftEdge() const;
    Anchor around(const BoundaryBox& box, double screen) const;
    double margin() const { return scale_.character; }
    double left() const;
    double lastLeft() const;
    void setLeft(double left);
    void scrollByUser(double left);
    void zoomTo(double zoom, double screen);
    void reveal(const BoundaryBox& box);
    Rows rows() const;
    std::optional<Spot> spotAt(const QPointF& at) const;
    /// See readout().
    std::optional<Spot> regarded() const;
    void point(const std::optional<QPointF>& at);
    void choose(const BoundaryBox& box);
    void clearChoice();
    void moveChoice(int key, Qt::KeyboardModifiers modifiers);
    const BoundaryBox* besides(const BoundaryBox& box, bool later, bool group) const;
    const BoundaryBox* opposite(const BoundaryBox& box, bool sends) const;
    const BoundaryBox* firstChoice() const;
    bool zoomKey(int key);
    void told();
    void copyReadout() const;

    // Painting, in boundarystrippaint.cpp.
    QRectF onScreen(double x, double width, double top, double height) const;
    void paintNothing(QPainter& painter) const;
    void paintCaptions(QPainter& painter) const;
    void paintColumns(QPainter& painter) const;
    void paintGaps(QPainter& painter) const;
    void paintBoxes(QPainter& painter, bool sends) const;
    void paintBox(QPainter& painter, const BoundaryBox& box) const;
    void paintFigures(QPainter& painter, const BoundaryBox& box, const QRectF& frame) const;

    const CallBoundaries* boundaries_ = nullptr;
    qint64 epochOffsetNs_ = 0;
    QString sender_, receiver_;
    BoundaryScale scale_;
    BoundaryLayout layout_;
    std::optional<Seen> seen_;
    std::optional<BoundaryCallId> current_;
    std::optional<QPointF> mouse_;
    std::optional<Spot> hovered_;
    std::size_t toneShift_ = 0;
    int wheelRest_ = 0;
    bool follow_ = true, caughtUp_ = true, settingBar_ = false;
};

}  // namespace sockstage
