// SPDX-License-Identifier: GPL-3.0-or-later
#include "readlimit.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>

#include "elidinglabel.h"
#include "quantitytext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

QString inForceText(std::size_t bytes) {
    return ReadLimit::tr("in force: %1").arg(grouped(bytes));
}

}  // namespace

ReadLimit::ReadLimit(QWidget* parent)
    : QWidget(parent),
      name_(makeLabel({}, this)),
      unit_(new ElidingLabel(this)),
      state_(makeLabel({}, this)),
      box_(new QSpinBox(this)) {
    box_->setObjectName(QStringLiteral("readLimit"));
    box_->setRange(static_cast<int>(smallestRead), static_cast<int>(largestRead));
    box_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    // Not 1 and 16 on the way to 16384.
    box_->setKeyboardTracking(false);
    box_->setFocusPolicy(Qt::StrongFocus);
    const QString tip =
        tr("The length that each recv() of this socket is given, from the next one on and for "
           "all of its connections. A stream keeps what does not fit for the recv() after; of "
           "a datagram it is cut off.");
    box_->setToolTip(plainToolTip(tip));
    box_->setAccessibleDescription(tip);
    setTone(state_, Tone::Dimmed);
    // The row does not change its shape while one types.
    state_->setMinimumWidth(
        fontMetrics().horizontalAdvance(tr("the latest had %1").arg(grouped(largestRead))));
    state_->setObjectName(QStringLiteral("readLimitState"));
    unit_->setText(tr("bytes per recv()"));
    unit_->setShortText(tr("bytes"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(fontMetrics().height() / 3);
    for (QWidget* part : {static_cast<QWidget*>(name_), static_cast<QWidget*>(box_),
                          static_cast<QWidget*>(unit_), static_cast<QWidget*>(state_)})
        row->addWidget(part);
    connect(box_, &QSpinBox::valueChanged, this, [this](int bytes) {
        if (session_) session_->setReadBytes(static_cast<std::size_t>(bytes));
    });
}

void ReadLimit::setSession(Session* session, const QString& name) {
    const QString text = tr("%1 reads at most").arg(name);
    if (session == session_ && text == name_->text()) return;
    session_ = session;
    name_->setText(text);
    box_->setAccessibleName(tr("%1 bytes per recv()").arg(text));
    refresh(std::nullopt);
}

bool ReadLimit::isEditing() const {
    return box_->hasFocus() && box_->cleanText().toInt() != box_->value();
}

void ReadLimit::refresh(std::optional<std::uint32_t> latest) {
    setEnabled(session_ && !session_->isFinished());
    if (!session_) return state_->clear();
    const int inForce = static_cast<int>(session_->readBytes());
    if (!isEditing() && box_->value() != inForce) {
        const QSignalBlocker quiet(box_);
        box_->setValue(inForce);
    }
    if (const QString text = stateText(latest); text != state_->text()) state_->setText(text);
}

QString ReadLimit::stateText(std::optional<std::uint32_t> latest) const {
    const std::size_t inForce = session_->readBytes();
    if (isEditing()) return inForceText(inForce);
    // A recv() that was made before is on record with the size that it had.
    return latest && *latest != inForce ? tr("the latest had %1").arg(grouped(*latest)) : tr("in force");
}

}  // namespace sockstage
