// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QString>
#include <optional>
#include <string>

#include "backgroundwriter.h"

namespace sockstage {

/// The file, pipe, socket or terminal that the events go to. A thread of its own writes: a reader that
/// stops, and a disk that does not answer, must not keep the program from ending. Main thread.
class OutputStream : public QObject {
    Q_OBJECT

public:
    /// Standard output for "" and "-", else the file, made or emptied. A FIFO is opened later, by the writer:
    /// its reader may still have to come. nullopt: it cannot be written, errno says why.
    static std::optional<WriteTarget> open(const QString& file);
    /// Owns the descriptor unless it is standard output. Throws std::system_error without a thread.
    explicit OutputStream(const WriteTarget& target, QObject* parent = nullptr);
    ~OutputStream() override;

    /// Append here, then flush().
    std::string& buffer() { return buffer_; }
    /// Enough is waiting: the caller of append() should pause until `drained`.
    bool isFull() const;
    std::size_t pendingBytes() const { return buffer_.size() + writer_.pendingBytes(); }
    bool isEmpty() const { return pendingBytes() == 0; }
    /// Hands over what waits, once what was handed over before is written.
    void flush();
    /// Writes nothing more; pendingBytes() is exact from now on.
    void stop() { writer_.stop(); }
    /// The reader has gone (EPIPE), or the disk is full; what is appended is thrown away.
    bool isBroken() const { return broken_; }
    /// Why, as one line; empty when the reader simply went away.
    const QString& error() const { return error_; }

Q_SIGNALS:
    /// Everything is written.
    void drained();
    void broken();

private:
    void breakOff(int error);

    const int ownFd_;  // to be closed at the end; -1: none
    bool broken_ = false;
    bool waiting_ = false;
    std::string buffer_;
    QString error_;
    BackgroundWriter writer_;
};

}  // namespace sockstage
