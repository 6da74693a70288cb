// SPDX-License-Identifier: GPL-3.0-or-later
#include "listencounters.h"

#include <fstream>
#include <sstream>
#include <string>

#include "kernelfacts.h"

namespace sockstage {
namespace {

/// Two lines, one of names and one of numbers, both beginning with "TcpExt:".
void readTcpExt(ListenCounters& counters) {
    std::ifstream file("/proc/net/netstat");
    std::string names, numbers;
    while (std::getline(file, names) && std::getline(file, numbers)) {
        if (!names.starts_with("TcpExt:")) continue;
        std::istringstream nameWords(names), numberWords(numbers);
        std::string name, number;
        while (nameWords >> name && numberWords >> number) {
            if (name == "ListenOverflows") counters.overflows = std::stoll(number);
            if (name == "ListenDrops") counters.drops = std::stoll(number);
        }
    }
}

}  // namespace

ListenCounters readListenCounters() {
    ListenCounters counters{KernelFacts::absent, KernelFacts::absent, KernelFacts::absent};
    readTcpExt(counters);
    std::ifstream limit("/proc/sys/net/core/somaxconn");
    if (std::int64_t value = 0; limit >> value) counters.somaxconn = value;
    return counters;
}

}  // namespace sockstage
