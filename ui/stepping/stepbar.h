// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <array>

#include "nextstep.h"

class QLabel;
class QPushButton;

namespace sockstage {

class SteadyLabel;

/// The strip that shows what is held and what comes next: a sentence, the call with its arguments as far as
/// they are known, Step and Run, and the steps that one may make out of turn. Hidden while nothing is held.
/// Window thread.
class StepBar : public QWidget {
    Q_OBJECT

public:
    explicit StepBar(Session& session, QWidget* parent = nullptr);
    /// The connection that steps are about; 0: the session as a whole.
    void setConnection(std::uint32_t connection);
    /// Something else has its place, an experiment's bar.
    void setSuppressed(bool suppressed);
    /// Reads the session again. Several times a second.
    void refresh();
    /// Makes the step that is shown, and nothing else.
    void step();
    /// Releases all.
    void run();
    /// What is shown as the next step.
    const std::optional<NextStep>& next() const { return next_; }
    bool isAnythingHeld() const;

Q_SIGNALS:
    void nextChanged();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum Part : std::uint8_t { Accept, Receive, Send, ShutDown, Close, Reset, partCount };
    QWidget* makeSteps();
    int widestParts() const;
    QPushButton* addButton(const QString& text, const char* name, void (StepBar::*act)());
    void perform(Part part);
    void closeIt();
    void shutDown();
    std::uint32_t subject() const;
    bool isOwnSocket() const;
    bool isHeld(Stage stage) const;
    void showNext();
    void showParts();
    void showPart(Part part, Stage stage, const QString& text, bool applies);
    bool canDo(Part part) const;
    QString tipOf(Part part) const;

    Session& session_;
    std::uint32_t connection_ = 0;
    bool suppressed_ = false;
    std::optional<NextStep> next_;
    QLabel* title_;
    SteadyLabel* sentence_;
    QLabel* call_;
    QPushButton *step_ = nullptr, *run_ = nullptr;
    QWidget* steps_ = nullptr;
    std::array<QPushButton*, partCount> parts_{};
};

}  // namespace sockstage
