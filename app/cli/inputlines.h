// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QObject>
#include <memory>

namespace sockstage {

/// Standard input line by line. A thread of its own calls plain read(): that serves terminals, pipes
/// and regular files alike (epoll refuses files), and a thread that hangs in read() does not keep the
/// process from ending. The signals come on the thread that owns this object.
class InputLines : public QObject {
    Q_OBJECT

public:
    static constexpr qsizetype longestLine = 64'000'000;
    static constexpr qsizetype longestTerminalLine = 4095;  ///< without its line feed

    explicit InputLines(QObject* parent = nullptr);
    ~InputLines() override;
    void start();
    /// No further line comes, also of what was read already, until resume().
    void pause();
    void resume();

Q_SIGNALS:
    /// Without its line feed (and carriage return).
    void line(const QByteArray& line);
    void lineTooLong();
    /// The terminal has most likely thrown the rest of it away.
    void lineCut();
    /// There is no thread that could read; the errno says why.
    void unreadable(int error);
    /// `anything`: there was at least one byte before the end.
    void ended(bool anything);

private:
    struct Shared;
    static void readLoop(const std::shared_ptr<Shared>& shared);
    static bool handOver(Shared& shared, const char* bytes, qsizetype length);
    void take();
    void goOn();
    void takeLine();
    void finishLine();

    std::shared_ptr<Shared> shared_;  // outlives us while the thread hangs in read()
    QByteArray piece_;                // as the thread read it; lines before at_ are done
    qsizetype at_ = 0;
    QByteArray partial_;
    bool cut_ = false;  // the line that piece_ is
    bool anything_ = false, end_ = false, paused_ = false;
    bool due_ = false;       // take() was called while paused
    bool skipping_ = false;  // the rest of a line that was too long
};

}  // namespace sockstage
