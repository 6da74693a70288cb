// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>
#include <memory>

#include "kernelhistory.h"
#include "kernellines.h"

class QLabel;
class QToolButton;
class QVBoxLayout;

namespace sockstage {

class KernelRow;

/// What the kernel holds for one socket: our queue, its two buffers, the peer's window, and TCP's figures;
/// for a listening socket its accept queue. Also after close(), as long as the kernel goes on. Reads the
/// history on the page's tick and repaints only what changed.
class KernelPanel : public QWidget {
    Q_OBJECT

public:
    explicit KernelPanel(QWidget* parent = nullptr);
    /// `title` names the socket: "fd 9". A null history: it is not observed.
    void setHistory(std::shared_ptr<const KernelHistory> history, SocketKind kind, const QString& title);
    /// What was given to listen(); only a listening socket shows it.
    void setBacklog(int backlog);
    /// lastSeenSentence(), where the latest facts are not what is now.
    void setLastSeen(const QString& sentence);
    void refresh();
    /// All figures, not only those that matter most.
    void showAllFigures(bool all);
    /// Everything the panel knows, one fact a line.
    QString factsText() const;

protected:
    void showEvent(QShowEvent* event) override;
    void changeEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void showFacts(const KernelFacts& facts);
    void showLines();
    void describe();
    KernelRow* rowFor(std::size_t index);
    void placeNames();
    void makeCurrent(KernelRow& row);
    void moveFocus(const KernelRow& from, int key);
    void copyText() const;

    std::shared_ptr<const KernelHistory> history_;
    KernelSubject subject_;
    QString title_;
    KernelFacts facts_;
    std::vector<KernelLine> lines_;
    std::vector<KernelRow*> rows_;
    std::size_t shownRows_ = 0;
    qint64 describedNs_ = 0;
    bool undescribed_ = false;
    QLabel* sentence_;
    QVBoxLayout* column_;
    QToolButton* all_;
};

}  // namespace sockstage
