# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash
# What the tests of all package kinds share: counting, fresh roots, commands in them. Sourced by deb.sh, rpm.sh,
# portable.sh and flatpak.sh, which packaging/test.sh runs in mount and process namespaces of their own: mounts made here
# are not visible outside and end with the namespace, and so does every process.
#
# From packaging/test.sh:  CHECKOUT  DIST  WORK (temporary)  PICTURES  RESULTS (one line per check)  BASE (the base root)  OLDER (a version)

# Another kind may run beside this one: what only this one reads and writes.
OWN=$WORK/own-$(basename "$0" .sh)
mkdir -p "$OWN"

# No "grep -q" behind a pipe here: it ends at the first match, and with pipefail the writer before it then fails.
# Each check runs in a shell of its own that ends at the first failing command; so there is no "set -e" out here.
set -uo pipefail

# check NAME COMMAND...: what the command printed is shown when it fails.
check() {
    local name=$1 status=0 log
    shift
    log=$(mktemp "$WORK/log.XXXXXX")
    # The subshell is not part of a condition: there "set -e" would have no effect.
    (
        set -e
        "$@"
    ) >"$log" 2>&1
    status=$?
    if [ "$status" -eq 0 ]; then
        echo "PASS  $name"
        echo "PASS $name" >>"$RESULTS"
    else
        echo "FAIL  $name"
        # The end says most; a thousand lines of it are enough.
        tail -n 40 "$log" | sed 's/^/      /'
        echo "FAIL $name" >>"$RESULTS"
    fi
    rm -f "$log"
    return "$status"
}

complain() {
    echo "$1" >&2
    return 1
}

# Ends the kind when what follows has no ground to stand on. The failed check is counted already.
give_up() {
    echo "      The rest of this kind was not tried."
    exit 0
}

# the_file PATTERN: the one file in dist/ that matches it.
the_file() {
    local found
    found=$(find "$DIST" -maxdepth 1 -type f -name "$1" | sort)
    [ -n "$found" ] || complain "There is no $1 in $DIST." || return 1
    [ "$(wc -l <<<"$found")" -eq 1 ] || complain "There is more than one $1 in $DIST." || return 1
    echo "$found"
}

# make_root NAME [STORE]: a fresh root over the base, which stays as it is. Sets ROOT. In it: /proc, the harmless devices, the
# X sockets, a store of downloaded packages that the roots share, and a user "tester" (1000).
make_root() {
    local top=$WORK/$1 device layers store=$WORK/archives${2:+-$2}
    ROOT=$top/root
    mkdir -p "$ROOT" "$top/upper" "$top/work" "$store" /tmp/.X11-unix
    layers=lowerdir=$BASE,upperdir=$top/upper,workdir=$top/work
    # volatile: nothing is forced to the disk, where it will not be needed.
    if ! mount -t overlay overlay -o "$layers,volatile" "$ROOT" 2>/dev/null &&
        ! mount -t overlay overlay -o "$layers" "$ROOT" 2>/dev/null; then
        # Where the file system below cannot do that: a whole copy.
        cp -a --reflink=auto "$BASE/." "$ROOT/"
        mount --bind "$ROOT" "$ROOT"
    fi
    mount -t proc proc "$ROOT/proc"
    for device in null zero full random urandom tty; do
        [ -e "$ROOT/dev/$device" ] || : >"$ROOT/dev/$device"
        mount --bind "/dev/$device" "$ROOT/dev/$device"
    done
    mount -t tmpfs -o mode=1777 tmpfs "$ROOT/tmp"
    mkdir -m 1777 "$ROOT/tmp/.X11-unix"
    mount --bind /tmp/.X11-unix "$ROOT/tmp/.X11-unix"
    mount --bind "$store" "$ROOT/var/cache/apt/archives"
    mkdir -p "$top/packages"
    mount --bind "$top/packages" "$ROOT/mnt"
    cp -L /etc/resolv.conf "$ROOT/etc/resolv.conf"
    # Nothing that is installed may start a service.
    printf '#!/bin/sh\nexit 101\n' >"$ROOT/usr/sbin/policy-rc.d"
    chmod 755 "$ROOT/usr/sbin/policy-rc.d"
    in_root useradd --create-home --uid 1000 --shell /bin/bash tester
}

