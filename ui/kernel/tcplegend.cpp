// SPDX-License-Identifier: GPL-3.0-or-later
#include "tcplegend.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>

#include "flowlayout.h"
#include "strip.h"
#include "tcparrow.h"
#include "theme.h"

namespace sockstage {
namespace {

/// The mark itself, as large as a line of text.
class Sample : public QWidget {
public:
    Sample(TcpLegend::Mark mark, QWidget* parent) : QWidget(parent), mark_(mark) {
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    }
    void setLetter(const QString& letter) {
        letter_ = letter;
        update();
    }
    QSize sizeHint() const override {
        const int line = fontMetrics().height();
        return {line * 3 / 2, line};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const RoleColors& colors = roleColors();
        if (mark_ == TcpLegend::Mark::NotSeen) {
            const double y = height() / 2.0;
            const TcpArrow dashed{.kind = TcpArrow::Kind::Solid, .dashed = true, .width = 2};
            const QPolygonF line(QList<QPointF>{{0.0, y}, {width() - 1.0, y}});
            return paintArrow(painter, line, dashed, colors.active, {});
        }
        const bool own = mark_ == TcpLegend::Mark::Own;
        const QRectF frame = QRectF(rect()).adjusted(2, 2, -2, -2);
        painter.setPen(QPen(own ? colors.primary : colors.received, 2.2));
        painter.setBrush(own ? colors.primary : palette().color(QPalette::Base));
        painter.drawRoundedRect(frame, 4, 4);
        QFont small = font();
        small.setPointSizeF(small.pointSizeF() * 0.75);
        small.setBold(true);
        painter.setFont(small);
        painter.setPen(own ? colors.primaryText : colors.received);
        painter.drawText(frame, Qt::AlignCenter, letter_);
    }

private:
    const TcpLegend::Mark mark_;
    QString letter_;
};

}  // namespace

class TcpLegend::Entry : public QWidget {
public:
    Entry(Mark mark, QWidget* parent)
        : QWidget(parent), sample_(new Sample(mark, this)), label_(makeLabel({}, this)) {
        setTone(label_, Tone::Dimmed);
        auto* row = new QHBoxLayout(this);
        // Much more to the next one than from a mark to its words: it must be plain which belong together.
        row->setContentsMargins(0, 0, fontMetrics().height(), 0);
        row->setSpacing(fontMetrics().height() / 2);
        row->addWidget(sample_);
        row->addWidget(label_);
        hide();
    }
    void show(const QString& text, const QString& letter) {
        if (label_->text() != text) label_->setText(text);
        sample_->setLetter(letter);
        setVisible(!text.isEmpty());
    }

private:
    Sample* sample_;
    QLabel* label_;
};

TcpLegend::TcpLegend(QWidget* parent) : QWidget(parent), entries_{} {
    auto* flow = new FlowLayout(fontMetrics().height() / 4);
    for (const Mark mark : {Mark::Own, Mark::Other, Mark::NotSeen}) {
        auto* entry = new Entry(mark, this);
        entries_[static_cast<int>(mark)] = entry;
        flow->addWidget(entry);
    }
    setLayout(flow);
}

void TcpLegend::setEntry(Mark mark, const QString& text, const QString& letter) {
    entries_[static_cast<int>(mark)]->show(text, letter);
}

}  // namespace sockstage
