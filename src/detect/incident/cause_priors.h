// Made by `build/bench_judge causes` from IODA's curated outages (github.com/InetIntel/internet_outages, 2018
// to 2022), those whose cause is known: do not edit.
#pragma once

#include "detect/incident/cause.h"

namespace nightjar::detect {

// Of each cause: outages, and for each feature how many of them lie in each of its buckets (cause.cc).
// clang-format off
inline constexpr CauseModel kCuratedCauses = {
    {98, 63, 38, 15, 23},
    {{
        {{{28, 62, 8, 0, 0, 0}, {50, 8, 5, 0, 0, 0}, {5, 4, 29, 0, 0, 0}, {4, 1, 10, 0, 0, 0}, {10, 6, 7, 0, 0, 0}}},
        {{{3, 2, 22, 48, 10, 13}, {1, 12, 47, 3, 0, 0}, {2, 4, 19, 6, 5, 2}, {0, 3, 5, 3, 2, 2}, {1, 3, 7, 1, 7, 4}}},
        {{{96, 1, 1, 0, 0, 0}, {63, 0, 0, 0, 0, 0}, {27, 6, 5, 0, 0, 0}, {10, 5, 0, 0, 0, 0}, {13, 2, 8, 0, 0, 0}}},
        {{{95, 0, 2, 1, 0, 0}, {58, 1, 0, 4, 0, 0}, {23, 2, 2, 10, 0, 0}, {14, 1, 0, 0, 0, 0}, {17, 1, 0, 4, 0, 0}}},
        {{{2, 0, 0, 0, 0, 0}, {0, 0, 0, 0, 0, 0}, {7, 4, 0, 0, 0, 0}, {0, 5, 0, 0, 0, 0}, {5, 5, 0, 0, 0, 0}}},
        {{{29, 7, 62, 0, 0, 0}, {1, 1, 61, 0, 0, 0}, {38, 0, 0, 0, 0, 0}, {15, 0, 0, 0, 0, 0}, {22, 1, 0, 0, 0, 0}}},
        {{{28, 42, 19, 9, 0, 0}, {0, 0, 53, 10, 0, 0}, {8, 9, 3, 18, 0, 0}, {3, 3, 4, 5, 0, 0}, {6, 2, 4, 11, 0, 0}}},
    }},
    0.6};
// clang-format on

}  // namespace nightjar::detect
