// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPointer>
#include <QWidget>
#include <optional>
#include <vector>

#include "stagefacts.h"

class QMenu;

namespace sockstage {

class RailMark;
class StageCard;

/// The stages of a session as a row of cards that a line connects; of a TCP server, behind a mark, those of
/// its chosen client, or of all of its clients. Every card has a place of its own, so that choosing a client
/// moves nothing. Cards that do not fit go to a second row. Holds and steps are requested here and go
/// straight to the session.
class LifecycleRail : public QWidget {
    Q_OBJECT

public:
    explicit LifecycleRail(QWidget* parent = nullptr);

    void setSession(Session* session);
    /// The client of a TCP server whose cards stand behind the mark; 0: all clients together.
    void setConnection(std::uint32_t connection);
    std::uint32_t connection() const { return connection_; }
    /// How many clients are chosen, for the mark.
    void setChosenClients(std::size_t count);
    void refresh();
    Stage selectedStage() const;
    /// The client that the selected card is about; 0: the session.
    std::uint32_t selectedConnection() const;
    void selectStage(Stage stage);
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
    void addCard(Stage stage);
    void showMark();
    bool isClients(const StageCard& card) const;
    std::uint32_t connectionOf(const StageCard& card) const;
    /// Of the cards; the mark's comes last where there is one.
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
    bool canHold(const StageCard& card) const;
    bool isHeld(const StageCard& card) const;
    void toggleHold(const StageCard& card);
    bool canStep(const StageCard& card) const;
    void step(const StageCard& card);

    QPointer<Session> session_;
    std::uint32_t connection_ = 0;
    std::size_t chosenClients_ = 0;
    std::vector<StageCard*> cards_;
    RailMark* mark_ = nullptr;        ///< only of a TCP server
    std::size_t firstOfClients_ = 0;  ///< the cards from here on are behind the mark
    std::optional<Stage> next_;
    bool chosen_ = false;  ///< the user has selected a card
};

}  // namespace sockstage
