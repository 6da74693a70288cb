#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what building Sockstage needs, and only what is missing. See --help.
#
# Tried on Debian 12. The Fedora and Arch lists were written with care from their package indexes, but not
# tried.
set -eu

usage() {
    cat <<'TEXT'
install-build-deps.sh [--wayland] [--display] [--tests] [--packages] [--print]
  (nothing)   compiler, CMake, Qt 6 and what else the build needs
  --wayland   also Qt's way to a Wayland screen, where there is no X11
  --display   also a virtual display, for a machine without a screen
  --tests     also what tests/run.sh and .ci/run use (includes --display)
  --packages  also what packaging/build.sh and packaging/test.sh use (Debian only)
  --print     only print the names of what is missing
Needs root, or a user with sudo, when something is missing.
TEXT
}

with_wayland=no
with_display=no
with_tests=no
with_packages=no
print_only=no
for word in "$@"; do
    case $word in
        --wayland) with_wayland=yes ;;
        --display) with_display=yes ;;
        --tests) with_tests=yes with_display=yes ;;
        --packages) with_packages=yes with_display=yes ;;
        --print) print_only=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

if command -v apt-get >/dev/null 2>&1; then
    system=debian
    # git is not here: nothing in the build asks for it.
    # netbase is /etc/services: without it no port has a name.
    wanted='g++ cmake ninja-build qt6-base-dev libqcustomplot-dev librsvg2-bin ccache fonts-dejavu-core netbase python3'
    wayland='qt6-wayland'
    display='xvfb openbox xdotool imagemagick'
    tests='ncat socat curl tshark strace iproute2 procps util-linux clang clang-tidy clang-format shellcheck'
    tests="$tests man-db groff-base desktop-file-utils appstream zsh fish"
    packages='dpkg-dev fakeroot lintian rpm rpmlint makeself patchelf desktop-file-utils appstream man-db flatpak-builder'
    packages="$packages qt6-wayland weston mmdebstrap gpg cpio iproute2 ncat util-linux"
elif command -v dnf >/dev/null 2>&1; then
    system=fedora
    wanted='gcc-c++ cmake ninja-build qt6-qtbase-devel qcustomplot-qt6-devel librsvg2-tools ccache dejavu-sans-fonts dejavu-sans-mono-fonts python3'
    wayland='qt6-qtwayland'
    display='xorg-x11-server-Xvfb openbox xdotool ImageMagick'
    tests='nmap-ncat socat curl wireshark-cli strace iproute procps-ng util-linux clang clang-tools-extra ShellCheck libasan libubsan libtsan'
    tests="$tests man-db groff-base desktop-file-utils appstream zsh fish"
elif command -v pacman >/dev/null 2>&1; then
    system=arch
    wanted='gcc cmake ninja qt6-base qcustomplot librsvg ccache ttf-dejavu python'
    wayland='qt6-wayland'
    display='xorg-server-xvfb openbox xdotool imagemagick'
    tests='nmap socat curl wireshark-cli strace iproute2 procps-ng util-linux clang shellcheck'
    tests="$tests man-db groff desktop-file-utils appstream zsh fish"
else
    cat >&2 <<'TEXT'
This system's package manager is not known here. Sockstage needs to build:
  a C++20 compiler, CMake 3.25, Ninja, Qt 6.4 (Core, Gui, Widgets, PrintSupport, Test), QCustomPlot 2.1 for Qt 6, rsvg-convert, Python 3, gzip, ccache (optional), a font
to show itself without a screen: Xvfb, openbox, xdotool, ImageMagick
and for its tests: ncat, socat, curl, tshark, strace, iproute2, procps, python3, util-linux, clang-tidy, clang-format, shellcheck,
man, groff, desktop-file-validate, appstreamcli, zsh, fish
TEXT
    # All this may have been installed by hand: the build will show it.
    exit 0
fi
[ $with_wayland = yes ] && wanted="$wanted $wayland"
[ $with_display = yes ] && wanted="$wanted $display"
[ $with_tests = yes ] && wanted="$wanted $tests"
if [ $with_packages = yes ]; then
    [ $system = debian ] || { echo "Packages are made on Debian only." >&2; exit 1; }
    wanted="$wanted $packages"
fi

is_installed() {
    case $system in
        debian) [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ;;
        fedora) rpm -q --whatprovides "$1" >/dev/null 2>&1 ;;
        arch) pacman -T "$1" >/dev/null 2>&1 ;;
    esac
}

missing=
for package in $wanted; do
    is_installed "$package" || missing="$missing $package"
done
missing=${missing# }
if [ $print_only = yes ]; then
    [ -z "$missing" ] || echo "$missing"
    exit 0
fi
[ -n "$missing" ] || exit 0

# The environment variable goes through env, because sudo drops it otherwise.
case $system in
    debian)
        update='apt-get update'
        install="env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing" ;;
    fedora)
        update=true
        install="dnf install -y --setopt=install_weak_deps=False $missing" ;;
    arch)
        # Arch does not support installing against an old system: the index and the system go together.
        update=true
        install="pacman -Syu --needed --noconfirm $missing" ;;
esac

if [ "$(id -u)" -eq 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    {
        echo "Missing: $missing"
        echo "There is no sudo here. As root, run:"
        [ "$update" = true ] || echo "  $update"
        echo "  $install"
    } >&2
    exit 1
fi

echo "Installing: $missing"
# Word splitting is wanted: each of these is a command with its words.
# shellcheck disable=SC2086
if ! { $as_root $update && $as_root $install; }; then
    {
        echo "That did not work. As root, run:"
        [ "$update" = true ] || echo "  $update"
        echo "  $install"
    } >&2
    exit 1
fi
