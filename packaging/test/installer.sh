#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The self-extracting installer. installer.sh files: what can be seen without installing. installer.sh root: an ordinary
# user installs it in a root without Qt, replaces it, removes it; then root does. Run by packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"
# shellcheck source=programs.sh
. "$CHECKOUT/packaging/test/programs.sh"

installer=$(the_file 'sockstage-*-installer.run')
found=$?
version=$(sed -E 's/.*sockstage-(.*)-linux-.*/\1/' <<<"$installer")
home=/home/tester
folder=$home/.local/opt/sockstage
bin=$home/.local/bin

agrees_with_its_sum() { sh "$installer" --check; }

names_no_path() {
    mkdir -p "$WORK/installer-head"
    head -c 65536 "$installer" | sed '/^eval \$finish/,$d' >"$WORK/installer-head/script"
    names_no_build_path "$WORK/installer-head"
}

installs() {
    run_as_user "/mnt/${installer##*/}" --quiet --accept
    [ -x "$ROOT$folder/bin/sockstage" ]
    run_as_user test -x "$bin/sockstage"
    run_as_user test -x "$bin/sockstage-cli"
}

# One byte in the middle is another one: nothing may be installed.
refuses_damage() {
    cp "$installer" "$ROOT/mnt/damaged.run"
    printf '\377\000\377\000' |
        dd of="$ROOT/mnt/damaged.run" bs=1 seek=$(($(stat -c %s "$installer") / 2)) conv=notrunc status=none
    if run_as_user /mnt/damaged.run --quiet --accept; then complain "It installed a damaged file."; fi
    is_as_before "$WORK/installer-before" list_home
}

# Links point to files; the menu entry is valid, and starts what is there.
links_lead_somewhere() {
    local link program
    while IFS= read -r link; do
        run_as_user test -e "${link#"$ROOT"}" || complain "${link#"$ROOT"} leads nowhere."
    done < <(find "$ROOT$home/.local" -type l)
    run_as_user test -s "$home/.local/share/icons/hicolor/scalable/apps/org.sockstage.Sockstage.svg"
    run_as_user test -s "$home/.local/share/man/man1/sockstage.1.gz"
    run_as_user cat "$home/.local/share/applications/org.sockstage.Sockstage.desktop" >"$WORK/org.sockstage.Sockstage.desktop"
    desktop-file-validate "$WORK/org.sockstage.Sockstage.desktop"
    program=$(sed -n 's/^Exec="\([^"]*\)".*/\1/p' "$WORK/org.sockstage.Sockstage.desktop" | head -n 1)
    run_as_user test -x "$program"
}

replaces_itself() {
    list_home >"$WORK/installer-installed"
    installs
    is_as_before "$WORK/installer-installed" list_home
}

# What an older version had, and had written into its list of files, must be gone after the upgrade; what the user put
# there must not.
upgrades() {
    run_as_user sh -c "echo old >'$folder/older-only' && echo older-only >>'$folder/share/sockstage/files' &&
        sed -i 's/^version .*/version $OLDER/' '$folder/install-receipt' && echo mine >'$folder/mine'"
    installs
    [ ! -e "$ROOT$folder/older-only" ] || complain "The older version's file is still there."
    [ -e "$ROOT$folder/mine" ] || complain "It removed a file that is not its own."
    rm "$ROOT$folder/mine"
    grep -qx "version $version" "$ROOT$folder/install-receipt"
    is_as_before "$WORK/installer-installed" list_home
}

is_uninstalled() {
    run_as_user "$bin/sockstage-uninstall" "$@"
    is_as_before "$WORK/installer-before" list_home
}

purges() {
    installs
    is_uninstalled --purge
    if find "$ROOT$home" -iname '*sockstage*' | grep .; then complain "This is left."; fi
}

root_can_too() {
    list_root >"$WORK/installer-root-before"
    in_root "/mnt/${installer##*/}" --quiet --accept
    says_version /usr/local/bin/sockstage-cli "$version"
    in_root sockstage-uninstall
    is_as_before "$WORK/installer-root-before" list_root
}

check_files() {
    check "installer: its own sum" agrees_with_its_sum
    check "installer: no path of the build machine" names_no_path
    printf '%-22s %8d KB packed\n' installer "$(($(stat -c %s "$installer") / 1024))" >>"$WORK/measured"
}

check_root() {
    check "installer: the root gets a font, and nothing else" apt_in_root install fonts-dejavu-core
    cp "$installer" "$ROOT/mnt/"
    list_home >"$WORK/installer-before"
    check "installer: refuses when it is damaged" refuses_damage
    check "installer: installs for an ordinary user" installs || give_up
    check "installer: links, menu entry, icon, manual page" links_lead_somewhere
    check "installer sockstage: --version is $version" says_version "$bin/sockstage" "$version"
    check "installer sockstage-cli: --version is $version" says_version "$bin/sockstage-cli" "$version"
    check "installer sockstage-cli: echo on the loopback address" echoes "$bin/sockstage-cli"
    check "installer sockstage: window under X11" shows_window installer-x11.png "$bin/sockstage"
    check "installer: the user's settings were written" keep_settings
    check "installer: replaces itself" replaces_itself
    check "installer: replaces $OLDER" upgrades
    check "installer: uninstalls, nothing left behind" is_uninstalled
    check "installer: the user's settings are untouched" settings_are_there
    check "installer: uninstalls with --purge, settings too" purges
    check "installer: root installs and uninstalls for all" root_can_too
}

[ "$found" -eq 0 ] || { [ "$1" = root ] || check "installer: it is there" false; give_up; }
if [ "$1" = files ]; then
    check_files
else
    make_root installer
    check_root
fi
# Failed checks are counted, not reported by the status.
true
