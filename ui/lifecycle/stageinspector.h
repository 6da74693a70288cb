// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"
#include "stagecalls.h"

class QLabel;
class QPushButton;
class QToolButton;
class QVBoxLayout;

namespace sockstage {

class FittedText;
class WhyPanel;

/// One stage from near: its calls with real arguments, results and times, what the stage does, and
/// for a failure what it means and what to try. In short first: the call that the stage is named after and
/// the beginning of the explanation, so that the panels below stay on screen; all of it on demand.
class StageInspector : public QWidget {
    Q_OBJECT

public:
    explicit StageInspector(QWidget* parent = nullptr);
    void setSession(Session* session);
    void setStage(Stage stage, std::uint32_t connection);
    void refresh();
    /// "Stage: bind" and "✔ done", for the header above it.
    const QString& title() const { return title_; }
    const QString& fact() const { return fact_; }
    bool isDetailed() const;
    void setDetailed(bool detailed);

Q_SIGNALS:
    void headingChanged();
    /// The same socket again, with SO_REUSEADDR.
    void retryWithReuseWanted();
    void detailedChanged(bool detailed);

private:
    QWidget* makeButtons();
    void build(QVBoxLayout* column);
    void showStage();
    void showCalls(const StageCalls& calls);
    void showHeading();
    void showAddresses();
    void showOptions(const StageCalls& calls);
    void showFailure(const StageCalls& calls);
    void showText(QLabel* label, const QString& text);
    QString manualCommand() const;

    QPointer<Session> session_;
    Stage stage_ = Stage::Getaddrinfo;
    std::uint32_t connection_ = 0;
    qint64 updatedNs_ = 0;
    quint64 shownEnd_ = ~quint64{0};
    StageState shownState_ = StageState::NotYet;
    QString shownError_;
    QString title_, fact_;
    QLabel *earlier_, *addresses_, *options_;
    FittedText *calls_, *failure_, *explanation_;
    QPushButton *copyCall_, *copyProgram_, *copyManual_;
    QToolButton* more_;
    WhyPanel* why_;
};

}  // namespace sockstage
