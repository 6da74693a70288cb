// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRegularExpression>
#include <QString>
#include <string>

namespace sockstage {

/// Does a call that was made fit the one that was announced? "…" stands for anything.
inline bool fits(const std::string& planned, const std::string& made) {
    QString pattern = QRegularExpression::escape(QString::fromStdString(planned));
    pattern.replace(QRegularExpression::escape(QStringLiteral("…")), QStringLiteral(".*"));
    // The length of an address is answered in its place.
    pattern.replace(QStringLiteral("\\[128\\]"), QStringLiteral("\\[128( => \\d+)?\\]"));
    const QRegularExpression expression(
        QRegularExpression::anchoredPattern(pattern + QStringLiteral("\\ =\\ .*")),
        QRegularExpression::DotMatchesEverythingOption);
    return expression.match(QString::fromStdString(made)).hasMatch();
}

}  // namespace sockstage
