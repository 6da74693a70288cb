#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is written about the two programs agrees with their own --help: man pages, shell completions and the README name
# every option and no other, and so does the guide. Man pages, desktop file and metainfo are what their readers expect.
#   documents.sh BUILD_FOLDER
set -euo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$(cd -- "$1" && pwd -P)
app_id=org.sockstage.Sockstage
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT
failures=0
export LC_ALL=C.UTF-8

complain() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

# silent WHAT COMMAND...: the command succeeds and has nothing to say.
silent() {
    local what=$1 status=0
    shift
    "$@" >"$work/log" 2>&1 || status=$?
    if [ "$status" -ne 0 ] || [ -s "$work/log" ]; then
        complain "$what (status $status):"
        cat "$work/log"
    fi
}

# The options of --help with what follows them, as it is shown: "--family 4|6", "--echo".
options_with_values() {
    grep -oE '^  --[a-z0-9-]+( [^ ]+)?' "$1" | sed 's/^  //'
}

# only_known WHERE HELP TEXT: each word of the text that looks like an option is one.
only_known() {
    local where=$1 help=$2 option
    while read -r option; do
        grep -qE -- "^  $option( |\$)" "$help" || complain "$where names $option, and --help does not know it"
    done < <(grep -oE '(^|[^a-zA-Z0-9-])--[a-z][a-z0-9-]*' "$3" | grep -oE -- '--.*' | LC_ALL=C sort -u)
}

check_help() {
    local program=$1 binary=$2
    "$binary" --help >"$work/$program.help"
    [ "$(options_with_values "$work/$program.help" | wc -l)" -ge 20 ] ||
        complain "$program --help names hardly any option"
    ! "$binary" --help >/dev/full 2>/dev/null || complain "$program --help succeeds where it cannot be written"
}

# Filled in as the build does it.
fill_in() {
    sed -e 's/@VERSION@/1.2.3/g' -e 's/@DATE@/2026-01-31/g' "$root/packaging/man/$1.1" >"$work/$1.1"
    ! grep -nE '@[A-Z]+@' "$work/$1.1" || complain "$1.1 has a mark that the build does not fill in"
}

# groff itself, because man shortens words where they do not fit: no overstriking, and lines that never do.
as_text() {
    groff -man -Tascii -P-bcou -rLL=500n "$1"
}

# As lintian asks; man's own pager would be asked for a width.
formatted_by_man() {
    MANROFFSEQ='' MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$1" >/dev/null
}

check_man_page() {
    local program=$1 option
    fill_in "$program"
    silent "man complains about $program.1" formatted_by_man "$work/$program.1"
    # mandoc reads man pages more strictly, but not every system can have it beside man.
    if command -v mandoc >/dev/null; then
        silent "mandoc complains about $program.1" mandoc -T lint "$work/$program.1"
    fi
    as_text "$work/$program.1" >"$work/$program.text"
    # An option begins a paragraph of its own, with its value as --help writes it.
    while IFS= read -r option; do
        grep -qE -- "^ {7}${option//|/\\|}( |\$)" "$work/$program.text" ||
            complain "$program.1 does not explain $option"
    done < <(options_with_values "$work/$program.help")
    only_known "$program.1" "$work/$program.help" "$work/$program.text"
}

# The generated files are asked by the shells that read them.
check_completions() {
    local program=$1 generate=$root/packaging/completions/generate.py help=$work/$1.help
    "$generate" bash "$program" "$help" "$work/$program.bash"
    "$generate" zsh "$program" "$help" "$work/_$program"
    "$generate" fish "$program" "$help" "$work/$program.fish"
    silent "shellcheck complains about the completion of $program" shellcheck -s bash "$work/$program.bash"
    silent "the completion of $program is wrong" "$root/tests/completions.py" "$program" "$help" "$work"
}

