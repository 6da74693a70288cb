#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes the portable archive and the self-extracting installer: both programs with Qt and all libraries. See --help.
set -euo pipefail
here=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")" && pwd -P)

usage() {
    cat <<'TEXT'
bundle.sh INSTALL_TREE OUT_DIR VERSION
  INSTALL_TREE  what `cmake --install BUILD --prefix STAGE/usr` made: STAGE/usr
  OUT_DIR       takes sockstage-VERSION-linux-x86_64.tar.gz and sockstage-VERSION-linux-x86_64-installer.run
SOURCE_DATE_EPOCH is the time that all files get (default: now). Needs Debian, patchelf and makeself.
TEXT
}

# The kernel's, the C library's and the graphics driver's side: these must be the ones of the system it runs on.
system_libraries='^(linux-vdso|ld-linux-x86-64|lib(c|m|dl|rt|pthread|resolv|util|anl|GL|drm|gbm))\.so'
# group_of NAME: libraries that the system's graphics driver uses too, and that must then be the system's, which are
# never older than ours where the C library is not. Each group is used only where the system lacks it: see the launcher.
group_of() {
    case $1 in
        libEGL.so* | libGLX.so* | libOpenGL.so* | libGLdispatch.so*) echo glvnd ;;
        libstdc++.so* | libgcc_s.so*) echo gcc ;;
        libwayland-*.so*) echo wayland ;;
    esac
}
# Icons are PNG, which Qt reads without a plugin. Nothing is painted with OpenGL; the last one is here because
# Qt draws a window's frame on Wayland only with it.
plugins='platforms/libqxcb.so platforms/libqwayland-generic.so
    platforminputcontexts/libcomposeplatforminputcontextplugin.so
    platforminputcontexts/libibusplatforminputcontextplugin.so
    wayland-shell-integration/libxdg-shell.so wayland-decoration-client/libbradient.so
    wayland-graphics-integration-client/libqt-plugin-wayland-egl.so'

fail() {
    echo "bundle.sh: $*" >&2
    exit 1
}

check_tools() {
    local tool
    for tool in dpkg-query ldd patchelf strip makeself qtpaths6 gzip tar; do
        command -v "$tool" >/dev/null || fail "$tool is missing"
    done
}

copy_programs() {
    install -D -m 755 "$install_tree/bin/sockstage-cli" "$tree/bin/sockstage-cli"
    install -D -m 755 "$install_tree/bin/sockstage" "$tree/libexec/sockstage"
    strip --strip-all "$tree/bin/sockstage-cli" "$tree/libexec/sockstage"
    install -m 755 "$here/uninstall.sh" "$tree/bin/sockstage-uninstall"
    sed "s/@VERSION@/$version/" "$here/install.sh" >"$tree/install.sh"
    chmod 755 "$tree/install.sh"
    printf '[Paths]\nPrefix = ..\nPlugins = plugins\n' >"$tree/libexec/qt.conf"
}

copy_plugins() {
    local from plugin
    from=$(qtpaths6 --query QT_INSTALL_PLUGINS)
    for plugin in $plugins; do
        [ -f "$from/$plugin" ] || fail "$from/$plugin is missing; is qt6-wayland installed?"
        install -D -m 644 "$from/$plugin" "$tree/plugins/$plugin"
        echo "$from/$plugin" >>"$work/origins"
    done
}

# Everything that the programs and plugins ask for, as "name path" lines. Asked before patchelf changes anything.
needed_libraries() {
    find "$tree/bin/sockstage-cli" "$tree/libexec/sockstage" "$tree/plugins" -type f ! -name '*.conf' \
        -exec ldd {} + >"$work/ldd"
    ! grep 'not found' "$work/ldd" >&2 || fail "libraries are missing on this system"
    awk '$2 == "=>" { print $1, $3 }' "$work/ldd" | LC_ALL=C sort -u
}

