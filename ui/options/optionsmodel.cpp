// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionsmodel.h"

#include <QBrush>

#include "explanations.h"
#include "plaintext.h"
#include "strip.h"
#include "symbolnames.h"
#include "theme.h"

namespace sockstage {
namespace {

QString errorName(int error) {
    return QString::fromStdString(errnoName(error));
}

QString askedText(const OptionValue& value) {
    if (!value.askedText.empty()) return outsideText(value.askedText);
    return value.asked ? QString::fromStdString(optionValueText(*value.fact, *value.asked)) : QString();
}

bool differs(const OptionValue& value) {
    return value.asked && value.granted && *value.asked != *value.granted;
}

}  // namespace

QString optionStory(const OptionValue& value) {
    const QString name = toQString(value.fact->symbol);
    if (value.setError != 0) {
        const QString error = errorName(value.setError);
        return OptionsModel::tr("%1: the kernel refused it with %2. %3")
            .arg(name, error, explanations::errorSentence(Call::Setsockopt, error))
            .trimmed();
    }
    if (value.error != 0) return OptionsModel::tr("%1: not here (%2).").arg(name, errorName(value.error));
    QString story = OptionsModel::tr("%1 is %2").arg(name, outsideText(value.text));
    if (const QString asked = askedText(value); !asked.isEmpty())
        story += OptionsModel::tr(", asked for %1").arg(asked);
    if (!value.note.empty()) story += QStringLiteral(": ") + QString::fromStdString(value.note);
    return story.endsWith(QLatin1Char('.')) ? story : story + QLatin1Char('.');
}

void OptionsModel::setTarget(Session* session, std::uint32_t connection) {
    if (session_ == session && connection_ == connection) return;
    beginResetModel();
    session_ = session;
    connection_ = connection;
    readings_ = 0;
    values_.clear();
    endResetModel();
}

void OptionsModel::refresh() {
    if (!session_ || session_->optionReadings(connection_) == readings_) return;
    readings_ = session_->optionReadings(connection_);
    std::vector<OptionValue> values = session_->optionValues(connection_);
    if (values.size() != values_.size()) {
        beginResetModel();
        values_ = std::move(values);
        endResetModel();
        return;
    }
    values_ = std::move(values);
    if (!values_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, optionColumnCount - 1));
}

bool OptionsModel::isLive() const {
    if (!session_ || session_->isFinished()) return false;
    if (connection_ == 0) return session_->descriptor() >= 0;
    return session_->connections().at(connection_).fd.load(std::memory_order_relaxed) >= 0;
}

int OptionsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(values_.size());
}

int OptionsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : optionColumnCount;
}

QString OptionsModel::text(const OptionValue& value, OptionColumn column) const {
    switch (column) {
        case OptionColumn::Name:
            return toQString(value.fact->symbol);
        case OptionColumn::Value:
            return value.error != 0 ? tr("— (%1)").arg(errorName(value.error)) : outsideText(value.text);
        case OptionColumn::Asked:
            if (value.setError != 0) return tr("refused: %1").arg(errorName(value.setError));
            return askedText(value);
        case OptionColumn::When: {
            QString when = toQString(optionMomentText(*value.fact));
            return value.fact->privileged ? tr("%1, privileged").arg(when) : when;
        }
        case OptionColumn::Meaning:
            return explanations::optionSentence(*value.fact);
    }
    return {};
}

QVariant OptionsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const OptionValue& value = at(index.row());
    const auto column = static_cast<OptionColumn>(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return text(value, column);
        case Qt::EditRole:
            return column == OptionColumn::Value ? outsideText(value.text) : text(value, column);
        case Qt::ToolTipRole:
            return plainToolTip(optionStory(value));
        case Qt::FontRole:
            return column >= OptionColumn::When ? QVariant() : QVariant(monospaceFont());
        case Qt::AccessibleDescriptionRole:
            return optionStory(value);
        case Qt::ForegroundRole:
            if (value.setError != 0 && column == OptionColumn::Asked) return QBrush(roleColors().failed);
            if (column == OptionColumn::When || value.error != 0) return QBrush(roleColors().dimmed);
            if (column == OptionColumn::Asked && differs(value)) return QBrush(roleColors().held);
            return {};
        default:
            return {};
    }
}

QVariant OptionsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    switch (static_cast<OptionColumn>(section)) {
        case OptionColumn::Name:
            return tr("Option");
        case OptionColumn::Value:
            return tr("Value");
        case OptionColumn::Asked:
            return tr("Asked for");
        case OptionColumn::When:
            return tr("May be set");
        case OptionColumn::Meaning:
            return tr("Meaning");
    }
    return {};
}

Qt::ItemFlags OptionsModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    if (!index.isValid() || index.column() != static_cast<int>(OptionColumn::Value)) return flags;
    const OptionValue& value = at(index.row());
    if (isLive() && !value.fact->readOnly) flags |= Qt::ItemIsEditable;
    return flags;
}

bool OptionsModel::setData(const QModelIndex& index, const QVariant& wanted, int role) {
    if (role != Qt::EditRole || !index.isValid() || !session_) return false;
    const OptionFact& fact = *at(index.row()).fact;
    const QString typed = wanted.toString().trimmed();
    // Leaving the field as it was is no call.
    if (typed == data(index, Qt::EditRole).toString()) return false;
    if (fact.kind == OptionKind::Text) {
        session_->setOption(connection_, fact.level, fact.name, typed);
        return true;
    }
    const auto number = parseOptionValue(fact, typed.toStdString());
    if (!number) {
        Q_EMIT refused(tr("“%1” is no value of %2; nothing was set.").arg(typed, toQString(fact.symbol)));
        return false;
    }
    session_->setOption(connection_, fact.level, fact.name, *number);
    return true;
}

}  // namespace sockstage
