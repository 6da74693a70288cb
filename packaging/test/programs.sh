# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What must hold for the two programs, whatever package they came in. Sourced after root.sh. Paths of programs are paths
# in the root. Each function is one check and runs in a shell of its own, which ends what it started.

# shellcheck source-path=SCRIPTDIR/.. source=packaging/virtualdisplay.sh
. "$CHECKOUT/packaging/virtualdisplay.sh"

ends_what_it_starts() {
    trap end_started EXIT
    trap 'exit 143' TERM INT
}

# says_version PROGRAM VERSION
says_version() {
    local said
    said=$(run_as_user "$1" --version)
    echo "$said"
    [[ $said =~ (^|[^0-9.])"${2//./\\.}"([^0-9.]|$) ]] || [ "${said##* }" = "$2" ] || complain "This is not version $2."
}

# finds_its_libraries FOLDER_OR_FILE...: ldd, in the root, for every ELF file there. What the portable launcher would
# add to the search path stands in $launcher_path.
launcher_path=
finds_its_libraries() {
    local file count=0
    while IFS= read -r file; do
        [ "$(head -c 4 "$ROOT$file" | tr -d '\0')" = $'\177ELF' ] || continue
        count=$((count + 1))
        if in_root LD_LIBRARY_PATH="$launcher_path" ldd "$file" | grep 'not found'; then complain "$file misses a library."; fi
    done < <(cd "$ROOT" && find "${@/#/.}" -type f | sed 's/^\.//')
    [ "$count" -gt 0 ] || complain "There is no program in $*."
}

# has_no_runpath FILE...: a package's program finds its libraries where the system has them.
has_no_runpath() {
    local file
    for file in "$@"; do
        readelf -dW "$file" >"$OWN/dynamic"
        if grep -E 'R(UN)?PATH' "$OWN/dynamic"; then complain "$file has a library path."; fi
    done
}

# is_hardened FILE...: position independent, all symbols bound at start, no debug information.
is_hardened() {
    local file
    for file in "$@"; do
        readelf -hW "$file" | grep 'Type:.*DYN' || complain "$file is not position independent."
        readelf -dW "$file" | grep -E 'BIND_NOW|FLAGS_1.*NOW' || complain "$file binds symbols late."
        readelf -lW "$file" | grep GNU_RELRO || complain "$file has no RELRO segment."
        if readelf -SW "$file" | grep '\.debug_info'; then complain "$file is not stripped."; fi
    done
}

# names_no_build_path FOLDER: no file, unpacked, names the checkout, the builder's home or a temporary file. (X11 has its
# sockets in /tmp, with a dot before their names.)
names_no_build_path() {
    local file found status=0 home=$BUILDER_HOME
    local words=("$CHECKOUT/")
    # As a folder of its own only: /root alone stands in many programs that never saw this machine.
    [ "$home" = / ] || words+=("$home/")
    while IFS= read -r -d '' file; do
        found=$(zcat -f "$file" | grep -aoF "${words[@]/#/-e}" | sort -u | head -n 5 || true)
        found+=$(zcat -f "$file" | grep -aoE '/(var/)?tmp/[A-Za-z0-9_][A-Za-z0-9_.+-]{2,}' | sort -u | head -n 5 || true)
        if [ -n "$found" ]; then
            echo "${file#"$1"} names: $found"
            status=1
        fi
    done < <(find "$1" -xdev -type f -print0)
    return "$status"
}

bound_port() { sed -n 's/.*"event":"bound","address":"127\.0\.0\.1:\([0-9]*\)".*/\1/p' "$1" | grep .; }

# totals_are FILE RECEIVED SENT
totals_are() {
    local totals
    totals=$(grep '"event":"totals"' "$1") || complain "There is no totals event."
    echo "$totals"
    [[ $totals = *"\"received_bytes\":$2,\"sent_bytes\":$3,"* ]] || complain "The totals should be $2 received, $3 sent."
    [[ $totals = *'"errors":0,'* ]] || complain "There were errors."
}

# start_echo_server PROGRAM FOLDER: sets port, server. Its standard input is empty, so that only a signal ends it.
start_echo_server() {
    start_in_background "$2/server.log" as_user "$1" --tcp-server 127.0.0.1:0 --echo --events - </dev/null
    server=$last_pid
    wait_for 20 "$server" bound_port "$2/server.log" >/dev/null || complain "The server did not bind: $(cat "$2/server.log")"
    port=$(bound_port "$2/server.log")
}

