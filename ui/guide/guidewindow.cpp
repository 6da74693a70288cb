// SPDX-License-Identifier: GPL-3.0-or-later
#include "guidewindow.h"

#include <QDesktopServices>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QScreen>
#include <QSettings>
#include <QShortcut>
#include <QSplitter>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "guidepage.h"
#include "settings.h"
#include "strip.h"
#include "theme.h"
#include "toolicons.h"

namespace sockstage {

GuideWindow::GuideWindow(const QString& shortcuts)
    : chapters_(readGuide(shortcuts)),
      search_(chapters_),
      backButton_(nullptr),
      forwardButton_(nullptr),
      find_(new QLineEdit(this)),
      found_(makeLabel({}, this)),
      list_(new QListWidget(this)),
      page_(new GuidePage(this)),
      splitter_(new QSplitter(this)) {
    setWindowIcon(programIcon());
    setAttribute(Qt::WA_QuitOnClose, false);
    list_->setObjectName(QStringLiteral("chapters"));
    list_->setAccessibleName(tr("Chapters"));
    list_->setFrameShape(QFrame::NoFrame);
    list_->setWordWrap(true);
    for (const GuideChapter& each : chapters_)
        list_->addItem(each.title);
    page_->setObjectName(QStringLiteral("page"));
    splitter_->addWidget(list_);
    splitter_->addWidget(page_);
    splitter_->setHandleWidth(1);
    splitter_->setStretchFactor(1, 1);
    splitter_->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins({});
    column->setSpacing(0);
    column->addWidget(makeBar());
    column->addWidget(makeLine(Qt::Horizontal, this));
    column->addWidget(splitter_, 1);
    connect(list_, &QListWidget::currentRowChanged, this, [this](int row) { visit({row, 0}); });
    connect(page_, &QTextBrowser::anchorClicked, this, &GuideWindow::followLink);
    addKey(QKeySequence::Find, &GuideWindow::startFind);
    addKey(Qt::Key_F3, &GuideWindow::findNext);
    addKey(Qt::SHIFT | Qt::Key_F3, &GuideWindow::findPrevious);
    addKey(Qt::CTRL | Qt::Key_PageDown, &GuideWindow::nextChapter);
    addKey(Qt::CTRL | Qt::Key_PageUp, &GuideWindow::previousChapter);
    addKey(Qt::Key_Escape, &GuideWindow::escape);
    colourList();
    restore();
}

GuideWindow::~GuideWindow() {
    save();
}

QWidget* GuideWindow::makeBar() {
    auto* bar = new QWidget(this);
    const int space = fontMetrics().height() / 2;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(space, space * 2 / 3, space, space * 2 / 3);
    row->setSpacing(space);
    backButton_ = addButton(QStringLiteral("←"), tr("Back"), Qt::ALT | Qt::Key_Left, &GuideWindow::goBack);
    forwardButton_ =
        addButton(QStringLiteral("→"), tr("Forward"), Qt::ALT | Qt::Key_Right, &GuideWindow::goForward);
    find_->setObjectName(QStringLiteral("guideFind"));
    find_->setPlaceholderText(tr("Find in the guide"));
    find_->setAccessibleName(tr("Find in the guide"));
    find_->setToolTip(tr("Find (Ctrl+F); Enter or F3 goes to the next match, Shift+F3 to the one before"));
    find_->setClearButtonEnabled(true);
    find_->setMinimumWidth(fontMetrics().averageCharWidth() * 30);
    found_->setObjectName(QStringLiteral("guideFound"));
    found_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    found_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    setTone(found_, Tone::Dimmed);
    connect(find_, &QLineEdit::textChanged, this, &GuideWindow::findTyped);
    connect(find_, &QLineEdit::returnPressed, this, &GuideWindow::findNext);
    row->addWidget(backButton_);
    row->addWidget(forwardButton_);
    row->addWidget(found_, 1);
    row->addWidget(find_);
    return bar;
}

QToolButton* GuideWindow::addButton(const QString& text, const QString& tip, const QKeySequence& keys,
                                    void (GuideWindow::*act)()) {
    auto* button = new QToolButton(this);
    button->setText(text);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setAccessibleName(tip);
    button->setToolTip(QStringLiteral("%1 (%2)").arg(tip, keys.toString(QKeySequence::NativeText)));
    addKey(keys, act);  // a button's own shortcut acts only after its animation
    connect(button, &QToolButton::clicked, this, act);
    return button;
}

void GuideWindow::addKey(const QKeySequence& keys, void (GuideWindow::*act)()) {
    connect(new QShortcut(keys, this), &QShortcut::activated, this, act);
}

void GuideWindow::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colourList();
}

