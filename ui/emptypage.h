#pragma once

#include <QWidget>

#include "stage.h"

namespace sockstage {

/// What the window shows while there is no socket: the ways to begin.
class EmptyPage : public QWidget {
    Q_OBJECT

public:
    explicit EmptyPage(QWidget* parent = nullptr);

Q_SIGNALS:
    void newSocketWanted(sockstage::Role role);
    void demoWanted();
};

}  // namespace sockstage
