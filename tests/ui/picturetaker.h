// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTest>
#include <functional>
#include <memory>

#include "loopback.h"
#include "mainwindow.h"
#include "sessionpage.h"

namespace sockstage {

/// A window whose states become PNG files, and the waiting until real sockets have brought it there.
class PictureTaker {
public:
    PictureTaker(const QString& folder, const QString& suffix) : folder_(folder), suffix_(suffix) {}

protected:
    void until(const char* what, const std::function<bool()>& condition) {
        if (QTest::qWaitFor(condition, 10'000)) return;
        qWarning("%s did not happen", what);
        good_ = false;
    }
    void save(const QString& name, QWidget& widget) {
        // One tick of the page and one of the window, so that every number is there.
        QTest::qWait(400);
        const QString file = folder_ + QLatin1Char('/') + name + suffix_ + QStringLiteral(".png");
        good_ = widget.grab().save(file) && good_;
    }
    Session* open(const SocketConfig& config) {
        Session* session = window_->openSocket(config);
        const auto settled = [session] {
            return session->isFinished() || !session->failure().isEmpty() ||
                   session->localAddress().isValid() ||
                   session->stateWord().startsWith(QStringLiteral("held"));
        };
        until("opening", settled);
        return session;
    }
    void freshWindow(QSize size = {1440, 900}) {
        window_ = std::make_unique<MainWindow>();
        window_->resize(size);
        window_->show();
        window_->activateWindow();
        good_ = QTest::qWaitForWindowActive(window_.get()) && good_;
    }

    SessionPage& page() const { return *window_->currentPage(); }

    const QString folder_, suffix_;
    std::unique_ptr<MainWindow> window_;
    bool good_ = true;
};

}  // namespace sockstage
