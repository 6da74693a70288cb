#pragma once

class QWidget;

namespace sockstage {

void showAbout(QWidget* parent);
/// Every key that does something, as a table.
void showShortcuts(QWidget* parent);

}  // namespace sockstage
