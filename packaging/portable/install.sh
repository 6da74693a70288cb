#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs Sockstage from the folder this file is in. Part of the portable archive and of the installer.
set -eu
umask 022
version=@VERSION@
source=$(dirname -- "$(readlink -f -- "$0")")
app_id=org.sockstage.Sockstage
newline='
'

usage() {
    cat <<'TEXT'
install.sh [--target FOLDER] [--quiet]
  --target FOLDER  where the programs and libraries go (default: ~/.local/opt/sockstage; for root: /opt/sockstage)
  --quiet          says nothing unless something is wrong
Links to them go to ~/.local/bin, and the menu entry, icons, man pages and completions to $XDG_DATA_HOME
(default: ~/.local/share); for root: /usr/local/bin and /usr/local/share.
An older version in the same folder is replaced. sockstage-uninstall removes everything again.
TEXT
}

say() {
    [ "$quiet" = y ] || printf '%s\n' "$*"
}

refuse() {
    printf '%s\n' "Sockstage was not installed: $*" >&2
    exit 1
}

# absolute PATH: without links, and without creating anything: what does not exist yet is kept as it is.
absolute() {
    path=$1 rest=
    while [ ! -d "$path" ]; do
        rest=/$(basename -- "$path")$rest
        path=$(dirname -- "$path")
    done
    path=$(cd -- "$path" && pwd -P)
    printf '%s\n' "${path%/}$rest"
}

choose_places() {
    if [ "$(id -u)" = 0 ]; then
        folder=/opt/sockstage bin=/usr/local/bin data=/usr/local/share
    else
        case ${HOME:-} in /*) ;; *) refuse "HOME is not set to a folder." ;; esac
        folder=$HOME/.local/opt/sockstage bin=$HOME/.local/bin
        # The specification says that a relative path is to be ignored.
        case ${XDG_DATA_HOME:-} in /*) data=$XDG_DATA_HOME ;; *) data=$HOME/.local/share ;; esac
    fi
    case $target in
        '') ;;
        /*) folder=$target ;;
        # The self-extracting installer runs this in a folder of its own.
        *) folder=${USER_PWD:-$PWD}/$target ;;
    esac
    folder=$(absolute "$folder")
    case $folder in
        *[\"\`\$\\%\|\&]* | *"$newline"*) refuse "the folder's name has a character that menu entries cannot have: $folder" ;;
        */.. | */../*) refuse "$folder: there is no such folder to go up from." ;;
        / | "${HOME:-/}") refuse "$folder is no folder for a program; name one of its own." ;;
    esac
    receipt=$folder/install-receipt
}

# "target<TAB>link" for each file that is to be found outside of the folder.
list_links() {
    for program in sockstage sockstage-cli sockstage-uninstall; do
        printf '%s\t%s\n' "bin/$program" "$bin/$program"
    done
    printf '%s\t%s\n' "$app_id.desktop" "$data/applications/$app_id.desktop"
    for kind_of_file in icons man bash-completion fish zsh; do
        [ -d "$source/share/$kind_of_file" ] || continue
        (cd "$source/share" && find "$kind_of_file" -type f) | sort
    done | while IFS= read -r file; do
        case $file in
            # Debian's name for this folder; zsh itself knows the other.
            zsh/*) link=zsh/site-functions/${file##*/} ;;
            *) link=$file ;;
        esac
        printf '%s\t%s\n' "share/$file" "$data/$link"
    done
}

old_version() {
    sed -n 's/^version //p' "$receipt"
}

check_folder() {
    kind=new
    if [ "$folder" = "$source" ]; then
        # Unpacked by hand to where it is to stay.
        kind=here
    elif [ -f "$receipt" ]; then
        kind=upgrade
    elif [ -e "$folder" ] || [ -L "$folder" ]; then
        [ -d "$folder" ] || refuse "$folder is in the way: it is not a folder."
        [ -z "$(ls -A -- "$folder")" ] ||
            refuse "$folder is not empty, and not from this installer. Move it away, or choose another folder with --target."
        kind=empty
    fi
}

