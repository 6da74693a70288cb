// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstatecanvas.h"

#include <QEvent>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "strip.h"
#include "tcparrow.h"
#include "tcpstatebox.h"
#include "tcpstatetext.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr auto allNodes = [] {
    std::array<TcpNode, tcpNodeCount> nodes{};
    for (std::size_t i = 0; i < tcpNodeCount; ++i)
        nodes[i] = static_cast<TcpNode>(i);
    return nodes;
}();

}  // namespace

TcpStateCanvas::TcpStateCanvas(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    for (const TcpNode node : allNodes) {
        auto* box = new TcpStateBox(node, this);
        boxes_[indexOf(node)] = box;
        box->installEventFilter(this);
    }
    makeTabStop(TcpNode::Closed);
}

void TcpStateCanvas::setEnds(const TcpEndDrawing& own, const std::optional<TcpEndDrawing>& other) {
    if (own == own_ && other == other_) return;
    const bool moved = own.trace.now != own_.trace.now;
    own_ = own;
    other_ = other;
    updateLooks();
    if (moved && !regarded()) makeTabStop(own.trace.now.value_or(TcpNode::Closed));
    update();
}

void TcpStateCanvas::updateLooks() {
    for (const TcpNode node : allNodes) {
        TcpBoxLook look{.own = own_.trace.at(node), .ownNow = own_.trace.now == node};
        if (other_) {
            look.other = other_->trace.at(node);
            look.otherNow = other_->trace.now == node;
            look.ownLetter = own_.letter;
            look.otherLetter = other_->letter;
        }
        boxes_[indexOf(node)]->setLook(look);
    }
}

std::optional<TcpNode> TcpStateCanvas::regarded() const {
    if (hovered_) return hovered_;
    for (const TcpStateBox* box : boxes_)
        if (box->hasFocus()) return box->node();
    return {};
}

QFont TcpStateCanvas::labelFont() const {
    QFont label = monospaceFont();
    label.setPointSizeF(font().pointSizeF());
    return label;
}

TcpDiagramGeometry TcpStateCanvas::fitted(int width) const {
    const QFontMetricsF metrics(labelFont());
    qreal widest = 0;
    for (const TcpNode node : allNodes)
        widest = std::max(widest, metrics.horizontalAdvance(tcpNodeLabel(node)));
    return TcpDiagramGeometry::fit(width, {widest, metrics.height()});
}

void TcpStateCanvas::placeBoxes() {
    diagram_ = fitted(width());
    QFont label = labelFont();
    label.setPointSizeF(label.pointSizeF() * diagram_.labelScale);
    for (TcpStateBox* box : boxes_) {
        box->setFont(label);
        box->place(diagram_.box(box->node()), diagram_.ring, diagram_.tagOf(box->node(), false),
                   diagram_.tagOf(box->node(), true));
    }
    update();
}

QSize TcpStateCanvas::sizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 42;
    return {width, heightForWidth(width)};
}

QSize TcpStateCanvas::minimumSizeHint() const {
    const int width = fontMetrics().averageCharWidth() * 24;
    return {width, heightForWidth(width)};
}

int TcpStateCanvas::heightForWidth(int width) const {
    return static_cast<int>(std::ceil(fitted(width).size.height()));
}

void TcpStateCanvas::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeBoxes();
}

void TcpStateCanvas::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    placeBoxes();
    updateGeometry();
}

// Painting ------------------------------------------------------------------------------------

void TcpStateCanvas::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    paintUntaken(painter);
    paintWay(painter);
    paintNotes(painter);
}

// The ways out of the state that the user looks at stand out, the rarest included.
void TcpStateCanvas::paintUntaken(QPainter& painter) const {
    const auto taken = [this](TcpNode from, TcpNode to) {
        return own_.trace.step(from, to) != nullptr || (other_ && other_->trace.step(from, to) != nullptr);
    };
    const std::optional<TcpNode> asked = regarded();
    const QColor base = palette().color(QPalette::Base), text = palette().color(QPalette::Text);
    for (const bool wayOut : {false, true})
        for (const TcpEdge& edge : tcpEdges()) {
            if ((asked == edge.from) != wayOut || taken(edge.from, edge.to)) continue;
            if (!edge.always && !wayOut) continue;
            // The line to a neighbour and back is one; a way that was taken draws it.
            const TcpArrow arrow{
                .headOnly = taken(edge.to, edge.from), .width = wayOut ? 1.6 : 1.0, .head = diagram_.head};
            paintArrow(painter, diagram_.route(edge.from, edge.to), arrow,
                       wayOut ? text : roleColors().dimmed, base);
        }
}

