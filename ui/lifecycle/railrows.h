// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QRect>
#include <span>
#include <vector>

namespace sockstage {

/// How wide a card must be, and would like to be.
struct CardWish {
    int least = 0, liked = 0;
};

/// Where the cards of a rail lie: as many rows as are needed, of about the same length. In a row each card
/// gets what it needs, then in parts what it would like; what is left is shared equally, up to a limit. A
/// card that is wider than `width` is not made narrower.
std::vector<QRect> railRects(std::span<const CardWish> cards, int width, int height, int gap);

}  // namespace sockstage