/// As in the list of sockets: the chosen row keeps its text's colour.
void GuideWindow::colourList() {
    const RoleColors& colors = roleColors();
    const QString sheet =
        QStringLiteral(
            "QListWidget { background: %4; padding: 0.5em 0; outline: none; }"
            "QListWidget::item { padding: 0.45em 0.8em; border-left: 3px solid transparent; }"
            "QListWidget::item:selected { background: %1; color: %2; border-left-color: %1; }"
            "QListWidget::item:selected:focus { border-left-color: %3; }")
            .arg(colors.selection.name(), palette().text().color().name(), colors.active.name(),
                 palette().base().color().name());
    if (list_->styleSheet() != sheet) list_->setStyleSheet(sheet);
}

// Chapters ----------------------------------------------------------------------------------------

int GuideWindow::indexOf(const QString& name) const {
    const auto found = std::find_if(chapters_.begin(), chapters_.end(),
                                    [&name](const GuideChapter& each) { return each.name == name; });
    return found == chapters_.end() ? -1 : static_cast<int>(found - chapters_.begin());
}

/// The chapter with the way to the next one below it.
QString GuideWindow::shownMarkdown(int chapter) const {
    const auto next = static_cast<std::size_t>(chapter) + 1;
    QString markdown = chapters_[next - 1].markdown;
    if (next < chapters_.size())
        markdown += QStringLiteral("\n\n---\n\n%1 [%2](%3.md)\n")
                        .arg(tr("Next:"), chapters_[next].title, chapters_[next].name);
    return markdown;
}

GuideWindow::Visit GuideWindow::here() const {
    return {current_, page_->place()};
}

void GuideWindow::display(const Visit& visit) {
    if (visit.chapter != current_) {
        current_ = visit.chapter;
        match_ = -1;
        page_->showChapter(chapter().title, shownMarkdown(current_));
        page_->showMatches(search_.matches(current_), search_.length(), match_);
        const QSignalBlocker quiet(list_);
        list_->setCurrentRow(current_);
        setWindowTitle(tr("%1 — Sockstage guide").arg(chapter().title));
    }
    page_->goTo(visit.position);
    backButton_->setEnabled(!back_.empty());
    forwardButton_->setEnabled(!forward_.empty());
    showFound();
}

void GuideWindow::visit(const Visit& to) {
    if (current_ >= 0) back_.push_back(here());
    forward_.clear();
    display(to);
}

bool GuideWindow::showPlace(const QString& place) {
    const QString section = place.section(u'#', 1);
    const int chapter = indexOf(place.section(u'#', 0, 0));
    if (chapter < 0) return false;
    if (chapter != current_ || !section.isEmpty()) visit({chapter, 0});
    return section.isEmpty() || page_->goToSection(section);
}

void GuideWindow::goBack() {
    if (back_.empty()) return;
    forward_.push_back(here());
    const Visit to = back_.back();
    back_.pop_back();
    display(to);
}

void GuideWindow::goForward() {
    if (forward_.empty()) return;
    back_.push_back(here());
    const Visit to = forward_.back();
    forward_.pop_back();
    display(to);
}

void GuideWindow::previousChapter() {
    if (current_ > 0) visit({current_ - 1, 0});
}

void GuideWindow::nextChapter() {
    if (current_ + 1 < static_cast<int>(chapters_.size())) visit({current_ + 1, 0});
}

