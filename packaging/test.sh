#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs every package of dist/ into a fresh minimal root, uses it, upgrades, removes it, and looks for what is left; and
# starts the sources there as a newcomer would. Two kinds at a time. See --help. The last line says how many checks passed and failed.
set -uo pipefail
CHECKOUT=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
here=$CHECKOUT/packaging

usage() {
    cat <<'TEXT'
packaging/test.sh [--only KIND]... [DIST]
  (nothing)    all packages in dist/, as packaging/build.sh left them, and source
  --only KIND  deb, rpm, portable, installer or flatpak; source: app/run.sh on a machine that has nothing but git;
               tests: tests/run.sh there, too, which takes as long as the tests do; may be repeated
  DIST         another folder than dist/
Needs root (or sudo, which it then calls itself) to make roots: it mounts, in a namespace of its own, so that no mount and
no process is left behind. Installs the tools it needs. Takes about 100 packages from this system's apt sources.
Leaves pictures of the windows in build/packages/.
TEXT
}

kinds=()
DIST=$CHECKOUT/dist
while [ $# -gt 0 ]; do
    case $1 in
        --only)
            case ${2:-} in
                deb | rpm | portable | installer | flatpak | source | tests) kinds+=("$2") ;;
                *) usage >&2; exit 2 ;;
            esac
            shift ;;
        -h | --help) usage; exit 0 ;;
        -*) usage >&2; exit 2 ;;
        *) DIST=$1 ;;
    esac
    shift
done
[ "${#kinds[@]}" -gt 0 ] || kinds=(source deb rpm portable installer flatpak)

# Whatever happened, the last line is the total; a way out before the first check counts as a failure.
give_up() {
    echo "$1" >&2
    echo "0 passed, 1 failed"
    exit 1
}

# Kinds that take the sources, and those of them that are packages.
packages=()
for kind in "${kinds[@]}"; do
    case $kind in source | tests) ;; *) packages+=("$kind") ;; esac
done
if [ "${#packages[@]}" -gt 0 ]; then
    [ -d "$DIST" ] || give_up "There is no $DIST: run packaging/build.sh first."
    DIST=$(cd -- "$DIST" && pwd -P)
fi
words=()
for kind in "${kinds[@]}"; do words+=(--only "$kind"); done
words+=("$DIST")
if [ "$(id -u)" -ne 0 ]; then
    { command -v sudo >/dev/null && sudo -v; } || give_up "This needs root or sudo: it makes fresh roots and mounts in them."
    exec sudo BUILDER_HOME="$HOME" CCACHE_REMOTE_STORAGE="${CCACHE_REMOTE_STORAGE:-}" \
        CCACHE_NAMESPACE="${CCACHE_NAMESPACE:-}" "$here/test.sh" "${words[@]}"
fi
# From here on, what is mounted is mounted for this process and its children only.
[ "${OWN_MOUNTS:-}" = yes ] || exec env OWN_MOUNTS=yes unshare --mount "$here/test.sh" "${words[@]}"
"$here/install-build-deps.sh" --packages || give_up "What the tests need is not there."

BUILDER_HOME=${BUILDER_HOME:-$HOME}
PICTURES=$CHECKOUT/build/packages
mkdir -p "$PICTURES"
# Roots of many small files: in memory where there is enough of it, which takes half the time; else on the disk, and not in
# /tmp, which may be a small memory.
WORK=$(mktemp -d "${TMPDIR:-/var/tmp}/sockstage-packages.XXXXXX")
chmod 755 "$WORK"
if [ "$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)" -gt $((10 * 1024 * 1024)) ]; then
    mount -t tmpfs -o mode=755,size=8G tmpfs "$WORK"
fi
BASE=$WORK/base
RESULTS=$WORK/results
: >"$RESULTS"
# What is upgraded from: the release before, as the changelog names it.
OLDER=$(sed -nE 's/^## \[([0-9.]+)\].*/\1/p' "$CHECKOUT/CHANGELOG.md" | sed -n 2p)
OLDER=${OLDER:-0.0.9}
export OLDER
export CHECKOUT DIST WORK BASE PICTURES RESULTS BUILDER_HOME
base_pid=
declare -A running=() begun=()

