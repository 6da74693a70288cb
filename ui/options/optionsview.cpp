// SPDX-License-Identifier: GPL-3.0-or-later
#include "optionsview.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include "explanations.h"
#include "fittedtext.h"
#include "optiondelegate.h"
#include "optionsmodel.h"
#include "plaintext.h"
#include "strip.h"
#include "theme.h"

namespace sockstage {
namespace {

constexpr qint64 pauseNs = 1'000'000'000;

}  // namespace

OptionsView::OptionsView(QWidget* parent)
    : QWidget(parent),
      model_(new OptionsModel(this)),
      filtered_(new QSortFilterProxyModel(this)),
      filter_(new QLineEdit(this)),
      table_(new QTableView(this)),
      whose_(makeLabel()),
      meaning_(makeLabel()),
      explanation_(new FittedText(FittedText::Look::Plain, this)) {
    const int space = fontMetrics().height() / 2;
    filter_->setPlaceholderText(tr("Find an option"));
    filter_->setAccessibleName(tr("Find an option"));
    filter_->setClearButtonEnabled(true);
    filter_->setMaximumWidth(fontMetrics().averageCharWidth() * 30);
    setTone(whose_, Tone::Dimmed);
    meaning_->setWordWrap(true);
    meaning_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    meaning_->setAccessibleName(tr("The option's value"));
    meaning_->setAlignment(Qt::AlignTop);
    explanation_->setAccessibleName(tr("What the option means"));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(space, space / 2, space, space / 2);
    bar->addWidget(whose_, 1);
    bar->addWidget(filter_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(table_, 1);
    column->addWidget(makeLine(Qt::Horizontal, this));
    auto* told = new QVBoxLayout;
    told->setContentsMargins(space, space / 2, space, space / 2);
    told->setSpacing(space / 2);
    told->addWidget(meaning_);
    told->addWidget(explanation_);
    column->addLayout(told);
    setUpTable();
    connect(filter_, &QLineEdit::textChanged, filtered_, &QSortFilterProxyModel::setFilterFixedString);
    connect(model_, &OptionsModel::refused, this, &OptionsView::say);
}

void OptionsView::setUpTable() {
    filtered_->setSourceModel(model_);
    filtered_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    filtered_->setFilterKeyColumn(static_cast<int>(OptionColumn::Name));
    table_->setModel(filtered_);
    table_->setItemDelegate(new OptionDelegate(table_));
    table_->setFrameShape(QFrame::NoFrame);
    table_->setShowGrid(false);
    table_->setWordWrap(false);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setEditTriggers(QAbstractItemView::DoubleClicked | QAbstractItemView::EditKeyPressed |
                            QAbstractItemView::SelectedClicked);
    table_->setTabKeyNavigation(false);
    table_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    table_->setAccessibleName(tr("Socket options"));
    table_->verticalHeader()->hide();
    const QFontMetrics metrics(monospaceFont());
    table_->verticalHeader()->setDefaultSectionSize(metrics.height() * 3 / 2);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setStretchLastSection(true);
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    constexpr std::array<int, optionColumnCount> characters{27, 17, 17, 24, 12};
    for (int column = 0; column < optionColumnCount; ++column)
        table_->setColumnWidth(column,
                               metrics.averageCharWidth() * characters[static_cast<std::size_t>(column)]);
    auto* copy = new QAction(tr("Copy"), table_);
    copy->setShortcut(QKeySequence::Copy);
    copy->setShortcutContext(Qt::WidgetShortcut);
    connect(copy, &QAction::triggered, this, &OptionsView::copyRows);
    table_->addAction(copy);
    table_->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(table_->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] {
        said_.clear();
        showMeaning();
    });
    connect(model_, &QAbstractItemModel::dataChanged, this, &OptionsView::showMeaning);
}

void OptionsView::setTarget(Session* session, std::uint32_t connection) {
    if (session == session_ && connection == connection_) return;
    session_ = session;
    connection_ = connection;
    askedNs_ = 0;
    model_->setTarget(session, connection);
    showMeaning();
}

void OptionsView::refresh() {
    if (!session_ || !isVisible()) return;
    const qint64 now = CaptureStore::nowNs();
    const bool live = model_->isLive();
    // While the user types, the row stays as it is.
    if (live && now - askedNs_ >= pauseNs && table_->indexWidget(table_->currentIndex()) == nullptr) {
        askedNs_ = now;
        session_->readOptions(connection_);
    }
    model_->refresh();
    const QString whose =
        connection_ == 0 ? tr("The socket's options") : tr("The options of connection %1").arg(connection_);
    whose_->setText(live                     ? tr("%1. Double-click a value to change it.").arg(whose)
                    : model_->rowCount() > 0 ? tr("%1, as they were last read; it is closed.").arg(whose)
                                             : tr("There is no open socket to read options from."));
}

void OptionsView::say(const QString& sentence) {
    said_ = sentence;
    showMeaning();
}

void OptionsView::showMeaning() {
    const QModelIndex current = filtered_->mapToSource(table_->currentIndex());
    if (!said_.isEmpty()) return meaning_->setText(said_);
    if (!current.isValid()) explanation_->showMarkdown({});
    if (!current.isValid()) return meaning_->setText(tr("Choose an option to read what it means."));
    const OptionValue& value = model_->at(current.row());
    meaning_->setText(optionStory(value));
    explanation_->showMarkdown(explanations::optionMarkdown(*value.fact));
}

void OptionsView::copyRows() const {
    QStringList cells;
    const QModelIndex current = table_->currentIndex();
    for (int column = 0; column < optionColumnCount && current.isValid(); ++column)
        cells << current.siblingAtColumn(column).data().toString();
    if (!cells.isEmpty()) QApplication::clipboard()->setText(cells.join(QLatin1Char('\t')));
}

}  // namespace sockstage
