#!/usr/bin/env bash
# clang-tidy over our own sources. A file that was clean is not looked at again until it, a header of ours that it
# includes, its compile command, or the rules change.   lint.sh BUILD_FOLDER
set -uo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$(cd -- "$1" && pwd -P)
cache=$root/build/lint
mkdir -p "$cache"
rules=$({ clang-tidy --version; cat "$root/.clang-tidy" "$root/tests/.clang-tidy"; } | sha256sum)

# One line for each source of ours: hash, then file. Also writes the commands without precompiled headers: a file that
# forgets an include does not compile here.
sources_with_hash() {
    python3 - "$build" "$root" "$rules" "$cache" <<'PYTHON'
import hashlib, json, os, re, subprocess, sys
build, root, rules, cache = sys.argv[1:]
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
with open(os.path.join(cache, "compile_commands.json"), "w") as commands:
    json.dump(entries, commands)
for entry in entries:
    if not entry["file"].startswith(ours):
        continue
    digest = hashlib.sha256((rules + entry["command"]).encode())
    output = entry["command"].split(" -o ")[1].split(" ")[0]
    for path in sorted(headers.get(output, set()) | {entry["file"]}):
        digest.update(open(path, "rb").read())
    print(digest.hexdigest(), entry["file"])
PYTHON
}

check() {
    local hash=$1 file=$2
    [ -e "$cache/$hash" ] && return 0
    if clang-tidy --quiet -p "$cache" "$file" >"$cache/$hash.log" 2>&1; then
        mv "$cache/$hash.log" "$cache/$hash"
    else
        grep -vE '^[0-9]+ warnings? (generated|treated)|^Suppressed|^Use -header-filter' "$cache/$hash.log"
        rm -f "$cache/$hash.log"
        return 1
    fi
}
export -f check
export build cache

# The inner shell expands its own two words.
# shellcheck disable=SC2016
sources_with_hash | xargs -P "$(nproc)" -n 2 bash -c 'check "$0" "$1"'
