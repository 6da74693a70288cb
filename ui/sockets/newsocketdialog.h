// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include "session.h"
#include "socketconfig.h"

class QButtonGroup;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace sockstage {

class ConfigFields;
class OptionsArea;

/// Asks what to open. Every problem is said beside its field while it is typed, and nothing can be
/// opened before all are gone. What was typed is remembered however the dialog is left.
class NewSocketDialog : public QDialog {
    Q_OBJECT

public:
    explicit NewSocketDialog(Role role, QWidget* parent = nullptr);
    ~NewSocketDialog() override;
    SocketConfig config() const;
    /// All problems of what is typed, empty when it can be opened.
    QString error() const;
    /// As large as what is in it, but never larger than this part of a screen: then the options scroll.
    void fitInto(const QRect& room);

protected:
    void done(int result) override;

private:
    QWidget* makeRoleRow();
    QWidget* makeAddressForm();
    QWidget* makeAdvancedPart();
    QWidget* makeButtonRow();
    void setRole(Role role);
    void hostEdited();
    void splitHost();
    void check();
    QString hostError() const;
    QString hostText() const;
    QString reachNote() const;
    void showAdvanced(bool shown);

    Role role_;
    QButtonGroup* roles_;
    QLineEdit *host_, *port_;
    QLabel *hostError_, *portError_, *note_;
    QToolButton* advanced_;
    ConfigFields* options_;
    OptionsArea* optionsArea_;
    QPushButton* openButton_;
    ReachPreview reach_;
    qsizetype hostLength_ = 0;  ///< before the latest edit
};

}  // namespace sockstage
