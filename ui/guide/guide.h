// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <memory>

class QAction;
class QDialog;
class QMainWindow;

namespace sockstage {

class GuideWindow;

/// The guide of the main window, which owns this: the entry for its Help menu, the key F1, and the window
/// that they open, at the place that fits what has the focus.
class Guide : public QObject {
    Q_OBJECT

public:
    explicit Guide(QMainWindow& main);
    ~Guide() override;
    QAction* action() const { return action_; }
    void open();
    /// At a place as setGuidePlace() names it; empty: where one was reading.
    void openAt(const QString& place);
    /// F1 in a dialog of the window, at the dialog's place: the window's own keys are asleep meanwhile.
    void serve(QDialog& dialog);
    /// Null before it is opened for the first time.
    GuideWindow* window() const { return guide_.get(); }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QMainWindow& main_;
    QAction* action_;
    std::unique_ptr<GuideWindow> guide_;
};

}  // namespace sockstage