copy_libraries() {
    local name path group
    needed_libraries >"$work/needed"
    while read -r name path; do
        [[ ! $name =~ $system_libraries ]] || continue
        group=$(group_of "$name")
        install -D -m 644 "$path" "$tree/lib/${group:+if-missing/$group/}$name"
        echo "$path" >>"$work/origins"
    done <"$work/needed"
}

# A library finds its neighbours wherever the folder is moved to.
set_search_paths() {
    find "$tree/lib" -maxdepth 1 -name '*.so*' -exec patchelf --set-rpath "\$ORIGIN" {} \;
    find "$tree/lib/if-missing" -name '*.so*' -exec patchelf --set-rpath "\$ORIGIN:\$ORIGIN/../.." {} \;
    find "$tree/plugins" -name '*.so' -exec patchelf --set-rpath "\$ORIGIN/../../lib" {} \;
    patchelf --set-rpath "\$ORIGIN/../lib" "$tree/libexec/sockstage"
    # This one has no launcher, and loads nothing of the graphics driver's.
    patchelf --set-rpath "\$ORIGIN/../lib:\$ORIGIN/../lib/if-missing/gcc" "$tree/bin/sockstage-cli"
}

# The launcher asks the system's C++ library for the newest version that ours has.
write_launcher() {
    local newest
    newest=$(grep -aoE 'GLIBCXX_3\.4\.[0-9]+' "$tree/lib/if-missing/gcc/libstdc++.so.6" | sort -uV | tail -n 1)
    sed "s/@GLIBCXX@/$newest/" "$here/launcher" >"$tree/bin/sockstage"
    chmod 755 "$tree/bin/sockstage"
}

copy_share() {
    cp -R "$install_tree/share" "$tree/share"
    # What belongs to Debian's packages only.
    rm -rf -- "$tree/share/lintian"
    find "$tree/share/doc" -name '*.Debian*' -delete
    # For systems without /etc/fonts and without keyboard data: see the launcher.
    install -D -m 644 "$here/fonts.conf" "$tree/share/sockstage/fonts.conf"
    mkdir -p "$tree/share/sockstage/xkb"
    echo 'The keyboard library wants a folder; the keyboard itself is described by the display.' \
        >"$tree/share/sockstage/xkb/README"
    install -m 644 "$here/../../LICENSE" "$tree/LICENSE"
    sed "s/@VERSION@/$version/" "$here/README.txt" >"$tree/README.txt"
}

# owner_of FILE: the Debian package that it is from. The package may know it without the leading /usr.
owner_of() {
    local file
    file=$(readlink -f -- "$1")
    { dpkg-query -S "$file" 2>/dev/null || dpkg-query -S "/usr$file" 2>/dev/null ||
        dpkg-query -S "${file#/usr}" 2>/dev/null; } | sed 's/: .*//' | grep . || fail "$file is from no package"
}

copy_licences() {
    local target=$tree/share/licenses package name file
    mkdir -p "$target/common-licenses"
    while read -r file; do owner_of "$file"; done <"$work/origins" | LC_ALL=C sort -u >"$work/packages"
    while read -r package; do
        name=${package%:*}
        install -D -m 644 "/usr/share/doc/$name/copyright" "$target/$name/copyright"
        dpkg-query -W -f='${binary:Package} ${Version} (source ${source:Package} ${source:Version})\n' "$package"
    done <"$work/packages" >"$work/versions"
    {
        echo 'The libraries in this folder are from these Debian packages, unchanged but for their search path.'
        echo "Their sources: https://snapshot.debian.org/ or the Debian archive, under the source's name and version."
        echo
        cat "$work/versions"
    } >"$target/PACKAGES"
    # The copyright files name the long texts by their place on a Debian system.
    grep -rhoE '/usr/share/common-licenses/[A-Za-z0-9.+-]+' "$target" | sed 's:.*/::; s/\.*$//' | LC_ALL=C sort -u |
        while read -r name; do
            [ ! -f "/usr/share/common-licenses/$name" ] ||
                install -m 644 "/usr/share/common-licenses/$name" "$target/common-licenses/$name"
        done
}

