// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "session.h"

class QLabel;
class QProgressBar;

namespace sockstage {

/// One line that appears while bytes wait in our send queue, with a way to give them up.
class SendProgress : public QWidget {
    Q_OBJECT

public:
    explicit SendProgress(QWidget* parent = nullptr);
    void setSession(Session* session);
    /// Reads the queue of these connections (empty: all).
    void refresh(const ConnectionNumbers& targets);

private:
    quint64 queued() const;
    quint64 taken() const;
    void show(quint64 left);
    void cancel();

    Session* session_ = nullptr;
    ConnectionNumbers targets_;
    QLabel* text_;
    QProgressBar* bar_;
    /// What the kernel had taken when the queue was last seen empty; nothing: it was not, of these targets.
    std::optional<quint64> takenBefore_;
    int readings_ = 0;  ///< in a row with something queued
};

}  // namespace sockstage