/// "send.md#short-writes" is a place in the guide. What has a scheme is for the browser, and only a click
/// opens it.
void GuideWindow::followLink(const QUrl& url) {
    if (!url.isRelative()) {
        QDesktopServices::openUrl(url);
        return;
    }
    QString place = url.path();
    if (place.endsWith(QLatin1String(".md"))) place.chop(3);
    if (place.isEmpty()) place = chapter().name;
    if (url.hasFragment()) place += u'#' + url.fragment();
    showPlace(place);
}

// Find --------------------------------------------------------------------------------------------

void GuideWindow::startFind() {
    find_->setFocus(Qt::ShortcutFocusReason);
    find_->selectAll();
}

void GuideWindow::findTyped() {
    const int from = page_->place();
    search_.setText(find_->text());
    const std::vector<int>& found = search_.matches(current_);
    const auto first = std::lower_bound(found.begin(), found.end(), from);
    match_ = found.empty() ? -1 : first == found.end() ? 0 : static_cast<int>(first - found.begin());
    page_->showMatches(found, search_.length(), match_);
    for (int i = 0; i < list_->count(); ++i) {
        const auto count = search_.matches(i).size();
        const QString& title = chapters_[static_cast<std::size_t>(i)].title;
        list_->item(i)->setText(count == 0 ? title : QStringLiteral("%1 · %2").arg(title).arg(count));
    }
    showFound();
}

void GuideWindow::findNext() {
    findFrom(true);
}

void GuideWindow::findPrevious() {
    findFrom(false);
}

void GuideWindow::findFrom(bool forward) {
    const int count = static_cast<int>(search_.matches(current_).size());
    const bool inside = forward ? match_ + 1 < count : match_ > 0;
    const int chapter = inside ? current_ : search_.nextChapter(current_, forward);
    if (chapter < 0) return;
    if (chapter != current_) visit({chapter, 0});
    const int last = static_cast<int>(search_.matches(chapter).size()) - 1;
    match_ = inside ? match_ + (forward ? 1 : -1) : forward ? 0 : last;
    page_->showMatches(search_.matches(current_), search_.length(), match_);
    showFound();
}

void GuideWindow::showFound() {
    const int total = search_.total();
    const auto here = static_cast<int>(search_.matches(current_).size());
    QString text;
    if (search_.length() > 0 && total == 0)
        text = tr("not found");
    else if (match_ >= 0)
        text = tr("%1 of %2 in this chapter, %3 in all").arg(match_ + 1).arg(here).arg(total);
    else if (total > 0)
        text = here > 0 ? tr("%1 in this chapter, %2 in all").arg(here).arg(total)
                        : tr("%1 in other chapters; Enter goes there").arg(total);
    found_->setText(text);
    setWrong(find_, search_.length() > 0 && total == 0);
}

void GuideWindow::escape() {
    if (find_->text().isEmpty()) {
        close();
        return;
    }
    find_->clear();
    page_->setFocus();
}

// Remembered --------------------------------------------------------------------------------------

void GuideWindow::restore() {
    const QSettings settings;
    const int line = fontMetrics().height();
    resize(QSize(line * 58, line * 44).boundedTo(screen()->availableSize() * 9 / 10));
    splitter_->setSizes({line * 17, line * 41});
    restoreGeometry(settings.value(settingsKey("guide/geometry")).toByteArray());
    splitter_->restoreState(settings.value(settingsKey("guide/splitter")).toByteArray());
    const int chapter = indexOf(settings.value(settingsKey("guide/chapter")).toString());
    const int position = settings.value(settingsKey("guide/position")).toInt();
    visit(chapter < 0 ? Visit{} : Visit{chapter, position});
    page_->setFocus();
}

void GuideWindow::save() const {
    QSettings settings;
    settings.setValue(settingsKey("guide/geometry"), saveGeometry());
    settings.setValue(settingsKey("guide/splitter"), splitter_->saveState());
    settings.setValue(settingsKey("guide/chapter"), chapter().name);
    settings.setValue(settingsKey("guide/position"), page_->place());
}

}  // namespace sockstage
