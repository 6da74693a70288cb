// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QSettings>
#include <QSignalSpy>
#include <QTest>
#include <memory>

#include "loopback.h"
#include "mainwindow.h"
#include "sessionpage.h"
#include "theme.h"

namespace sockstage {

/// The real window for a test, and what a person does with it: keys in, the words of its parts out.
class WindowUser {
public:
    explicit WindowUser(QSize size = {1440, 900}) {
        QSettings().clear();
        applyTheme(*qApp, Theme::Light);
        window_.resize(size);
        window_.show();
        activate();
    }
    ~WindowUser() {
        QSignalSpy closed(&window_, &MainWindow::everythingClosed);
        window_.close();
        if (closed.isEmpty()) closed.wait(10'000);
    }
    Q_DISABLE_COPY_MOVE(WindowUser)

    MainWindow& window() { return window_; }
    SessionPage& page() const { return *window_.currentPage(); }
    /// Keys go to the active window; a dialog that has just closed was it.
    void activate() {
        window_.activateWindow();
        if (!QTest::qWaitForWindowActive(&window_)) qFatal("the window does not become active");
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(&window_, key, modifiers);
    }
    template <class Part>
    Part* part(const char* name) const {
        return window_.findChild<Part*>(QLatin1String(name));
    }
    template <class Part>
    Part* onPage(const char* name) const {
        return page().findChild<Part*>(QLatin1String(name));
    }

private:
    MainWindow window_;
};

}  // namespace sockstage
