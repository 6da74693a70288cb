// SPDX-License-Identifier: GPL-3.0-or-later
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
    takenBefore_.reset();
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

/// What the kernel has taken of them, ever.
quint64 SendProgress::taken() const {
    if (session_ == nullptr) return 0;
    if (targets_.empty()) return session_->counters().sentBytes.get();
    quint64 sum = 0;
    for (const std::uint32_t number : targets_)
        sum += session_->connections().at(number).sentBytes.get();
    return sum;
}

void SendProgress::refresh(const ConnectionNumbers& targets) {
    if (targets != targets_) takenBefore_.reset();
    targets_ = targets;
    const quint64 left = queued();
    if (left == 0) takenBefore_ = taken();
    // A queue that is empty again at the next look is not worth a line that flashes up.
    readings_ = left == 0 ? 0 : readings_ + 1;
    if (left != 0) show(left);
    setVisible(readings_ > 1);
}

/// Of how many, is only known where the queue was seen before these bytes came.
void SendProgress::show(quint64 left) {
    bar_->setVisible(takenBefore_.has_value());
    if (!takenBefore_) return text_->setText(tr("%1 not yet taken by the kernel").arg(bytesText(left)));
    const quint64 all = left + taken() - *takenBefore_;
    bar_->setValue(static_cast<int>(1000 - 1000 * static_cast<double>(left) / static_cast<double>(all)));
    text_->setText(tr("%1 of %2 not yet taken by the kernel").arg(bytesText(left), bytesText(all)));
}

void SendProgress::cancel() {
    if (session_ != nullptr) session_->cancelSends(targets_);
}

}  // namespace sockstage
