#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and runs all tests, several at once. See --help. The last line says how many passed
# and failed.
set -uo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)

usage() {
    cat <<'TEXT'
tests/run.sh [--build | --only REGEX] [--sanitize address,undefined | --sanitize thread] [--lint | --lint-changed]
  (nothing)        all tests, the window on a virtual display, the layers, the scripts, the formatting
  --build          only builds what would be tested
  --only REGEX     only tests whose name matches
  --sanitize LIST  the tests under these sanitizers, in a build of their own (thread: the engine's tests)
  --lint           clang-tidy over everything instead of the tests
  --lint-changed   the same over what has changed since the last release
TEXT
}

preset=tests
only=
build_only=no
lint_words=()
while [ $# -gt 0 ]; do
    case $1 in
        --build) build_only=yes ;;
        --only) [ $# -ge 2 ] || { usage >&2; exit 2; }; only=$2; shift ;;
        --sanitize)
            case ${2:-} in
                address,undefined) preset=asan ;;
                thread) preset=tsan ;;
                *) usage >&2; exit 2 ;;
            esac
            shift ;;
        --lint) preset=lint ;;
        --lint-changed) preset=lint lint_words=(--changed) ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

passed=0
failed=0
skipped=0
failed_names=()
times=()
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf -- "$folder"' EXIT

# took NAME SECONDS: printed at the end.
took() {
    times+=("$(printf '%5d s  %s' "$2" "$1")")
}

# Every way out ends with the total; one that did not get as far as the tests counts as a failure.
finish() {
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        echo "No test has a name that matches \"$only\"." >&2
        failed=1
    fi
    if [ "${#failed_names[@]}" -gt 0 ]; then
        printf 'Failed: %s\n' "${failed_names[*]}"
    fi
    [ "${#times[@]}" -eq 0 ] || printf '%s\n' "${times[@]}"
    local total="$passed passed, $failed failed"
    [ "$skipped" -eq 0 ] || total="$total, $skipped skipped"
    echo "$total"
    [ "$failed" -eq 0 ] && exit 0
    exit 1
}

give_up() {
    echo "$1" >&2
    failed=$((failed + 1))
    failed_names+=("$2")
    finish
}

# check NAME COMMAND...: one test outside ctest, begun in the background: see collect_checks.
checks=()
check() {
    local name=$1
    shift
    if [ -n "$only" ] && ! [[ $name =~ $only ]]; then return; fi
    checks+=("$name")
    (
        began=$SECONDS
        "$@" >"$folder/$name.log" 2>&1
        status=$?
        echo "$((SECONDS - began))" >"$folder/$name.seconds"
        exit "$status"
    ) &
    echo "$!" >"$folder/$name.pid"
}

# The results of all checks; what one had to say is shown when it failed.
collect_checks() {
    local name
    for name in "${checks[@]}"; do
        if wait "$(cat "$folder/$name.pid")"; then
            echo "PASS  $name"
            passed=$((passed + 1))
        else
            echo "FAIL  $name"
            cat "$folder/$name.log"
            failed=$((failed + 1))
            failed_names+=("$name")
        fi
        took "$name" "$(cat "$folder/$name.seconds")"
    done
}

# One complaint for each line that clang-format would change. (Called by way of check.)
# shellcheck disable=SC2317
check_formatting() {
    find engine ui app tests resources -type f \( -name '*.h' -o -name '*.cpp' \) -print0 |
        xargs -0 clang-format --dry-run -Werror
}

# shellcheck disable=SC2317
check_scripts() {
    find app tests packaging .ci -type f \( -name '*.sh' -o -path '.ci/run' \) -print0 | xargs -0 shellcheck -x
}

# build_with PRESET [WORDS...]: one at a time, should another process build in the same folder.
build_with() {
    local build=build/$1 began=$SECONDS preset=$1
    shift
    mkdir -p "$build" 2>/dev/null || true
    [ -w "$build" ] || give_up "$root/$build cannot be written by $(id -un)." build
    echo "Building in $root/$build"
    exec 8>"$build/lock"
    flock 8
    cmake --preset "$preset" >"$build/configure.log" 2>&1 || { cat "$build/configure.log"; give_up "cmake failed" configure; }
    cmake --build --preset "$preset" "$@" 8>&- || give_up "The build failed." build
    exec 8>&-
    took build $((SECONDS - began))
    [ "$build_only" = no ] || { passed=1; finish; }
}

