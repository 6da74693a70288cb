// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace sockstage {

/// What the marks of the state diagram stand for; only those that are in it.
class TcpLegend : public QWidget {
    Q_OBJECT

public:
    enum class Mark : std::uint8_t { Own, Other, NotSeen };

    explicit TcpLegend(QWidget* parent = nullptr);
    /// Empty text: not in the diagram.
    void setEntry(Mark mark, const QString& text, const QString& letter = {});

private:
    class Entry;
    Entry* entries_[3];
};

}  // namespace sockstage
