// SPDX-License-Identifier: GPL-3.0-or-later
#include "guidestyle.h"

#include <QFontMetricsF>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>
#include <algorithm>
#include <vector>

#include "theme.h"

namespace sockstage {
namespace {

constexpr qreal lineHeight = 1.3;
constexpr int textWidthCharacters = 84;
constexpr int codeWidthCharacters = 80;  ///< no line of code in the guide is longer

bool isInTable(const QTextBlock& block) {
    return QTextCursor(block).currentTable() != nullptr;
}

/// The import gives the first cell of a table the format of the block before it, also when that is code.
bool isCode(const QTextBlock& block) {
    return block.isValid() && block.blockFormat().nonBreakableLines() && !isInTable(block);
}

/// The text of the block and nothing around it: a selection that leaves a table's cell would mean whole
/// cells.
QTextCursor wholeOf(const QTextBlock& block) {
    QTextCursor cursor(block);
    cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
    return cursor;
}

class Styler {
public:
    Styler(QTextDocument& document, const QFont& font)
        : document_(document), font_(font), mono_(monospaceFont()), line_(QFontMetricsF(font).height()) {}

    void style() {
        document_.setIndentWidth(line_ * 1.3);
        for (QTextFrame* frame : document_.rootFrame()->childFrames())
            if (auto* table = qobject_cast<QTextTable*>(frame)) styleTable(*table);
        for (QTextBlock block = document_.begin(); block.isValid(); block = block.next())
            isCode(block) ? styleCode(block) : styleText(block);
        boxCode();
        shrinkEmptyLines();
    }

private:
    void styleCode(const QTextBlock& block) const {
        QTextBlockFormat format = block.blockFormat();
        format.setTopMargin(0);
        format.setBottomMargin(0);
        QTextCursor cursor = wholeOf(block);
        cursor.setBlockFormat(format);
        cursor.mergeCharFormat(monospaced());
    }

    /// Puts a frame around each run of code. From the end, because it moves what follows.
    void boxCode() {
        for (QTextBlock last = document_.lastBlock(); last.isValid(); last = last.previous()) {
            if (!isCode(last)) continue;
            QTextBlock first = last;
            while (isCode(first.previous()))
                first = first.previous();
            QTextCursor cursor(first);
            cursor.setPosition(last.position() + last.length() - 1, QTextCursor::KeepAnchor);
            QTextFrameFormat box;
            box.setBackground(roleColors().panel);
            box.setPadding(line_ * 0.5);
            box.setTopMargin(line_ * 0.2);
            box.setBottomMargin(line_ * 0.8);
            const int position = first.position();
            cursor.insertFrame(box);
            last = document_.findBlock(position);
        }
    }

    void styleText(const QTextBlock& block) {
        QTextBlockFormat format = block.blockFormat();
        const int level = format.headingLevel();
        const bool inTable = isInTable(block);
        if (level == 0)
            format.setLineHeight(inTable ? line_ : line_ * lineHeight, QTextBlockFormat::MinimumHeight);
        const bool insideList = block.textList() != nullptr && block.next().textList() != nullptr;
        const qreal below = level > 0 ? 0.5 : insideList ? 0.25 : 0.7;
        format.setTopMargin(level > 1 ? line_ * 1.2 : 0);
        format.setBottomMargin(inTable ? 0 : line_ * below);
        format.setNonBreakableLines(false);
        QTextCursor cursor = wholeOf(block);
        cursor.setBlockFormat(format);
        if (level > 0) cursor.mergeCharFormat(headingFormat(level));
        styleInlineCode(block);
    }

    /// Each table and box has an empty line before or behind it. The room there is that of their own margins.
    void shrinkEmptyLines() {
        for (QTextBlock block = document_.begin(); block.isValid(); block = block.next()) {
            const bool between = document_.frameAt(block.position()) == document_.rootFrame();
            if (block.length() > 1 || !between || isRuler(block.blockFormat())) continue;
            QTextBlockFormat format;
            format.setLineHeight(1, QTextBlockFormat::FixedHeight);
            QTextCursor(block).setBlockFormat(format);
        }
    }

