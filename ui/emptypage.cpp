#include "emptypage.h"

#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "plaintext.h"
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
    auto* demo = new QPushButton(tr("Start the loopback demo"), this);
    demo->setObjectName(QStringLiteral("empty.demo"));
    demo->setProperty("primary", true);
    demo->setMinimumHeight(space * 5 / 2);
    demo->setToolTip(
        tr("A TCP server with three clients and a UDP pair that talk to each other on this machine"));
    connect(demo, &QPushButton::clicked, this, &EmptyPage::demoWanted);
    auto* demoText =
        makeLabel(tr("A TCP server with three clients and a UDP pair, on this machine only"), this);
    demoText->setAlignment(Qt::AlignHCenter);
    setTone(demoText, Tone::Dimmed);

    auto* middle = new QVBoxLayout;
    middle->setSpacing(space);
    middle->addWidget(makeTitle(tr("No socket is open"), this));
    middle->addWidget(sentence);
    middle->addSpacing(space / 2);
    middle->addLayout(roles);
    middle->addWidget(demo);
    middle->addWidget(demoText);
    auto* centred = new QGridLayout(this);
    centred->addLayout(middle, 1, 1);
    for (const int edge : {0, 2}) {
        centred->setRowStretch(edge, edge == 0 ? 2 : 3);
        centred->setColumnStretch(edge, 1);
    }
}

}  // namespace sockstage
