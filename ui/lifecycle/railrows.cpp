// SPDX-License-Identifier: GPL-3.0-or-later
#include "railrows.h"

#include <algorithm>

namespace sockstage {
namespace {

std::size_t rowsNeeded(std::span<const CardWish> cards, int width, int gap) {
    std::size_t rows = 1;
    int used = -gap;
    for (const CardWish& card : cards) {
        const bool fits = used < 0 || used + gap + card.least <= width;
        if (!fits) ++rows;
        used = fits ? used + gap + card.least : card.least;
    }
    return rows;
}

std::vector<int> widthsIn(std::span<const CardWish> row, int room) {
    int least = 0, most = 0, longing = 0;
    for (const CardWish& card : row) {
        least += card.least;
        most = std::max(most, card.liked);
        longing += card.liked - card.least;
    }
    const auto count = static_cast<int>(row.size());
    const int equal = room / count, spare = std::max(0, room - least);
    const int given = std::min(spare, longing), rest = (spare - given) / count;
    std::vector<int> widths;
    for (const CardWish& card : row) {
        const int share = longing == 0 ? 0 : (card.liked - card.least) * given / longing;
        widths.push_back(std::min(equal >= most ? equal : card.least + share + rest, most * 3 / 2));
    }
    return widths;
}

}  // namespace

std::vector<QRect> railRects(std::span<const CardWish> cards, int width, int height, int gap) {
    std::vector<QRect> rects;
    if (cards.empty()) return rects;
    const std::size_t rows = rowsNeeded(cards, width, gap);
    const std::size_t longest = (cards.size() + rows - 1) / rows;
    for (std::size_t first = 0; first < cards.size(); first += longest) {
        const auto row = cards.subspan(first, std::min(longest, cards.size() - first));
        const int top = rects.empty() ? 0 : rects.back().bottom() + 1 + gap;
        int left = 0;
        for (const int wide : widthsIn(row, width - static_cast<int>(row.size() - 1) * gap)) {
            rects.emplace_back(left, top, wide, height);
            left += wide + gap;
        }
    }
    return rects;
}

}  // namespace sockstage
