#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <QString>
#include <QTimer>
#include <memory>
#include <string>

namespace sockstage {

/// The file, pipe or terminal that the events go to. Never blocks in write() on a pipe or a terminal:
/// a reader that stops reading must not keep the program from ending. Main thread.
class OutputStream : public QObject {
    Q_OBJECT

public:
    /// A descriptor to write to: standard output for "" and "-", else the file, made or emptied.
    /// -1: it cannot be written, errno says why.
    static int open(const QString& file);
    /// Owns `fd` unless it is standard output.
    explicit OutputStream(int fd, QObject* parent = nullptr);
    ~OutputStream() override;

    /// Append here, then flush().
    std::string& buffer() { return buffer_; }
    /// Enough is waiting: whoever appends should pause until `drained`.
    bool isFull() const;
    std::size_t pendingBytes() const { return buffer_.size() - written_; }
    bool isEmpty() const { return written_ == buffer_.size(); }
    /// Writes what can be written at once.
    void flush();
    /// Nobody reads any more (EPIPE), or the disk is full; what is appended is thrown away.
    bool isBroken() const { return broken_; }
    /// Why, as one line; empty when the reader simply went away.
    const QString& error() const { return error_; }

Q_SIGNALS:
    void drained();
    void broken();

private:
    bool writable() const;
    bool writePiece();
    void breakOff(int error);

    const int given_, fd_;  // the same, or fd_ is our own way to the same terminal or pipe
    const bool mayBlock_;   // everything but regular files
    bool broken_ = false;
    std::string buffer_;
    std::size_t written_ = 0;
    QString error_;
    std::unique_ptr<QSocketNotifier> notifier_;
    QTimer later_;
};

}  // namespace sockstage