# A table of options belongs to both programs until a line says whose the next one is.
check_readme() {
    local program
    awk '/^Only `sockstage`:/ { whose = "sockstage" } /^Only `sockstage-cli`:/ { whose = "sockstage-cli" }
        /^#/ { whose = "both" } /^\| `--/ { print whose, $0 }' "$root/README.md" >"$work/tables"
    for program in sockstage sockstage-cli; do
        grep -E "^(both|$program) " "$work/tables" >"$work/tables-$program" ||
            complain "README.md has no table of the options of $program any more"
        only_known "README.md's table for $program" "$work/$program.help" "$work/tables-$program"
        grep -E "^$program --" "$root/README.md" >"$work/examples-$program" || true
        only_known "README.md's example of $program" "$work/$program.help" "$work/examples-$program"
    done
}

# same WHAT NAMES WHERE OTHERS: two lists of names, in any order, are the same.
same() {
    local different
    different=$(LC_ALL=C comm -3 <(LC_ALL=C sort "$2") <(LC_ALL=C sort "$4") | paste -sd, | tr -d '\t')
    [ -z "$different" ] || complain "$3 does not list the same $1 as the program: $different"
}

# What scripts rely on: the events and the states of a stage, in the code, the man page and the README.
check_events() {
    local man=$root/packaging/man/sockstage-cli.1
    grep -oE 'begin\([^"]*, "[a-z]+"\)' "$root/app/cli/jsonlines.cpp" | grep -oE '[a-z]+"' | tr -d '"' >"$work/events"
    [ "$(wc -l <"$work/events")" -ge 15 ] || complain "app/cli/jsonlines.cpp does not write its events as it did"
    awk '/^\.SH/ { on = $0 == ".SH EVENTS" } on && tag { print $2 } { tag = $0 == ".TP" }' "$man" >"$work/man.events"
    awk '/^### / { on = $0 == "### Events" } on && /^A `kernel` event/ { exit } on && /^\| `/ { print $2 }' \
        "$root/README.md" | tr -d '`' >"$work/readme.events"
    same events "$work/events" sockstage-cli.1 "$work/man.events"
    same events "$work/events" README.md "$work/readme.events"
    sed -n '/ stateNames{/,/}/p' "$root/engine/capture/stage.cpp" | grep -oE '"[a-z ]+"' | tr -d '"' >"$work/states"
    [ "$(wc -l <"$work/states")" -ge 6 ] || complain "engine/capture/stage.cpp does not name its states as it did"
    tr '\n' ' ' <"$work/sockstage-cli.text" | grep -oE 'stage, state \([^)]*\)' | sed -E 's/.*\(|\)//g; s/ or /, /; s/, +/\n/g' \
        >"$work/man.states" || true
    # shellcheck disable=SC2016  # the README's own backticks
    grep -E '^\| `stage`' "$root/README.md" | grep -oE '`state` \([^;)]*' | grep -oE '`[a-z ]+`' | tr -d '`' |
        grep -vx state >"$work/readme.states" || true
    same "states of a stage" "$work/states" sockstage-cli.1 "$work/man.states"
    same "states of a stage" "$work/states" README.md "$work/readme.states"
}

# The commands of standard input, as --help lists them, and the options of sockstage-cli alone.
check_commands() {
    local word file
    sed -n '/^Standard input takes/,/^SESSION/p' "$work/sockstage-cli.help" | sed -nE 's/^  ([a-z]+).*/\1/p' >"$work/verbs"
    [ "$(wc -l <"$work/verbs")" -ge 10 ] || complain "sockstage-cli --help lists hardly any command"
    awk '/^\.SH/ { on = $0 == ".SH STANDARD INPUT" } on && tag { print $2 } { tag = $0 == ".TP" }' \
        "$root/packaging/man/sockstage-cli.1" >"$work/man.verbs"
    same commands "$work/verbs" sockstage-cli.1 "$work/man.verbs"
    for file in README.md resources/guide/command-line.md; do
        while read -r word; do
            grep -qE "\`$word( [A-Z ]+)?\`" "$root/$file" || complain "$file does not name the command $word"
        done <"$work/verbs"
    done
    comm -13 <(options_with_values "$work/sockstage.help" | sort) <(options_with_values "$work/sockstage-cli.help" | sort) |
        while read -r word; do
            grep -qE -- "\`${word%% *}[ \`]" "$root/resources/guide/command-line.md" || echo "$word"
        done >"$work/missing"
    [ ! -s "$work/missing" ] || complain "the guide does not name $(paste -sd, "$work/missing")"
}