# Says what is in the way of a link; nothing when the place is free or the link is ours already.
obstacle() {
    if [ -L "$1" ]; then
        to=$(readlink -- "$1")
        case $to in
            "$folder"/*) ;;
            *) echo "  $1 is a link to $to" ;;
        esac
    elif [ -e "$1" ]; then
        echo "  $1"
    fi
}

check_links() {
    other=$(readlink -- "$bin/sockstage" 2>/dev/null || true)
    other=${other%/bin/sockstage}
    if [ "$other" != "$folder" ] && [ -n "$other" ] && [ -f "$other/install-receipt" ]; then
        refuse "there is one in $other already.
Remove that first:          '$other/bin/sockstage-uninstall'
or install in its place:    --target '$other'"
    fi
    obstacles=$(list_links | while IFS='	' read -r _ link; do obstacle "$link"; done)
    [ -z "$obstacles" ] || refuse "these are in the way, and not from this installer:
$obstacles
Nothing was changed."
}

# Files from elsewhere in our folder stay; a new file of ours must not be laid over them.
check_strangers() {
    [ "$kind" = upgrade ] || return 0
    strangers=$(grep -v '/$' "$source/share/sockstage/files" | while IFS= read -r file; do
        if [ -e "$folder/$file" ] && ! grep -qxF -e "$file" "$folder/share/sockstage/files"; then
            echo "  $folder/$file"
        fi
    done)
    [ -z "$strangers" ] || refuse "these files are in the way, and not from this installer:
$strangers
Nothing was changed."
}

# Creates a folder with its parents; what had to be created is kept for the receipt.
created=
make_folder() {
    [ ! -d "$1" ] || return 0
    make_folder "$(dirname -- "$1")"
    mkdir -- "$1"
    created="$created${newline}dir $1"
}

copy_files() {
    [ "$kind" != upgrade ] || created=$newline$(grep '^dir ' "$receipt" || true)
    [ "$kind" != here ] || { created="${newline}dir $folder"; return 0; }
    make_folder "$(dirname -- "$folder")"
    # First beside it: when the disk is full, the old version still works.
    fresh=$folder.new.$$
    trap 'rm -rf -- "$fresh"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    cp -a -- "$source" "$fresh" || refuse "the files could not be copied to $fresh"
    # The self-extracting installer unpacks into a folder that only its user may enter, or all of them under a strict umask.
    chmod -R u+rwX,go+rX,go-w "$fresh"
    # Unpacked by root, the files must not belong to another user.
    [ "$(id -u)" != 0 ] || chown -R 0:0 "$fresh"
    [ "$kind" != upgrade ] || sh "$source/bin/sockstage-uninstall" --for-upgrade "$folder"
    if [ -d "$folder" ]; then
        cp -a -- "$fresh/." "$folder/"
    else
        mv -- "$fresh" "$folder"
        case $created$newline in
            *"${newline}dir $folder$newline"*) ;;
            *) created="$created${newline}dir $folder" ;;
        esac
    fi
}

# The menu starts it by its full path: ~/.local/bin is not in every session's PATH.
write_menu_entry() {
    sed "s|^Exec=sockstage|Exec=\"$folder/bin/sockstage\"|" "$folder/share/applications/$app_id.desktop" \
        >"$folder/$app_id.desktop"
}

make_links() {
    list_links >"$folder/install-receipt.new"
    while IFS='	' read -r file link; do
        make_folder "$(dirname -- "$link")"
        # An upgrade has removed its links already; here they are from an earlier run.
        [ ! -L "$link" ] || rm -f -- "$link"
        ln -s -- "$folder/$file" "$link"
    done <"$folder/install-receipt.new"
    {
        echo "version $version"
        echo "folder $folder"
        sed 's/^[^	]*	/link /' "$folder/install-receipt.new"
        printf '%s\n' "$created" | grep . || true
    } >"$receipt"
    rm -f -- "$folder/install-receipt.new"
    # A cache of icons is thought to be up to date until its folder changes.
    [ ! -e "$data/icons/hicolor/icon-theme.cache" ] || touch -- "$data/icons/hicolor"
}

report() {
    case $kind in
        upgrade) say "Sockstage $version replaced version $before in $folder" ;;
        *) say "Sockstage $version was installed in $folder" ;;
    esac
    say "  programs:    $bin/sockstage, sockstage-cli"
    say "  menu entry:  $data/applications/$app_id.desktop"
    say "  also there:  icons, man pages, completions for bash, fish and zsh, all under $data"
    say "  to remove:   $bin/sockstage-uninstall"
    case :$PATH: in
        *:"$bin":*) say "Start it from the menu, or type: sockstage" ;;
        *) say "Start it from the menu, or type: $bin/sockstage   ($bin is not in your PATH)" ;;
    esac
}

target=${SOCKSTAGE_TARGET:-} quiet=${SOCKSTAGE_QUIET:-n}
while [ $# -gt 0 ]; do
    case $1 in
        --target)
            [ -n "${2:-}" ] || { usage >&2; exit 2; }
            target=$2
            shift ;;
        --target=?*) target=${1#--target=} ;;
        --quiet) quiet=y ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
choose_places
check_folder
check_links
check_strangers
before=
[ "$kind" != upgrade ] || before=$(old_version)
copy_files
write_menu_entry
make_links
report
