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
    void cancel();

    Session* session_ = nullptr;
    ConnectionNumbers targets_;
    QLabel* text_;
    QProgressBar* bar_;
    quint64 most_ = 0;  ///< the queue's height since it was last empty
    int readings_ = 0;  ///< in a row with something queued
};

}  // namespace sockstage
