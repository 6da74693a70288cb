// SPDX-License-Identifier: GPL-3.0-or-later
#include "newsocketdialog.h"

#include <QButtonGroup>
#include <QCoreApplication>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScreen>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "configfields.h"
#include "guideplace.h"
#include "plaintext.h"
#include "rememberedconfig.h"
#include "session.h"
#include "sessiontext.h"
#include "settings.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

const char* const advancedKey = "newSocket/advancedShown";

/// Below the title bar and above a panel of the desktop's.
QRect roomOn(const QScreen& screen, int line) {
    return screen.availableGeometry().adjusted(0, 0, 0, -line * 3);
}

QLabel* makeNote(Tone tone, QWidget* parent) {
    auto* label = makeLabel({}, parent);
    label->setWordWrap(true);
    label->hide();
    setTone(label, tone);
    return label;
}

void showText(QLabel& label, const QString& text) {
    label.setText(text);
    label.setVisible(!text.isEmpty());
}

}  // namespace

/// Scrolls in height only, and wants all of it.
class OptionsArea : public QScrollArea {
public:
    OptionsArea(QWidget* content, QWidget* parent) : QScrollArea(parent) {
        setWidget(content);
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    }
    QSize sizeHint() const override { return {minimumSizeHint().width(), widget()->sizeHint().height()}; }
    QSize minimumSizeHint() const override {
        const int bar = verticalScrollBar()->sizeHint().width();
        return {widget()->minimumSizeHint().width() + bar + fontMetrics().height() / 2,
                fontMetrics().height() * 6};
    }
};

NewSocketDialog::NewSocketDialog(Role role, QWidget* parent)
    : QDialog(parent),
      role_(role),
      roles_(new QButtonGroup(this)),
      host_(new QLineEdit(this)),
      port_(new QLineEdit(this)),
      hostError_(makeNote(Tone::Failed, this)),
      portError_(makeNote(Tone::Failed, this)),
      note_(makeNote(Tone::Received, this)),
      advanced_(new QToolButton(this)),
      options_(new ConfigFields(this)),
      optionsArea_(new OptionsArea(options_, this)),
      openButton_(new QPushButton(tr("Open"), this)) {
    setWindowTitle(tr("New socket"));
    const int space = fontMetrics().height();
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(space, space, space, space);
    column->setSpacing(space * 3 / 4);
    column->addWidget(makeRoleRow());
    column->addWidget(makeAddressForm());
    column->addWidget(makeAdvancedPart(), 1);
    column->addWidget(makeButtonRow());
    setMinimumWidth(fontMetrics().averageCharWidth() * 72);
    setRole(role);
    showAdvanced(QSettings().value(settingsKey(advancedKey)).toBool());
    host_->setFocus();
    host_->selectAll();
}

NewSocketDialog::~NewSocketDialog() {
    // A field that loses the focus while it is destroyed still says that its editing is finished.
    host_->disconnect(this);
}

QWidget* NewSocketDialog::makeRoleRow() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    layout->setSpacing(fontMetrics().height() / 3);
    for (const Role role : allRoles) {
        auto* button = new QToolButton(row);
        button->setText(roleText(role));
        button->setObjectName(toQString(roleName(role)));
        button->setCheckable(true);
        button->setChecked(role == role_);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setToolTip(isServer(role) ? tr("Bind an address and wait for others")
                                          : tr("Reach a server at an address"));
        roles_->addButton(button, static_cast<int>(role));
        layout->addWidget(button);
    }
    layout->addStretch();
    connect(roles_, &QButtonGroup::idToggled, this, [this](int id, bool checked) {
        if (!checked) return;
        rememberConfig(config());
        setRole(static_cast<Role>(id));
        fitInto(roomOn(*screen(), fontMetrics().height()));
    });
    return row;
}

