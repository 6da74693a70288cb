#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The sources on a machine that has nothing but Debian's minbase and git. source.sh root: app/run.sh, as an ordinary user
# with sudo, then as root in another root. source.sh tests: tests/run.sh too, which takes as long as the tests do. Run by
# packaging/test.sh.
# shellcheck source-path=SCRIPTDIR source=root.sh
. "$CHECKOUT/packaging/test/root.sh"

place=/srv/sockstage

# What git has, and what it would have: the working folder without what was built in it.
copy_sources() {
    mkdir -p "$ROOT$place"
    if git -C "$CHECKOUT" rev-parse --git-dir >/dev/null 2>&1; then
        (cd "$CHECKOUT" && git ls-files -z --cached --others --exclude-standard |
            while IFS= read -r -d '' file; do [ ! -e "$file" ] || printf '%s\0' "$file"; done |
            tar --null --files-from=- -c) | tar -C "$ROOT$place" -x --no-same-owner
    else
        tar -C "$CHECKOUT" --exclude=./build --exclude='./build-*' --exclude=./dist -c . | tar -C "$ROOT$place" -x --no-same-owner
    fi
    chown -R "$1" "$ROOT$place"
}

# What ccache was told to share when the packages were built (CCACHE_REMOTE_STORAGE=file:FOLDER) serves here, too.
objects=${CCACHE_REMOTE_STORAGE:-}
objects=${objects#file:}
objects=${objects%%|*}
[ -d "$objects" ] || objects=

# make_machine NAME OWNER: a root with git, and sudo for "tester", and the sources in $place. What a compiler has made in
# one of these roots serves the next: it is the same compiler.
make_machine() {
    # app/run.sh calls apt-get itself, which locks the store: this kind has its own.
    make_root "$1" source
    mkdir -p "$WORK/ccache" "$ROOT/var/cache/ccache"
    chmod 1777 "$WORK/ccache"
    mount --bind "$WORK/ccache" "$ROOT/var/cache/ccache"
    # Terminals, as every machine has them.
    mkdir -p "$ROOT/dev/pts"
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620,gid=5 devpts "$ROOT/dev/pts"
    ln -sfn pts/ptmx "$ROOT/dev/ptmx"
    if [ -n "$objects" ]; then
        mkdir -p "$ROOT/var/cache/objects"
        mount --bind "$objects" "$ROOT/var/cache/objects"
    fi
    apt_in_root install git sudo
    echo 'tester ALL=(ALL) NOPASSWD: ALL' >"$ROOT/etc/sudoers.d/tester"
    copy_sources "$2"
}

# in_machine root|tester COMMAND...: with nothing of this machine's environment but how to reach the package archive. It is the
# root of its processes, as on a real machine: in a chroot the kernel permits no process a user namespace.
in_machine() {
    local variables=("$path" LC_ALL=C.UTF-8 CCACHE_DIR=/var/cache/ccache CCACHE_UMASK=000) name words=()
    [ -z "$objects" ] || variables+=('CCACHE_REMOTE_STORAGE=file:/var/cache/objects|read-only')
    for name in http_proxy https_proxy no_proxy CCACHE_NAMESPACE; do
        [ -z "${!name:-}" ] || variables+=("$name=${!name}")
    done
    case $1 in
        root) variables+=(HOME=/root USER=root) ;;
        *) variables+=(HOME=/home/tester USER=tester) words=(setpriv --reuid 1000 --regid 1000 --init-groups) ;;
    esac
    shift
    mkdir -p "$ROOT/old"
    # shellcheck disable=SC2016
    unshare --mount sh -c 'cd "$0" && pivot_root . old && cd / && umount --lazy /old && exec "$@"' "$ROOT" \
        "${words[@]}" env -i "${variables[@]}" "$@"
}

# app_runs NAME root|tester: without a screen it leaves a picture of the demo.
app_runs() {
    in_machine "$2" "$place/app/run.sh"
    [ "$(identify -format '%k' "$ROOT$place/build/window.png")" -ge 40 ] || complain "The window did not paint."
    cp "$ROOT$place/build/window.png" "$PICTURES/$1.png"
}

tests_run() {
    in_machine "$1" "$place/tests/run.sh" | tee "$WORK/tests-$1.log"
    grep -Eq '^[0-9]+ passed, 0 failed$' <(tail -n 1 "$WORK/tests-$1.log") || complain "Not every test passed, or some were left out."
}

for who in tester root; do
    case $who in tester) owner=1000:1000 called="a user with sudo" ;; *) owner=0:0 called=root ;; esac
    check "source: a root with nothing but git, for $called" make_machine "source-$who" "$owner" || give_up
    # make_machine ran in a shell of its own.
    ROOT=$WORK/source-$who/root
    check "source: app/run.sh as $called" app_runs "source-$who" "$who"
    [ "$1" != tests ] || check "source: tests/run.sh as $called" tests_run "$who"
done
# Failed checks are counted, not reported by the status.
true
