#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The RPM packages, as far as they can be tried without a Fedora machine. rpm.sh files: what can be seen without
# installing. rpm.sh root: rpm itself installs them into a root with an empty rpm database. Run by packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"
# shellcheck source=programs.sh
. "$CHECKOUT/packaging/test/programs.sh"

window_rpm=$(the_file "sockstage-[0-9]*.rpm") && cli_rpm=$(the_file "sockstage-cli-[0-9]*.rpm")
found=$?

# Read from the package itself, not from this system's database.
ask() { rpm -qp --nosignature "$@" 2>/dev/null; }

rpmlint_is_content() {
    # Errors count, warnings are shown. Not counted: no-signature, which is the distributor's, and a dependency on
    # "locales-cli", which Debian's rpmlint wants because it takes every name that ends like this for a translation.
    local report
    report=$(rpmlint "$1" 2>&1) || true
    echo "$report"
    if grep ': E: ' <<<"$report" | grep -vE ': E: (no-signature|no-dependency-on locales-cli)\b'; then complain "rpmlint finds errors."; fi
    grep -Eq '[0-9]+ packages? and .* checked' <<<"$report" || complain "rpmlint did not come to its end."
}

rpmlint_warnings() {
    rpmlint "$1" 2>/dev/null | grep -E ': [EW]: ' | sed 's/^/      /' || true
}

digests_agree() { rpmkeys --checksig --nosignature "$1"; }

# Fedora's guidelines leave icon caches and menus to file triggers: no scriptlet is needed.
has_no_scriptlets() {
    local scripts
    scripts=$(ask --scripts --triggers --filetriggers "$1")
    [ -z "$scripts" ] || complain "It brings scripts: $scripts"
}

# Sonames only, and a Qt that is old enough to exist on the target.
asks_for_libraries() {
    local needs word
    needs=$(ask --requires "$1")
    shift
    echo "$needs"
    for word in "$@"; do
        grep -q "^$word" <<<"$needs" || complain "It does not ask for $word."
    done
    if grep -vE '^(lib[^/]*\.so|rtld\(|ld-linux|rpmlib\(|/sbin/ldconfig|hicolor-icon-theme$)' <<<"$needs"; then complain "This name is Debian's or a file's."; fi
}

has_only_its_runpath() {
    readelf -dW "$WORK/rpm-sockstage/usr/bin/sockstage" | grep -E 'R(UN)?PATH' | tee "$OWN/dynamic"
    if [ "$(wc -l <"$OWN/dynamic")" -ne 1 ] || ! grep -qF "[\$ORIGIN/../lib64/sockstage]" "$OWN/dynamic"; then
        complain "It looks for libraries elsewhere, too."
    fi
    ls "$WORK"/rpm-sockstage/usr/lib64/sockstage/libQCustomPlot*.so.*
}

needs_no_window() {
    if ask --requires "$1" | grep -E 'Qt6(Gui|Widgets|DBus)|libX|libxcb|libGL|libwayland'; then
        complain "The terminal program asks for a window system."
    fi
}

# Folders of other packages must not be in it; its own files must be root's.
owns_only_its_own() {
    local name line folder
    name=$(ask --qf '%{NAME}' "$1")
    ask --qf '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]' "$1" | tee "$WORK/rpm-list"
    if grep -v ' root:root ' "$WORK/rpm-list"; then complain "These are not root's."; fi
    if grep -E '^[-d].......w' "$WORK/rpm-list"; then complain "Everybody could write these."; fi
    while read -r line; do
        folder=${line##* }
        case $folder in
            /usr/share/doc/"$name" | /usr/share/licenses/"$name" | /usr/lib64/"$name") ;;
            *) complain "It claims the folder $folder." ;;
        esac
    done < <(grep '^d' "$WORK/rpm-list")
}

says_what_it_is() {
    local text
    text=$(ask --qf '%{LICENSE}|%{SUMMARY}|%{ARCH}|%{BUILDHOST}' "$1")
    echo "$text"
    [[ $text = GPL-3.0-or-later\|?*\|"$(uname -m)"\|* ]] || complain "Licence or summary is missing."
    [[ $text != *"$(uname -n)"* ]] || complain "It names the machine it was built on."
    [ -n "$(ask --changelog "$1")" ] || complain "It has no changelog."
}

# A stranger could register an unowned domain: the package names no address.
names_no_address() {
    if ask --qf '%{URL}|%{PACKAGER}|%{VENDOR}|%{BUGURL}\n[%{CHANGELOGNAME}\n]' "$1" | grep -E '@|://'; then
        complain "It names an address."
    fi
}

rpm_in_root() { rpm --root "$ROOT" --dbpath /var/lib/rpm --nosignature "$@"; }

installs() {
    rpm_in_root --install --nodeps "$window_rpm" "$cli_rpm"
    rpm_in_root --verify --nodeps sockstage sockstage-cli
}

is_erased() {
    rpm_in_root -q sockstage sockstage-cli
    rpm_in_root --erase --nodeps sockstage sockstage-cli
    if rpm_in_root -q sockstage sockstage-cli; then complain "rpm still knows them."; fi
    nothing_named_sockstage
}