QWidget* NewSocketDialog::makeAddressForm() {
    auto* part = new QWidget(this);
    auto* form = new QFormLayout(part);
    form->setContentsMargins({});
    const auto field = [&](QLineEdit* edit, QLabel* error, const QString& title, const char* name) {
        auto* cell = new QVBoxLayout;
        cell->addWidget(edit);
        cell->addWidget(error);
        auto* label = makeLabel(title, part);
        label->setBuddy(edit);
        form->addRow(label, cell);
        edit->setObjectName(QLatin1String(name));
        edit->setFont(monospaceFont());
    };
    field(host_, hostError_, tr("&Address"), "host");
    field(port_, portError_, tr("&Port"), "port");
    host_->setAccessibleName(tr("Address"));
    port_->setAccessibleName(tr("Port"));
    hostError_->setObjectName(QStringLiteral("hostError"));
    portError_->setObjectName(QStringLiteral("portError"));
    note_->setObjectName(QStringLiteral("reachNote"));
    form->addRow(QString(), note_);
    connect(host_, &QLineEdit::textEdited, this, &NewSocketDialog::hostEdited);
    connect(host_, &QLineEdit::editingFinished, this, &NewSocketDialog::splitHost);
    connect(port_, &QLineEdit::textEdited, this, &NewSocketDialog::check);
    return part;
}

QWidget* NewSocketDialog::makeAdvancedPart() {
    auto* part = new QWidget(this);
    auto* column = new QVBoxLayout(part);
    column->setContentsMargins({});
    advanced_->setText(tr("Advanced"));
    advanced_->setObjectName(QStringLiteral("advanced"));
    advanced_->setProperty("quiet", true);
    advanced_->setStyleSheet(QStringLiteral("padding-left: 0;"));
    advanced_->setCheckable(true);
    advanced_->setFocusPolicy(Qt::StrongFocus);
    advanced_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    advanced_->setToolTip(tr("Socket options, holds and limits"));
    column->addWidget(advanced_, 0, Qt::AlignLeft);
    column->addWidget(optionsArea_, 1);
    connect(advanced_, &QToolButton::toggled, this, &NewSocketDialog::showAdvanced);
    connect(options_, &ConfigFields::changed, this, &NewSocketDialog::check);
    return part;
}

QWidget* NewSocketDialog::makeButtonRow() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins({});
    auto* cancel = new QPushButton(tr("Cancel"), row);
    cancel->setToolTip(tr("Open nothing; what is typed here is remembered (Esc)"));
    openButton_->setObjectName(QStringLiteral("open"));
    openButton_->setProperty("primary", true);
    openButton_->setDefault(true);
    layout->addStretch();
    layout->addWidget(cancel);
    layout->addWidget(openButton_);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(openButton_, &QPushButton::clicked, this, &QDialog::accept);
    return row;
}

void NewSocketDialog::showAdvanced(bool shown) {
    const QSignalBlocker quiet(advanced_);
    advanced_->setChecked(shown);
    advanced_->setArrowType(shown ? Qt::DownArrow : Qt::RightArrow);
    optionsArea_->setVisible(shown);
    fitInto(roomOn(*screen(), fontMetrics().height()));
}

void NewSocketDialog::fitInto(const QRect& room) {
    const auto wanted = [this] {
        // The groups first; and a scroll area does not hear that its content wants another width.
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        optionsArea_->updateGeometry();
        layout()->activate();
        return QSize(minimumSizeHint().width(), sizeHint().height());
    };
    options_->setStacked(false);
    if (!optionsArea_->isHidden() && wanted().width() > room.width()) options_->setStacked(true);
    resize(wanted().boundedTo(room.size()));
    // It has grown downwards: what it needs to be used is at its bottom.
    if (isVisible() && geometry().bottom() > room.bottom())
        move(pos() - QPoint(0, std::min(geometry().bottom() - room.bottom(), y() - room.top())));
}

void NewSocketDialog::setRole(Role role) {
    role_ = role;
    setGuidePlace(this, QLatin1String(!isTcp(role) ? "udp" : isServer(role) ? "tcp-server" : "tcp-client"));
    const SocketConfig remembered = rememberedConfig(role);
    // What the user has just typed is kept for the other role; else each role has its own memory.
    if (!host_->isModified()) host_->setText(toQString(remembered.endpoint.host));
    if (!port_->isModified()) port_->setText(toQString(remembered.endpoint.service));
    host_->setPlaceholderText(isServer(role) ? tr("loopback") : tr("host name or address"));
    host_->setToolTip(isServer(role) ? tr("The local address to bind; 0.0.0.0 or :: for every one")
                                     : tr("A host name, IPv4 or IPv6 address"));
    port_->setToolTip(isServer(role) ? tr("A number, a service name, or 0 for any free port")
                                     : tr("A number from 1 to 65535, or a service name"));
    hostLength_ = host_->text().size();
    options_->setConfig(remembered);
    check();
}

