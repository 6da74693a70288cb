// SPDX-License-Identifier: GPL-3.0-or-later
#include "axislabels.h"

#include <QRegularExpression>

#include "quantitytext.h"

namespace sockstage {
namespace {

QString withoutZeros(QString text) {
    static const QRegularExpression zeros(QStringLiteral("\\.(\\d*?)0+(?=\\D|$)"));
    text.replace(zeros, QStringLiteral(".\\1"));
    return text.replace(QStringLiteral(". "), QStringLiteral(" "));
}

}  // namespace

QString bytesLabel(double bytes) {
    return withoutZeros(bytesText(static_cast<quint64>(bytes)));
}

QString rateLabel(double bytesPerSecond) {
    return withoutZeros(rateText(bytesPerSecond));
}

QString microsecondsLabel(double us) {
    return us <= 0 ? QStringLiteral("0") : withoutZeros(durationText(static_cast<qint64>(us * 1000)));
}

QString countLabel(double count) {
    return grouped(static_cast<quint64>(count));
}

}  // namespace sockstage
