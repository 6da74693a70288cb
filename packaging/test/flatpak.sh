#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Flatpak manifest: that it parses and says what it should. Nothing is built: runtime and SDK come from Flathub.
# flatpak.sh files: run by packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"

manifest=$(the_file '*.yml')
found=$?

parses() {
    # It makes a folder of its own where it stands.
    cd "$WORK"
    flatpak-builder --show-manifest "$manifest" >"$WORK/manifest.json"
    python3 -m json.tool "$WORK/manifest.json" >/dev/null
}

says() { grep -Eq "\"$1\" *: *\"$2\"" "$WORK/manifest.json" || complain "It does not say $1: $2."; }

is_complete() {
    says '(app-)?id' org.sockstage.Sockstage
    says runtime 'org\.kde\.Platform'
    says sdk 'org\.kde\.Sdk'
    says command 'sockstage'
}

[ "$found" -eq 0 ] || { check "flatpak: the manifest is there" false; give_up; }
check "flatpak: the manifest parses" parses && check "flatpak: names program, runtime and SDK" is_complete
# Failed checks are counted, not reported by the status.
true
