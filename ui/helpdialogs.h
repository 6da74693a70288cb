#pragma once

class QWidget;

namespace sockstage {

void showAbout(QWidget* parent);

}  // namespace sockstage
