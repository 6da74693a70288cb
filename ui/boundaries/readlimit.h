// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <optional>

#include "session.h"

class QLabel;
class QSpinBox;

namespace sockstage {

class ElidingLabel;

/// How many bytes each recv() of a session asks for: what is in force, and a field to change it while it
/// runs.
class ReadLimit : public QWidget {
    Q_OBJECT

public:
    explicit ReadLimit(QWidget* parent = nullptr);
    void setSession(Session* session, const QString& name);
    /// `latest`: the length argument of the newest recv() on record.
    void refresh(std::optional<std::uint32_t> latest);

private:
    bool isEditing() const;
    QString stateText(std::optional<std::uint32_t> latest) const;

    QPointer<Session> session_;
    QLabel* name_;
    ElidingLabel* unit_;
    QLabel* state_;
    QSpinBox* box_;
};

}  // namespace sockstage