ends_in_order() {
    local status=0
    kill -TERM "$1"
    wait "$1" || status=$?
    [ "$status" -eq 0 ] || complain "The program ended with status $status after SIGTERM."
}

# echoes PROGRAM: a server on a free port and a client of it, both in the root.
echoes() {
    local folder port server
    folder=$(mktemp -d "$WORK/echo.XXXXXX")
    ends_what_it_starts
    start_echo_server "$1" "$folder"
    run_as_user timeout 30 "$1" --tcp-client "127.0.0.1:$port" --send 'hello\n' --until-idle 1 --events - \
        >"$folder/client.log" </dev/null || complain "The client ended with status $?: $(cat "$folder/client.log")"
    totals_are "$folder/client.log" 6 6
    ends_in_order "$server"
    totals_are "$folder/server.log" 6 6
}

# talks_to_ncat PROGRAM: ncat of this system as a client of the program in the root, and the other way round.
talks_to_ncat() {
    local folder port server answer
    folder=$(mktemp -d "$WORK/ncat.XXXXXX")
    ends_what_it_starts
    start_echo_server "$1" "$folder"
    answer=$(printf 'from ncat\n' | timeout 20 ncat --idle-timeout 2s 127.0.0.1 "$port") || true
    [ "$answer" = 'from ncat' ] || complain "ncat got back: $answer"
    ends_in_order "$server"
    totals_are "$folder/server.log" 10 10

    start_in_background "$folder/ncat.log" ncat --listen 127.0.0.1 0 --exec /bin/cat
    wait_for 10 "$last_pid" listening_port "$last_pid" >/dev/null || complain "ncat did not listen: $(cat "$folder/ncat.log")"
    run_as_user timeout 30 "$1" --tcp-client "127.0.0.1:$(listening_port "$last_pid")" --send 'to ncat\n' \
        --until-idle 1 --events - >"$folder/client.log" </dev/null
    totals_are "$folder/client.log" 8 8
}

# ncat takes port 0, and does not tell which one it got.
listening_port() { ss -Hltnp | sed -n "s/.* 127\.0\.0\.1:\([0-9]*\) .*,pid=$1,.*/\1/p" | grep .; }

is_gone() { ! kill -0 "$1" 2>/dev/null; }
has_focus() { [ "$(xdotool getactivewindow 2>/dev/null)" = "$1" ]; }

# shows_window PICTURE PROGRAM [NAME=VALUE]...: starts the demo on a virtual X display with a window manager; it paints,
# it moves, and closing it by the window manager ends it with status 0. Leaves the picture in PICTURES.
shows_window() {
    local name=$1 picture=$PICTURES/$1 program=$2 folder pid status=0 began
    shift 2
    folder=$(mktemp -d "$WORK/window.XXXXXX")
    ends_what_it_starts
    start_display "$folder"
    began=$(date +%s%N)
    start_in_background "$folder/program.log" \
        as_user DISPLAY="$DISPLAY" QT_QPA_PLATFORM=xcb "$@" "$program" --demo --theme light
    pid=$last_pid
    wait_for 60 "$pid" find_window "$pid" || complain "No window: $(cat "$folder/program.log")"
    echo "$name: $((($(date +%s%N) - began) / 1000000)) ms from the start to the window" >>"$WORK/measured"
    wait_for 30 "$pid" has_painted "$window" "$folder/first.png" || complain "The window did not paint."
    wait_for 30 "$pid" has_changed "$window" "$folder/first.png" "$folder/now.png" || complain "The demo does not move."
    # A moment later there is more to see.
    sleep 1
    take_picture "$window" "$folder/now.png" || true
    cp "$folder/now.png" "$picture"

    # A key goes to the window that has the focus, and the window manager needs a moment to give it.
    xdotool windowactivate "$window" 2>/dev/null || true
    wait_for 10 "$pid" has_focus "$window" || complain "The window did not get the focus."
    xdotool key alt+F4
    # The display's process lives on: it stands for "still worth waiting".
    wait_for 20 "${started_pids[0]}" is_gone "$pid" || complain "The window did not close."
    wait "$pid" || status=$?
    [ "$status" -eq 0 ] || complain "Closing the window ended the program with status $status: $(cat "$folder/program.log")"
    if grep -Ei 'QObject::|QPainter::|QLayout|could not|cannot' "$folder/program.log"; then complain "It complained."; fi
}

