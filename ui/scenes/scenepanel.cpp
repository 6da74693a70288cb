#include "scenepanel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include "plaintext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

using State = Scene::State;

QLabel* makeText(const char* name, QWidget* parent) {
    QLabel* label = makeTextLabel(parent);
    label->setObjectName(QLatin1String(name));
    return label;
}

bool hasShown(State state) {
    return state == State::Shown || state == State::Finished;
}

}  // namespace

ScenePanel::ScenePanel(QWidget* parent)
    : QWidget(parent),
      title_(makeLabel({}, this)),
      progress_(makeLabel({}, this)),
      todo_(makeText("sceneTodo", this)),
      watch_(makeText("sceneWatch", this)),
      go_(new QPushButton(this)),
      look_(new QPushButton(this)),
      again_(new QPushButton(tr("Start again"), this)),
      close_(new QToolButton(this)) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::AlternateBase);
    setObjectName(QStringLiteral("scenePanel"));
    title_->setObjectName(QStringLiteral("sceneTitle"));
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
    auto* head = new QHBoxLayout;
    head->setSpacing(space);
    head->addWidget(title_, 0, Qt::AlignVCenter);
    head->addWidget(progress_, 0, Qt::AlignVCenter);
    head->addWidget(todo_, 1);
    for (QWidget* button : std::initializer_list<QWidget*>{look_, again_, go_, close_}) {
        button->setProperty("small", true);
        head->addWidget(button, 0, Qt::AlignVCenter);
    }
    // The page below needs every line.
    auto* rows = new QVBoxLayout;
    rows->setContentsMargins(space * 3 / 2, space / 2, space, space / 2);
    rows->setSpacing(space / 4);
    rows->addLayout(head);
    rows->addWidget(watch_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(rows);
    column->addWidget(makeLine(Qt::Horizontal, this));
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
    setAccessibleName(tr("Experiment: %1").arg(scene_->title()));
    setAccessibleDescription(todo_->text() + u' ' + watch_->text());
}

void ScenePanel::showStep() {
    const State state = scene_->state();
    const SceneStep step = scene_->step();
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
