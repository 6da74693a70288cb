#include "sendprogress.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include "quantitytext.h"
#include "strip.h"

namespace sockstage {

SendProgress::SendProgress(QWidget* parent)
    : QWidget(parent), text_(makeLabel({}, this)), bar_(new QProgressBar(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    bar_->setFixedHeight(fontMetrics().height() / 2);
    bar_->setAccessibleName(tr("Part of the queued bytes that the kernel has taken"));
    auto* cancelButton = new QPushButton(tr("Cancel"), this);
    cancelButton->setObjectName(QStringLiteral("cancelSends"));
    cancelButton->setToolTip(tr("Drop what the kernel has not taken yet; it is counted as discarded"));
    row->addWidget(text_);
    row->addWidget(bar_, 1);
    row->addWidget(cancelButton);
    connect(cancelButton, &QPushButton::clicked, this, &SendProgress::cancel);
    hide();
}

void SendProgress::setSession(Session* session) {
    session_ = session;
    most_ = 0;
    readings_ = 0;
    hide();
}

quint64 SendProgress::queued() const {
    if (session_ == nullptr) return 0;
    if (targets_.empty()) return session_->counters().queuedBytes.get();
    quint64 sum = 0;
    for (const std::uint32_t number : targets_)
        sum += session_->connections().at(number).queuedBytes.get();
    return sum;
}

void SendProgress::refresh(const ConnectionNumbers& targets) {
    targets_ = targets;
    const quint64 left = queued();
    most_ = left == 0 ? 0 : qMax(most_, left);
    // A queue that is empty again at the next look is not worth a line that flashes up.
    readings_ = left == 0 ? 0 : readings_ + 1;
    setVisible(readings_ > 1);
    if (left == 0) return;
    bar_->setValue(static_cast<int>(1000 - 1000 * static_cast<double>(left) / static_cast<double>(most_)));
    text_->setText(tr("%1 of %2 not yet taken by the kernel").arg(bytesText(left), bytesText(most_)));
}

void SendProgress::cancel() {
    if (session_ != nullptr) session_->cancelSends(targets_);
}

}  // namespace sockstage
