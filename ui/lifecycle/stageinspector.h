#pragma once

#include <QPointer>
#include <QWidget>

#include "session.h"
#include "stagecalls.h"

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace sockstage {

class FittedText;
class Strip;

/// One stage from near: its calls with real arguments, results and times, what the stage does, and
/// for a failure what it means and what to try.
class StageInspector : public QWidget {
    Q_OBJECT

public:
    explicit StageInspector(QWidget* parent = nullptr);
    void setSession(Session* session);
    void setStage(Stage stage, std::uint32_t connection);
    void refresh();

private:
    void build(QVBoxLayout* column);
    void showStage();
    void showOwner();
    void showStrip();
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
    Strip* strip_;
    QLabel *earlier_, *addresses_, *options_, *owner_;
    FittedText *calls_, *failure_, *explanation_;
    QPushButton *copyCall_, *copyManual_;
};

}  // namespace sockstage
