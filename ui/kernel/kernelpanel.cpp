// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelpanel.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>

#include "capturestore.h"
#include "kernelrow.h"
#include "strip.h"

namespace sockstage {
KernelPanel::KernelPanel(QWidget* parent)
    : QWidget(parent), sentence_(makeLabel({}, this)), column_(new QVBoxLayout), all_(new QToolButton(this)) {
    setAccessibleName(tr("Kernel buffers"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    build();
    showFacts(KernelFacts());
}

void KernelPanel::build() {
    const int space = fontMetrics().height() / 2;
    auto* outer = new QVBoxLayout(this);
    // At the right the scroll bar's room is there already.
    outer->setContentsMargins(space, space, space / 3, space);
    outer->setSpacing(space / 2);
    sentence_->setWordWrap(true);
    sentence_->setObjectName(QStringLiteral("kernelSentence"));
    setTone(sentence_, Tone::Active);
    outer->addWidget(sentence_);
    column_->setSpacing(fontMetrics().height() / 6);
    outer->addLayout(column_);
    all_->setCheckable(true);
    all_->setFocusPolicy(Qt::StrongFocus);
    all_->setProperty("quiet", true);
    all_->setProperty("small", true);
    all_->setObjectName(QStringLiteral("allFigures"));
    all_->setToolTip(plainToolTip(tr("Shows everything that TCP_INFO tells of this socket")));
    connect(all_, &QToolButton::toggled, this, &KernelPanel::showLines);
    // Its frame is seldom drawn: the text stands under the others'.
    auto* below = new QHBoxLayout;
    below->setContentsMargins(-space, 0, 0, 0);
    below->addWidget(all_);
    below->addStretch();
    outer->addLayout(below);
    outer->addStretch();
}

void KernelPanel::setHistory(std::shared_ptr<const KernelHistory> history, SocketKind kind,
                             const QString& title) {
    if (history == history_ && kind == subject_.kind && title == title_) return;
    history_ = std::move(history);
    subject_.kind = kind;
    title_ = title;
    const auto latest = history_ ? history_->latest() : std::nullopt;
    showFacts(latest.value_or(KernelFacts()));
    describe();
}

void KernelPanel::setBacklog(int backlog) {
    if (subject_.backlog == backlog) return;
    subject_.backlog = backlog;
    showFacts(facts_);
}

void KernelPanel::setLastSeen(const QString& sentence) {
    if (subject_.lastSeen == sentence) return;
    subject_.lastSeen = sentence;
    showFacts(facts_);
}

void KernelPanel::showAllFigures(bool all) {
    all_->setChecked(all);
}

void KernelPanel::refresh() {
    if (!isVisible()) return;
    const auto latest = history_ ? history_->latest() : std::nullopt;
    if (latest && (latest->atNs != facts_.atNs || latest->source != facts_.source)) showFacts(*latest);
    constexpr qint64 pauseNs = 1'000'000'000;
    if (undescribed_ && CaptureStore::nowNs() - describedNs_ >= pauseNs) describe();
}

void KernelPanel::showFacts(const KernelFacts& facts) {
    facts_ = facts;
    const bool counted =
        subject_.kind == SocketKind::Listener && facts.listenOverflows != KernelFacts::absent;
    if (counted && !subject_.firstLook) subject_.firstLook = facts;
    std::vector<KernelLine> lines = kernelLines(facts, subject_);
    const QString sentence =
        subject_.lastSeen.isEmpty() ? kernelSentence(facts, subject_.kind) : subject_.lastSeen;
    if (lines == lines_ && sentence == sentence_->text()) return;
    lines_ = std::move(lines);
    if (sentence != sentence_->text()) sentence_->setText(sentence);
    sentence_->setVisible(!sentence.isEmpty());
    undescribed_ = true;
    showLines();
}

// The rows are made once and get other lines: a layout that is rebuilt ten times a second flickers.
void KernelPanel::showLines() {
    std::size_t shown = 0;
    bool further = false;
    for (const KernelLine& line : lines_) {
        further = further || line.further;
        if (line.further && !all_->isChecked()) continue;
        rowFor(shown++)->setLine(line);
    }
    all_->setVisible(further);
    all_->setText(all_->isChecked() ? tr("▾ All figures") : tr("▸ All figures"));
    if (shown == shownRows_) return;
    for (std::size_t i = 0; i < rows_.size(); ++i)
        rows_[i]->setVisible(i < shown);
    shownRows_ = shown;
    // The row of the Tab key must not be one that has gone.
    const bool gone = shown > 0 && focusProxy() != nullptr && focusProxy()->isHidden();
    if (gone) makeCurrent(*rows_.front());
    placeNames();
    updateGeometry();
}

KernelRow* KernelPanel::rowFor(std::size_t index) {
    if (index < rows_.size()) return rows_[index];
    auto* row = new KernelRow(this);
    row->installEventFilter(this);
    column_->addWidget(row);
    rows_.push_back(row);
    if (rows_.size() == 1) makeCurrent(*row);
    return row;
}

void KernelPanel::placeNames() {
    int widest = 0;
    for (std::size_t i = 0; i < shownRows_; ++i)
        widest = std::max(widest, rows_[i]->nameWidth());
    for (KernelRow* row : rows_)
        row->setNameColumn(widest);
}

// Not at every change: a screen reader is notified of each.
void KernelPanel::describe() {
    undescribed_ = false;
    describedNs_ = CaptureStore::nowNs();
    setAccessibleDescription(factsText());
}

QString KernelPanel::factsText() const {
    QStringList lines{title_.isEmpty() ? tr("Kernel buffers") : tr("Kernel buffers of %1").arg(title_)};
    if (!sentence_->text().isEmpty()) lines << sentence_->text();
    for (const KernelLine& line : lines_)
        lines << line.text();
    return lines.join(QLatin1Char('\n'));
}

void KernelPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    refresh();
}

void KernelPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) placeNames();
}

