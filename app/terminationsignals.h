// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <memory>

namespace sockstage {

/// SIGINT, SIGTERM and SIGHUP as Qt signals, read from a signalfd. Main thread.
class TerminationSignals : public QObject {
    Q_OBJECT

public:
    /// Call before any thread starts: threads inherit the mask, and an unblocked one would be killed. Takes
    /// its descriptor now, before anything else can take the last one; without one the signals keep ending
    /// the process.
    static void block();

    explicit TerminationSignals(QObject* parent = nullptr);
    ~TerminationSignals() override;

Q_SIGNALS:
    void received(const QString& name);

private:
    void read();

    static int signalFd_;
    std::unique_ptr<QSocketNotifier> notifier_;
};

}  // namespace sockstage
