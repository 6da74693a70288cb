// SPDX-License-Identifier: GPL-3.0-or-later
#include "viewtabs.h"

#include <QEvent>

#include "strip.h"

namespace sockstage {

ViewTabs::ViewTabs(QWidget* parent) : QTabBar(parent) {
    setDrawBase(false);
    setExpanding(false);
    setUsesScrollButtons(false);
    setElideMode(Qt::ElideNone);
}

void ViewTabs::addView(const QString& title, const QString& shortTitle) {
    titles_ << title;
    shortTitles_ << shortTitle;
    addTab(title);
    choose();
}

int ViewTabs::widthWith(const QStringList& titles) const {
    int width = 0;
    for (int i = 0; i < count(); ++i)
        width += tabSizeHint(i).width() - fontMetrics().horizontalAdvance(tabText(i)) +
                 fontMetrics().horizontalAdvance(titles[i]);
    return width;
}

QSize ViewTabs::sizeHint() const {
    return {widthWith(titles_), QTabBar::sizeHint().height()};
}

QSize ViewTabs::minimumSizeHint() const {
    return {widthWith(shortTitles_), QTabBar::minimumSizeHint().height()};
}

void ViewTabs::choose() {
    const QStringList& fitting = width() < widthWith(titles_) ? shortTitles_ : titles_;
    for (int i = 0; i < count(); ++i) {
        if (tabText(i) != fitting[i]) setTabText(i, fitting[i]);
        setTabToolTip(i, fitting[i] == titles_[i] ? QString() : plainToolTip(titles_[i]));
    }
}

void ViewTabs::resizeEvent(QResizeEvent* event) {
    choose();
    QTabBar::resizeEvent(event);
}

void ViewTabs::changeEvent(QEvent* event) {
    QTabBar::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange) choose();
}

}  // namespace sockstage
