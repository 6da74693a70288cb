// SPDX-License-Identifier: GPL-3.0-or-later
// Compiled once for the tests of the engine and once for those of the window, with the precompiled header
// that they share: see headers.cmake. A part of each test.

#include <QByteArray>
#include <QTemporaryDir>

namespace {

/// Tests run several at a time: each has settings that no other test and no earlier run has written.
class OwnSettings {
public:
    OwnSettings() { qputenv("XDG_CONFIG_HOME", folder_.path().toLocal8Bit()); }

private:
    const QTemporaryDir folder_;
};

const OwnSettings ownSettings;

}  // namespace
