// SPDX-License-Identifier: GPL-3.0-or-later
#include "bytespanel.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "calltext.h"
#include "hexdump.h"
#include "payloadtext.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

std::span<const std::byte> view(const QByteArray& bytes) {
    return std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

// A label breaks lines at blanks only; an escaped payload has none.
QString breakable(QString text) {
    constexpr QChar zeroWidthSpace{0x200b};
    return text.replace(QLatin1Char('\\'), QString(zeroWidthSpace) + QLatin1Char('\\'));
}

}  // namespace

BytesPanel::BytesPanel(QWidget* parent)
    : QWidget(parent), dump_(new HexDump(this)), side_(new QWidget(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins({});
    row->setSpacing(0);
    row->addWidget(dump_, 5);
    row->addWidget(makeLine(Qt::Vertical, this));
    row->addWidget(side_, 2);
    buildSide();
    dump_->setContextMenuPolicy(Qt::ActionsContextMenu);
    clear();
}

void BytesPanel::buildSide() {
    side_->setAutoFillBackground(true);
    side_->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(side_);
    const int space = fontMetrics().height() / 2;
    column->setContentsMargins(space, space, space, space);
    column->setSpacing(space / 2);
    sentence_ = makeTextLabel(side_);
    call_ = makeTextLabel(side_);
    times_ = makeTextLabel(side_);
    sentence_->setAccessibleName(tr("What the chosen call did"));
    call_->setAccessibleName(tr("The chosen call"));
    // A long call in a low panel scrolls; the buttons stay.
    auto* texts = new QWidget;
    texts->setAutoFillBackground(true);
    texts->setBackgroundRole(QPalette::Base);
    auto* lines = new QVBoxLayout(texts);
    lines->setContentsMargins({});
    lines->setSpacing(space / 2);
    for (QLabel* label : {sentence_, call_, times_})
        lines->addWidget(label);
    lines->addStretch();
    auto* scroll = new QScrollArea(side_);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setWidget(texts);
    scroll->setMinimumWidth(fontMetrics().averageCharWidth() * 34);
    column->addWidget(scroll);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space / 2);
    buttons->addWidget(makeLabel(tr("Copy as"), side_));
    column->addLayout(buttons);
    addCopy(CopyAs::Text, tr("Text"), QKeySequence::Copy);
    addCopy(CopyAs::Hex, tr("Hex"), QKeySequence(tr("Ctrl+Shift+C")));
    addCopy(CopyAs::CArray, tr("C array"), QKeySequence(tr("Ctrl+Alt+C")));
    for (QPushButton* button : copyButtons_)
        buttons->addWidget(button);
    buttons->addStretch();
    auto* close = new QToolButton(side_);
    close->setText(QStringLiteral("✕"));
    close->setObjectName(QStringLiteral("closeBytes"));
    close->setProperty("quiet", true);
    close->setAccessibleName(tr("Put the bytes away"));
    close->setToolTip(tr("Put the bytes away; a click on a row brings them back"));
    close->setFocusPolicy(Qt::StrongFocus);
    connect(close, &QToolButton::clicked, this, &BytesPanel::closeWanted);
    buttons->addWidget(close);
}

QSize BytesPanel::sizeHint() const {
    return {QWidget::sizeHint().width(), fontMetrics().height() * 6};
}

void BytesPanel::addCopy(CopyAs as, const QString& text, const QKeySequence& keys) {
    auto* action = new QAction(tr("Copy as %1").arg(text), this);
    action->setShortcut(keys);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, [this, as] { copy(as); });
    addAction(action);
    dump_->addAction(action);
    auto* button = new QPushButton(text, side_);
    button->setProperty("small", true);
    button->setAccessibleName(action->text());
    button->setToolTip(
        plainToolTip(tr("Copy the bytes as %1 (%2)").arg(text, keys.toString(QKeySequence::NativeText))));
    connect(button, &QPushButton::clicked, action, &QAction::trigger);
    copyButtons_.push_back(button);
}

void BytesPanel::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    source_ = session == nullptr ? RecordSource{} : RecordSource::of(*session);
    clear();
}

void BytesPanel::clear() {
    sentence_->clear();
    call_->clear();
    times_->clear();
    display({}, tr("Choose a row above to see its bytes."));
}

void BytesPanel::display(const QByteArray& bytes, const QString& placeholder) {
    dump_->setPlaceholder(placeholder);
    dump_->setBytes(bytes);
    for (QPushButton* button : copyButtons_)
        button->setEnabled(!bytes.isEmpty());
    for (QAction* action : actions())
        action->setEnabled(!bytes.isEmpty());
}

void BytesPanel::showRow(quint64 captureRow) {
    clear();
    if (!session_) return;
    const auto pin = source_.capture->pin(captureRow);
    if (pin) return showRecord(pin, pin.record(captureRow));
    const bool evicted = captureRow < source_.capture->beginRow();
    display({}, evicted ? tr("Evicted: the capture's limit of %1 has pushed this row out.")
                              .arg(bytesText(source_.capture->limitBytes()))
                        : tr("There is no such row."));
}

void BytesPanel::showRecord(const CaptureStore::Pin& pin, const CallRecord& record) {
    const auto moved = isTransfer(record.call) ? pin.data(record) : std::span<const std::byte>();
    display(QByteArray(reinterpret_cast<const char*>(moved.data()), static_cast<qsizetype>(moved.size())),
            tr("This call moved no data."));
    sentence_->setText(sentence(pin, record));
    if (record.call == Call::Mark) return;
    call_->setFont(monospaceFont());
    call_->setText(breakable(toQString(callText(record, pin.bytes(record), CallNotation::Libc))));
    times_->setText(times(record));
}

QString BytesPanel::sentence(const CaptureStore::Pin& pin, const CallRecord& record) const {
    const QString peer = recordPeer(source_, pin, record);
    const bool moved = isTransfer(record.call) && record.result > 0;
    if (!moved) return trafficLine(source_, pin, record, PayloadStyle::Text, 0).plainText();
    const QString count =
        record.dataLength() == 1 ? tr("1 byte") : tr("%1 bytes").arg(grouped(record.dataLength()));
    QString text = isReceive(record.call) ? tr("%1 received from %2").arg(count, peer)
                                          : tr("%1 sent to %2").arg(count, peer);
    if (record.truncated())
        text += tr("; %1 more were lost: the datagram was longer than the read size")
                    .arg(grouped(static_cast<quint64>(record.result) - record.dataLength()));
    if (isSend(record.call) && record.result < static_cast<std::int64_t>(record.asked))
        text += tr(" of %1 offered; the kernel had no room for the rest").arg(grouped(record.asked));
    return text;
}

QString BytesPanel::times(const CallRecord& record) const {
    return tr("%1 · %2 in the call")
        .arg(timeOfDayText(source_.capture->toEpochNs(record.beginNs)), durationText(record.durationNs));
}

void BytesPanel::copy(CopyAs as) const {
    const auto bytes = view(dump_->bytes());
    const auto text = as == CopyAs::Text  ? escapedText(bytes)
                      : as == CopyAs::Hex ? hexText(bytes)
                                          : cArrayText(bytes, "data");
    QApplication::clipboard()->setText(toQString(text));
}

}  // namespace sockstage
