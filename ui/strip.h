// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;

namespace sockstage {

/// The header of a panel: a title, and at its end one short fact in the secondary colour.
class Strip : public QWidget {
    Q_OBJECT

public:
    explicit Strip(const QString& title, QWidget* parent = nullptr);
    void setTitle(const QString& title);
    void setFact(const QString& fact);

private:
    QLabel* title_;
    QLabel* fact_;
};

/// A separator, one device-independent pixel wide, that follows the palette.
QWidget* makeLine(Qt::Orientation orientation, QWidget* parent = nullptr);
/// A label for text that may come from outside: never rich text.
QLabel* makeLabel(const QString& text = {}, QWidget* parent = nullptr);
/// The same for text of any length: it breaks lines and can be selected with mouse and keyboard.
QLabel* makeTextLabel(QWidget* parent = nullptr);
/// A tool tip is rich text by guess; this one shows `text` as it is, with line breaks.
QString plainToolTip(const QString& text);

}  // namespace sockstage
