// SPDX-License-Identifier: GPL-3.0-or-later
#include "configfields.h"

#include <QFormLayout>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>
#include <algorithm>

#include "choicebutton.h"
#include "plaintext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

/// The three answers to an option that need not be set at all; numbered in this order: default, on, off.
std::optional<bool> choiceOf(const ChoiceButton& button) {
    const int index = button.value().toInt();
    return index == 0 ? std::nullopt : std::optional(index == 1);
}
void showChoice(ChoiceButton& button, std::optional<bool> choice) {
    button.choose(!choice ? 0 : *choice ? 1 : 2);
}
/// A spin box below its least real value says "system's default".
std::optional<int> sizeOf(const QSpinBox& box) {
    return box.value() < 0 ? std::nullopt : std::optional(box.value());
}

}  // namespace

ConfigFields::ConfigFields(QWidget* parent)
    : QWidget(parent), columns_(new QBoxLayout(QBoxLayout::LeftToRight, this)) {
    const int line = fontMetrics().height();
    columns_->setContentsMargins({});
    columns_->setSpacing(line * 3 / 2);
    // In the order of the Tab key: down the first column, then down the second.
    auto* first = new QVBoxLayout;
    auto* second = new QVBoxLayout;
    for (QVBoxLayout* column : {first, second}) {
        column->setSpacing(line / 2);
        columns_->addLayout(column, 1);
    }
    beginGroup(*first, tr("Addresses"));
    addAddressRows();
    beginGroup(*first, tr("Socket options"));
    addTcpRows();
    beginGroup(*second, tr("Buffers and limits"));
    addBufferRows();
    beginGroup(*second, tr("Behaviour"));
    addBehaviourRows();
    beginGroup(*second, tr("Hold before"));
    addHoldRow();
    first->addStretch();
    second->addStretch();
}

void ConfigFields::beginGroup(QBoxLayout& column, const QString& title) {
    const int line = fontMetrics().height();
    auto* group = new QWidget(this);
    group->setAccessibleName(title);
    form_ = new QFormLayout(group);
    form_->setContentsMargins({});
    form_->setVerticalSpacing(line / 4);
    form_->setHorizontalSpacing(line / 2);
    form_->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form_->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    auto* heading = makeLabel(title, group);
    QFont bold = heading->font();
    bold.setWeight(QFont::DemiBold);
    heading->setFont(bold);
    form_->addRow(heading);
    column.addWidget(group);
    forms_.push_back(form_);
}

