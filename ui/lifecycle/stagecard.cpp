#include "stagecard.h"

#include <QPainter>
#include <QPainterPath>
#include <QtMath>
#include <algorithm>

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

/// Metrics with fractions: whole numbers do not add up to what is painted where glyphs are placed between
/// pixels.
struct CardMetrics {
    explicit CardMetrics(const CardFonts& fonts) : name(fonts.name), fact(fonts.fact), time(fonts.time) {}
    QFontMetricsF name, fact, time;

    qreal lines() const { return name.height() + fact.height() + time.height(); }
    qreal padding() const { return name.height() / 2; }
    qreal sidePadding() const { return name.height() * 0.4; }
    qreal mark() const { return name.ascent(); }
    qreal indent() const { return mark() + name.height() / 4; }
};

QString fitting(const QString& text, const QString& shorter, const QFontMetricsF& metrics, qreal width) {
    if (metrics.horizontalAdvance(text) <= width) return text;
    return metrics.elidedText(shorter, Qt::ElideRight, width);
}

void drawLine(QPainter& painter, const QFont& font, const QColor& color, const QRectF& box,
              const QString& text, const QString& shorter) {
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fitting(text, shorter, QFontMetricsF(font), box.width()));
}

/// Set up once: what it shows does not change any more, so the card may grow to it.
bool isSetUpStage(Stage stage) {
    return stage < Stage::Recv && stage != Stage::Accept;
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
    const CardMetrics metrics(fonts);
    const qreal text = std::max({metrics.name.horizontalAdvance(facts_.name) + metrics.indent(),
                                 metrics.fact.horizontalAdvance(QStringLiteral("999 acc")),
                                 metrics.fact.horizontalAdvance(facts_.errorName),
                                 metrics.time.horizontalAdvance(QStringLiteral("next · 9.9 s"))});
    return {qCeil(text + 2 * metrics.sidePadding()), qCeil(metrics.lines() + metrics.padding() * 2)};
}

QSize StageCard::sizeHint() const {
    const CardFonts fonts = cardFonts(font());
    const CardMetrics metrics(fonts);
    const QString fact = isSetUpStage(facts_.stage) ? facts_.fact : QStringLiteral("↓999.9 kB");
    const qreal text = std::max(metrics.fact.horizontalAdvance(fact),
                                metrics.time.horizontalAdvance(QStringLiteral("waiting 99.9 s")));
    const QSize least = minimumSizeHint();
    return {std::max(least.width(), qCeil(text + 2 * metrics.sidePadding())), least.height()};
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
    painter.setBrush(Qt::NoBrush);
    const auto inner = [&](qreal inset) { return frame.adjusted(inset, inset, -inset, -inset); };
    if (facts_.next) {
        painter.setPen(QPen(roleColors().held, 1.5));
        painter.drawRoundedRect(inner(3), 2.5, 2.5);
    }
    if (!hasFocus()) return;
    painter.setPen(QPen(palette().color(QPalette::Text), 1, Qt::DotLine));
    painter.drawRoundedRect(inner(facts_.next ? 5 : 2.5), 2.5, 2.5);
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
    const CardMetrics metrics(fonts);
    const qreal left = metrics.sidePadding(), width = rect().width() - 2 * left;
    qreal top = (height() - metrics.lines()) / 2;
    const auto line = [&](const QFontMetricsF& of, qreal indent) {
        const QRectF box(left + indent, top, width - indent, of.height());
        top += of.height();
        return box;
    };
    const qreal mark = metrics.mark();
    paintMark(painter, QRectF(left, top + (metrics.name.height() - mark) / 2, mark, mark));
    const bool faint =
        facts_.state == StageState::NotYet || facts_.state == StageState::Skipped || facts_.ended;
    const QColor text = faint ? roleColors().dimmed : palette().color(QPalette::Text);
    const QColor factColor = facts_.errorName.isEmpty() ? text : roleColors().failed;
    drawLine(painter, fonts.name, text, line(metrics.name, metrics.indent()), facts_.name, facts_.name);
    drawLine(painter, fonts.fact, factColor, line(metrics.fact, 0), facts_.fact, facts_.shortFact);
    const QString next = facts_.next ? tr("next · ") : QString();
    drawLine(painter, fonts.time, facts_.next ? roleColors().held : roleColors().dimmed,
             line(metrics.time, 0), next + facts_.time, next + facts_.shortTime);
}

}  // namespace sockstage
