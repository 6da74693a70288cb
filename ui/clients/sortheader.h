// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHeaderView>

namespace sockstage {

/// Marks the column that the table is sorted by with a triangle above its title: there it has room whatever
/// the title's length and side, and it is as large as the font.
class SortHeader : public QHeaderView {
    Q_OBJECT

public:
    explicit SortHeader(QWidget* parent);

protected:
    void paintSection(QPainter* painter, const QRect& rect, int column) const override;
};

}  // namespace sockstage