void ConfigFields::setStacked(bool stacked) {
    columns_->setDirection(stacked ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

ChoiceButton* ConfigFields::addChoice(const QString& title, const QStringList& choices, const QString& tip) {
    auto* button = new ChoiceButton(title, this);
    for (int i = 0; i < choices.size(); ++i)
        button->addChoice(choices[i], i);
    button->setToolTip(tip);
    button->setFieldLike();
    button->ensurePolished();
    int widest = 0;
    for (const QString& choice : choices)
        widest = std::max(widest, button->fontMetrics().horizontalAdvance(choice));
    // What is not chosen now must fit, too, with the space around it and the arrow.
    button->setMinimumWidth(widest + button->fontMetrics().height() * 5 / 2);
    form_->addRow(title, button);
    connect(button, &ChoiceButton::chosen, this, &ConfigFields::changed);
    return button;
}

QSpinBox* ConfigFields::addNumber(const QString& title, int least, int most, const QString& unit,
                                  const QString& tip) {
    auto* box = new QSpinBox(this);
    box->setRange(least, most);
    box->setSuffix(unit);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setToolTip(tip);
    box->setAccessibleName(title);
    form_->addRow(title, box);
    connect(box, &QSpinBox::valueChanged, this, &ConfigFields::changed);
    return box;
}

QToolButton* ConfigFields::makeSwitch(const QString& title, const QString& tip, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setAccessibleName(title);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setToolTip(tip);
    // As wide as when it is on, so that nothing moves.
    button->setText(QStringLiteral("✓ ") + title);
    button->ensurePolished();
    button->setMinimumWidth(button->sizeHint().width());
    button->setText(title);
    connect(button, &QToolButton::toggled, this, [this, button, title](bool on) {
        // A sign and not only a colour says that it is on.
        button->setText(on ? QStringLiteral("✓ ") + title : title);
        Q_EMIT changed();
    });
    return button;
}

void ConfigFields::addAddressRows() {
    family_ = addChoice(tr("Address family"), {tr("Any"), tr("IPv4"), tr("IPv6")},
                        tr("Which addresses getaddrinfo() may answer with"));
    local_ = new QLineEdit(this);
    local_->setObjectName(QStringLiteral("localAddress"));
    local_->setPlaceholderText(tr("the kernel chooses"));
    local_->setAccessibleName(tr("Local address"));
    local_->setToolTip(tr("bind() before connect(): HOST:PORT, port 0 takes any free one"));
    localError_ = makeLabel({}, this);
    localError_->setWordWrap(true);
    setTone(localError_, Tone::Failed);
    localError_->hide();
    auto* field = new QWidget(this);
    auto* column = new QVBoxLayout(field);
    column->setContentsMargins({});
    column->addWidget(local_);
    column->addWidget(localError_);
    form_->addRow(tr("Local address"), field);
    connect(local_, &QLineEdit::textChanged, this, [this] {
        showError();
        Q_EMIT changed();
    });
}

void ConfigFields::addTcpRows() {
    const QStringList onOff{tr("System’s default"), tr("On"), tr("Off")};
    backlog_ = addNumber(tr("Backlog"), 0, 65535, {},
                         tr("listen()'s argument: how many clients may wait to be accepted"));
    backlog_->setObjectName(QStringLiteral("backlog"));
    reuseAddress_ =
        addChoice(tr("Reuse address"), onOff, tr("SO_REUSEADDR; for a TCP server the default is on"));
    v6Only_ = addChoice(tr("IPv6 only"), onOff, tr("IPV6_V6ONLY: off takes IPv4 clients too (dual stack)"));
    noDelay_ = addChoice(tr("No delay"), onOff, tr("TCP_NODELAY: small messages leave at once"));
    keepAlive_ = addChoice(tr("Keep-alive"), onOff,
                           tr("SO_KEEPALIVE: the kernel asks a silent peer whether it is there"));
    afterEof_ = addChoice(tr("After the peer’s EOF"), {tr("Keep open"), tr("Close")},
                          tr("What follows when recv() has returned 0"));
}

void ConfigFields::addBufferRows() {
    for (auto [box, title, tip] :
         {std::tuple(&sendBuffer_, tr("Send buffer"), tr("SO_SNDBUF; the kernel doubles what it is given")),
          std::tuple(&receiveBuffer_, tr("Receive buffer"),
                     tr("SO_RCVBUF; the kernel doubles what it is given"))}) {
        *box = addNumber(title, -1, INT32_MAX, tr(" bytes"), tip);
        (*box)->setSpecialValueText(tr("System’s default"));
    }
    readSize_ = addNumber(tr("Read size"), static_cast<int>(smallestRead), static_cast<int>(largestRead),
                          tr(" bytes"), tr("What each recv() is given; a longer datagram is cut"));
    captureMB_ = addNumber(
        tr("Capture limit"), 8, 1 << 20, tr(" MB"),
        tr("Memory for calls and bytes; the oldest go first when it is used up, and the status bar says so"));
}

void ConfigFields::addBehaviourRows() {
    connectUdp_ =
        makeSwitch(tr("Call connect()"), tr("A connected UDP socket hears that the port is refused"), this);
    form_->addRow(tr("Connection"), connectUdp_);
    echo_ = makeSwitch(tr("Echo"), tr("Send back what is received"), this);
    form_->addRow(tr("Answer"), echo_);
    echo_->setObjectName(QStringLiteral("echo"));
}

void ConfigFields::addHoldRow() {
    holds_ = new QWidget(this);
    auto* grid = new QGridLayout(holds_);
    grid->setContentsMargins({});
    grid->setSpacing(fontMetrics().height() / 4);
    for (std::size_t i = 0; i < stageCount; ++i) {
        const QString name = toQString(stageName(static_cast<Stage>(i)));
        hold_[i] = makeSwitch(name, tr("Stop before %1 until it is stepped or released").arg(name), holds_);
        hold_[i]->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        hold_[i]->setObjectName(QStringLiteral("hold.") + name);
    }
    form_->addRow(holds_);
}

void ConfigFields::showRowsOf(Role role) {
    const bool tcp = isTcp(role), server = isServer(role);
    const std::pair<QWidget*, bool> rows[] = {{local_->parentWidget(), !server},
                                              {backlog_, role == Role::TcpServer},
                                              {reuseAddress_, server},
                                              {v6Only_, server},
                                              {noDelay_, tcp},
                                              {keepAlive_, tcp},
                                              {afterEof_, tcp},
                                              {connectUdp_, role == Role::UdpClient},
                                              {echo_, server}};
    for (const auto& [field, visible] : rows)
        static_cast<QFormLayout*>(field->parentWidget()->layout())->setRowVisible(field, visible);
    showGroups();
    showHoldsOf(role);
}

/// A group of which the role has nothing is not there.
void ConfigFields::showGroups() {
    for (QFormLayout* form : forms_) {
        bool any = false;
        for (int row = 1; row < form->rowCount(); ++row)
            any = any || form->isRowVisible(row);
        form->parentWidget()->setVisible(any);
    }
}

void ConfigFields::showHoldsOf(Role role) {
    constexpr int perRow = 3;
    auto* grid = static_cast<QGridLayout*>(holds_->layout());
    for (QToolButton* box : hold_)
        grid->removeWidget(box), box->hide();
    int at = 0;
    for (const Stage stage : fullOrder(role)) {
        QToolButton* box = hold_[static_cast<std::size_t>(stage)];
        grid->addWidget(box, at / perRow, at % perRow);
        box->show();
        ++at;
    }
}

void ConfigFields::setConfig(const SocketConfig& config) {
    role_ = config.role;
    showRowsOf(role_);
    setFamilyShown(config.family);
    local_->setText(config.localEndpoint ? toQString(config.localEndpoint->text()) : QString());
    connectUdp_->setChecked(config.connectUdp);
    backlog_->setValue(config.backlog);
    showChoice(*reuseAddress_, config.reuseAddress);
    showChoice(*v6Only_, config.v6Only);
    showChoice(*noDelay_, config.noDelay);
    showChoice(*keepAlive_, config.keepAlive);
    afterEof_->choose(static_cast<int>(config.afterEof));
    sendBuffer_->setValue(config.sendBufferBytes.value_or(-1));
    receiveBuffer_->setValue(config.receiveBufferBytes.value_or(-1));
    readSize_->setValue(static_cast<int>(config.readBytes));
    captureMB_->setValue(static_cast<int>(config.captureBytes / 1'000'000));
    echo_->setChecked(config.echo);
    for (std::size_t i = 0; i < stageCount; ++i)
        hold_[i]->setChecked(config.held.contains(static_cast<Stage>(i)));
}

void ConfigFields::setFamilyShown(Family family) {
    family_->choose(static_cast<int>(family));
}

void ConfigFields::writeTo(SocketConfig& config) const {
    const bool tcp = isTcp(role_), server = isServer(role_);
    config.family = static_cast<Family>(family_->value().toInt());
    if (!server && !local_->text().trimmed().isEmpty() && error().isEmpty())
        config.localEndpoint = parseEndpoint(local_->text().trimmed().toStdString(), true).endpoint;
    if (role_ == Role::UdpClient) config.connectUdp = connectUdp_->isChecked();
    if (role_ == Role::TcpServer) config.backlog = backlog_->value();
    if (server) config.reuseAddress = choiceOf(*reuseAddress_);
    if (server) config.v6Only = choiceOf(*v6Only_);
    if (server) config.echo = echo_->isChecked();
    if (tcp) config.noDelay = choiceOf(*noDelay_);
    if (tcp) config.keepAlive = choiceOf(*keepAlive_);
    if (tcp) config.afterEof = static_cast<AfterEof>(afterEof_->value().toInt());
    config.sendBufferBytes = sizeOf(*sendBuffer_);
    config.receiveBufferBytes = sizeOf(*receiveBuffer_);
    config.readBytes = static_cast<std::size_t>(readSize_->value());
    config.captureBytes = static_cast<std::size_t>(captureMB_->value()) * 1'000'000;
    for (const Stage stage : fullOrder(role_))
        if (hold_[static_cast<std::size_t>(stage)]->isChecked()) config.held.insert(stage);
}

QString ConfigFields::error() const {
    const QString text = local_->text().trimmed();
    if (isServer(role_) || text.isEmpty()) return {};
    return toQString(parseEndpoint(text.toStdString(), true).error);
}

void ConfigFields::showError() {
    localError_->setText(error());
    localError_->setVisible(!error().isEmpty());
}

}  // namespace sockstage
