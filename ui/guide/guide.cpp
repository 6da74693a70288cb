// SPDX-License-Identifier: GPL-3.0-or-later
#include "guide.h"

#include <QAction>
#include <QDialog>
#include <QEvent>
#include <QMainWindow>
#include <QMenuBar>
#include <QShortcut>

#include "guideplace.h"
#include "guidewindow.h"
#include "shortcuttable.h"

namespace sockstage {

Guide::Guide(QMainWindow& main) : QObject(&main), main_(main), action_(new QAction(tr("&Guide"), this)) {
    action_->setObjectName(QStringLiteral("guide"));
    action_->setShortcut(Qt::Key_F1);
    action_->setToolTip(tr("Explains what has the focus, and everything else (F1)"));
    connect(action_, &QAction::triggered, this, &Guide::open);
    main.installEventFilter(this);
}

Guide::~Guide() = default;

void Guide::open() {
    openAt(guidePlaceOf(main_.focusWidget()));
}

void Guide::openAt(const QString& place) {
    if (!guide_) guide_ = std::make_unique<GuideWindow>(shortcutTable(*main_.menuBar()));
    guide_->showPlace(place);
    guide_->show();
    guide_->raise();
    guide_->activateWindow();
}

void Guide::serve(QDialog& dialog) {
    const auto* key = new QShortcut(Qt::Key_F1, &dialog);
    connect(key, &QShortcut::activated, this, [this, &dialog] {
        const QWidget* focused = dialog.focusWidget();
        openAt(guidePlaceOf(focused != nullptr ? focused : &dialog));
    });
}

/// It explains a window that is gone: it goes with it.
bool Guide::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &main_ && event->type() == QEvent::Hide && !event->spontaneous() && guide_)
        guide_->close();
    return false;
}

}  // namespace sockstage
