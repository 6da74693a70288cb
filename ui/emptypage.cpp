// SPDX-License-Identifier: GPL-3.0-or-later
#include "emptypage.h"

#include <QGridLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QVBoxLayout>

#include "plaintext.h"
#include "scene.h"
#include "sessiontext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

QLabel* makeTitle(const QString& text, QWidget* parent) {
    auto* title = makeLabel(text, parent);
    QFont font = title->font();
    font.setPointSizeF(font.pointSizeF() * 1.7);
    font.setWeight(QFont::DemiBold);
    title->setFont(font);
    title->setAlignment(Qt::AlignHCenter);
    return title;
}

QLabel* makeCaption(const QString& text, QWidget* parent) {
    auto* caption = makeLabel(text, parent);
    caption->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
    caption->setWordWrap(true);
    setTone(caption, Tone::Dimmed);
    return caption;
}

}  // namespace

EmptyPage::EmptyPage(QWidget* parent) : QWidget(parent) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    const int space = fontMetrics().height();
    auto* roles = new QGridLayout;
    roles->setSpacing(space * 2 / 3);
    for (const Role role : allRoles) {
        auto* button = new QPushButton(roleText(role), this);
        button->setObjectName(QStringLiteral("empty.") + toQString(roleName(role)));
        button->setToolTip(isServer(role) ? tr("Bind an address and watch who comes")
                                          : tr("Reach a server and watch the way there"));
        button->setMinimumSize(fontMetrics().averageCharWidth() * 26, space * 5 / 2);
        const int at = static_cast<int>(role);
        roles->addWidget(button, at / 2, at % 2);
        connect(button, &QPushButton::clicked, this, [this, role] { Q_EMIT newSocketWanted(role); });
    }
    auto* sentence = makeLabel(
        tr("Open a socket and watch every call it makes, what the kernel answers and where each byte goes."),
        this);
    sentence->setAlignment(Qt::AlignHCenter);
    sentence->setWordWrap(true);
    setTone(sentence, Tone::Dimmed);
    // Captions of different length must not make the columns differ.
    for (const int column : {0, 1}) {
        roles->setColumnStretch(column, 1);
        roles->setColumnMinimumWidth(column, fontMetrics().averageCharWidth() * 34);
    }
    roles->addWidget(makeDemoButton(), 2, 0);
    roles->addWidget(makeScenesButton(), 2, 1);
    roles->addWidget(makeCaption(tr("A TCP server with three clients and a UDP pair"), this), 3, 0);
    roles->addWidget(makeCaption(tr("Ready scenes, with steps to take and what to watch"), this), 3, 1);
    auto* local = makeCaption(tr("Both stay on this machine."), this);

    auto* middle = new QVBoxLayout;
    middle->setSpacing(space);
    middle->addWidget(makeTitle(tr("No socket is open"), this));
    middle->addWidget(sentence);
    middle->addSpacing(space / 2);
    middle->addLayout(roles);
    middle->addWidget(local);
    auto* centred = new QGridLayout(this);
    centred->addLayout(middle, 1, 1);
    for (const int edge : {0, 2}) {
        centred->setRowStretch(edge, edge == 0 ? 2 : 3);
        centred->setColumnStretch(edge, 1);
    }
}

QPushButton* EmptyPage::makeDemoButton() {
    auto* demo = new QPushButton(tr("Start the loopback demo"), this);
    demo->setObjectName(QStringLiteral("empty.demo"));
    demo->setProperty("primary", true);
    demo->setMinimumHeight(fontMetrics().height() * 5 / 2);
    demo->setToolTip(
        tr("A TCP server with three clients and a UDP pair that talk to each other on this machine"));
    connect(demo, &QPushButton::clicked, this, &EmptyPage::demoWanted);
    return demo;
}

QPushButton* EmptyPage::makeScenesButton() {
    auto* scenes = new QPushButton(tr("Choose an experiment"), this);
    scenes->setObjectName(QStringLiteral("empty.scenes"));
    scenes->setMinimumHeight(fontMetrics().height() * 5 / 2);
    scenes->setToolTip(tr("A few real sockets, held at the interesting moment"));
    auto* menu = new QMenu(scenes);
    menu->setToolTipsVisible(true);
    for (const SceneText& text : sceneTexts()) {
        QAction* action = menu->addAction(text.title, this, [this, id = text.id] { Q_EMIT sceneWanted(id); });
        action->setToolTip(plainToolTip(text.intro));
    }
    scenes->setMenu(menu);
    return scenes;
}

}  // namespace sockstage
