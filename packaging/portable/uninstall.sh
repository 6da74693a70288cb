#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Removes a Sockstage that install.sh installed: what its receipt and its list of files name, and nothing else.
set -eu
settings=${XDG_CONFIG_HOME:-$HOME/.config}/Sockstage

usage() {
    cat <<'TEXT'
sockstage-uninstall [--purge] [--quiet]
  (nothing)  removes the programs and everything that was installed with them; your settings stay
  --purge    removes your settings too
  --quiet    says nothing unless something is wrong
TEXT
}

say() {
    [ "$quiet" = y ] || printf '%s\n' "$*"
}

# A link that points elsewhere by now is not ours any more.
remove_links() {
    sed -n 's/^link //p' "$receipt" | while IFS= read -r link; do
        case $(readlink -- "$link" 2>/dev/null || true) in
            "$recorded"/*) rm -f -- "$link" ;;
        esac
    done
}

# Contents come before their folders in the list; a folder that is not empty has files from elsewhere.
remove_files() {
    (
        cd -- "$folder"
        list=$(cat share/sockstage/files)
        printf '%s\n' "$list" | grep -v '/$' | tr '\n' '\0' | xargs -0 rm -f --
        printf '%s\n' "$list" | grep '/$' | tr '\n' '\0' | xargs -0 rmdir -- 2>/dev/null || true
    )
}

# The folders that had to be created, the deepest first.
remove_folders() {
    printf '%s\n' "$1" | sort -r | while IFS= read -r created; do
        [ ! -d "$created" ] || rmdir -- "$created" 2>/dev/null || true
    done
}

remove_settings() {
    rm -f -- "$settings/Sockstage.conf" "$settings/Sockstage.conf.lock"
    [ ! -d "$settings" ] || rmdir -- "$settings" 2>/dev/null || say "$settings is not empty and stays."
}

# In functions up to the end: the shell must have read this file before it is removed.
main() {
    purge=n quiet=n folder=
    while [ $# -gt 0 ]; do
        case $1 in
            --purge) purge=y ;;
            --quiet) quiet=y ;;
            # For install.sh: only makes room for the new files; the created folders are needed again.
            --for-upgrade)
                folder=${2:?}
                shift ;;
            -h | --help) usage; exit 0 ;;
            *) usage >&2; exit 2 ;;
        esac
        shift
    done
    upgrade=$folder
    [ -n "$folder" ] || folder=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
    receipt=$folder/install-receipt
    if [ ! -f "$receipt" ]; then
        echo "Sockstage in $folder was not installed by install.sh: to remove it, remove that folder." >&2
        exit 1
    fi
    if [ ! -w "$folder" ]; then
        echo "You may not change $folder. Was it installed by root?" >&2
        exit 1
    fi
    recorded=$(sed -n 's/^folder //p' "$receipt")
    created=$(sed -n 's/^dir //p' "$receipt")
    cd /
    remove_links
    remove_files
    [ -z "$upgrade" ] || exit 0
    remove_folders "$created"
    # Moved since: its own folder is not in the receipt under that name.
    [ "$folder" = "$recorded" ] || rmdir -- "$folder" 2>/dev/null || true
    say "Sockstage was removed from $folder"
    if [ -d "$folder" ] && [ -n "$(ls -A -- "$folder")" ]; then
        say "What is not from the installer stays:"
        [ "$quiet" = y ] || find "$folder" ! -type d | sed 's/^/  /'
    fi
    if [ "$purge" = y ]; then
        remove_settings
    elif [ -e "$settings/Sockstage.conf" ]; then
        say "Your settings stay in $settings/Sockstage.conf"
    fi
    exit 0
}
main "$@"
