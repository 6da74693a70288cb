// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QPointer>
#include <optional>

#include "linescroll.h"
#include "recordfind.h"
#include "recordpainter.h"
#include "recordrows.h"
#include "session.h"

namespace sockstage {

/// The lines of a capture: what was sent and received, or every call. Paints what is on screen from
/// the records themselves, so its cost does not depend on how much there is.
class RecordView : public QAbstractScrollArea {
    Q_OBJECT

public:
    enum class Content : std::uint8_t { Traffic, Calls };
    explicit RecordView(Content content, QWidget* parent = nullptr);

    void setSession(Session* session);
    /// Only what belongs to these connections; empty: all.
    void setConnections(ConnectionNumbers onlyThese);
    const ConnectionNumbers& connections() const { return only_; }
    void setHex(bool hex);
    void setFollow(bool follow);
    bool follows() const { return follow_; }
    void refresh();
    /// Highlights matches, case-insensitively. findNext() jumps to the next one and may take several
    /// refreshes to find it.
    void setFind(const QString& text);
    void findNext(bool forward);
    /// Makes a row of the capture the current one, where it is among the lines.
    void selectRow(quint64 captureRow);

    /// The capture row that is current; none when nothing was chosen.
    std::optional<quint64> currentRow() const { return current_; }
    /// The lines on screen as text; for tests and for a screen reader.
    QStringList visibleLines() const;
    /// "paused at line 12 · End follows again"; empty while following.
    QString hint() const;
    QSize sizeHint() const override;

Q_SIGNALS:
    void rowSelected(quint64 captureRow);
    void followChanged(bool follows);
    /// A search came to its end.
    void findFinished(bool found);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void restart();
    void updateScroll();
    void setTop(quint64 top);
    void scrollByUser(quint64 top);
    void continueFind();
    void selectLine(quint64 line);
    void revealLine(quint64 line);
    void clickAt(const QPoint& at);
    void moveCurrent(int key);
    quint64 currentLine() const;
    bool hasEvictedLine() const { return rows_.evictedRows() > 0; }
    QString evictedText() const;
    /// The line's words; nothing when it was evicted meanwhile.
    std::optional<RecordLine> lineAt(quint64 line, CaptureStore::Pin& pin, int columns) const;
    QRect hintBox(const QString& text) const;
    void paintHint(QPainter& painter) const;
    void describeCurrent();
    void copyLine() const;
    void copyData(PayloadStyle style) const;
    bool currentHasData() const;

    const Content content_;
    QPointer<Session> session_;
    RecordSource source_;
    ConnectionNumbers only_;
    RecordRows rows_;
    RecordFind find_;
    RecordPainter painter_;
    LineScroll scroll_;
    quint64 top_ = 0;
    std::optional<quint64> current_;
    QString paintedHint_;
    bool hex_ = false, follow_ = true, settingBar_ = false;
    int wheelRest_ = 0;
};

}  // namespace sockstage
