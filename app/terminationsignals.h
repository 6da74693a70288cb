#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <memory>

namespace sockstage {

/// SIGINT, SIGTERM and SIGHUP as Qt signals, read from a signalfd. Main thread.
class TerminationSignals : public QObject {
    Q_OBJECT

public:
    /// Call before any thread starts: threads inherit the mask, and an unblocked one would be killed.
    static void block();

    explicit TerminationSignals(QObject* parent = nullptr);
    ~TerminationSignals() override;

Q_SIGNALS:
    void received(const QString& name);

private:
    void read();

    int fd_ = -1;
    std::unique_ptr<QSocketNotifier> notifier_;
};

}  // namespace sockstage
