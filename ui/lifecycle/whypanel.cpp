// SPDX-License-Identifier: GPL-3.0-or-later
#include "whypanel.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "plaintext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

QLabel* makeText(QWidget* parent, const QString& accessibleName) {
    QLabel* label = makeTextLabel(parent);
    label->setAccessibleName(accessibleName);
    label->hide();
    return label;
}

bool failed(const Session& session, Stage stage) {
    return session.stages().at(stage).state.load(std::memory_order_relaxed) == StageState::Failed;
}

}  // namespace

WhyPanel::WhyPanel(QWidget* parent)
    : QWidget(parent),
      cause_(makeText(this, tr("What was measured about the failure"))),
      holders_(makeText(this, tr("Who has the port"))),
      reachable_(makeText(this, tr("Who can reach this socket"))),
      retry_(new QPushButton(tr("Try again with SO_REUSEADDR"), this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(fontMetrics().height() / 2);
    for (QWidget* part : std::initializer_list<QWidget*>{cause_, holders_, reachable_})
        column->addWidget(part);
    column->addWidget(retry_, 0, Qt::AlignLeft);
    retry_->setObjectName(QStringLiteral("retryWithReuse"));
    retry_->setToolTip(tr("Opens the same socket again, and calls setsockopt(SO_REUSEADDR) before bind()"));
    retry_->hide();
    hide();
    connect(retry_, &QPushButton::clicked, this, &WhyPanel::retryWithReuseWanted);
}

void WhyPanel::setStage(Session* session, Stage stage, std::uint32_t connection) {
    session_ = session;
    stage_ = stage;
    connection_ = connection;
    refresh();
}

QString WhyPanel::causeText() const {
    if (connection_ != 0) return session_->failureCause(connection_);
    return failed(*session_, stage_) ? session_->failureCause() : QString();
}

bool WhyPanel::reuseWasOn() const {
    return session_->config().reuseAddress.value_or(session_->config().role == Role::TcpServer);
}

QString WhyPanel::holdersText() const {
    if ((stage_ != Stage::Bind && stage_ != Stage::Listen) || !failed(*session_, stage_)) return {};
    const PortHolders holders = session_->portHolders();
    if (holders.first.empty()) return {};
    QStringList lines{tr("The port belongs to:")};
    for (const std::string& line : portHolderLines(holders))
        lines << QStringLiteral("• ") + toQString(printableText(line));
    lines << toQString(portAdvice(holders, reuseWasOn()));
    return lines.join(QLatin1Char('\n'));
}

QString WhyPanel::reachText() const {
    const bool apt = stage_ == Stage::Bind || stage_ == Stage::Listen;
    if (!apt || connection_ != 0 || !isServer(session_->config().role) || session_->isFinished()) return {};
    session_->askReach();
    QStringList lines;
    for (const Reachability& one : session_->lastReach().addresses) {
        const QString interface =
            one.interface.empty() ? QString() : QStringLiteral(" (%1)").arg(outsideText(one.interface));
        lines << QStringLiteral("%1 %2%3: %4")
                     .arg(one.reachable ? QStringLiteral("✔") : QStringLiteral("✘"), outsideText(one.address),
                          interface, toQString(printableText(one.why)));
    }
    return lines.isEmpty() ? QString()
                           : tr("By which addresses it can be reached:\n") + lines.join(QLatin1Char('\n'));
}

void WhyPanel::show(QLabel* label, const QString& text) {
    if (label->text() != text) label->setText(text);
    label->setVisible(!text.isEmpty());
}

void WhyPanel::refresh() {
    if (!session_) return setVisible(false);
    const QString holders = holdersText();
    // The cause of one address that is taken says the same, in one line.
    const QString cause = causeText();
    show(cause_, holders.isEmpty() || cause.contains(QLatin1Char('\n')) ? cause : QString());
    show(holders_, holders);
    show(reachable_, reachText());
    // Where it was on already, or a listener has the port, the same call would fail in the same way.
    retry_->setVisible(!holders.isEmpty() && !reuseWasOn() && !anyListens(session_->portHolders().first));
    setVisible(!cause_->isHidden() || !holders_->isHidden() || !reachable_->isHidden());
}

}  // namespace sockstage
