#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds Sockstage and opens its window. All words go to the program.
# Without a screen: starts the demo on a virtual one and leaves a picture of it.
set -euo pipefail

root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
build=$root/build/release
program=$build/app/window/sockstage

# Which screen can a program started here use: x11, wayland or none?
screen_kind() {
    local number=${DISPLAY:-}
    number=${number#:}
    # A display of this machine has a socket; a variable that outlived its display has none.
    case ${DISPLAY:-} in
        '') ;;
        :*) [ ! -S "/tmp/.X11-unix/X${number%%.*}" ] || { echo x11; return; } ;;
        *) echo x11; return ;;
    esac
    if [ -n "${WAYLAND_DISPLAY:-}" ] && [ -S "${XDG_RUNTIME_DIR:-}/$WAYLAND_DISPLAY" ]; then
        echo wayland
    else
        echo none
    fi
}

build_release() {
    mkdir -p "$build" 2>/dev/null || true
    if [ ! -w "$build" ] || { [ -e "$build/CMakeCache.txt" ] && [ ! -w "$build/CMakeCache.txt" ]; }; then
        echo "$build cannot be written by $(id -un). Was it built by another user? Remove it, or run as that user." >&2
        exit 1
    fi
    echo "Building in $build"
    cd "$root"
    if ! cmake --preset release >"$build/configure.log" 2>&1; then
        cat "$build/configure.log" >&2
        exit 1
    fi
    cmake --build --preset release
    cd - >/dev/null
}

# Without a screen the demo is what shows most; words that name a socket win over it.
words_for_virtual_screen() {
    local word
    for word in "$@"; do
        case $word in
            --demo | --scene | --scene=* | --tcp-* | --udp-* | -h | --help | -v | --version) return ;;
        esac
    done
    echo --demo
}

show_on_virtual_screen() {
    # shellcheck source-path=SCRIPTDIR/.. source=packaging/virtualdisplay.sh
    . "$root/packaging/virtualdisplay.sh"
    local picture=$root/build/window.png folder status=0 demo
    folder=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder of now
    trap "end_started; rm -rf -- '$folder'" EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM

    echo "There is no screen here. Showing Sockstage on a virtual one."
    start_display "$folder" || exit 1
    demo=$(words_for_virtual_screen "$@")
    # Settings of their own, so that the picture shows the window as a newcomer sees it.
    XDG_CONFIG_HOME=$folder/config start_in_background "$folder/program.log" "$program" ${demo:+"$demo"} "$@"
    local pid=$last_pid

    if ! wait_for 60 "$pid" find_window "$pid" || ! wait_for 30 "$pid" has_painted "$window" "$folder/first.png"; then
        if kill -0 "$pid" 2>/dev/null; then
            echo "No window came up." >&2
            status=1
        else
            wait "$pid" || status=$?
            echo "The program ended with status $status before it showed a window."
        fi
        cat "$folder/program.log"
        exit "$status"
    fi
    # Let something happen first: the demo's numbers move. A window that keeps still is shown as it is.
    local moves=0
    while [ "$moves" -lt 12 ] && wait_for 2 "$pid" has_changed "$window" "$folder/first.png" "$folder/now.png"; do
        mv "$folder/now.png" "$folder/first.png"
        moves=$((moves + 1))
    done
    if ! take_picture "$window" "$picture" || ! kill -0 "$pid" 2>/dev/null; then
        wait "$pid" || status=$?
        echo "The program ended with status $status while it was shown:" >&2
        cat "$folder/program.log" >&2
        exit 1
    fi
    echo "The window is up and painted. Picture: $picture"
}

# The user's own choice of a Qt platform stands.
screen=chosen
[ -n "${QT_QPA_PLATFORM:-}" ] || screen=$(screen_kind)
case $screen in
    none) "$root/packaging/install-build-deps.sh" --display ;;
    wayland)
        "$root/packaging/install-build-deps.sh" --wayland
        export QT_QPA_PLATFORM=wayland ;;
    *) "$root/packaging/install-build-deps.sh" ;;
esac
build_release
[ "$screen" = none ] || exec "$program" "$@"
show_on_virtual_screen "$@"
