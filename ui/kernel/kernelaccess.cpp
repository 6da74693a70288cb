// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernelaccess.h"

#include <QAccessibleWidget>

#include "kernelrow.h"

namespace sockstage {
namespace {

class KernelRowAccess : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit KernelRowAccess(KernelRow* row) : QAccessibleWidget(row, QAccessible::StaticText), row_(row) {}

    // A row may become another line's when another socket is looked at.
    QAccessible::Role role() const override {
        return row_->line().bar ? QAccessible::ProgressBar : QAccessible::StaticText;
    }

    QString text(QAccessible::Text kind) const override {
        switch (kind) {
            case QAccessible::Name:
                return row_->line().text();
            case QAccessible::Description:
                return row_->line().about;
            case QAccessible::Value:
                return row_->line().value;
            default:
                return QAccessibleWidget::text(kind);
        }
    }
    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface && row_->line().bar)
            return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }

    // The amounts that the bar shows. What the kernel does not report is no value, not 0.
    QVariant currentValue() const override {
        qlonglong sum = 0;
        for (const BarPart& part : row_->line().parts) {
            if (part.ink == BarInk::Charged || part.ink == BarInk::None) continue;
            if (part.amount == KernelFacts::absent) return {};
            sum += part.amount;
        }
        return sum;
    }
    void setCurrentValue(const QVariant&) override {}
    QVariant minimumValue() const override { return qlonglong{0}; }
    QVariant maximumValue() const override {
        const std::int64_t limit = row_->line().limit;
        return limit == KernelFacts::absent ? QVariant() : QVariant(static_cast<qlonglong>(limit));
    }
    QVariant minimumStepSize() const override { return {}; }

private:
    KernelRow* row_;
};

QAccessibleInterface* accessFor(const QString&, QObject* object) {
    auto* row = qobject_cast<KernelRow*>(object);
    return row == nullptr ? nullptr : new KernelRowAccess(row);
}

}  // namespace

void installKernelAccess() {
    // Installing the same factory twice would ask it twice.
    static const bool installed = [] {
        QAccessible::installFactory(accessFor);
        return true;
    }();
    static_cast<void>(installed);
}

}  // namespace sockstage