# KILL, because unshare does not listen to TERM; everything that it holds ends with it, and the mounts with that.
clean_up() {
    local pid
    trap - EXIT
    for pid in "${!running[@]}" $base_pid; do
        kill -KILL "$pid" && wait "$pid"
    done 2>/dev/null
    # Memory goes at once when it is no longer mounted.
    umount --lazy "$WORK" 2>/dev/null
    rm -rf --one-file-system -- "$WORK"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# own_namespace COMMAND...: in the background; a signal to this script is then heard at once.
own_namespace() {
    unshare --mount --pid --fork --kill-child --mount-proc "$@" &
}

# The base: nothing but what Debian calls essential, and apt, from the sources that this system itself uses. The package
# lists stay in it, so that the mirror is asked for them once.
make_base() {
    local sources=() file proxy options=()
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
        [ ! -s "$file" ] || sources+=("$file")
    done
    proxy=$(apt-config dump --format '%f "%v";%n' Acquire::http::Proxy Acquire::https::Proxy)
    [ -z "$proxy" ] || options+=(--aptopt="$proxy")
    # Without its fsync after each file dpkg takes half the time; this root lives for minutes.
    mmdebstrap --variant=minbase --mode=root --format=directory --skip=cleanup/apt/lists --include=ca-certificates \
        --dpkgopt=force-unsafe-io "${options[@]}" \
        "$(. /etc/os-release && echo "${VERSION_CODENAME:-stable}")" "$BASE" "${sources[@]}"
}

sums_agree() {
    (cd "$DIST" && sha256sum --quiet --strict --check SHA256SUMS) || return 1
    local file
    for file in "$DIST"/*; do
        file=${file##*/}
        [ "$file" = SHA256SUMS ] || grep -qxF "$file" <(cut -c 67- "$DIST/SHA256SUMS") || { echo "$file has no sum."; return 1; }
    done
}

# begin_kind KIND WORD: in the background; what it says is shown when it ends. Two at a time: while one waits for a window
# or for the package archive, the other works.
begin_kind() {
    local script=$1
    [ "${#running[@]}" -lt 2 ] || end_kind
    [ "$script" != tests ] || script=source
    own_namespace "$here/test/$script.sh" "$2" >"$WORK/$1-$2.said" 2>&1
    running[$!]="$1-$2"
    begun[$!]=$SECONDS
}

end_kind() {
    local pid status=0 name
    wait -n -p pid "${!running[@]}" || status=$?
    name=${running[$pid]}
    unset "running[$pid]"
    echo "=== $name"
    cat "$WORK/$name.said"
    [ "$status" -eq 0 ] || record FAIL "$name (ended with status $status)"
    echo "=== took $((SECONDS - ${begun[$pid]})) s"
}

end_all() {
    while [ "${#running[@]}" -gt 0 ]; do end_kind; done
}

record() {
    echo "$1  $2"
    echo "$1 $2" >>"$RESULTS"
}

make_base >"$WORK/base.log" 2>&1 &
base_pid=$!
if [ "${#packages[@]}" -gt 0 ]; then
    echo "=== files in $DIST"
    if sums=$(sums_agree 2>&1); then record PASS "SHA256SUMS"; else record FAIL "SHA256SUMS"; echo "$sums"; fi
    for kind in "${packages[@]}"; do
        begin_kind "$kind" files
    done
    end_all
fi
if wait "$base_pid"; then
    base_pid=
    for kind in "${kinds[@]}"; do
        case $kind in
            flatpak) ;;
            tests) begin_kind tests tests ;;
            *) begin_kind "$kind" root ;;
        esac
    done
    end_all
else
    base_pid=
    record FAIL "a fresh root from this system's apt sources"
    cat "$WORK/base.log"
fi

echo "=== measured"
cat "$WORK/measured" 2>/dev/null
echo "Pictures: $PICTURES. All of it took $SECONDS s."
cat <<'TEXT'
Not tried: the RPMs on a Fedora or openSUSE machine (dnf, their Qt, the names of their packages): here they were looked into,
and installed, upgraded and erased by rpm in a Debian root, without their dependencies. The Flatpak: only its manifest was
parsed; nothing was built or run, since runtime and SDK cannot be had here. No AppImage is made. Other architectures and
other Debian releases than this machine's; real graphics hardware (X11 was Xvfb, Wayland was weston without a screen);
desktop environments and software centres; an upgrade from the packages of an earlier release: the older ones were made for
this test.
TEXT
passed=$(grep -c '^PASS ' "$RESULTS")
failed=$(grep -c '^FAIL ' "$RESULTS")
[ "$failed" -eq 0 ] || echo "Failed: $(sed -n 's/^FAIL //p' "$RESULTS" | paste -sd ';')"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
