// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>

namespace sockstage {

/// Bytes as offset, hex and ASCII, 16 to a line. Keeps its own copy, so that what is being read does
/// not go when the capture evicts it.
class HexDump : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit HexDump(QWidget* parent = nullptr);
    void setBytes(const QByteArray& bytes);
    const QByteArray& bytes() const { return bytes_; }
    /// Shown instead of bytes when there are none.
    void setPlaceholder(const QString& text);
    /// "0010  0a 43 …  .Content-Length:"
    QString lineText(int line) const;
    int lineCount() const;
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateScroll();
    QString offsetText(int line) const;
    QString hexPart(int line) const;
    QString asciiPart(int line) const;

    QByteArray bytes_;
    QString placeholder_;
};

}  // namespace sockstage
