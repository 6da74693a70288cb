// SPDX-License-Identifier: GPL-3.0-or-later
#include "lifecyclerail.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "connectiontext.h"
#include "guideplace.h"
#include "quantitytext.h"
#include "railmark.h"
#include "railrows.h"
#include "stagecard.h"
#include "theme.h"

namespace sockstage {
namespace {

int gapOf(const QFontMetrics& metrics) {
    return metrics.height() * 2 / 5;
}

}  // namespace

LifecycleRail::LifecycleRail(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    setAccessibleName(tr("Stages"));
}

void LifecycleRail::setSession(Session* session) {
    if (session == session_) return;
    session_ = session;
    connection_ = 0;
    rebuild();
}

void LifecycleRail::setConnection(std::uint32_t connection) {
    if (connection == connection_ || mark_ == nullptr) return;
    connection_ = connection;
    refresh();
}

void LifecycleRail::setChosenClients(std::size_t count) {
    chosenClients_ = count;
    showMark();
}

void LifecycleRail::rebuild() {
    for (StageCard* card : cards_) {
        card->hide();
        card->deleteLater();
    }
    cards_.clear();
    delete mark_;
    mark_ = nullptr;
    chosen_ = false;
    if (!session_) return;
    const Role role = session_->config().role;
    firstOfClients_ = ~std::size_t{0};
    for (const Stage stage : railStages(role, 0)) {
        if (role == Role::TcpServer && stage == Stage::Recv) firstOfClients_ = cards_.size();
        // Of all clients together there is no such card, but its place is kept.
        if (role == Role::TcpServer && stage == Stage::Close) addCard(Stage::Shutdown);
        addCard(stage);
    }
    if (role == Role::TcpServer) {
        mark_ = new RailMark(this);
        mark_->show();
    }
    if (!cards_.empty()) makeCurrent(*cards_.front());
    uncheck();
    // Last: it chooses the card that the socket has stopped at.
    refresh();
    placeCards();
    updateGeometry();
}

void LifecycleRail::addCard(Stage stage) {
    auto* card = new StageCard(this);
    cards_.push_back(card);
    card->setFacts(stageFacts(*session_, stage, connectionOf(*card)));
    tellGuide(*card);
    card->installEventFilter(this);
    connect(card, &QAbstractButton::clicked, this, [this, card] {
        chosen_ = true;
        choose(*card);
    });
    card->show();
}

bool LifecycleRail::isClients(const StageCard& card) const {
    const auto at = std::find(cards_.begin(), cards_.end(), &card) - cards_.begin();
    return static_cast<std::size_t>(at) >= firstOfClients_;
}

std::uint32_t LifecycleRail::connectionOf(const StageCard& card) const {
    return isClients(card) ? connection_ : 0;
}

void LifecycleRail::showMark() {
    if (mark_ == nullptr) return;
    if (connection_ != 0) {
        const ConnectionSlot& slot = session_->connections().at(connection_);
        return mark_->setText(shortPeerText(session_->connections(), connection_),
                              tr("fd %1").arg(slot.firstFd), true);
    }
    const quint64 open = session_->counters().openConnections.get();
    const quint64 ever = session_->counters().connections.get();
    const QString fact = chosenClients_ > 1 ? tr("%1 chosen").arg(grouped(chosenClients_))
                         : ever == 0        ? tr("none yet")
                         : open == 0        ? tr("none open")
                                            : tr("%1 open").arg(grouped(open));
    mark_->setText(tr("all clients"), fact, false);
}

void LifecycleRail::updateFacts(StageCard& card) {
    StageFacts now = stageFacts(*session_, card.facts().stage, connectionOf(card));
    now.next = next_ == now.stage;
    const StageFacts& before = card.facts();
    const QColor line = card.stateColor();
    const QString error = card.facts().errorName;
    const bool moved = card.facts().state != now.state;
    // Only what a card's size hangs on: the others' figures run with every byte.
    const bool resized =
        now.errorName != error || (StageCard::growsWithFact(now.stage) && (moved || before.fact != now.fact));
    card.setFacts(now);
    if (moved) tellGuide(card);
    if (resized) placeCards();
    // The name of an error may take what was left of the row.
    if (resized && heightForWidth(width()) != height()) updateGeometry();
    if (card.stateColor() != line) update();
}

void LifecycleRail::tellGuide(StageCard& card) const {
    const bool failed = card.facts().state == StageState::Failed;
    setGuidePlace(&card, guidePlaceOf(card.facts().stage, session_->config().role, failed));
}

void LifecycleRail::refresh() {
    if (!session_) return;
    for (StageCard* card : cards_) {
        if (isClients(*card) && card->facts().stage == Stage::Shutdown) card->setVisible(connection_ != 0);
        updateFacts(*card);
    }
    showMark();
    if (!chosen_) showWhereItIs();
}

void LifecycleRail::setNext(std::optional<Stage> stage) {
    if (stage == next_) return;
    next_ = stage;
    refresh();
}

// A stage that failed or is held is what one wants to read about, else the one that waits, as long as
// the user chose no other.
void LifecycleRail::showWhereItIs() {
    const auto first = [this](auto... states) {
        return std::find_if(cards_.begin(), cards_.end(),
                            [=](const StageCard* card) { return ((card->facts().state == states) || ...); });
    };
    auto found = std::find_if(cards_.begin(), cards_.end(), [](auto* card) { return card->facts().next; });
    if (found == cards_.end()) found = first(StageState::Failed, StageState::Held);
    if (found == cards_.end()) found = first(StageState::Waiting);
    if (found != cards_.end() && !(*found)->isChecked()) choose(**found);
}

void LifecycleRail::choose(StageCard& card) {
    makeCurrent(card);
    Q_EMIT stageSelected(card.facts().stage, connectionOf(card));
}

Stage LifecycleRail::selectedStage() const {
    for (const StageCard* card : cards_)
        if (card->isChecked()) return card->facts().stage;
    return cards_.empty() ? Stage::Getaddrinfo : cards_.front()->facts().stage;
}

std::uint32_t LifecycleRail::selectedConnection() const {
    for (const StageCard* card : cards_)
        if (card->isChecked()) return connectionOf(*card);
    return 0;
}

void LifecycleRail::selectStage(Stage stage) {
    chosen_ = true;
    for (StageCard* card : cards_)
        if (card->facts().stage == stage) makeCurrent(*card);
}

void LifecycleRail::followSession() {
    chosen_ =
        std::any_of(cards_.begin(), cards_.end(), [](const StageCard* card) { return card->isChecked(); });
}

void LifecycleRail::uncheck() {
    for (StageCard* card : cards_)
        card->setChecked(false);
}

// One stop for the Tab key; the arrows move inside.
void LifecycleRail::makeCurrent(StageCard& current) {
    for (StageCard* card : cards_) {
        card->setChecked(card == &current);
        card->setFocusPolicy(card == &current ? Qt::StrongFocus : Qt::ClickFocus);
    }
}

QSize LifecycleRail::sizeHint() const {
    int width = 0;
    for (const StageCard* card : cards_)
        width += card->sizeHint().width() + gapOf(fontMetrics());
    return {width, heightForWidth(width)};
}

QSize LifecycleRail::minimumSizeHint() const {
    return {0, cards_.empty() ? 0 : cards_.front()->minimumSizeHint().height()};
}

int LifecycleRail::heightForWidth(int width) const {
    int bottom = -1;
    for (const QRect& rect : cardRects(width))
        bottom = std::max(bottom, rect.bottom());
    return bottom + 1;
}

std::vector<QRect> LifecycleRail::cardRects(int width) const {
    std::vector<CardWish> wishes;
    for (const StageCard* card : cards_)
        wishes.push_back({card->minimumSizeHint().width(), card->sizeHint().width()});
    const auto markAt = static_cast<std::ptrdiff_t>(firstOfClients_);
    if (mark_ != nullptr) {
        const int wide = mark_->sizeHint().width();
        wishes.insert(wishes.begin() + markAt, {wide, wide});
    }
    const int height = cards_.empty() ? 0 : cards_.front()->minimumSizeHint().height();
    auto rects = railRects(wishes, width, height, gapOf(fontMetrics()));
    if (mark_ != nullptr) std::rotate(rects.begin() + markAt, rects.begin() + markAt + 1, rects.end());
    return rects;
}

void LifecycleRail::placeCards() {
    const auto rects = cardRects(width());
    for (std::size_t i = 0; i < cards_.size(); ++i)
        cards_[i]->setGeometry(rects[i]);
    if (mark_ != nullptr) mark_->setGeometry(rects.back());
    update();
}

void LifecycleRail::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeCards();
}

