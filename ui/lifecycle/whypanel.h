// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"

class QLabel;
class QPushButton;

namespace sockstage {

/// Below the inspected stage, what was measured about it beyond the call: why it failed and who has the port,
/// or which of this machine's addresses lead to the socket. Hides itself when there is nothing to say.
class WhyPanel : public QWidget {
    Q_OBJECT

public:
    explicit WhyPanel(QWidget* parent = nullptr);
    void setStage(Session* session, Stage stage, std::uint32_t connection);
    /// Lets the worker look at the addresses of this machine; the kernel is not queried from here.
    void refresh();

Q_SIGNALS:
    /// The same socket again, with SO_REUSEADDR.
    void retryWithReuseWanted();

private:
    QString causeText() const;
    bool reuseWasOn() const;
    QString holdersText() const;
    QString reachText() const;
    void show(QLabel* label, const QString& text);

    QPointer<Session> session_;
    Stage stage_ = Stage::Getaddrinfo;
    std::uint32_t connection_ = 0;
    QLabel *cause_, *holders_, *reachable_;
    QPushButton* retry_;
};

}  // namespace sockstage
