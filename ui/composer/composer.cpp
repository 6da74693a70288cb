// SPDX-License-Identifier: GPL-3.0-or-later
#include "composer.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <algorithm>

#include "choicebutton.h"
#include "composerlines.h"
#include "messagebytes.h"
#include "messageedit.h"
#include "plaintext.h"
#include "quantitytext.h"
#include "sendprogress.h"
#include "strip.h"
#include "targetchoice.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr qsizetype liveParseBytes =
    qsizetype{64} * 1024;                       ///< longer texts are read a moment after the last key
constexpr quint64 repeatQueueBytes = 64 << 20;  ///< a peer that does not read must not fill our memory

}  // namespace

Composer::Composer(QWidget* parent)
    : QWidget(parent),
      target_(new TargetChoice(this)),
      notation_(new ChoiceButton(tr("How the message is written"), this)),
      ending_(new ChoiceButton(tr("What is appended to a text"), this)),
      repeat_(new ChoiceButton(tr("Send again and again"), this)),
      file_(new QPushButton(this)),
      saved_(new QPushButton(this)),
      count_(makeLabel({}, this)),
      note_(makeLabel({}, this)),
      attachmentText_(makeLabel({}, this)),
      attachmentRow_(nullptr),
      progress_(new SendProgress(this)),
      edit_(new MessageEdit(this)),
      send_(new QPushButton(tr("Send"), this)),
      stop_(new QPushButton(tr("Stop"), this)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    const int space = fontMetrics().height() / 2;
    makeChoices();
    makeEdit();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space, space * 2 / 3, space, space * 2 / 3);
    column->setSpacing(space * 2 / 3);
    column->addWidget(attachmentRow_ = makeAttachmentRow());
    column->addWidget(progress_);
    lines_ = new ComposerLines({.before = {target_, notation_},
                                .after = {ending_, repeat_, file_, saved_},
                                .edit = edit_,
                                .count = count_,
                                .send = {send_, stop_}},
                               space * 2 / 3);
    column->addLayout(lines_);
    column->addWidget(note_);
    connectParts();
    parse();
}

void Composer::makeChoices() {
    notation_->addChoice(tr("Text with escapes (\\n \\r \\t \\0 \\\\ \\xHH)"), false, tr("Text"));
    notation_->addChoice(tr("Hex (48 65 6c 6c 6f)"), true, tr("Hex"));
    const auto ending = [this](const QString& text, LineEnding value) {
        ending_->addChoice(tr("End with %1").arg(text), static_cast<int>(value), tr("+ %1").arg(text));
    };
    ending_->addChoice(tr("End with nothing"), static_cast<int>(LineEnding::None), tr("No end"));
    ending(tr("LF"), LineEnding::Lf);
    ending(tr("CR LF"), LineEnding::CrLf);
    ending(tr("CR"), LineEnding::Cr);
    ending(tr("NUL"), LineEnding::Nul);
    repeat_->addChoice(tr("Send it once"), 0, tr("Once"));
    const std::pair<QString, int> intervals[] = {{tr("10 ms"), 10},   {tr("100 ms"), 100},
                                                 {tr("1 s"), 1000},   {tr("5 s"), 5000},
                                                 {tr("10 s"), 10000}, {tr("1 min"), 60000}};
    for (const auto& [text, ms] : intervals)
        repeat_->addChoice(tr("Send it every %1").arg(text), ms, tr("Every %1").arg(text));
    // As little padding as the choices have: all of them are to stand in one row of a small window.
    file_->setProperty("field", true);
    file_->setText(tr("File…"));
    file_->setToolTip(
        tr("Choose a file to send as it is; it waits here until Send, and is read piece by piece"));
    saved_->setText(QStringLiteral("★"));
    saved_->setAccessibleName(tr("Saved messages"));
    saved_->setToolTip(tr("Messages kept for another time"));
    saved_->setMenu(new QMenu(saved_));
    setTone(count_, Tone::Dimmed);
    count_->setAccessibleName(tr("Length of the message"));
    count_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    count_->setMinimumWidth(fontMetrics().horizontalAdvance(tr("%1 bytes").arg(QStringLiteral("9 999"))));
}

QSize Composer::minimumSizeHint() const {
    const QMargins around = layout()->contentsMargins();
    return {lines_->leastWidth() + around.left() + around.right(), QWidget::minimumSizeHint().height()};
}

void Composer::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const QMargins around = layout()->contentsMargins();
    lines_->fitTo(width() - around.left() - around.right());
}

