#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The Debian packages. deb.sh files: what can be seen without installing. deb.sh root: in a fresh root. Run by
# packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"
# shellcheck source=programs.sh
. "$CHECKOUT/packaging/test/programs.sh"

arch=$(dpkg --print-architecture)
window_deb=$(the_file "sockstage_*_$arch.deb") && cli_deb=$(the_file "sockstage-cli_*_$arch.deb")
found=$?
version=$(sed -E 's/.*_([^_]*)-[^-_]*_[^_]*$/\1/' <<<"${cli_deb:-}")

lintian_is_content() {
    # Tags that are shown and do not count: pedantic and informational ones. Root is what this runs as.
    lintian --allow-root --fail-on error,warning --tag-display-limit 0 --display-info "$1"
}

has_no_scripts() {
    local scripts
    scripts=$(dpkg-deb --ctrl-tarfile "$1" | tar -t | grep -E '/(preinst|postinst|prerm|postrm|config)$' || true)
    [ -z "$scripts" ] || complain "Scripts run as root when it is installed: $scripts"
}

# A stranger could register an unowned domain: the package names no address.
names_no_address() {
    dpkg-deb -f "$1" Maintainer Homepage Bugs >"$WORK/contact"
    zcat "$WORK/deb-$2/usr/share/doc/$2/changelog.Debian.gz" | grep '^ --' >>"$WORK/contact"
    if grep -E '[^ ]@|://' "$WORK/contact"; then complain "It names an address."; fi
}

# Nothing outside the folders that packages own, nothing writable for others, nothing that is not root's.
tree_is_tidy() {
    local list
    list=$(dpkg-deb --contents "$1")
    if grep -vE '^\S+ root/root ' <<<"$list"; then complain "These are not root's."; fi
    if grep -E '^[-d].......w' <<<"$list"; then complain "Everybody could write these."; fi
    if awk '{print $6}' <<<"$list" | grep -vE '^\./(usr/((bin|share)/.*)?)?$'; then complain "These have no place there."; fi
}

# cli_needs_no_window: neither with nor without what it recommends.
cli_needs_no_window() {
    local plan
    plan=$(in_root apt-get -s -o APT::Install-Recommends=true install "/mnt/${cli_deb##*/}" | sed -n 's/^Inst \([^ ]*\).*/\1/p')
    echo "With everything recommended: $(tr '\n' ' ' <<<"$plan")"
    if grep -E '^libqt6(gui|widgets|dbus|opengl)|^qt6-(wayland|qpa|gtk)|^libx11|^libxcb|^libgl1|^libwayland' <<<"$plan"; then
        complain "The terminal program pulls in a window system."
    fi
}

installs() {
    apt_in_root install "${@/#//mnt/}"
}

# is_removed COMMAND...: in the root.
is_removed() {
    "$@" sockstage sockstage-cli
    [ ! -e "$ROOT/usr/bin/sockstage" ] && [ ! -e "$ROOT/usr/bin/sockstage-cli" ]
}

# is_purged COMMAND...: dpkg has forgotten them.
is_purged() {
    is_removed "$@"
    if in_root dpkg-query -W sockstage sockstage-cli 2>/dev/null; then complain "dpkg still knows them."; fi
}

# make_older FILE: the same package as version $OLDER-1, with one file that the upgrade has to take away.
make_older() {
    local name folder=$WORK/older
    name=$(dpkg-deb -f "$1" Package)
    rm -rf "$folder"
    dpkg-deb -R "$1" "$folder"
    sed -i "s/^Version: .*/Version: $OLDER-1/; s/(= [0-9][^)]*)/(= $OLDER-1)/" "$folder/DEBIAN/control"
    echo "The next version does not have this." >"$folder/usr/share/doc/$name/older-only"
    dpkg-deb --root-owner-group -Zgzip -z1 -b "$folder" "$ROOT/mnt/${name}_$OLDER-1_$arch.deb"
}

make_both_older() {
    make_older "$window_deb"
    make_older "$cli_deb"
}

upgrades() {
    local versions
    installs "sockstage_$OLDER-1_$arch.deb" "sockstage-cli_$OLDER-1_$arch.deb"
    [ -e "$ROOT/usr/share/doc/sockstage/older-only" ]
    [ -e "$ROOT/usr/share/doc/sockstage-cli/older-only" ]
    installs "${window_deb##*/}" "${cli_deb##*/}"
    # The braces are dpkg's.
    # shellcheck disable=SC2016
    versions=$(in_root dpkg-query -W -f='${Version} ' sockstage sockstage-cli)
    [ "$versions" = "$(dpkg-deb -f "$window_deb" Version) $(dpkg-deb -f "$cli_deb" Version) " ] || complain "Now it is $versions."
    if find "$ROOT/usr" -name older-only | grep .; then complain "The older version's file is still there."; fi
    in_root dpkg --verify sockstage sockstage-cli
}

