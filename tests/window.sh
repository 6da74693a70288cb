#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The window on a virtual X display with a window manager: tst_window passes there as it does offscreen; the program
# comes up, paints, its demo moves, and closing it by the window manager ends it with status 0. Leaves a picture of
# it in the build folder.   window.sh BUILD_FOLDER
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
# shellcheck source-path=SCRIPTDIR/.. source=packaging/virtualdisplay.sh
. "$here/../packaging/virtualdisplay.sh"
build=$(cd -- "$1" && pwd -P)
folder=$(mktemp -d)
trap 'end_started; rm -rf -- "$folder"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "FAIL: $1" >&2
    cat "$folder/program.log" >&2
    exit 1
}

start_display "$folder"
XDG_CONFIG_HOME=$folder/config "$build/tests/ui/tst_window" || exit 1
XDG_CONFIG_HOME=$folder/config start_in_background "$folder/program.log" "$build/app/window/sockstage" --demo
pid=$last_pid
wait_for 30 "$pid" find_window "$pid" || fail "no window after 30 s"
wait_for 30 "$pid" has_painted "$window" "$folder/first.png" || fail "the window did not paint"
wait_for 30 "$pid" has_changed "$window" "$folder/first.png" "$folder/now.png" || fail "the demo does not move"
cp "$folder/now.png" "$build/window.png"

is_gone() { ! kill -0 "$1" 2>/dev/null; }
has_focus() { [ "$(xdotool getactivewindow 2>/dev/null)" = "$1" ]; }
# A key goes to the window that has the focus, and the window manager needs a moment to give it.
xdotool windowactivate "$window" 2>/dev/null || true
wait_for 10 "$pid" has_focus "$window" || fail "the window did not get the focus"
xdotool key alt+F4
# The display's process lives on: it stands for "still worth waiting".
wait_for 20 "${started_pids[0]}" is_gone "$pid" || fail "the window did not close"
status=0
wait "$pid" || status=$?
[ "$status" -eq 0 ] || fail "closing the window ended the program with status $status"
! grep -Ei 'QObject::|QPainter::|QLayout|QSocketNotifier|sanitizer|runtime error' "$folder/program.log" ||
    fail "the program complained"

# With few descriptors or little memory there is a sentence or a window that a signal closes, and nothing between.
program=$build/app/window/sockstage
for limit in 6 9 13 24 34; do
    status=0
    XDG_CONFIG_HOME=$folder/config timeout 30 prlimit --nofile="$limit:$limit" "$program" >"$folder/program.log" 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "$limit descriptors: status $status"
    grep -q 'descriptors.*EMFILE' "$folder/program.log" || fail "$limit descriptors are not told"
done
for limit in 200000 300000; do
    status=0
    XDG_CONFIG_HOME=$folder/config timeout 30 bash -c "ulimit -v $limit; exec \"$program\"" >"$folder/program.log" 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "$limit kB: status $status"
    grep -q 'not enough memory.*ENOMEM' "$folder/program.log" || fail "$limit kB are not told"
done
XDG_CONFIG_HOME=$folder/config start_in_background "$folder/program.log" prlimit --nofile=40:40 "$program" --demo
pid=$last_pid
wait_for 30 "$pid" find_window "$pid" || fail "no window with 40 descriptors"
kill -TERM "$pid"
wait_for 20 "${started_pids[0]}" is_gone "$pid" || fail "SIGTERM did not end a window with 40 descriptors"
status=0
wait "$pid" || status=$?
[ "$status" -eq 0 ] || fail "with 40 descriptors: status $status"
echo "The window came up, painted, moved, and closed with status 0."
