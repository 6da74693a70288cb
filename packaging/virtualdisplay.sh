# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2034
# A screen that exists in memory only, for machines without one. Sourced by app/run.sh and tests/window.sh.
# Every process that is started here is remembered by its id and ended by end_started.

started_pids=()
last_pid=
window=

# Starts the words in the background; $last_pid is its id. Its output goes to the file named first.
start_in_background() {
    local log=$1
    shift
    "$@" >"$log" 2>&1 &
    last_pid=$!
    started_pids+=("$last_pid")
}

# Ends one process that was started here and waits until it is gone. Kills it when it does not listen.
end_process() {
    local pid=$1 tenths=0
    kill -TERM "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do
        [ "$tenths" -lt 50 ] || kill -KILL "$pid" 2>/dev/null || true
        tenths=$((tenths + 1))
        sleep 0.1
    done
    wait "$pid" 2>/dev/null || true
}

# The last started goes first: the program before its window manager before its display.
end_started() {
    local i
    for ((i = ${#started_pids[@]} - 1; i >= 0; i--)); do
        end_process "${started_pids[i]}"
    done
    started_pids=()
}

# wait_for SECONDS PID COMMAND...: until the command succeeds; fails when the process ends or time is up.
wait_for() {
    local deadline=$((SECONDS + $1)) pid=$2
    shift 2
    until "$@"; do
        kill -0 "$pid" 2>/dev/null || return 1
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}

# start_display FOLDER: Xvfb on a number that it finds free itself, with a window manager if there is one.
# Sets DISPLAY. The folder takes the logs.
start_display() {
    local folder=$1
    : >"$folder/display"
    # Xvfb writes the number to descriptor 9 when it is ready for clients.
    start_in_background "$folder/xvfb.log" \
        Xvfb -displayfd 9 -screen 0 1440x900x24 -nolisten tcp 9>"$folder/display"
    if ! wait_for 20 "$last_pid" test -s "$folder/display"; then
        echo "Xvfb did not start:" >&2
        cat "$folder/xvfb.log" >&2
        return 1
    fi
    DISPLAY=:$(cat "$folder/display")
    export DISPLAY
    unset WAYLAND_DISPLAY XAUTHORITY
    export QT_QPA_PLATFORM=xcb
    if command -v openbox >/dev/null 2>&1; then
        start_in_background "$folder/openbox.log" openbox
        # A window manager that is ready says which desktop is shown. Keys sent before would be lost.
        wait_for 10 "$last_pid" current_desktop || true
    fi
}

current_desktop() {
    xdotool get_desktop >/dev/null 2>&1
}

# find_window PID: sets $window to the id of the visible window of that process.
find_window() {
    local id
    window=
    for id in $(xdotool search --onlyvisible --pid "$1" 2>/dev/null); do
        # Qt also makes small helper windows; the one to show is large.
        if [ "$(window_width "$id")" -ge 300 ]; then
            window=$id
            return 0
        fi
    done
    return 1
}

window_width() {
    xdotool getwindowgeometry --shell "$1" 2>/dev/null | sed -n 's/^WIDTH=//p' | grep . || echo 0
}

# take_picture WINDOW FILE
take_picture() {
    import -silent -display "$DISPLAY" -window "$1" "$2" 2>/dev/null
}

# has_painted WINDOW FILE: a window that is mapped but not yet painted shows one or two colours.
has_painted() {
    take_picture "$1" "$2" && [ "$(identify -format '%k' "$2" 2>/dev/null || echo 0)" -ge 40 ]
}

# has_changed WINDOW BEFORE NOW: takes another picture; true when it differs from the earlier one.
has_changed() {
    take_picture "$1" "$3" &&
        [ "$(identify -format '%#' "$2" 2>/dev/null)" != "$(identify -format '%#' "$3" 2>/dev/null)" ]
}