# make_older NAME: a package of that name, version $OLDER-1, with one file that the upgrade has to take away.
make_older() {
    cat >"$WORK/$1.spec" <<SPEC
Name: $1
Version: $OLDER
Release: 1
Summary: The version before
License: GPL-3.0-or-later
BuildArch: $(uname -m)
%description
Made for a test.
%install
mkdir -p %{buildroot}/usr/share/doc/$1
echo old >%{buildroot}/usr/share/doc/$1/older-only
%files
%dir /usr/share/doc/$1
/usr/share/doc/$1/older-only
SPEC
    rpmbuild -bb --quiet --define "_topdir $WORK/rpmbuild" --define "_rpmdir $WORK/older-rpm" "$WORK/$1.spec"
}

make_both_older() {
    make_older sockstage
    make_older sockstage-cli
}

upgrades() {
    local old
    mapfile -t old < <(find "$WORK/older-rpm" -name '*.rpm')
    [ "${#old[@]}" -eq 2 ]
    rpm_in_root --install --nodeps "${old[@]}"
    [ -e "$ROOT/usr/share/doc/sockstage-cli/older-only" ]
    rpm_in_root --upgrade --nodeps "$window_rpm" "$cli_rpm"
    if find "$ROOT/usr" -name older-only | grep .; then complain "The older version's file is still there."; fi
    rpm_in_root --verify --nodeps sockstage sockstage-cli
    [ "$(rpm_in_root -q sockstage sockstage-cli)" = "$(ask "$window_rpm" "$cli_rpm")" ] || complain "It is another version now."
}

# On Fedora "filesystem" and "hicolor-icon-theme" bring these, and they stay when this package goes.
make_folders_of_others() {
    local size
    mkdir -p "$ROOT"/usr/share/{applications,metainfo,zsh/site-functions,fish/vendor_completions.d,bash-completion/completions}
    for size in scalable 16x16 24x24 32x32 48x48 64x64 128x128 256x256; do
        mkdir -p "$ROOT/usr/share/icons/hicolor/$size/apps"
    done
}

check_files() {
    local file name
    for file in "$window_rpm" "$cli_rpm"; do
        name=$(ask --qf '%{NAME}' "$file")
        mkdir -p "$WORK/rpm-$name"
        rpm2cpio "$file" | (cd "$WORK/rpm-$name" && cpio -idm --quiet --no-absolute-filenames)
        check "rpm $name: digests" digests_agree "$file"
        check "rpm $name: rpmlint without errors" rpmlint_is_content "$file"
        rpmlint_warnings "$file"
        check "rpm $name: no scriptlets" has_no_scriptlets "$file"
        check "rpm $name: licence, changelog, no build machine" says_what_it_is "$file"
        check "rpm $name: names no address" names_no_address "$file"
        check "rpm $name: owns only what is its own" owns_only_its_own "$file"
        check "rpm $name: no path of the build machine" names_no_build_path "$WORK/rpm-$name"
        check "rpm $name: hardened and stripped" is_hardened "$WORK/rpm-$name/usr/bin/$name"
        measure "rpm $name" "$file" "$WORK/rpm-$name"
    done
    check "rpm sockstage-cli: no library path" has_no_runpath "$WORK/rpm-sockstage-cli/usr/bin/sockstage-cli"
    check "rpm sockstage: no library path but that of its own library" has_only_its_runpath
    check "rpm sockstage: asks for its libraries" asks_for_libraries "$window_rpm" libQt6Widgets.so.6 libQt6Core.so.6 libc.so.6
    check "rpm sockstage-cli: asks for its libraries" asks_for_libraries "$cli_rpm" libQt6Core.so.6 libc.so.6
    check "rpm sockstage-cli: asks for no window system" needs_no_window "$cli_rpm"
    check "rpm sockstage: desktop file" desktop_entry_is_valid "$WORK/rpm-sockstage/usr"
    check "rpm sockstage: metainfo" metainfo_is_valid "$WORK/rpm-sockstage/usr"
    check "rpm sockstage: menu entry has its program and icons" menu_entry_leads_somewhere "$WORK/rpm-sockstage/usr"
}

check_root() {
    local version
    version=$(ask --qf '%{VERSION}' "$cli_rpm")
    # The programs were built against this system's Qt; Fedora's own is what a Fedora machine would bring.
    check "rpm: the root has Qt, from Debian" apt_in_root install libqt6widgets6 libqt6printsupport6 || give_up
    make_folders_of_others
    list_root >"$WORK/rpm-before"
    check "rpm: installs into an empty database" installs || give_up
    check "rpm: programs find their libraries" finds_its_libraries /usr/bin/sockstage /usr/bin/sockstage-cli
    check "rpm sockstage: --version is $version" says_version /usr/bin/sockstage "$version"
    check "rpm sockstage-cli: --version is $version" says_version /usr/bin/sockstage-cli "$version"
    check "rpm sockstage-cli: echo on the loopback address" echoes /usr/bin/sockstage-cli
    check "rpm sockstage: window under X11" shows_window rpm-x11.png /usr/bin/sockstage
    check "rpm: erases" is_erased
    check "rpm: older packages for the upgrade" make_both_older
    check "rpm: upgrades from $OLDER-1" upgrades
    check "rpm: erases after the upgrade" is_erased
    rm -rf "$ROOT/var/lib/rpm"
    check "rpm: nothing left behind" is_as_before "$WORK/rpm-before" list_root
}

[ "$found" -eq 0 ] || { [ "$1" = root ] || check "rpm: both packages are there" false; give_up; }
if [ "$1" = files ]; then
    check_files
else
    make_root rpm
    check_root
fi
# Failed checks are counted, not reported by the status.
true