void NewSocketDialog::hostEdited() {
    // More than one character at once is a paste. What is typed is left alone until the field is left.
    if (host_->text().size() > hostLength_ + 1) splitHost();
    hostLength_ = host_->text().size();
    check();
}

void NewSocketDialog::splitHost() {
    // "host:port" and "[v6]:port" go where they belong.
    static const QRegularExpression both(
        QStringLiteral("^(?:\\[([^\\]]+)\\]|([^:\\[\\]]+)):([0-9A-Za-z-]+)$"));
    const auto match = both.match(host_->text().trimmed());
    if (!match.hasMatch()) return;
    host_->setText(match.captured(1) + match.captured(2));
    port_->setText(match.captured(3));
    host_->setModified(true);
    port_->setModified(true);
    check();
}

QString NewSocketDialog::hostText() const {
    QString host = host_->text().trimmed();
    if (host.startsWith(QLatin1Char('[')) && host.endsWith(QLatin1Char(']')))
        host = host.mid(1, host.size() - 2);
    return host;
}

QString NewSocketDialog::hostError() const {
    const Endpoint endpoint{hostText().toStdString(), "1"};
    if (endpoint.host.empty() && !isServer(role_))
        return tr("Which machine should it reach? Type a host name or an address.");
    if (QString error = toQString(parseEndpoint(endpoint.text(), false).error); !error.isEmpty())
        return error;
    const bool colons = endpoint.host.find(':') != std::string::npos;
    if (colons && !SocketAddress::fromNumeric(endpoint.host, 1)) return tr("This is not an IPv6 address.");
    static const QRegularExpression numbers(QStringLiteral("^[0-9]+(\\.[0-9]+){3}$"));
    if (numbers.match(hostText()).hasMatch() && !SocketAddress::fromNumeric(endpoint.host, 1))
        return tr("This is not an IPv4 address: its parts are 0 to 255.");
    return {};
}

QString NewSocketDialog::reachNote() const {
    if (!isServer(role_)) return {};
    const auto address = SocketAddress::fromNumeric(config().effectiveHost(), 1);
    if (address && address->isLoopback()) return {};
    if (!address)
        return hostText() == QLatin1String("localhost")
                   ? QString()
                   : tr("Whoever can reach the address behind this name can reach the socket.");
    return toQString(reach_.of(*address, isTcp(role_)).sentence);
}

QString NewSocketDialog::error() const {
    const QStringList all{hostError(),
                          toQString(portError(port_->text().trimmed().toStdString(), isServer(role_))),
                          options_->error()};
    for (const QString& one : all)
        if (!one.isEmpty()) return one;
    return {};
}

void NewSocketDialog::check() {
    const QString wrongHost = hostError();
    const QString wrongPort = toQString(portError(port_->text().trimmed().toStdString(), isServer(role_)));
    showText(*hostError_, wrongHost);
    showText(*portError_, wrongPort);
    setWrong(host_, !wrongHost.isEmpty());
    setWrong(port_, !wrongPort.isEmpty());
    showText(*note_, wrongHost.isEmpty() ? reachNote() : QString());
    const QString problem = error();
    openButton_->setEnabled(problem.isEmpty());
    openButton_->setToolTip(problem.isEmpty() ? tr("Open the socket (Enter)") : plainToolTip(problem));
}

SocketConfig NewSocketDialog::config() const {
    SocketConfig config;
    config.role = role_;
    config.endpoint = {hostText().toStdString(), port_->text().trimmed().toStdString()};
    options_->writeTo(config);
    return config;
}

void NewSocketDialog::done(int result) {
    rememberConfig(config());
    QSettings().setValue(settingsKey(advancedKey), advanced_->isChecked());
    QDialog::done(result);
}

}  // namespace sockstage
