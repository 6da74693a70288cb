// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "kernellines.h"

namespace sockstage {

// The kernel's figures as text; "—" for what it does not report.
QString dash();
QString told(std::int64_t value, QString (*format)(std::int64_t));
QString toldBytes(std::int64_t value);
QString toldCount(std::int64_t value);
QString toldRate(std::int64_t value);
QString toldMicroseconds(std::int64_t value);
QString toldAgo(std::int64_t milliseconds);
/// Two figures in one line, "%1 of %2"; one "—" when neither is known.
QString toldTogether(const QString& pattern, const QString& first, const QString& second);
QString toldOfLimit(std::int64_t bytes, std::int64_t limit);

/// Lines about one socket while they are put together; each kind of socket derives its own.
class LineList {
public:
    explicit LineList(const KernelFacts& facts) : facts_(facts) {}
    std::vector<KernelLine> take() { return std::move(lines_); }

protected:
    ~LineList() = default;
    /// `otherwise`: why the value can be missing while the socket is alive.
    KernelLine& add(const QString& name, const QString& value, const QString& about,
                    const QString& otherwise = {});
    /// The same for a line that only stands among all figures.
    KernelLine& addFurther(const QString& name, const QString& value, const QString& about,
                           const QString& otherwise = {});
    static void addPart(KernelLine& line, BarInk ink, const QString& name, std::int64_t amount);
    void addSendQueue();
    void addDrops();

    const KernelFacts& facts_;

private:
    std::vector<KernelLine> lines_;
};

}  // namespace sockstage