# start_weston FOLDER: a Wayland display in memory, one colour all over; its socket is $FOLDER/display.
start_weston() {
    printf '[shell]\npanel-position=none\nbackground-color=0xff204060\nbackground-type=tile\nlocking=false\n' >"$1/weston.ini"
    # --debug allows pictures to be taken.
    start_in_background "$1/weston.log" env XDG_RUNTIME_DIR="$1" weston --backend=headless-backend.so --use-pixman --debug \
        --socket=display --width=1440 --height=900 --idle-time=0 --config="$1/weston.ini"
    wait_for 20 "$last_pid" test -S "$1/display" || complain "weston did not start: $(cat "$1/weston.log")"
    chmod 711 "$1"
    chmod 777 "$1/display"
    wait_for 20 "$last_pid" wayland_shows "$1" one || complain "weston shows nothing."
}

# wayland_shows FOLDER one|many: takes a picture, FOLDER/now.png; does it have one colour or many?
wayland_shows() {
    local colours file
    (cd "$1" && rm -f wayland-screenshot-*.png && XDG_RUNTIME_DIR=$1 WAYLAND_DISPLAY=display timeout 10 weston-screenshooter) || return 1
    file=$(find "$1" -name 'wayland-screenshot-*.png' | head -n 1)
    [ -n "$file" ] || return 1
    mv "$file" "$1/now.png"
    colours=$(identify -format '%k' "$1/now.png")
    if [ "$2" = one ]; then [ "$colours" -eq 1 ]; else [ "$colours" -ge 40 ]; fi
}

# shows_wayland_window PICTURE PROGRAM [NAME=VALUE]...: the demo paints on a Wayland display, and SIGTERM ends it in order.
# (weston without a screen has no keyboard: the keys that close a window cannot be pressed.)
shows_wayland_window() {
    local picture=$PICTURES/$1 program=$2 folder pid
    shift 2
    folder=$(mktemp -d "$WORK/wayland.XXXXXX")
    ends_what_it_starts
    start_weston "$folder"
    mkdir -p "$ROOT/run/wayland"
    mount --bind "$folder" "$ROOT/run/wayland"
    start_in_background "$folder/program.log" \
        as_user WAYLAND_DISPLAY=/run/wayland/display XDG_RUNTIME_DIR=/home/tester "$@" "$program" --demo --theme light
    pid=$last_pid
    wait_for 60 "$pid" wayland_shows "$folder" many || complain "The window did not paint: $(cat "$folder/program.log")"
    sleep 1
    wayland_shows "$folder" many
    cp "$folder/now.png" "$picture"
    ends_in_order "$pid"
    end_started
    umount "$ROOT/run/wayland"
    rmdir "$ROOT/run/wayland"
}

# These take the prefix, as a folder of this system.
desktop_entry_is_valid() {
    desktop-file-validate "$1/share/applications/org.sockstage.Sockstage.desktop"
}

metainfo_is_valid() {
    appstreamcli validate --no-net "$1/share/metainfo/org.sockstage.Sockstage.metainfo.xml"
}

# Its program and its icon are there.
menu_entry_leads_somewhere() {
    local entry=$1/share/applications/org.sockstage.Sockstage.desktop program icon size
    program=$(sed -n 's/^Exec=\([^ ]*\).*/\1/p' "$entry" | head -n 1)
    icon=$(sed -n 's/^Icon=//p' "$entry")
    [ -x "$1/bin/${program##*/}" ] || complain "Exec=$program is not there."
    [ -s "$1/share/icons/hicolor/scalable/apps/$icon.svg" ] || complain "There is no scalable icon $icon."
    for size in 16 24 32 48 64 128 256; do
        [ "$(identify -format '%wx%h' "$1/share/icons/hicolor/${size}x$size/apps/$icon.png")" = "${size}x$size" ] ||
            complain "The icon of $size is not of that size."
    done
}
