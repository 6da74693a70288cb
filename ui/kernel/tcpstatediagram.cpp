// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcpstatediagram.h"

#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "capturestore.h"
#include "tcplegend.h"
#include "tcpstatetext.h"
#include "theme.h"

namespace sockstage {
namespace {

/// As high as the longest sentence, so that nothing moves while the mouse goes over the states.
class SentenceLabel : public QLabel {
public:
    explicit SentenceLabel(QWidget* parent) : QLabel(parent) {
        setTextFormat(Qt::PlainText);
        setWordWrap(true);
        setAlignment(Qt::AlignLeft | Qt::AlignTop);
        setAccessibleName(TcpStateDiagram::tr("About the state"));
    }
    static QString of(TcpNode node) {
        return unbroken(TcpStateDiagram::tr("%1: %2").arg(tcpNodeLabel(node), tcpNodeSentence(node)));
    }
    /// A state's name is one word.
    static QString unbroken(QString text) { return text.replace(QLatin1Char('-'), QChar(0x2011)); }
    int heightOf(const QString& text, int width) const {
        return fontMetrics().boundingRect(QRect(0, 0, width, 10'000), Qt::TextWordWrap, text).height();
    }
    int heightForWidth(int width) const override {
        int most = heightOf(text(), width);
        for (std::size_t i = 0; i < tcpNodeCount; ++i)
            most = std::max(most, heightOf(of(static_cast<TcpNode>(i)), width));
        return most;
    }
};

std::optional<qint64> remainingOf(const TcpEnd& end) {
    const bool now = end.facts && end.lastSeen.isEmpty();
    return now ? remainingSeconds(*end.facts, CaptureStore::nowNs()) : std::nullopt;
}

TcpEndDrawing drawingOf(const TcpEnd& end) {
    TcpEndDrawing drawing{traceOf(end.way, end.origin, end.reset), end.letter, remainingOf(end)};
    if (!end.lastSeen.isEmpty()) drawing.trace.now.reset();
    return drawing;
}

QString nowText(const TcpEnd& end, const TcpEndDrawing& drawing) {
    // More follows: without the full stop.
    return end.lastSeen.isEmpty() ? tcpNowText(drawing.trace, drawing.remaining) : end.lastSeen.chopped(1);
}

bool hasGaps(const TcpTrace& trace) {
    const auto passed = [](Reach reach) { return reach == Reach::Passed; };
    return std::any_of(trace.reach.begin(), trace.reach.end(), passed);
}

}  // namespace

TcpStateDiagram::TcpStateDiagram(QWidget* parent)
    : QWidget(parent),
      canvas_(new TcpStateCanvas(this)),
      legend_(new TcpLegend(this)),
      sentence_(new SentenceLabel(this)) {
    setAccessibleName(tr("TCP state"));
    setTone(sentence_, Tone::Dimmed);
    sentence_->setObjectName(QStringLiteral("stateSentence"));
    const int space = fontMetrics().height() / 2;
    auto* below = new QVBoxLayout;
    below->setContentsMargins(space, 0, space, space);
    below->setSpacing(space);
    below->addWidget(legend_);
    below->addWidget(sentence_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(canvas_);
    column->addLayout(below);
    connect(canvas_, &TcpStateCanvas::regardedChanged, this, &TcpStateDiagram::showSentence);
    refresh();
}

void TcpStateDiagram::setStates(const TcpEnd& own) {
    own_ = own;
    refresh();
}

void TcpStateDiagram::setPeer(const TcpEnd& peer) {
    peer_ = peer;
    refresh();
}

void TcpStateDiagram::clearPeer() {
    peer_.reset();
    refresh();
}

void TcpStateDiagram::refresh() {
    const TcpEndDrawing own = drawingOf(own_);
    std::optional<TcpEndDrawing> peer;
    if (peer_) peer = drawingOf(*peer_);
    canvas_->setEnds(own, peer);
    describe(own, peer);
    showSentence();
}

void TcpStateDiagram::describe(const TcpEndDrawing& own, const std::optional<TcpEndDrawing>& peer) {
    QString text = nowText(own_, own);
    if (!own.trace.visits.empty()) text += tr("; way: %1").arg(tcpWayText(own.trace));
    if (peer) text += tr("; peer: %1").arg(nowText(*peer_, *peer));
    if (peer && !peer->trace.visits.empty()) text += tr("; its way: %1").arg(tcpWayText(peer->trace));
    if (text != accessibleDescription()) setAccessibleDescription(text);
    legend_->setEntry(TcpLegend::Mark::Own, peer ? own_.title : QString(), own.letter);
    legend_->setEntry(TcpLegend::Mark::Other, peer ? peer_->title : QString(),
                      peer ? peer->letter : QString());
    const bool gaps = hasGaps(own.trace) || (peer && hasGaps(peer->trace));
    legend_->setEntry(TcpLegend::Mark::NotSeen, gaps ? tr("passed, not seen") : QString());
}

void TcpStateDiagram::showSentence() {
    const std::optional<TcpNode> regarded = canvas_->regarded();
    const std::optional<TcpNode> shown = regarded ? regarded : drawingOf(own_).trace.now;
    const QString unknown = own_.lastSeen.isEmpty()
                                ? tr("No state yet: nobody has seen this socket in the kernel.")
                                : own_.lastSeen;
    QString text = shown ? SentenceLabel::of(*shown) : SentenceLabel::unbroken(unknown);
    // No mark in the picture shows it.
    if (peer_ && !peer_->lastSeen.isEmpty())
        text += QLatin1Char('\n') + SentenceLabel::unbroken(tr("The other end: %1").arg(peer_->lastSeen));
    if (sentence_->text() != text) sentence_->setText(text);
}

}  // namespace sockstage