# What the uninstaller may remove: every file, and with a / at the end every folder; contents before their folder.
write_list() {
    local list=share/sockstage/files
    : >"$tree/$list"
    (
        cd "$tree"
        { find . -mindepth 1 -type d -printf '%P/\n'; find . ! -type d -printf '%P\n'
            # The installer writes these two.
            printf '%s\n' install-receipt org.sockstage.Sockstage.desktop; } | LC_ALL=C sort -r
    ) >"$work/list"
    cp "$work/list" "$tree/$list"
}

# A user need not know where this was built.
check_no_path() {
    local path
    for path in "$(cd "$here/../.." && pwd -P)/" "$(cd "$install_tree" && pwd -P)/" "$work/"; do
        [ "${#path}" -gt 4 ] || continue
        if grep -rlF -e "$path" "$tree"; then
            fail "these files name $path"
        fi
    done
}

settle_times() {
    chmod -R u+rwX,go+rX,go-w "$tree"
    find "$tree" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
}

make_archive() {
    tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" --format=gnu \
        -c "$(basename "$tree")" | gzip -9n >"$out/$base.tar.gz"
}

# makeself's own start of the file, with a few changes: see makeself-header.sed.
make_header() {
    local kilobytes word
    kilobytes=$(find "$tree" -type f -printf '%s\n' | awk '{ n += int(($1 + 4095) / 4096) * 4 } END { print n }')
    sed "s/KILOBYTES/$kilobytes/" "$here/makeself-header.sed" >"$work/header.sed"
    sed -f "$work/header.sed" /usr/share/makeself/makeself-header.sh >"$work/header.sh"
    for word in "$kilobytes KB" 'SOCKSTAGE_TARGET=' 'Install into this folder' 'SOCKSTAGE_QUIET=' '(MS_Check'; do
        grep -qF -e "$word" "$work/header.sh" || fail "this makeself has another header: no place for $word"
    done
}

# The words of this command are kept in the installer: so they are relative, and no path of this machine is in them.
make_installer() {
    local name=$base-installer.run
    make_header
    (
        cd "$work"
        # 9n: gzip would keep the time of its input otherwise.
        # sh starts the script: /tmp may be mounted without leave to start programs.
        TZ=UTC LC_ALL=C TMPDIR=$work makeself --quiet --gzip --complevel 9n --sha256 --nox11 --header ./header.sh \
            --packaging-date "$(date -u -d "@$SOURCE_DATE_EPOCH" '+%Y-%m-%d')" --tar-quietly \
            --tar-extra "--owner=0 --group=0 --numeric-owner --mtime=@$SOURCE_DATE_EPOCH" \
            "./$(basename "$tree")" "./$name" "Sockstage $version" sh ./install.sh
    ) >"$work/makeself.log" 2>&1 || { cat "$work/makeself.log" >&2; fail "makeself failed"; }
    mv "$work/$name" "$out/$name"
    chmod 755 "$out/$name"
}

case ${1:-} in -h | --help) usage; exit 0 ;; esac
[ $# = 3 ] || { usage >&2; exit 2; }
install_tree=$1 out=$2 version=$3
[ -x "$install_tree/bin/sockstage" ] || fail "$install_tree/bin/sockstage is missing"
: "${SOURCE_DATE_EPOCH:=$(date +%s)}"
export SOURCE_DATE_EPOCH
umask 022
check_tools
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
mkdir -p "$out"
tree=$work/sockstage-$version
base=sockstage-$version-linux-x86_64

copy_programs
copy_plugins
copy_libraries
set_search_paths
write_launcher
copy_share
copy_licences
write_list
check_no_path
settle_times
make_archive
make_installer
