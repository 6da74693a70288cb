#include "lifecyclerail.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <algorithm>

#include "connectiontext.h"
#include "guideplace.h"
#include "railrows.h"
#include "stagecard.h"
#include "theme.h"

namespace sockstage {
namespace {

int gapOf(const QFontMetrics& metrics) {
    return metrics.height() / 2;
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
    if (connection == connection_) return;
    connection_ = connection;
    setAccessibleName(connection == 0 ? tr("Stages") : tr("Stages of the selected connection"));
    rebuild();
}

void LifecycleRail::rebuild() {
    for (StageCard* card : cards_) {
        card->hide();
        card->deleteLater();
    }
    cards_.clear();
    chosen_ = false;
    if (!session_) return;
    for (const Stage stage : railStages(session_->config().role, connection_)) {
        auto* card = new StageCard(this);
        card->setFacts(stageFacts(*session_, stage, connection_));
        tellGuide(*card);
        card->installEventFilter(this);
        connect(card, &QAbstractButton::clicked, this, [this, card] {
            chosen_ = true;
            choose(*card);
        });
        card->show();
        cards_.push_back(card);
    }
    placeCards();
    updateGeometry();
    if (!cards_.empty()) makeCurrent(*cards_.front());
    uncheck();
}

void LifecycleRail::updateFacts(StageCard& card) {
    StageFacts now = stageFacts(*session_, card.facts().stage, connection_);
    now.next = next_ == now.stage;
    const StageFacts& before = card.facts();
    // What was known stays on the card when its record is evicted or the descriptor closed.
    if (now.fact == QStringLiteral("—") && now.state == before.state) {
        now.fact = before.fact;
        now.shortFact = before.shortFact;
    }
    const QColor line = card.stateColor();
    const QString error = card.facts().errorName;
    const bool moved = card.facts().state != now.state;
    const int wanted = card.sizeHint().width();
    card.setFacts(now);
    if (moved) tellGuide(card);
    if (card.sizeHint().width() != wanted || now.errorName != error) placeCards();
    if (card.stateColor() != line) update();
}

void LifecycleRail::tellGuide(StageCard& card) const {
    const bool failed = card.facts().state == StageState::Failed;
    setGuidePlace(&card, guidePlaceOf(card.facts().stage, session_->config().role, failed));
}

void LifecycleRail::refresh() {
    if (!session_) return;
    for (StageCard* card : cards_)
        updateFacts(*card);
    if (!chosen_ && connection_ == 0) showWhereItIs();
}

void LifecycleRail::setNext(std::optional<Stage> stage) {
    if (stage == next_) return;
    next_ = stage;
    refresh();
}

// A stage that failed or is held is what one wants to read about, else the one that waits, as long as
// nobody chose another.
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
    Q_EMIT stageSelected(card.facts().stage, connection_);
}

Stage LifecycleRail::selectedStage() const {
    for (const StageCard* card : cards_)
        if (card->isChecked()) return card->facts().stage;
    return cards_.empty() ? Stage::Getaddrinfo : cards_.front()->facts().stage;
}

void LifecycleRail::selectStage(Stage stage) {
    chosen_ = true;
    for (StageCard* card : cards_)
        if (card->facts().stage == stage) makeCurrent(*card);
}

void LifecycleRail::clearSelection() {
    chosen_ = true;
    uncheck();
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
    const auto rects = cardRects(width);
    return rects.empty() ? 0 : rects.back().bottom() + 1;
}

std::vector<QRect> LifecycleRail::cardRects(int width) const {
    std::vector<CardWish> wishes;
    for (const StageCard* card : cards_)
        wishes.push_back({card->minimumSizeHint().width(), card->sizeHint().width()});
    const int height = cards_.empty() ? 0 : cards_.front()->minimumSizeHint().height();
    return railRects(wishes, width, height, gapOf(fontMetrics()));
}

void LifecycleRail::placeCards() {
    const auto rects = cardRects(width());
    for (std::size_t i = 0; i < cards_.size(); ++i)
        cards_[i]->setGeometry(rects[i]);
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
    for (std::size_t i = 1; i < cards_.size(); ++i) {
        const QRect from = cards_[i - 1]->geometry(), to = cards_[i]->geometry();
        if (from.top() != to.top()) continue;
        painter.setPen(QPen(cards_[i]->stateColor(), 2));
        painter.drawLine(from.right() + 1, from.center().y(), to.left() - 1, to.center().y());
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
            toggleHold(card.facts().stage);
            return true;
        case Qt::Key_S:
            if (canStep(card)) step(card.facts().stage);
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

ConnectionNumbers LifecycleRail::targets() const {
    return connection_ == 0 ? ConnectionNumbers{} : ConnectionNumbers{connection_};
}

bool LifecycleRail::canHold(Stage stage) const {
    if (!session_ || session_->isFinished()) return false;
    if (connection_ != 0) {
        if (stage != Stage::Recv && stage != Stage::Send) return false;
        return connection_ <= session_->connections().count() &&
               isOpen(session_->connections().at(connection_));
    }
    const StageState state = session_->stages().at(stage).state.load();
    const bool lasting = stage == Stage::Accept || stage == Stage::Recv || stage == Stage::Send;
    return lasting || state == StageState::NotYet || state == StageState::Held;
}

bool LifecycleRail::isHeld(Stage stage) const {
    if (connection_ == 0)
        return session_->stages().held().contains(stage) ||
               session_->stages().at(stage).state.load() == StageState::Held;
    const ConnectionSlot& slot = session_->connections().at(connection_);
    return (stage == Stage::Recv ? slot.receiving : slot.sending).load() == DirectionState::Held;
}

void LifecycleRail::toggleHold(Stage stage) {
    if (!canHold(stage)) return;
    if (isHeld(stage))
        session_->release(stage, targets());
    else
        session_->hold(stage, targets());
}

bool LifecycleRail::canStep(const StageCard& card) const {
    return session_ && !session_->isFinished() && card.facts().state == StageState::Held;
}

void LifecycleRail::step(Stage stage) {
    session_->step(stage, connection_);
}

void LifecycleRail::showMenu(StageCard& card, const QPoint& at) {
    const Stage stage = card.facts().stage;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const bool held = canHold(stage) && isHeld(stage);
    auto* hold = menu->addAction(
        held ? tr("Release %1").arg(card.facts().name) : tr("Hold before %1").arg(card.facts().name), this,
        [this, stage] { toggleHold(stage); });
    hold->setShortcut(Qt::Key_H);
    hold->setEnabled(canHold(stage));
    auto* once =
        menu->addAction(tr("Step %1 once").arg(card.facts().name), this, [this, stage] { step(stage); });
    once->setShortcut(Qt::Key_S);
    once->setEnabled(canStep(card));
    menu->addSeparator();
    menu->addAction(tr("Show its calls"), &card, &QAbstractButton::click);
    menu->popup(at);
}

}  // namespace sockstage