path=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

in_root() {
    local keep=() name
    for name in http_proxy https_proxy no_proxy; do
        [ -z "${!name:-}" ] || keep+=("$name=${!name}")
    done
    chroot "$ROOT" env -i "$path" HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "${keep[@]}" "$@"
}

# as_user [NAME=VALUE]... COMMAND...: as an ordinary user in the root. The process keeps the id of the caller.
as_user() {
    exec chroot --userspec=1000:1000 --groups=1000 "$ROOT" \
        env -i --chdir=/home/tester "$path" HOME=/home/tester USER=tester LC_ALL=C.UTF-8 "$@"
}

# The same for a caller that goes on afterwards.
run_as_user() {
    (as_user "$@")
}

# The store is locked while something is downloaded, as another root may use it; what is in it needs no lock.
apt_in_root() {
    local words=(-qy -o Dpkg::Use-Pty=0 -o Debug::NoLocking=true --no-install-recommends)
    case $1 in
        install | satisfy)
            (
                flock 7
                in_root apt-get "${words[@]}" --download-only "$@"
            ) 7>"$WORK/archives.lock" || return 1 ;;
    esac
    in_root apt-get "${words[@]}" "$@"
}

# list_tree FOLDER [SKIPPED]...: what is in there, one line per name: kind, mode, owner, size of a file, target of a link.
list_tree() {
    local skip=() name folder=$1
    shift
    for name in "$@"; do
        skip+=(-path "$name" -prune -o)
    done
    (cd "$folder" && find . -xdev "${skip[@]}" \
        \( -type f -printf '%p %y %m %U %G %s\n' -o -printf '%p %y %m %U %G %l\n' \) | LC_ALL=C sort)
}

# The root without what apt and dpkg keep for themselves, people's homes, and what this test puts beside it.
list_root() {
    list_tree "$ROOT" ./var/cache/apt ./var/cache/debconf ./var/cache/ldconfig ./var/lib/apt ./var/lib/dpkg ./var/log \
        ./home ./etc/ld.so.cache ./mnt ./proc ./dev
}

# A home without what programs write there at run time: settings, and caches of fonts and pixels.
list_home() {
    list_tree "$ROOT/home/tester" ./.config ./.cache
}

# is_as_before LIST COMMAND...: the command lists what it listed when LIST was made.
is_as_before() {
    local list=$1
    shift
    "$@" >"$list.now"
    diff "$list" "$list.now"
}

# What a user set stays, whatever is done to the programs.
keep_settings() {
    (cd "$ROOT/home" && find . -type f -path '*/.config/*' -exec sha256sum {} + | LC_ALL=C sort) >"$OWN/settings"
    [ -s "$OWN/settings" ] || complain "The program wrote no settings: this check would prove nothing."
}

settings_are_there() {
    (cd "$ROOT/home" && sha256sum --quiet --check "$OWN/settings")
}

# Nothing of that name anywhere, except in a user's home.
nothing_named_sockstage() {
    local found
    found=$(cd "$ROOT" && find . -xdev \( -path ./home -o -path ./mnt \) -prune -o -iname '*sockstage*' -print)
    [ -z "$found" ] || complain "Left behind: $found"
}

# measure NAME FILE FOLDER: the sizes, for the end of the run.
measure() {
    printf '%-22s %8d KB packed, %8d KB installed\n' "$1" "$(($(stat -c %s "$2") / 1024))" \
        "$(du -sk --apparent-size "$3" | cut -f 1)" >>"$WORK/measured"
}