# The guide in the window speaks of both programs.
check_guide() {
    cat "$work/sockstage.help" "$work/sockstage-cli.help" >"$work/both.help"
    only_known "the guide" "$work/both.help" "$root/resources/guide/command-line.md"
    only_known "the guide" "$work/both.help" "$root/resources/guide/step-mode.md"
}

check_desktop_file() {
    local file=$root/packaging/desktop/$app_id.desktop
    silent "$app_id.desktop is not valid" desktop-file-validate "$file"
    sed -n 's/^Exec=//p' "$file" >"$work/commands"
    [ -s "$work/commands" ] || complain "$app_id.desktop starts nothing"
    ! grep -vE '^sockstage( |$)' "$work/commands" || complain "$app_id.desktop starts something else"
    only_known "$app_id.desktop" "$work/sockstage.help" "$work/commands"
    grep -qx "Icon=$app_id" "$file" || complain "$app_id.desktop does not name our icon"
}

check_metainfo() {
    local file=$work/$app_id.metainfo.xml
    python3 "$root/packaging/changelog.py" metainfo >"$work/releases"
    sed -e "/^@RELEASES@\$/{r $work/releases" -e 'd}' "$root/packaging/desktop/$app_id.metainfo.xml.in" >"$file"
    grep -q '<release ' "$file" || complain "the metainfo has no release"
    # Capital letters in the id are what --pedantic has to say: D-Bus and Flatpak names are written so, and it stays.
    appstreamcli validate --pedantic --no-net "$file" >"$work/log" 2>&1 || complain "the metainfo is not valid"
    if grep -E '^[EWIP]: ' "$work/log" | grep -v cid-contains-uppercase-letter; then
        complain "appstreamcli complains about the metainfo"
    fi
    grep -q "<launchable type=\"desktop-id\">$app_id.desktop</launchable>" "$file" ||
        complain "the metainfo does not name the desktop file"
}

# A stranger could register an unowned domain: pages and addresses of mail in what is packed name these hosts only.
check_addresses() {
    local hosts='www\.debian\.org|deb\.debian\.org|snapshot\.debian\.org|www\.rfc-editor\.org|keepachangelog\.com|semver\.org'
    hosts="$hosts|www\.w3\.org"
    # Signs for the user and addresses in examples are not mail: a name, @, and a domain are.
    if grep -rnIoE 'https?://[A-Za-z0-9.-]+|[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[a-z]{2,}' "$root/packaging" \
        "$root/resources" "$root/app" "$root/ui" "$root/README.md" "$root/CHANGELOG.md" "$root/CMakeLists.txt" |
        grep -vE ":https?://($hosts)\$"; then
        complain "these are addresses of others, or of nobody"
    fi
}

check_licences() {
    local without
    without=$(grep -rL 'SPDX-License-Identifier: GPL-3.0-or-later' "$root/engine" "$root/ui" "$root/app" "$root/tests" \
        "$root/packaging" --include='*.h' --include='*.cpp' --include='*.sh' --include='*.py' --include='*.cmake' \
        --include=CMakeLists.txt || true)
    [ -z "$without" ] || complain "these files do not name their licence: $without"
}

for tool in groff man desktop-file-validate appstreamcli shellcheck bash zsh fish python3; do
    command -v "$tool" >/dev/null || complain "$tool is not installed"
done
[ "$failures" -eq 0 ] || exit 1
check_help sockstage "$build/app/window/sockstage"
check_help sockstage-cli "$build/app/cli/sockstage-cli"
for program in sockstage sockstage-cli; do
    check_man_page "$program"
    check_completions "$program"
done
check_readme
check_events
check_commands
check_guide
check_desktop_file
check_metainfo
check_addresses
check_licences
[ "$failures" -eq 0 ] && echo "The documents agree with the programs."
[ "$failures" -eq 0 ]