QWidget* Composer::makeAttachmentRow() {
    auto* rowWidget = new QWidget(this);
    auto* row = new QHBoxLayout(rowWidget);
    row->setContentsMargins({});
    auto* remove = new QPushButton(tr("Remove"), rowWidget);
    remove->setObjectName(QStringLiteral("removeAttachment"));
    remove->setToolTip(tr("Do not send this"));
    attachmentText_->setObjectName(QStringLiteral("attachment"));
    row->addWidget(attachmentText_);
    row->addWidget(remove);
    row->addStretch();
    rowWidget->hide();
    connect(remove, &QPushButton::clicked, this, &Composer::detach);
    return rowWidget;
}

void Composer::makeEdit() {
    edit_->setObjectName(QStringLiteral("message"));
    edit_->setAccessibleName(tr("Message"));
    send_->setObjectName(QStringLiteral("send"));
    send_->setProperty("primary", true);
    stop_->setObjectName(QStringLiteral("stopRepeating"));
    stop_->setToolTip(tr("Stop repeating"));
    for (QPushButton* button : {send_, stop_})
        button->setMinimumWidth(fontMetrics().horizontalAdvance(QLatin1Char('0')) * 9);
    stop_->hide();
    note_->setObjectName(QStringLiteral("composerNote"));
    note_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    note_->hide();
}

void Composer::connectParts() {
    parseLater_.setSingleShot(true);
    parseLater_.setInterval(200);
    connect(&parseLater_, &QTimer::timeout, this, &Composer::parse);
    connect(&repeatTimer_, &QTimer::timeout, this, &Composer::repeat);
    connect(edit_, &QPlainTextEdit::textChanged, this, [this] {
        historyAt_ = -1;
        typed();
    });
    connect(edit_, &MessageEdit::sendWanted, this, &Composer::sendNow);
    connect(edit_, &MessageEdit::historyWanted, this, &Composer::walkHistory);
    connect(edit_, &MessageEdit::largePasted, this, &Composer::attach);
    connect(notation_, &ChoiceButton::chosen, this, &Composer::typed);
    connect(ending_, &ChoiceButton::chosen, this, &Composer::typed);
    connect(repeat_, &ChoiceButton::chosen, this, &Composer::stopRepeating);
    connect(target_, &TargetChoice::changed, this, &Composer::typed);
    connect(send_, &QPushButton::clicked, this, &Composer::sendNow);
    connect(stop_, &QPushButton::clicked, this, &Composer::stopRepeating);
    connect(file_, &QPushButton::clicked, this, &Composer::chooseFile);
    connect(saved_->menu(), &QMenu::aboutToShow, this, &Composer::fillSavedMenu);
}

void Composer::setSession(Session* session) {
    stopRepeating();
    session_ = session;
    target_->setSession(session);
    progress_->setSession(session);
    const QString empty = isUdp() ? tr("; an empty message is an empty datagram") : QString();
    send_->setToolTip(tr("Send the message (Ctrl+Enter)") + empty);
    refresh();
}

void Composer::setSelected(const ConnectionNumbers& numbers) {
    target_->setSelected(numbers);
}

void Composer::focusMessage() {
    edit_->setFocus(Qt::ShortcutFocusReason);
}

void Composer::refresh() {
    target_->refresh();
    const SendTarget target = target_->target();
    progress_->refresh(target.numbers);
    if (repeatTimer_.isActive() && !target.reason.isEmpty()) stopRepeating();
    if (!attemptFailed_ && parsed_.error.empty()) showReason();
}

bool Composer::isHex() const {
    return notation_->value().toBool();
}

bool Composer::isUdp() const {
    return session_ != nullptr && !isTcp(session_->config().role);
}

// What is typed -------------------------------------------------------------------------------

void Composer::typed() {
    attemptFailed_ = false;
    ending_->setEnabled(!isHex());
    if (edit_->document()->characterCount() > liveParseBytes)
        parseLater_.start();
    else
        parse();
}

void Composer::parse() {
    parseLater_.stop();
    const QByteArray text = edit_->typedBytes();
    parsed_ = isHex() ? parseHex(view(text)) : parseEscapedText(view(text));
    if (parsed_.error.empty()) {
        edit_->clearError();
        const quint64 length = messageLength();
        count_->setText(length == 1 ? tr("1 byte") : tr("%1 bytes").arg(grouped(length)));
        showReason();
    } else {
        edit_->markError(static_cast<qsizetype>(parsed_.errorOffset),
                         static_cast<qsizetype>(parsed_.errorLength));
        count_->setText(tr("—"));
        showNote(toQString(parsed_.error), true);
    }
}