    static bool isRuler(const QTextBlockFormat& format) {
        return format.hasProperty(QTextFormat::BlockTrailingHorizontalRulerWidth);
    }

    void styleInlineCode(const QTextBlock& block) {
        std::vector<std::pair<int, int>> ranges;
        for (auto it = block.begin(); !it.atEnd(); ++it)
            if (it.fragment().charFormat().fontFixedPitch())
                ranges.emplace_back(it.fragment().position(), it.fragment().length());
        for (const auto& [position, length] : ranges) {
            QTextCursor cursor(&document_);
            cursor.setPosition(position);
            cursor.setPosition(position + length, QTextCursor::KeepAnchor);
            QTextCharFormat format = monospaced();
            format.setBackground(roleColors().panel);
            cursor.mergeCharFormat(format);
        }
    }

    void styleTable(QTextTable& table) const {
        QTextTableFormat format = table.format();
        format.setBorder(1);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setBorderBrush(roleColors().line);
        format.setBorderCollapse(true);
        format.setCellPadding(line_ * 0.4);
        format.setCellSpacing(0);
        format.setWidth(QTextLength(QTextLength::PercentageLength, 100));
        format.setTopMargin(line_ * 0.3);
        format.setBottomMargin(line_ * 0.8);
        table.setFormat(format);
        // Behind code the import leaves an empty line in the first cell.
        QTextCursor first = table.cellAt(0, 0).firstCursorPosition();
        if (first.block().length() == 1 && first.block() != table.cellAt(0, 0).lastCursorPosition().block())
            first.deleteChar();
        QTextCharFormat bold;
        bold.setFontWeight(QFont::DemiBold);
        for (int column = 0; column < table.columns(); ++column)
            wholeOf(table.cellAt(0, column).firstCursorPosition().block()).mergeCharFormat(bold);
    }

    static QTextCharFormat headingFormat(int level) {
        QTextCharFormat format;
        // Steps of Qt's own: 2 is half as large again, 1 a fifth. The import's are for paper.
        format.setProperty(QTextFormat::FontSizeAdjustment, level == 1 ? 2 : level == 2 ? 1 : 0);
        format.setFontWeight(QFont::DemiBold);
        return format;
    }

    QTextCharFormat monospaced() const {
        QTextCharFormat format;
        format.setFontFamilies(mono_.families().isEmpty() ? QStringList{mono_.family()} : mono_.families());
        // Fixed fonts are drawn wider and look larger than the text around them.
        format.setFontPointSize(font_.pointSizeF() * 0.94);
        return format;
    }

    QTextDocument& document_;
    QFont font_, mono_;
    qreal line_;
};

}  // namespace

void fillGuideDocument(QTextDocument& document, const QString& markdown, const QFont& font) {
    document.setUndoRedoEnabled(false);
    document.setDefaultFont(font);
    document.setMarkdown(markdown, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) |
                                       QTextDocument::MarkdownNoHTML);
    Styler(document, font).style();
}

void setGuideWidth(QTextDocument& document, int width) {
    const QFontMetricsF metrics(document.defaultFont());
    const qreal least = metrics.height() * 1.5;
    // Code does not wrap: where its font is the wider one, it decides.
    const qreal code = QFontMetricsF(monospaceFont()).horizontalAdvance(u'm') * codeWidthCharacters;
    const qreal wanted = std::max(metrics.averageCharWidth() * textWidthCharacters, code + metrics.height());
    // A wide window leaves its room on the right: lines begin where the eye expects them.
    const qreal left = std::min(std::max(least, (width - wanted) / 2), least * 2);
    const qreal right = std::max(least, width - wanted - left);
    QTextFrameFormat format = document.rootFrame()->frameFormat();
    if (format.leftMargin() == left && format.rightMargin() == right) return;
    format.setLeftMargin(left);
    format.setRightMargin(right);
    format.setTopMargin(least);
    format.setBottomMargin(least * 2);
    document.rootFrame()->setFrameFormat(format);
}

}  // namespace sockstage
