// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <vector>

#include "socketconfig.h"

class QBoxLayout;
class QFormLayout;
class QLabel;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace sockstage {

class ChoiceButton;

/// The advanced part of the New socket dialog, in groups: shows only the options that the role has.
class ConfigFields : public QWidget {
    Q_OBJECT

public:
    explicit ConfigFields(QWidget* parent = nullptr);
    void setConfig(const SocketConfig& config);
    /// Writes the options of the config's role into it; the others keep their defaults.
    void writeTo(SocketConfig& config) const;
    /// A sentence about the local address, or empty.
    QString error() const;
    void setFamilyShown(Family family);
    /// The groups below each other, where they are too wide side by side.
    void setStacked(bool stacked);

Q_SIGNALS:
    void changed();

private:
    void addAddressRows();
    void addBufferRows();
    void addTcpRows();
    void addBehaviourRows();
    void addHoldRow();
    void beginGroup(QBoxLayout& column, const QString& title);
    void showRowsOf(Role role);
    void showGroups();
    void showHoldsOf(Role role);
    ChoiceButton* addChoice(const QString& title, const QStringList& choices, const QString& tip);
    QSpinBox* addNumber(const QString& title, int least, int most, const QString& unit, const QString& tip);
    QToolButton* makeSwitch(const QString& title, const QString& tip, QWidget* parent);
    void showError();

    QBoxLayout* columns_;
    QFormLayout* form_ = nullptr;  ///< of the group that is being filled
    std::vector<QFormLayout*> forms_;
    ChoiceButton *family_, *reuseAddress_, *v6Only_, *noDelay_, *keepAlive_, *afterEof_;
    QSpinBox *backlog_, *sendBuffer_, *receiveBuffer_, *readSize_, *captureMB_;
    QToolButton *connectUdp_, *echo_;
    QLineEdit* local_;
    QLabel* localError_;
    QWidget* holds_;
    std::array<QToolButton*, stageCount> hold_{};
    Role role_ = Role::TcpServer;
};

}  // namespace sockstage