void Composer::showNote(const QString& text, bool wrong) {
    setTone(note_, wrong ? Tone::Failed : Tone::Dimmed);
    if (note_->text() != text) note_->setText(text);
    note_->setVisible(!text.isEmpty());
    note_->setToolTip(text.isEmpty() ? QString() : plainToolTip(text));
}

void Composer::showReason() {
    const QString reason = session_ != nullptr ? target_->target().reason : QString();
    showNote(reason.isEmpty() ? lengthWarning() : reason, false);
}

QString Composer::lengthWarning() const {
    if (!isUdp() || messageLength() <= longestDatagram) return {};
    return tr("Longer than a datagram can be (%1 bytes): the kernel will refuse it with EMSGSIZE.")
        .arg(grouped(longestDatagram));
}

QByteArray Composer::messageBytes() const {
    const QByteArray typedPart = toByteArray(parsed_.bytes);
    // The ending belongs to what is typed; pasted bytes alone go out as they are.
    const bool plain = isHex() || (typedPart.isEmpty() && !attachment_.isEmpty());
    return plain ? typedPart : typedPart + lineEndingBytes(static_cast<LineEnding>(ending_->value().toInt()));
}

quint64 Composer::messageLength() const {
    return static_cast<quint64>(attachment_.size() + messageBytes().size());
}

// Sending -------------------------------------------------------------------------------------

void Composer::sendNow() {
    if (session_ == nullptr) return;
    if (parseLater_.isActive()) parse();
    if (!parsed_.error.empty()) return;
    const bool fileAlone = !filePath_.isEmpty() && messageLength() == 0;
    if (!isUdp() && messageLength() == 0 && !fileAlone) {
        attemptFailed_ = true;
        return showNote(tr("Nothing to send: the message is empty, and a stream has no empty messages."),
                        true);
    }
    stopRepeating();
    if (!filePath_.isEmpty() && !deliverFile()) return;
    if (fileAlone) return;
    if (!deliver(attachment_, messageBytes())) return;
    if (repeat_->value().toInt() > 0) return startRepeating();
    keepInHistory();
}

bool Composer::deliver(const QByteArray& attachment, const QByteArray& bytes) {
    const SendTarget target = target_->target();
    if (!target.reason.isEmpty()) {
        attemptFailed_ = true;
        showNote(target.reason, !target.isUnwritten);
        return false;
    }
    if (isUdp()) {
        const QByteArray datagram = attachment.isEmpty() ? bytes : attachment + bytes;
        if (target.address.isValid())
            session_->sendTo(target.address, datagram);
        else
            session_->send(target.numbers, datagram);
        return true;
    }
    // Two sends instead of one joined copy: the attachment may be a large part of the memory.
    if (!attachment.isEmpty()) session_->send(target.numbers, attachment);
    if (!bytes.isEmpty()) session_->send(target.numbers, bytes);
    return true;
}

void Composer::keepInHistory() {
    const Message message = currentMessage();
    MessageHistory::addSent(message);
    detach();
    // What the history does not hold stays in the field: sending must not lose it.
    if (message.text.size() <= MessageHistory::maxLength) edit_->clear();
}

void Composer::startRepeating() {
    MessageHistory::addSent(currentMessage());
    repeated_ = messageBytes();
    repeatedAttachment_ = attachment_;
    repeatCount_ = 1;
    repeatTimer_.start(repeat_->value().toInt());
    send_->hide();
    stop_->show();
    stop_->setText(tr("Stop"));
}

void Composer::repeat() {
    if (session_->counters().queuedBytes.get() > repeatQueueBytes)
        return showNote(tr("Repeating waits: %1 are still queued.")
                            .arg(bytesText(session_->counters().queuedBytes.get())),
                        false);
    if (!deliver(repeatedAttachment_, repeated_)) return stopRepeating();
    ++repeatCount_;
    if (repeatTimer_.interval() >= 100 || repeatCount_ % 10 == 0)
        stop_->setText(tr("Stop · %1 sent").arg(grouped(repeatCount_)));
}

void Composer::stopRepeating() {
    if (!repeatTimer_.isActive()) return;
    repeatTimer_.stop();
    const bool focused = stop_->hasFocus();
    stop_->hide();
    send_->show();
    if (focused) send_->setFocus();
}

}  // namespace sockstage
