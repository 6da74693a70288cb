// SPDX-License-Identifier: GPL-3.0-or-later
#include "optiondelegate.h"

#include <QComboBox>
#include <QSortFilterProxyModel>

#include "optionsmodel.h"
#include "plaintext.h"

namespace sockstage {
namespace {

/// Only what the user chose is set; an editor that is opened and left requests no call.
constexpr const char* chosenProperty = "chosen";

const OptionFact& factOf(const QModelIndex& index) {
    const auto* proxy = qobject_cast<const QSortFilterProxyModel*>(index.model());
    const QModelIndex source = proxy != nullptr ? proxy->mapToSource(index) : index;
    return *static_cast<const OptionsModel*>(source.model())->at(source.row()).fact;
}

QStringList namesOf(const OptionFact& fact) {
    if (fact.kind == OptionKind::Flag) return {OptionsModel::tr("off"), OptionsModel::tr("on")};
    QStringList names;
    for (const OptionChoice& choice : optionChoices(fact))
        names << toQString(choice.name);
    return names;
}

}  // namespace

QWidget* OptionDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem& option,
                                      const QModelIndex& index) const {
    const QStringList names = namesOf(factOf(index));
    if (names.isEmpty()) return CellDelegate::createEditor(parent, option, index);
    auto* choice = new QComboBox(parent);
    choice->addItems(names);
    // The choice is applied at once, without Enter.
    connect(choice, &QComboBox::activated, this, [this, choice] {
        choice->setProperty(chosenProperty, true);
        auto* self = const_cast<OptionDelegate*>(this);
        Q_EMIT self->commitData(choice);
        Q_EMIT self->closeEditor(choice);
    });
    return choice;
}

void OptionDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    auto* choice = qobject_cast<QComboBox*>(editor);
    if (choice == nullptr) return CellDelegate::setEditorData(editor, index);
    // -1, nothing, where the value is none of them: "on (2)", or an error.
    choice->setCurrentIndex(choice->findText(index.data(Qt::EditRole).toString()));
}

void OptionDelegate::setModelData(QWidget* editor, QAbstractItemModel* model,
                                  const QModelIndex& index) const {
    const auto* choice = qobject_cast<QComboBox*>(editor);
    if (choice == nullptr) return CellDelegate::setModelData(editor, model, index);
    if (choice->property(chosenProperty).toBool()) model->setData(index, choice->currentText(), Qt::EditRole);
}

}  // namespace sockstage
