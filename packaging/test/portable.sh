#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The portable archive. portable.sh files: what can be seen without starting it. portable.sh root: unpacked by an ordinary
# user in a root without Qt, X11 and fonts. Run by packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"
# shellcheck source=programs.sh
. "$CHECKOUT/packaging/test/programs.sh"

archive=$(the_file 'sockstage-*-linux-*.tar.gz')
found=$?
version=$(sed -E 's/.*sockstage-(.*)-linux-.*/\1/' <<<"$archive")
# Moved away from where it was unpacked, to a name that scripts like to break on.
place="/home/tester/another place"

has_one_top_folder() {
    [ "$(tar -tzf "$archive" | cut -d / -f 1 | sort -u)" = "sockstage-$version" ] || complain "It would unpack beside itself."
    if tar -tvzf "$archive" | grep -vE '^\S+ (0/0|root/root) '; then complain "It names a user of the build machine."; fi
    if tar -tvzf "$archive" | grep -E '^[-d].......w'; then complain "Everybody could write these."; fi
}

# Every library path starts at the file itself.
paths_are_relative() {
    local file line
    while IFS= read -r -d '' file; do
        [ "$(head -c 4 "$file" | tr -d '\0')" = $'\177ELF' ] || continue
        line=$(readelf -dW "$file" | sed -n 's/.*R\(UN\)\?PATH.*\[\(.*\)\]/\2/p')
        [[ -z $line || $line =~ ^\$ORIGIN[^:]*(:\$ORIGIN[^:]*)*$ ]] || complain "$file looks for libraries in $line."
    done < <(find "$1" -type f -print0)
}

licences_are_there() {
    [ -s "$1/LICENSE" ]
    [ -s "$1/share/licenses/PACKAGES" ]
    [ -s "$1/share/licenses/libqt6core6/copyright" ] || [ -s "$1/share/licenses/libqt6core6t64/copyright" ]
}

# The point of this root: what the archive does not bring is not there.
is_bare() {
    local found
    found=$(find "$ROOT/usr" "$ROOT/opt" -xdev \( -name 'libQt*' -o -name 'libX11*' -o -name 'libxcb*' -o -name 'libGL*' -o -name '*.ttf' \))
    [ -z "$found" ] || complain "The root is not bare: $found"
}

unpacks() {
    cp "$archive" "$ROOT/mnt/"
    run_as_user tar -xzf "/mnt/${archive##*/}"
    run_as_user mv "sockstage-$version" "$place"
}

check_files() {
    local tree=$WORK/portable-tree
    mkdir -p "$tree"
    tar -xzf "$archive" -C "$tree" --no-same-owner
    check "portable: one folder, owners and rights" has_one_top_folder
    check "portable: no path of the build machine" names_no_build_path "$tree"
    check "portable: all library paths are relative" paths_are_relative "$tree"
    check "portable: licences of all parts" licences_are_there "$tree/sockstage-$version"
    measure portable "$archive" "$tree"
}

check_root() {
    local cli=$place/bin/sockstage-cli program=$place/bin/sockstage
    check "portable: the root has neither Qt nor X11 nor fonts" is_bare
    list_home >"$WORK/portable-before"
    list_root >"$WORK/portable-root-before"
    check "portable: unpacks for an ordinary user" unpacks || give_up
    # The launcher adds folders below lib/ where the system lacks what is in them; this root lacks it all.
    launcher_path=$(find "$ROOT$place/lib" -mindepth 1 -type d -printf "$place/lib/%P:")
    check "portable: every library is found" finds_its_libraries "$place"
    check "portable sockstage: --version is $version" says_version "$program" "$version"
    check "portable sockstage-cli: --version is $version" says_version "$cli" "$version"
    check "portable sockstage-cli: echo on the loopback address" echoes "$cli"
    check "portable sockstage-cli: with ncat, both ways" talks_to_ncat "$cli"
    check "portable sockstage: window under X11 in the bare root" shows_window portable-bare.png "$program"
    check "portable: nothing is written outside of home" is_as_before "$WORK/portable-root-before" list_root
    # People have fonts; without one every letter is a box, and the window keeps the sizes that this gave it.
    rm -rf "$ROOT/home/tester/.config/Sockstage"
    check "portable: the root gets a font" apt_in_root install fonts-dejavu-core
    check "portable sockstage: window under X11" shows_window portable-x11.png "$program"
    check "portable sockstage: window under Wayland" shows_wayland_window portable-wayland.png "$program"
    rm -rf "${ROOT:?}$place"
    check "portable: with its folder all of it is gone" is_as_before "$WORK/portable-before" list_home
}

[ "$found" -eq 0 ] || { [ "$1" = root ] || check "portable: the archive is there" false; give_up; }
if [ "$1" = files ]; then
    check_files
else
    make_root portable
    check_root
fi
# Failed checks are counted, not reported by the status.
true
