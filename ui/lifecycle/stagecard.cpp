// SPDX-License-Identifier: GPL-3.0-or-later
#include "stagecard.h"

#include <QPainter>
#include <QPainterPath>
#include <QtMath>
#include <algorithm>
#include <map>

#include "theme.h"

namespace sockstage {
namespace {

/// Fonts and sizes of all cards with one base font; made anew only when that font changes.
struct CardMetrics {
    explicit CardMetrics(const QFont& base)
        : nameFont(monospaceFont()), factFont(base), name(withBold(nameFont)), fact(smaller(factFont)) {}

    QFont nameFont, factFont;
    // With fractions: whole numbers do not add up to what is painted where glyphs are placed between pixels.
    QFontMetricsF name, fact;

    qreal lines() const { return name.height() + fact.height(); }
    qreal padding() const { return name.height() / 4; }
    qreal sidePadding() const { return name.height() * 0.38; }
    qreal mark() const { return name.ascent() * 0.82; }
    qreal indent() const { return mark() + name.height() / 4; }

private:
    static QFontMetricsF withBold(QFont& font) {
        font.setBold(true);
        return QFontMetricsF(font);
    }
    static QFontMetricsF smaller(QFont& font) {
        font.setPointSizeF(font.pointSizeF() * 0.92);
        return QFontMetricsF(font);
    }
};

const CardMetrics& metricsOf(const QFont& base) {
    static std::map<QString, CardMetrics> made;
    // The fixed font follows the theme's base font, too.
    const QString key = base.key() + QLatin1Char('|') + monospaceFont().key();
    const auto found = made.find(key);
    return found != made.end() ? found->second : made.emplace(key, CardMetrics(base)).first->second;
}

void drawLine(QPainter& painter, const QFont& font, const QColor& color, const QRectF& box,
              const QString& text) {
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(box, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     QFontMetricsF(font).elidedText(text, Qt::ElideMiddle, box.width()));
}

/// What the second line may say, the most telling first. Of what Step makes at least that it is the next.
QStringList factLines(const StageFacts& facts) {
    const QString dot = QStringLiteral(" · ");
    const bool sameWords = facts.time == facts.fact || !facts.errorName.isEmpty();
    QStringList lines;
    if (facts.fact == QStringLiteral("—"))
        lines = {facts.time, facts.shortTime};
    else if (sameWords)
        lines = {facts.fact, facts.shortFact};
    else if (facts.shortFact == facts.shortTime)
        lines = {facts.fact + dot + facts.time, facts.fact + dot + facts.shortTime, facts.shortFact};
    else
        lines = {facts.fact + dot + facts.time, facts.fact + dot + facts.shortTime, facts.fact,
                 facts.shortFact + dot + facts.shortTime, facts.shortFact};
    if (!facts.next) return lines;
    const QString next = StageCard::tr("next");
    for (QString& line : lines)
        line.prepend(next + dot);
    return lines << next;
}

/// What the second line has room for in the narrowest card; what is longer has a short form.
QString leastFact(Stage stage) {
    if (stage == Stage::Accept) return StageCard::tr("9 accepted");
    return StageCard::growsWithFact(stage) ? StageCard::tr("will hold") : QStringLiteral("↓999.9 kB");
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

bool StageCard::growsWithFact(Stage stage) {
    return stage < Stage::Recv && stage != Stage::Accept;
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

// Both depend on the stage and what it has settled at, never on a running figure: the rail would lay itself
// out with every byte.
QSize StageCard::minimumSizeHint() const {
    const CardMetrics& metrics = metricsOf(font());
    const qreal text = std::max({metrics.name.horizontalAdvance(facts_.name) + metrics.indent(),
                                 metrics.fact.horizontalAdvance(leastFact(facts_.stage)),
                                 metrics.fact.horizontalAdvance(facts_.errorName)});
    return {qCeil(text + 2 * metrics.sidePadding()), qCeil(metrics.lines() + metrics.padding() * 2)};
}

QSize StageCard::sizeHint() const {
    const CardMetrics& metrics = metricsOf(font());
    const bool settled = growsWithFact(facts_.stage) && facts_.state == StageState::Done;
    const QString fact = settled                       ? factLines(facts_).front()
                         : growsWithFact(facts_.stage) ? facts_.fact
                                                       : QStringLiteral("↓999.9 kB · 3 open");
    const QSize least = minimumSizeHint();
    const int liked = qCeil(metrics.fact.horizontalAdvance(fact) + 2 * metrics.sidePadding());
    return {std::max(least.width(), liked), least.height()};
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
    const qreal r = box.width() * 0.44;
    painter.setPen(
        QPen(color, std::max(1.2, box.width() * 0.15), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
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
    const CardMetrics& metrics = metricsOf(font());
    const qreal left = metrics.sidePadding(), width = rect().width() - 2 * left;
    const qreal top = (height() - metrics.lines()) / 2, mark = metrics.mark();
    paintMark(painter, QRectF(left, top + (metrics.name.height() - mark) / 2, mark, mark));
    const bool faint =
        facts_.state == StageState::NotYet || facts_.state == StageState::Skipped || facts_.ended;
    const QColor text = faint ? roleColors().dimmed : palette().color(QPalette::Text);
    const QRectF nameBox(left + metrics.indent(), top, width - metrics.indent(), metrics.name.height());
    drawLine(painter, metrics.nameFont, text, nameBox, facts_.name);
    const QRectF factBox(left, top + metrics.name.height(), width, metrics.fact.height());
    const QColor color = !facts_.errorName.isEmpty() ? roleColors().failed
                         : facts_.next               ? roleColors().held
                                                     : text;
    drawLine(painter, metrics.factFont, color, factBox, fittingFact(width));
}

QString StageCard::fittingFact(qreal width) const {
    const CardMetrics& metrics = metricsOf(font());
    const QStringList lines = factLines(facts_);
    const auto fits = [&](const QString& line) { return metrics.fact.horizontalAdvance(line) <= width; };
    const auto first = std::find_if(lines.begin(), lines.end(), fits);
    return first != lines.end() ? *first : lines.last();
}

}  // namespace sockstage
