// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "chartspec.h"
#include "timewindow.h"

class QLabel;
class QMouseEvent;
class QPushButton;
class QScrollArea;
class QWheelEvent;

namespace sockstage {

class ChartPlot;
class FollowButton;

/// Charts over time that one can look back on: the wheel zooms, dragging pans, a cursor shows every figure of
/// one moment. They follow the newest sample until the user looks at an older moment; then they keep their
/// place. The derived view owns the samples and says what they mean; here are only their times.
class TimeCharts : public QWidget {
    Q_OBJECT

public:
    bool follows() const { return window_.follow; }
    void setFollow(bool follow);
    void setSpan(double seconds);
    const TimeWindow& window() const { return window_; }
    /// The sample that the cursor is at; none while nothing is pointed at, or where no sample was taken.
    std::optional<std::size_t> cursorSample() const;
    /// All figures at the cursor, else the newest ones, as text.
    QString readout() const;
    /// "paused at 12:04:07 · press End to follow"; empty while following.
    QString hint() const;
    std::size_t sampleCount() const { return times_.size(); }
    QSize sizeHint() const override;

Q_SIGNALS:
    void followChanged(bool follows);

protected:
    /// `epochOffsetNs` turns the capture's clock into nanoseconds since 1970. `gapSeconds`: samples further
    /// apart have no line between them.
    TimeCharts(qint64 epochOffsetNs, double gapSeconds, QWidget* parent);

    void setCharts(const std::vector<ChartSpec>& charts);
    void addSample(qint64 atNs, std::span<const double> values);
    void clearSamples();
    /// After samples were added: moves along, and draws what has changed on screen.
    void showAdded();
    void setNote(const QString& nothingYet);

    /// The words of one series in its chart's heading.
    virtual QString seriesText(std::size_t chart, std::size_t series, std::size_t sample) const = 0;
    /// Everything known about one sample, without its time.
    virtual QString sampleText(std::size_t sample) const = 0;
    /// The derived view forgets as many of its oldest samples.
    virtual void dropOldest(std::size_t count) = 0;

    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;

private:
    QWidget* makeBar();
    void move(const TimeWindow& wanted);
    void draw();
    void drawCursor();
    void showWords();
    void describe();
    void forget();
    void setCursorAt(double seconds);
    void moveCursor(int key, Qt::KeyboardModifiers modifiers);
    void clearCursor();
    void zoom(double factor, double around);
    bool mouse(QMouseEvent* event);
    void drag(int x);
    void wheel(QWheelEvent* event);
    void copyReadout() const;
    void scrollBy(int key);

    double oldest() const { return times_.empty() ? 0 : times_.front(); }
    double newest() const { return times_.empty() ? 0 : times_.back(); }
    /// The moment under the mouse, else the one that the keys chose.
    std::optional<double> cursorMoment() const;
    /// The sample whose figures are shown: at the cursor, else the newest; sampleCount() where there is none.
    std::size_t shownSample() const;
    std::size_t nearestSample(double seconds) const;
    QString clockText(double seconds) const;
    QString spanText() const;

    const qint64 epochOffsetNs_;
    const double gapSeconds_;
    std::vector<ChartSpec> charts_;
    std::deque<double> times_;  ///< seconds since 1970
    TimeWindow window_;
    double drawnEnd_ = 0;
    std::optional<double> chosen_;
    std::optional<int> mouseX_;
    std::optional<int> dragX_;
    bool dragged_ = false, stale_ = true;
    QLabel *moment_, *hint_, *note_;
    QPushButton* span_;
    FollowButton* follow_;
    QScrollArea* scroll_;
    ChartPlot* plot_;
};

}  // namespace sockstage