// One stop for the Tab key; the arrows move inside.
void KernelPanel::makeCurrent(KernelRow& current) {
    for (KernelRow* row : rows_)
        row->setFocusPolicy(row == &current ? Qt::StrongFocus : Qt::ClickFocus);
    setFocusProxy(&current);
}

void KernelPanel::moveFocus(const KernelRow& from, int key) {
    const auto at = std::find(rows_.begin(), rows_.end(), &from) - rows_.begin();
    const auto last = static_cast<std::ptrdiff_t>(shownRows_) - 1;
    const std::ptrdiff_t to = key == Qt::Key_Up     ? at - 1
                              : key == Qt::Key_Down ? at + 1
                              : key == Qt::Key_Home ? 0
                                                    : last;
    KernelRow* row = rows_[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(to, 0, last))];
    row->setFocus(Qt::OtherFocusReason);
}

bool KernelPanel::eventFilter(QObject* watched, QEvent* event) {
    auto* row = qobject_cast<KernelRow*>(watched);
    if (row == nullptr) return false;
    if (event->type() == QEvent::FocusIn) makeCurrent(*row);
    if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut) row->update();
    if (event->type() != QEvent::KeyPress) return false;
    const int key = static_cast<QKeyEvent*>(event)->key();
    switch (key) {
        case Qt::Key_Up:
        case Qt::Key_Down:
        case Qt::Key_Home:
        case Qt::Key_End:
            moveFocus(*row, key);
            return true;
        case Qt::Key_Space:
        case Qt::Key_Return:
            // What the mouse gets by waiting over the row.
            QToolTip::showText(row->mapToGlobal(row->rect().bottomLeft()), row->toolTip(), row);
            return true;
        default:
            return false;
    }
}

void KernelPanel::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Copy)) return copyText();
    QWidget::keyPressEvent(event);
}

void KernelPanel::copyText() const {
    QApplication::clipboard()->setText(factsText());
}

void KernelPanel::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    auto* copy = menu->addAction(tr("Copy as text"), this, &KernelPanel::copyText);
    copy->setShortcut(QKeySequence::Copy);
    auto* all = menu->addAction(tr("All figures"), all_, &QToolButton::setChecked);
    all->setCheckable(true);
    all->setChecked(all_->isChecked());
    all->setEnabled(!all_->isHidden());
    menu->popup(event->globalPos());
}

}  // namespace sockstage
