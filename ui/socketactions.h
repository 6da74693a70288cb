// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QPointer>
#include <optional>

#include "callprogram.h"
#include "session.h"

namespace sockstage {

class SessionPage;

/// What can be done to a socket: the actions of the tool bar and the Socket menu. They mean the
/// selected clients when some are selected, else the session, and their tool tips say which.
class SocketActions : public QObject {
    Q_OBJECT

public:
    explicit SocketActions(QWidget* window);
    void setPage(SessionPage* page);
    /// Follows the state of the page's session: what is possible, on what it would act.
    void refresh();
    /// Redraws the icons in the theme's colours.
    void drawIcons();

    /// The configuration of a socket that is opened now: while Step mode is pressed, it begins held.
    SocketConfig withStepMode(SocketConfig config) const;

    QAction *run, *step, *stepMode, *shutDown, *close, *reset, *again, *remove, *copyProgram, *saveProgram;

Q_SIGNALS:
    void againWanted();
    void removeWanted();

private:
    QAction* add(const QString& text, const QKeySequence& shortcut, const char* name,
                 void (SocketActions::*act)());
    void doRun();
    void doStep();
    void doStepMode(bool on);
    void doCopyProgram();
    void doSaveProgram();
    void doShutDown();
    void doClose();
    void doReset();
    bool mayAct() const;
    QString shortSubject(const ConnectionNumbers& targets) const;
    QString subject(const ConnectionNumbers& targets) const;
    QString subjectOf(std::uint32_t connection) const;
    void describe(const ConnectionNumbers& targets);
    void refreshStepMode(bool open);
    ProgramScope programScope() const;
    bool canShutDown(const ConnectionNumbers& targets) const;

    QPointer<SessionPage> page_;
    std::optional<bool> askedStepMode_;  ///< requested and not yet seen
};

}  // namespace sockstage
