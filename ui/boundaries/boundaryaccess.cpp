// SPDX-License-Identifier: GPL-3.0-or-later
#include "boundaryaccess.h"

#include <QAccessibleWidget>

#include "boundarystrip.h"

namespace sockstage {
namespace {

class BoundaryStripAccess : public QAccessibleWidget {
public:
    explicit BoundaryStripAccess(BoundaryStrip* strip)
        : QAccessibleWidget(strip, QAccessible::Chart), strip_(strip) {}

    QString text(QAccessible::Text kind) const override {
        switch (kind) {
            case QAccessible::Description:
                return described().join(QLatin1Char('\n'));
            case QAccessible::Value:
                return strip_->visibleGroups().join(QLatin1Char('\n'));
            default:
                return QAccessibleWidget::text(kind);
        }
    }

private:
    QStringList described() const {
        QStringList lines = strip_->readout();
        if (const QString hint = strip_->hint(); !hint.isEmpty()) lines.prepend(hint);
        return lines;
    }

    BoundaryStrip* strip_;
};

QAccessibleInterface* accessFor(const QString&, QObject* object) {
    auto* strip = qobject_cast<BoundaryStrip*>(object);
    return strip == nullptr ? nullptr : new BoundaryStripAccess(strip);
}

}  // namespace

void installBoundaryAccess() {
    // Installing the same factory twice would ask it twice.
    static const bool installed = [] {
        QAccessible::installFactory(accessFor);
        return true;
    }();
    static_cast<void>(installed);
}

}  // namespace sockstage