has_manual() {
    man --manpath="$ROOT/usr/share/man" -w "$1"
    [ "$(MANWIDTH=80 man --manpath="$ROOT/usr/share/man" --warnings "$1" 2>&1 >/dev/null)" = "" ] || complain "man complains."
}

completions_are_there() {
    local name
    for name in sockstage sockstage-cli; do
        bash -n "$ROOT/usr/share/bash-completion/completions/$name"
        [ -s "$ROOT/usr/share/zsh/vendor-completions/_$name" ]
        [ -s "$ROOT/usr/share/fish/vendor_completions.d/$name.fish" ]
    done
}

check_files() {
    local deb name
    for deb in "$window_deb" "$cli_deb"; do
        name=$(dpkg-deb -f "$deb" Package)
        dpkg-deb -x "$deb" "$WORK/deb-$name"
        check "deb $name: lintian" lintian_is_content "$deb"
        check "deb $name: no maintainer scripts" has_no_scripts "$deb"
        check "deb $name: names no address" names_no_address "$deb" "$name"
        check "deb $name: owners, rights and places" tree_is_tidy "$deb"
        check "deb $name: no path of the build machine" names_no_build_path "$WORK/deb-$name"
        check "deb $name: no library path" has_no_runpath "$WORK/deb-$name/usr/bin/$name"
        check "deb $name: hardened and stripped" is_hardened "$WORK/deb-$name/usr/bin/$name"
        measure "deb $name" "$deb" "$WORK/deb-$name"
    done
}

check_cli() {
    check "deb sockstage-cli: pulls in no window system" cli_needs_no_window
    check "deb sockstage-cli: installs with apt" installs "${cli_deb##*/}" || give_up
    check "deb sockstage-cli: finds its libraries" finds_its_libraries /usr/bin/sockstage-cli
    check "deb sockstage-cli: --version is $version" says_version /usr/bin/sockstage-cli "$version"
    check "deb sockstage-cli: echo on the loopback address" echoes /usr/bin/sockstage-cli
    check "deb sockstage-cli: with ncat, both ways" talks_to_ncat /usr/bin/sockstage-cli
    check "deb sockstage-cli: manual page" has_manual sockstage-cli
}

check_window() {
    check "deb sockstage: installs with apt" installs "${window_deb##*/}" || give_up
    check "deb sockstage: finds its libraries" finds_its_libraries /usr/bin/sockstage
    check "deb sockstage: --version is $version" says_version /usr/bin/sockstage "$version"
    check "deb sockstage: manual page" has_manual sockstage
    check "deb sockstage: desktop file" desktop_entry_is_valid "$ROOT/usr"
    check "deb sockstage: metainfo" metainfo_is_valid "$ROOT/usr"
    check "deb sockstage: menu entry has its program and icons" menu_entry_leads_somewhere "$ROOT/usr"
    check "deb: completions" completions_are_there
    check "deb sockstage: window under X11" shows_window deb-x11.png /usr/bin/sockstage
}

check_removal() {
    check "deb: the user's settings were written" keep_settings
    check "deb: removes" is_removed apt_in_root remove
    check "deb: purges" is_purged in_root dpkg --purge
    check "deb: nothing of that name is left" nothing_named_sockstage
    check "deb: the user's settings are untouched" settings_are_there
}

# In another root, where all dependencies are there before: what differs in the end is from these two packages alone.
check_upgrade() {
    local used=$ROOT
    make_root deb-upgrade
    cp -a "$used/home/tester/.config" "$ROOT/home/tester/"
    cp "$window_deb" "$cli_deb" "$ROOT/mnt/"
    check "deb: a root with the dependencies only" \
        apt_in_root satisfy "$(dpkg-deb -f "$window_deb" Depends), $(dpkg-deb -f "$cli_deb" Depends)" || give_up
    list_root >"$WORK/deb-before"
    check "deb: packages of version $OLDER-1" make_both_older
    check "deb: upgrades from $OLDER-1" upgrades
    check "deb sockstage-cli: echo after the upgrade" echoes /usr/bin/sockstage-cli
    check "deb: purges after the upgrade" is_purged apt_in_root purge
    check "deb: nothing left behind" is_as_before "$WORK/deb-before" list_root
    check "deb: the user's settings are untouched by the upgrade" settings_are_there
}

[ "$found" -eq 0 ] || { [ "$1" = root ] || check "deb: both packages are there" false; give_up; }
if [ "$1" = files ]; then
    check_files
else
    make_root deb
    cp "$window_deb" "$cli_deb" "$ROOT/mnt/"
    check_cli
    check_window
    check_removal
    check_upgrade
fi
# Failed checks are counted, not reported by the status.
true