void LifecycleRail::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
    placeCards();
    updateGeometry();
}

void LifecycleRail::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const StageCard* before = nullptr;
    for (std::size_t i = 0; i < cards_.size(); ++i) {
        if (!cards_[i]->isVisibleTo(this)) continue;
        const QRect to = cards_[i]->geometry();
        const bool joined = before != nullptr && before->geometry().top() == to.top() && i != firstOfClients_;
        if (joined) {
            painter.setPen(QPen(cards_[i]->stateColor(), 2));
            painter.drawLine(before->geometry().right() + 1, to.center().y(), to.left() - 1, to.center().y());
        }
        before = cards_[i];
    }
}

bool LifecycleRail::eventFilter(QObject* watched, QEvent* event) {
    auto* card = qobject_cast<StageCard*>(watched);
    if (card == nullptr) return false;
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        const bool plain = (key->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier)) == Qt::NoModifier;
        return plain && handleKey(*card, key->key());
    }
    if (event->type() != QEvent::ContextMenu) return false;
    const auto* menu = static_cast<QContextMenuEvent*>(event);
    const bool mouse = menu->reason() == QContextMenuEvent::Mouse;
    showMenu(*card, mouse ? menu->globalPos() : card->mapToGlobal(card->rect().bottomLeft()));
    return true;
}

