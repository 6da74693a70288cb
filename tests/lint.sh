#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# clang-tidy over our own sources. A file that was clean is not looked at again until it, a header of ours that it
# includes, its compile command, or the rules change.
#   lint.sh BUILD_FOLDER [--changed]
#   --changed   only files whose code has changed since the last release, and for a header that has, the first file that
#               includes it, if none of those does. All files, where the history does not tell.
set -uo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$(cd -- "$1" && pwd -P)
commands=$root/build/lint
# Beside ccache's, so that another checkout has it too.
cache=${XDG_CACHE_HOME:-${HOME:-$root/build}/.cache}/sockstage/lint
mkdir -p "$commands" "$cache"
find "$cache" -type f -mtime +60 -delete
only_changed=${2:-}
rules=$({ clang-tidy --version; qtpaths6 --query QT_VERSION; "${CXX:-g++}" --version; cat "$root/.clang-tidy" "$root/tests/.clang-tidy"; } | sha256sum)

# Also where the checkout belongs to another user.
git_here() {
    git -c safe.directory="$root" -C "$root" "$@"
}

# The commit that the last release was made from: its tag, or the first commit whose changelog has its version and date. A
# release that is being made has its heading already: the newest counts only where it has a tag, or where changes after it
# are listed as not yet released.
last_release() {
    local headings newest=yes heading version commit
    mapfile -t headings < <(grep -E '^## \[(Unreleased|[0-9.]+)\]' "$root/CHANGELOG.md")
    for heading in "${headings[@]}"; do
        version=$(sed -nE 's/^## \[([0-9.]+)\] - .*/\1/p' <<<"$heading")
        if [ -z "$version" ]; then
            newest=no
        elif commit=$(git_here rev-parse --verify --quiet "v$version^{commit}"); then
            # A tag on what is being looked at is this release, not the last one.
            [ "$commit" = "$(git_here rev-parse HEAD)" ] || { echo "$commit"; return; }
        elif [ "$newest" = no ]; then
            git_here log --format=%H -S"$heading" -- CHANGELOG.md | tail -n 1
            return
        fi
        newest=no
    done
}

without_comments() {
    "${CXX:-g++}" -fpreprocessed -dD -E -P -w -x c++ -
}

# differs_in_code COMMIT FILE: more than comments has changed since. A NOLINT is a comment that counts.
differs_in_code() {
    [ -f "$root/$2" ] || return 0
    ! grep -q NOLINT "$root/$2" || return 0
    local before after
    before=$(git_here show "$1:$2" 2>/dev/null | without_comments)
    after=$(without_comments <"$root/$2")
    [ -z "$after" ] || [ "$before" != "$after" ]
}

# The files whose code has changed since then, one a line. Fails where the history does not tell.
changed_files() {
    local since file
    since=$(last_release 2>/dev/null)
    [ -n "$since" ] || return 1
    git_here cat-file -e "$since^{commit}" || return 1
    { git_here diff --name-only "$since" && git_here ls-files --others --exclude-standard; } | LC_ALL=C sort -u |
        while read -r file; do
            case $file in
                *.h | *.cpp) ! differs_in_code "$since" "$file" || echo "$file" ;;
                *) echo "$file" ;;
            esac
        done
}

changed=$commands/changed
if [ "$only_changed" != --changed ]; then
    rm -f "$changed"
elif ! changed_files >"$changed" || grep -qE '(^|/)\.clang-tidy$' "$changed"; then
    echo "Everything is looked at: what has changed since the last release is not known, or the rules have."
    rm -f "$changed"
fi

# One line for each source of ours: hash, then file. Also writes the commands without precompiled headers: a file that
# forgets an include does not compile here.
sources_with_hash() {
    python3 - "$build" "$root" "$rules" "$commands" <<'PYTHON'
import hashlib, json, os, re, subprocess, sys
build, root, rules, folder = sys.argv[1:]
ours = tuple(os.path.join(root, folder) + "/" for folder in ("engine", "ui", "app", "tests", "resources"))
headers = {}
target = None
for line in subprocess.run(["ninja", "-C", build, "-t", "deps"], capture_output=True, text=True).stdout.splitlines():
    if line and not line.startswith(" "):
        target = line.split(":")[0]
    elif line.strip():
        path = os.path.normpath(os.path.join(build, line.strip()))
        if path.startswith(ours):
            headers.setdefault(target, set()).add(path)
entries = json.load(open(os.path.join(build, "compile_commands.json")))
for entry in entries:
    entry["command"] = re.sub(r" -Winvalid-pch -include \S+", "", entry["command"])
with open(os.path.join(folder, "compile_commands.json"), "w") as commands:
    json.dump(entries, commands)
def output_of(entry):
    return entry["command"].split(" -o ")[1].split(" ")[0]
entries = [entry for entry in entries if entry["file"].startswith(ours)]
try:
    changed = {os.path.join(root, line.rstrip("\n")) for line in open(os.path.join(folder, "changed"))}
except FileNotFoundError:
    chosen = {entry["file"] for entry in entries}
else:
    chosen = {entry["file"] for entry in entries} & changed
    seen = set().union(*(headers.get(output_of(entry), set()) for entry in entries if entry["file"] in chosen))
    for entry in entries:
        missed = headers.get(output_of(entry), set()) & changed - seen
        if missed:
            chosen.add(entry["file"])
            seen |= headers.get(output_of(entry), set())
looked_at = set()
for entry in entries:
    if entry["file"] not in chosen or entry["file"] in looked_at:
        continue
    looked_at.add(entry["file"])
    # The same file in another checkout is the same file.
    digest = hashlib.sha256((rules + entry["command"].replace(root + "/", "")).encode())
    for path in sorted(headers.get(output_of(entry), set()) | {entry["file"]}):
        digest.update(os.path.relpath(path, root).encode() + b"\0" + open(path, "rb").read())
    print(digest.hexdigest(), entry["file"])
PYTHON
}

check() {
    local hash=$1 file=$2
    [ -e "$cache/$hash" ] && return 0
    if clang-tidy --quiet -p "$commands" "$file" >"$commands/$hash.log" 2>&1; then
        : >"$cache/$hash"
        rm -f "$commands/$hash.log"
    else
        grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' "$commands/$hash.log"
        rm -f "$commands/$hash.log"
        return 1
    fi
}
export -f check
export commands cache

# The inner shell expands its own two words.
# shellcheck disable=SC2016
sources_with_hash | xargs -P "$(nproc)" -n 2 bash -c 'check "$0" "$1"'
