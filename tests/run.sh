#!/usr/bin/env bash
# Installs what is missing, builds, and runs all tests. See --help. The last line says how many passed and failed.
set -uo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)

usage() {
    cat <<'TEXT'
tests/run.sh [--only REGEX] [--sanitize address,undefined | --sanitize thread] [--lint]
  (nothing)        all tests, the window on a virtual display, the layers, the scripts, the formatting
  --only REGEX     only tests whose name matches
  --sanitize LIST  the tests under these sanitizers, in a build of their own (thread: the engine's tests)
  --lint           clang-tidy instead of the tests
TEXT
}

preset=tests
only=
while [ $# -gt 0 ]; do
    case $1 in
        --only) [ $# -ge 2 ] || { usage >&2; exit 2; }; only=$2; shift ;;
        --sanitize)
            case ${2:-} in
                address,undefined) preset=asan ;;
                thread) preset=tsan ;;
                *) usage >&2; exit 2 ;;
            esac
            shift ;;
        --lint) preset=lint ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done

passed=0
failed=0
skipped=0
failed_names=()

# Every way out ends with the total; one that did not get as far as the tests counts as a failure.
finish() {
    if [ $((passed + failed + skipped)) -eq 0 ]; then
        echo "No test has a name that matches \"$only\"." >&2
        failed=1
    fi
    if [ "${#failed_names[@]}" -gt 0 ]; then
        printf 'Failed: %s\n' "${failed_names[*]}"
    fi
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

# check NAME COMMAND...: one test outside ctest. Its output is shown when it fails.
check() {
    local name=$1 log
    shift
    if [ -n "$only" ] && ! [[ $name =~ $only ]]; then return; fi
    log=$(mktemp)
    if "$@" >"$log" 2>&1; then
        echo "PASS  $name"
        passed=$((passed + 1))
    else
        echo "FAIL  $name"
        cat "$log"
        failed=$((failed + 1))
        failed_names+=("$name")
    fi
    rm -f "$log"
}

# One line for each file that clang-format would change. (Called by way of check.)
# shellcheck disable=SC2317
check_formatting() {
    local file status=0
    while IFS= read -r -d '' file; do
        clang-format --dry-run -Werror "$file" 2>/dev/null || { echo "$file is not formatted: clang-format -i $file"; status=1; }
    done < <(find engine ui app tests resources -type f \( -name '*.h' -o -name '*.cpp' \) -print0)
    return "$status"
}

# shellcheck disable=SC2317
check_scripts() {
    find app tests packaging .ci -type f \( -name '*.sh' -o -path '.ci/run' \) -print0 | xargs -0 shellcheck -x
}

build_with() {
    local folder=build/$1
    mkdir -p "$folder" 2>/dev/null || true
    [ -w "$folder" ] || give_up "$root/$folder cannot be written by $(id -un)." build
    echo "Building in $root/$folder"
    cmake --preset "$1" >"$folder/configure.log" 2>&1 || { cat "$folder/configure.log"; give_up "cmake failed" configure; }
    cmake --build --preset "$1" || give_up "The build failed." build
}

# The sanitizers of this compiler expect a smaller spread of random addresses than newer kernels use.
without_random_addresses() {
    if setarch -R true 2>/dev/null; then setarch -R "$@"; else "$@"; fi
}

run_ctest() {
    local folder=build/$1 words=(--output-on-failure --no-tests=error --timeout 300)
    shift
    words+=("$@")
    [ -z "$only" ] || words+=(-R "$only")
    rm -f "$folder/ctest.xml"
    # An empty place for settings, so that no test reads or writes the user's own.
    local settings
    settings=$(mktemp -d)
    XDG_CONFIG_HOME=$settings XDG_DATA_HOME=$settings XDG_CACHE_HOME=$settings QT_QPA_PLATFORM=offscreen LC_ALL=C.UTF-8 \
        without_random_addresses ctest --test-dir "$folder" --output-junit "$root/$folder/ctest.xml" "${words[@]}"
    rm -rf -- "$settings"
    count_ctest "$folder/ctest.xml"
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
        run_ctest tests
        check layers tests/layers.sh build/tests
        check window tests/window.sh build/tests
        check documents tests/documents.sh build/tests
        check shellcheck check_scripts
        check clang-format check_formatting
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
        build_with tsan
        run_ctest tsan -L engine
        ;;
    lint)
        build_with tests
        check clang-tidy tests/lint.sh build/tests
        ;;
esac
finish
