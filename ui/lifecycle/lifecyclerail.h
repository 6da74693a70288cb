#pragma once

#include <QPointer>
#include <QWidget>
#include <optional>
#include <vector>

#include "stagefacts.h"

class QMenu;

namespace sockstage {

class StageCard;

/// The stages of a session, or of one of its clients, as a row of cards that a line connects. Cards
/// that do not fit go to a second row. Holds and steps are asked for here and go straight to the session.
class LifecycleRail : public QWidget {
    Q_OBJECT

public:
    explicit LifecycleRail(QWidget* parent = nullptr);

    void setSession(Session* session);
    /// 0: the session's own rail; else that client's.
    void setConnection(std::uint32_t connection);
    std::uint32_t connection() const { return connection_; }
    void refresh();
    Stage selectedStage() const;
    void selectStage(Stage stage);
    /// Nothing is selected, because something elsewhere is.
    void clearSelection();
    /// Marks the stage that Step makes, and no other.
    void setNext(std::optional<Stage> stage);
    /// Where nothing is selected, the stage that the session is at is selected as it moves on.
    void followSession();

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

Q_SIGNALS:
    void stageSelected(sockstage::Stage stage, std::uint32_t connection);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void rebuild();
    std::vector<QRect> cardRects(int width) const;
    void placeCards();
    void updateFacts(StageCard& card);
    void tellGuide(StageCard& card) const;
    bool handleKey(StageCard& card, int key);
    void moveFocus(const StageCard& from, int key);
    void makeCurrent(StageCard& card);
    void choose(StageCard& card);
    void showWhereItIs();
    void uncheck();
    void showMenu(StageCard& card, const QPoint& at);
    bool canHold(Stage stage) const;
    bool isHeld(Stage stage) const;
    void toggleHold(Stage stage);
    bool canStep(const StageCard& card) const;
    void step(Stage stage);
    ConnectionNumbers targets() const;

    QPointer<Session> session_;
    std::uint32_t connection_ = 0;
    std::vector<StageCard*> cards_;
    std::optional<Stage> next_;
    bool chosen_ = false;  ///< somebody has selected a card
};

}  // namespace sockstage
