#pragma once

#include <QWidget>

#include "session.h"

class QStackedWidget;
class QTabBar;
class QToolButton;

namespace sockstage {

class ChoiceButton;
class RecordView;

/// The tabs Traffic and System calls, with what they have in common: whose records, text or hex, and
/// whether they follow the end.
class TrafficPane : public QWidget {
    Q_OBJECT

public:
    explicit TrafficPane(Session& session, QWidget* parent = nullptr);
    void setSelected(const ConnectionNumbers& numbers);
    void setFind(const QString& text);
    void findNext(bool forward);
    void setHex(bool hex);
    /// The tab System calls, or Traffic.
    void showCalls(bool calls);
    void refresh();

Q_SIGNALS:
    void rowSelected(quint64 captureRow);
    void findFinished(bool found);

private:
    QWidget* makeBar();
    RecordView* addView(RecordView* view, const QString& title);
    RecordView* current() const;
    void applyScope();
    void applyNotation();
    void showFollow();

    Session& session_;
    QTabBar* tabs_;
    ChoiceButton *scope_, *notation_;
    QToolButton* follow_;
    QStackedWidget* stack_;
    RecordView *traffic_, *calls_;
    ConnectionNumbers selected_;
};

}  // namespace sockstage
