// SPDX-License-Identifier: GPL-3.0-or-later
#include "scenepanel.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "plaintext.h"
#include "scenewords.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

using State = Scene::State;

bool hasShown(State state) {
    return state == State::Shown || state == State::Finished;
}

}  // namespace

ScenePanel::ScenePanel(QWidget* parent)
    : QWidget(parent),
      head_(new QWidget(this)),
      title_(makeLabel({}, head_)),
      progress_(makeLabel({}, head_)),
      todo_(makeTextLabel(head_)),
      watch_(new SceneWords(head_, this)),
      go_(new QPushButton(head_)),
      look_(new QPushButton(head_)),
      again_(new QPushButton(tr("Start again"), head_)),
      close_(new QToolButton(head_)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setObjectName(QStringLiteral("scenePanel"));
    title_->setObjectName(QStringLiteral("sceneTitle"));
    todo_->setObjectName(QStringLiteral("sceneTodo"));
    watch_->setObjectName(QStringLiteral("sceneWatch"));
    progress_->setObjectName(QStringLiteral("sceneProgress"));
    QFont bold = title_->font();
    bold.setWeight(QFont::DemiBold);
    title_->setFont(bold);
    todo_->setFont(bold);
    setTone(progress_, Tone::Dimmed);
    go_->setObjectName(QStringLiteral("sceneGo"));
    go_->setProperty("primary", true);
    look_->setObjectName(QStringLiteral("sceneLook"));
    close_->setObjectName(QStringLiteral("sceneClose"));
    close_->setText(QStringLiteral("✕"));
    close_->setProperty("quiet", true);
    close_->setFocusPolicy(Qt::TabFocus);
    close_->setAccessibleName(tr("End the experiment"));
    close_->setToolTip(tr("End the experiment; its sockets are closed and leave the list"));
    connect(go_, &QPushButton::clicked, this, &ScenePanel::goOn);
    again_->setObjectName(QStringLiteral("sceneAgain"));
    again_->setToolTip(plainToolTip(tr("Open the experiment's sockets once more")));
    connect(again_, &QPushButton::clicked, this, &ScenePanel::againWanted);
    connect(look_, &QPushButton::clicked, this, &ScenePanel::lookWanted);
    connect(close_, &QToolButton::clicked, this, &ScenePanel::closeWanted);
    makeLayout();
    hide();
}

void ScenePanel::makeLayout() {
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(head_);
    row->setContentsMargins({});
    row->setSpacing(space);
    row->addWidget(title_, 0, Qt::AlignVCenter);
    row->addWidget(progress_, 0, Qt::AlignVCenter);
    row->addWidget(todo_, 1);
    for (QWidget* button : buttons()) {
        button->setProperty("small", true);
        row->addWidget(button, 0, Qt::AlignVCenter);
    }
    // The page below needs every line: the words begin beside the step, where it leaves room.
    watch_->lower();
    auto* cell = new QGridLayout;
    cell->setContentsMargins(space * 3 / 2, space / 2, space, space / 2);
    cell->addWidget(watch_, 0, 0);
    cell->addWidget(head_, 0, 0, Qt::AlignTop);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(cell);
    column->addWidget(makeLine(Qt::Horizontal, this));
}

std::array<QWidget*, 4> ScenePanel::buttons() const {
    return {look_, again_, go_, close_};
}

/// Gives the words what is left of the first line.
void ScenePanel::placeWords() {
    const int space = head_->layout()->spacing();
    int left = 0, right = 0;
    for (const QLabel* label : {title_, progress_})
        left += label->sizeHint().width() + space;
    left += QFontMetrics(todo_->font()).horizontalAdvance(todo_->text()) + space;
    for (const QWidget* button : buttons())
        if (!button->isHidden()) right += button->sizeHint().width() + space;
    watch_->setTaken(left, right);
}

void ScenePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) placeWords();
}

void ScenePanel::setScene(Scene* scene) {
    if (scene_ != nullptr) disconnect(scene_, nullptr, this, nullptr);
    scene_ = scene;
    setVisible(scene != nullptr);
    if (scene == nullptr) return;
    connect(scene, &Scene::stepChanged, this, &ScenePanel::refresh);
    refresh();
}

void ScenePanel::goOn() {
    if (scene_ == nullptr || !go_->isEnabled()) return;
    if (scene_->state() == State::Finished) return Q_EMIT nextWanted();
    if (scene_->state() == State::Stuck) return Q_EMIT againWanted();
    scene_->next();
}

// Showing ----------------------------------------------------------------------------------------

QString ScenePanel::progressText() const {
    QString marks;
    for (int step = 0; step < scene_->stepCount(); ++step) {
        const bool done =
            step < scene_->currentStep() || (step == scene_->currentStep() && hasShown(scene_->state()));
        marks += done ? u'●' : u'○';
    }
    return tr("%1  step %2 of %3").arg(marks).arg(scene_->currentStep() + 1).arg(scene_->stepCount());
}

void ScenePanel::refresh() {
    if (scene_ == nullptr) return;
    title_->setText(scene_->title());
    progress_->setText(progressText());
    progress_->setAccessibleName(tr("Step %1 of %2").arg(scene_->currentStep() + 1).arg(scene_->stepCount()));
    title_->setToolTip(plainToolTip(scene_->intro()));
    showStep();
    showButton();
    placeWords();
    setAccessibleName(tr("Experiment: %1").arg(scene_->title()));
    setAccessibleDescription(todo_->text() + u' ' + watch_->text());
}

void ScenePanel::showStep() {
    const State state = scene_->state();
    const SceneInstruction step = scene_->step();
    const bool opening = state == State::Opening;
    todo_->setText(opening ? tr("Its sockets are being opened …") : step.todo);
    QString watch = step.watch;
    if (state == State::Ready) watch = tr("To watch: %1").arg(step.watch);
    if (state == State::Taken) watch = tr("Done; not to be seen yet. To watch: %1").arg(step.watch);
    if (hasShown(state)) watch = tr("✓ It shows: %1").arg(step.watch);
    if (state == State::Stuck) watch = scene_->trouble();
    // What it is about is read once, while it opens and before its first step.
    const bool first = scene_->currentStep() == 0 && (opening || state == State::Ready);
    watch_->setText(opening ? scene_->intro() : first ? scene_->intro() + u' ' + watch : watch);
    setTone(watch_, hasShown(state) ? Tone::Done : state == State::Stuck ? Tone::Failed : Tone::Normal);
}

void ScenePanel::showButton() {
    const State state = scene_->state();
    const QString text = state == State::Finished ? tr("Next experiment")
                         : state == State::Stuck  ? tr("Start again")
                         : state == State::Shown  ? tr("Next step")
                                                  : tr("Do it");
    const QString tip = state == State::Finished ? tr("End this one and begin the one after it in the menu")
                        : state == State::Stuck  ? tr("Open the experiment's sockets once more")
                        : state == State::Shown  ? tr("Go on to the next step")
                                                 : tr("Take the step; the usual buttons do it as well");
    again_->setVisible(state == State::Finished);
    go_->setText(text);
    go_->setToolTip(plainToolTip(tip + QStringLiteral(" (F8)")));
    go_->setEnabled(state != State::Opening && state != State::Taken);
    const Session* actor = scene_->actor();
    look_->setVisible(actor != nullptr && state != State::Opening);
    if (actor == nullptr) return;
    look_->setText(tr("Show %1").arg(toQString(actor->config().name)));
    look_->setToolTip(plainToolTip(tr("Go to the socket that the step is about")));
}

}  // namespace sockstage
