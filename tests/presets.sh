#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Warnings are errors where we test, and nowhere else: the next compiler warns of more, and must not break a user's build.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
folder=$(mktemp -d)
trap 'rm -rf -- "$folder"' EXIT
status=0
# The sanitizers' presets inherit from tests.
for preset in release package tests; do
    cmake --preset "$preset" -B "$folder/$preset" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    case $preset in
        release | package)
            if grep -m 1 -e '-Werror' "$folder/$preset/build.ninja"; then echo "FAIL: $preset stops at warnings"; status=1; fi ;;
        *)
            grep -q -e '-Werror ' "$folder/$preset/build.ninja" || { echo "FAIL: $preset lets warnings pass"; status=1; } ;;
    esac
done
exit "$status"