# with_a_hosts_file COMMAND...: a bare system may have none; the name server that is asked for localhost then is one more
# socket, which the program did not open. Where nothing can be mounted, the command runs as it is.
with_a_hosts_file() {
    local way words user variables
    user=$(id -u)
    if grep -qsw localhost /etc/hosts; then
        "$@"
        return
    fi
    printf '127.0.0.1 localhost\n::1 localhost\n' >"$folder/hosts"
    # Something can only be mounted over what is there: else a whole /etc.
    # shellcheck disable=SC2016
    local mounting='
        if [ -e /etc/hosts ]; then
            mount --bind "$0/hosts" /etc/hosts
        else
            cp -a /etc "$0/etc" 2>/dev/null
            cp "$0/hosts" "$0/etc/hosts" && mount --bind "$0/etc" /etc
        fi && exec "$@"'
    mapfile -d '' variables < <(env -0)
    for way in root namespace sudo; do
        words=(sh -c "$mounting" "$folder")
        case $way in
            root) words=(unshare --mount "${words[@]}") ;;
            # Inside, the user is root only for as long as it takes to mount.
            namespace) words=(unshare --map-root-user --mount "${words[@]}" unshare --user --map-user="$user" --map-group="$(id -g)") ;;
            sudo) words=(sudo -n unshare --mount "${words[@]}" setpriv --reuid "$user" --regid "$(id -g)" --init-groups
                env -i "${variables[@]}") ;;
        esac
        if "${words[@]}" grep -qsw localhost /etc/hosts 2>/dev/null; then
            "${words[@]}" "$@"
            return
        fi
    done
    "$@"
}

# Most tests wait most of the time: more of them than there are processors.
run_ctest() {
    local build=build/$1 began=$SECONDS addresses=() words=(--output-on-failure --no-tests=error --timeout 300 -j $(($(nproc) * 2 + 1)))
    shift
    words+=("$@")
    [ -z "$only" ] || words+=(-R "$only")
    rm -f "$build/ctest.xml"
    # The sanitizers of this compiler expect a smaller spread of random addresses than newer kernels use.
    ! setarch -R true 2>/dev/null || addresses=(setarch -R)
    # An empty place for settings, so that no test reads or writes the user's own.
    mkdir "$folder/settings"
    XDG_CONFIG_HOME=$folder/settings XDG_DATA_HOME=$folder/settings XDG_CACHE_HOME=$folder/settings QT_QPA_PLATFORM=offscreen \
        LC_ALL=C.UTF-8 with_a_hosts_file "${addresses[@]}" ctest --test-dir "$build" --output-junit "$root/$build/ctest.xml" "${words[@]}"
    took ctest $((SECONDS - began))
    count_ctest "$build/ctest.xml"
}

count_ctest() {
    local numbers name
    if ! numbers=$(python3 - "$1" <<'PYTHON'
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot()
total, failed = int(suite.get("tests")), int(suite.get("failures"))
skipped = int(suite.get("skipped")) + int(suite.get("disabled"))
print(total - failed - skipped, failed, skipped)
for case in suite.iter("testcase"):
    if case.get("status") == "fail":
        print(case.get("name"))
PYTHON
    ); then
        # With --only there may be nothing in ctest that matches; the other checks may.
        [ -n "$only" ] && return
        give_up "ctest left no result." ctest
    fi
    {
        local ok bad left
        read -r ok bad left
        passed=$((passed + ok))
        failed=$((failed + bad))
        skipped=$((skipped + left))
        while read -r name; do failed_names+=("$name"); done
    } <<<"$numbers"
}

"$root/packaging/install-build-deps.sh" --tests || give_up "What the tests need is not there." install
cd "$root" || exit 1

case $preset in
    tests)
        build_with tests
        check layers tests/layers.sh build/tests
        check window tests/window.sh build/tests
        check documents tests/documents.sh build/tests
        check presets tests/presets.sh
        check shellcheck check_scripts
        check clang-format check_formatting
        run_ctest tests
        ;;
    asan)
        export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
        export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
        [ ! -e tests/lsan.supp ] || export LSAN_OPTIONS=suppressions=$root/tests/lsan.supp:print_suppressions=0
        build_with asan
        run_ctest asan
        ;;
    tsan)
        # die_after_fork=0: QProcess forks, and this sanitizer starts a thread of its own in the child.
        export TSAN_OPTIONS=die_after_fork=0:suppressions=$root/tests/tsan.supp:halt_on_error=1:second_deadlock_stack=1
        build_with tsan --target engine_tests
        run_ctest tsan -L engine
        ;;
    lint)
        build_with tests
        check clang-tidy tests/lint.sh build/tests "${lint_words[@]}"
        ;;
esac
collect_checks
finish