bool LifecycleRail::handleKey(StageCard& card, int key) {
    switch (key) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End:
            moveFocus(card, key);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            card.click();
            return true;
        case Qt::Key_H:
            toggleHold(card);
            return true;
        case Qt::Key_S:
            if (canStep(card)) step(card);
            return true;
        default:
            return false;
    }
}

void LifecycleRail::moveFocus(const StageCard& from, int key) {
    const auto at = std::find(cards_.begin(), cards_.end(), &from) - cards_.begin();
    const auto last = static_cast<std::ptrdiff_t>(cards_.size()) - 1;
    std::ptrdiff_t to = key == Qt::Key_Left    ? at - 1
                        : key == Qt::Key_Right ? at + 1
                        : key == Qt::Key_Home  ? 0
                                               : last;
    to = std::clamp<std::ptrdiff_t>(to, 0, last);
    cards_[static_cast<std::size_t>(to)]->setFocus(Qt::OtherFocusReason);
}

bool LifecycleRail::canHold(const StageCard& card) const {
    if (!session_ || session_->isFinished()) return false;
    const Stage stage = card.facts().stage;
    if (const std::uint32_t number = connectionOf(card); number != 0) {
        if (stage != Stage::Recv && stage != Stage::Send) return false;
        return number <= session_->connections().count() && isOpen(session_->connections().at(number));
    }
    const StageState state = session_->stages().at(stage).state.load();
    const bool lasting = stage == Stage::Accept || stage == Stage::Recv || stage == Stage::Send;
    return lasting || state == StageState::NotYet || state == StageState::Held;
}

bool LifecycleRail::isHeld(const StageCard& card) const {
    const Stage stage = card.facts().stage;
    const std::uint32_t number = connectionOf(card);
    if (number == 0)
        return session_->stages().held().contains(stage) ||
               session_->stages().at(stage).state.load() == StageState::Held;
    const ConnectionSlot& slot = session_->connections().at(number);
    return (stage == Stage::Recv ? slot.receiving : slot.sending).load() == DirectionState::Held;
}

void LifecycleRail::toggleHold(const StageCard& card) {
    if (!canHold(card)) return;
    const std::uint32_t number = connectionOf(card);
    const ConnectionNumbers targets = number == 0 ? ConnectionNumbers() : ConnectionNumbers{number};
    if (isHeld(card))
        session_->release(card.facts().stage, targets);
    else
        session_->hold(card.facts().stage, targets);
}

bool LifecycleRail::canStep(const StageCard& card) const {
    return session_ && !session_->isFinished() && card.facts().state == StageState::Held;
}

void LifecycleRail::step(const StageCard& card) {
    session_->step(card.facts().stage, connectionOf(card));
}

void LifecycleRail::showMenu(StageCard& card, const QPoint& at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool held = canHold(card) && isHeld(card);
    auto* hold = menu->addAction(
        held ? tr("Release %1").arg(card.facts().name) : tr("Hold before %1").arg(card.facts().name), this,
        [this, of = QPointer(&card)] {
            if (of) toggleHold(*of);
        });
    hold->setShortcut(Qt::Key_H);
    hold->setEnabled(canHold(card));
    auto* once =
        menu->addAction(tr("Step %1 once").arg(card.facts().name), this, [this, of = QPointer(&card)] {
            if (of) step(*of);
        });
    once->setShortcut(Qt::Key_S);
    once->setEnabled(canStep(card));
    menu->addSeparator();
    menu->addAction(tr("Show its calls"), &card, &QAbstractButton::click);
    menu->popup(at);
}

}  // namespace sockstage
