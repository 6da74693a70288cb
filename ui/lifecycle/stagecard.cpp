#include "stagecard.h"

#include <QPainter>
#include <QPainterPath>

#include "theme.h"

namespace sockstage {
namespace {

struct CardFonts {
    QFont name, fact, time;
};

CardFonts cardFonts(const QFont& base) {
    CardFonts fonts{monospaceFont(), monospaceFont(), base};
    fonts.name.setBold(true);
    fonts.time.setPointSizeF(base.pointSizeF() * 0.9);
    return fonts;
}

int padding(const QFontMetrics& metrics) {
    return metrics.height() / 2;
}

int sidePadding(const QFontMetrics& metrics) {
    return metrics.height() * 2 / 5;
}

int markWidth(const QFontMetrics& metrics) {
    return metrics.ascent();
}

QString fitting(const QString& text, const QString& shorter, const QFontMetrics& metrics, int width) {
    if (metrics.horizontalAdvance(text) <= width) return text;
    return metrics.elidedText(shorter, Qt::ElideRight, width);
}

void drawLine(QPainter& painter, const QFont& font, const QColor& color, const QRect& box,
              const QString& text, const QString& shorter) {
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fitting(text, shorter, QFontMetrics(font), box.width()));
}

}  // namespace

StageCard::StageCard(QWidget* parent) : QAbstractButton(parent) {
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setContextMenuPolicy(Qt::CustomContextMenu);
    setAttribute(Qt::WA_Hover);
}

void StageCard::setFacts(const StageFacts& facts) {
    if (facts == facts_) return;
    const QString before = accessibleName();
    facts_ = facts;
    if (const QString now = facts_.accessibleName(); now != before) setAccessibleName(now);
    setToolTip(toolTipText());
    update();
}

QString StageCard::toolTipText() const {
    const QString what =
        tr("%1: %2\n%3\n%4").arg(facts_.name, stateText(facts_.state), facts_.fact, facts_.time);
    const QString keys = tr("Enter shows its calls, H holds before it or releases it, S does it once");
    return QStringLiteral("<p style='white-space:pre'>%1\n\n%2</p>")
        .arg(what.toHtmlEscaped(), keys.toHtmlEscaped());
}

QColor StageCard::stateColor() const {
    const RoleColors& colors = roleColors();
    if (facts_.ended && facts_.state != StageState::Failed) return colors.line;
    switch (facts_.state) {
        case StageState::Waiting:
            return colors.active;
        case StageState::Done:
            return colors.done;
        case StageState::Failed:
            return colors.failed;
        case StageState::Held:
            return colors.held;
        case StageState::NotYet:
            return facts_.willHold ? colors.held : colors.line;
        case StageState::Skipped:
            break;
    }
    return colors.line;
}

QSize StageCard::minimumSizeHint() const {
    const CardFonts fonts = cardFonts(font());
    const QFontMetrics name(fonts.name), fact(fonts.fact), time(fonts.time);
    const int text =
        std::max({name.horizontalAdvance(facts_.name) + markWidth(name) + name.height() / 4,
                  fact.horizontalAdvance(QStringLiteral("999 acc")), fact.horizontalAdvance(facts_.errorName),
                  time.horizontalAdvance(QStringLiteral("waiting 99.9 s"))});
    const int height = name.height() + fact.height() + time.height();
    return {text + 2 * sidePadding(name), height + padding(name) * 2};
}

QSize StageCard::sizeHint() const {
    const QSize least = minimumSizeHint();
    return {least.width() * 3 / 2, least.height()};
}

void StageCard::paintFrame(QPainter& painter) const {
    const bool faint =
        facts_.state == StageState::NotYet || facts_.state == StageState::Skipped || facts_.ended;
    const bool strong = !faint && facts_.state != StageState::Done;
    const qreal width = strong || facts_.willHold ? 2 : 1;
    const QRectF frame = QRectF(rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2);
    painter.setPen(QPen(stateColor(), width, faint && !facts_.ended ? Qt::DashLine : Qt::SolidLine));
    painter.setBrush(isChecked()    ? roleColors().selection
                     : underMouse() ? roleColors().panel
                                    : palette().color(QPalette::Base));
    painter.drawRoundedRect(frame, 4, 4);
    if (!hasFocus()) return;
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(frame.adjusted(2.5, 2.5, -2.5, -2.5), 2.5, 2.5);
}

// Drawn, not glyphs: a font that lacks one of them must not take the state away.
void StageCard::paintMark(QPainter& painter, const QRectF& box) const {
    const bool faint = stateColor() == roleColors().line;
    const QColor color = faint ? roleColors().dimmed : stateColor();
    const QPointF centre = box.center();
    const qreal r = box.width() * 0.36;
    painter.setPen(QPen(color, std::max(1.2, box.width() / 8), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (facts_.willHold ? StageState::Held : facts_.state) {
        case StageState::Done:
            painter.drawPolyline(QPolygonF({centre + QPointF(-r, 0), centre + QPointF(-r * 0.25, r * 0.8),
                                            centre + QPointF(r, -r * 0.9)}));
            break;
        case StageState::Waiting:
            painter.drawEllipse(centre, r, r);
            painter.setBrush(color);
            painter.drawEllipse(centre, r * 0.3, r * 0.3);
            break;
        case StageState::Failed:
            painter.drawLine(centre + QPointF(-r, -r) * 0.85, centre + QPointF(r, r) * 0.85);
            painter.drawLine(centre + QPointF(-r, r) * 0.85, centre + QPointF(r, -r) * 0.85);
            break;
        case StageState::Held:
            painter.drawLine(centre + QPointF(-r * 0.5, -r), centre + QPointF(-r * 0.5, r));
            painter.drawLine(centre + QPointF(r * 0.5, -r), centre + QPointF(r * 0.5, r));
            break;
        case StageState::NotYet:
            painter.drawEllipse(centre, r, r);
            break;
        case StageState::Skipped:
            painter.drawLine(centre + QPointF(-r, 0), centre + QPointF(r, 0));
            break;
    }
}

void StageCard::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setLayoutDirection(Qt::LeftToRight);
    paintFrame(painter);
    const CardFonts fonts = cardFonts(font());
    const QFontMetrics name(fonts.name), fact(fonts.fact), time(fonts.time);
    const int left = sidePadding(name), width = rect().width() - 2 * left;
    int top = (height() - name.height() - fact.height() - time.height()) / 2;
    const int mark = markWidth(name);
    paintMark(painter, QRectF(left, top + (name.height() - mark) / 2.0, mark, mark));
    const bool faint =
        facts_.state == StageState::NotYet || facts_.state == StageState::Skipped || facts_.ended;
    const QColor text = faint ? roleColors().dimmed : palette().color(QPalette::Text);
    const QColor factColor = facts_.errorName.isEmpty() ? text : roleColors().failed;
    const int indent = mark + name.height() / 4;
    drawLine(painter, fonts.name, text, {left + indent, top, width - indent, name.height()}, facts_.name,
             facts_.name);
    top += name.height();
    drawLine(painter, fonts.fact, factColor, {left, top, width, fact.height()}, facts_.fact,
             facts_.shortFact);
    top += fact.height();
    drawLine(painter, fonts.time, roleColors().dimmed, {left, top, width, time.height()}, facts_.time,
             facts_.shortTime);
}

}  // namespace sockstage