void TcpStateCanvas::paintWay(QPainter& painter) const {
    const QColor base = palette().color(QPalette::Base);
    const RoleColors& colors = roleColors();
    if (other_)
        for (const TcpTrace::Step& step : other_->trace.steps)
            paintArrow(painter, diagram_.route(step.from, step.to),
                       {.kind = TcpArrow::Kind::Hollow,
                        .dashed = !step.seen,
                        .width = diagram_.head * 0.7,
                        .head = diagram_.head * 1.15},
                       colors.received, base);
    for (const TcpTrace::Step& step : own_.trace.steps)
        paintArrow(painter, diagram_.route(step.from, step.to),
                   {.kind = TcpArrow::Kind::Solid, .dashed = !step.seen, .width = 2, .head = diagram_.head},
                   colors.active, base);
}

void TcpStateCanvas::paintNotes(QPainter& painter) const {
    QFont small = labelFont();
    small.setPointSizeF(small.pointSizeF() * diagram_.labelScale);
    small.setBold(true);
    painter.setFont(small);
    const auto note = [&](const TcpEndDrawing& end, const QColor& color) {
        if (!end.remaining || !end.trace.now || indexOf(*end.trace.now) < indexOf(TcpNode::FinWait2)) return;
        painter.setPen(color);
        painter.drawText(diagram_.noteBelow(*end.trace.now), Qt::AlignCenter | Qt::TextSingleLine,
                         tr("%1 s left").arg(*end.remaining));
    };
    if (other_) note(*other_, roleColors().received);
    note(own_, roleColors().active);
}

// Keyboard ------------------------------------------------------------------------------------

// One stop for the Tab key; the arrows move inside.
void TcpStateCanvas::makeTabStop(TcpNode node) {
    for (TcpStateBox* box : boxes_)
        box->setFocusPolicy(box->node() == node ? Qt::StrongFocus : Qt::ClickFocus);
}

bool TcpStateCanvas::eventFilter(QObject* watched, QEvent* event) {
    auto* box = qobject_cast<TcpStateBox*>(watched);
    if (box == nullptr) return false;
    switch (event->type()) {
        case QEvent::Enter:
            hover(box->node());
            return false;
        case QEvent::Leave:
            if (hovered_ == box->node()) hover({});
            return false;
        case QEvent::FocusIn:
            makeTabStop(box->node());
            [[fallthrough]];
        case QEvent::FocusOut:
            // The focus is settled only after the event.
            QMetaObject::invokeMethod(this, &TcpStateCanvas::announce, Qt::QueuedConnection);
            return false;
        case QEvent::KeyPress:
            return moveFocus(box->node(), static_cast<QKeyEvent*>(event)->key());
        default:
            return false;
    }
}

void TcpStateCanvas::hover(std::optional<TcpNode> node) {
    hovered_ = node;
    announce();
}

void TcpStateCanvas::announce() {
    update();
    Q_EMIT regardedChanged();
}

bool TcpStateCanvas::moveFocus(TcpNode from, int key) {
    constexpr int columns = 3, last = static_cast<int>(tcpNodeCount) - 1;
    const int at = static_cast<int>(indexOf(from));
    int to = 0;
    switch (key) {
        case Qt::Key_Left:
            to = at - 1;
            break;
        case Qt::Key_Right:
            to = at + 1;
            break;
        case Qt::Key_Up:
            to = at - columns;
            break;
        case Qt::Key_Down:
            to = at + columns;
            break;
        case Qt::Key_Home:
            to = 0;
            break;
        case Qt::Key_End:
            to = last;
            break;
        default:
            return false;
    }
    if (to >= 0 && to <= last) boxes_[static_cast<std::size_t>(to)]->setFocus(Qt::OtherFocusReason);
    return true;
}

}  // namespace sockstage
