// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QTabBar>

namespace sockstage {

/// Tabs of which none is ever cut or scrolled away: where the whole titles have no room, all have their short
/// ones. A matter of the width alone.
class ViewTabs : public QTabBar {
    Q_OBJECT

public:
    explicit ViewTabs(QWidget* parent);
    void addView(const QString& title, const QString& shortTitle);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    int widthWith(const QStringList& titles) const;
    void choose();

    QStringList titles_, shortTitles_;
};

}  // namespace sockstage
