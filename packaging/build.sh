#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makes every package that this system can make, into dist/, with their SHA-256 sums. See --help.
set -euo pipefail
root=$(cd -- "$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")/.." && pwd -P)
dist=$root/dist
twice=no

usage() {
    cat <<'TEXT'
packaging/build.sh [--twice]
  (nothing)  builds and packs into dist/: Debian packages, RPM packages, portable archive, self-extracting
             installer, Flatpak manifest, SHA256SUMS
  --twice    builds once more from a copy in another folder, and fails unless every file is the same, byte for byte
TEXT
}

for word in "$@"; do
    case $word in
        --twice) twice=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

# The time that goes into packages is that of the last commit; outside git it is the day of the release.
source_date() {
    git -C "$root" log -1 --format=%ct 2>/dev/null ||
        date -u -d "$(python3 "$root/packaging/changelog.py" date)" +%s
}

# build_in CHECKOUT OUT: one whole build of that folder's sources.
build_in() {
    local checkout=$1 out=$2 build=$1/build/package version
    rm -rf -- "$out" "$build/packages"
    mkdir -p "$out" "$build"
    (
        cd "$checkout"
        umask 022
        if ! cmake --preset package >"$build/configure.log" 2>&1; then
            cat "$build/configure.log" >&2
            exit 1
        fi
        cmake --build --preset package
        pack "$build" DEB
        pack "$build" RPM
    )
    mv "$build"/packages/*.deb "$build"/packages/*.rpm "$out"
    version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$build/CMakeCache.txt")
    rm -rf -- "$build/stage"
    DESTDIR=$build/stage cmake --install "$build" --strip >/dev/null
    "$checkout/packaging/portable/bundle.sh" "$build/stage/usr" "$out" "$version"
    cp "$checkout/packaging/flatpak/org.sockstage.Sockstage.yml" "$out"
    (cd "$out" && LC_ALL=C sha256sum -- * >SHA256SUMS)
}

# pack BUILD GENERATOR: what cpack has to say is shown only when it fails.
pack() {
    local log=$1/cpack-$2.log
    if ! (cd "$1" && cpack -G "$2") >"$log" 2>&1; then
        cat "$log" >&2
        exit 1
    fi
}

# Another folder and no compiler cache: nothing of the first build can pass for the second.
build_again() {
    local elsewhere
    elsewhere=$(mktemp -d)
    # shellcheck disable=SC2064  # the folder of now
    trap "rm -rf -- '$elsewhere'" EXIT
    mkdir "$elsewhere/another-folder"
    tar -C "$root" --exclude=./build --exclude='./build-*' --exclude=./dist --exclude=./.git -c . | tar -C "$elsewhere/another-folder" -x
    CCACHE_DISABLE=1 build_in "$elsewhere/another-folder" "$elsewhere/dist"
    if ! diff "$dist/SHA256SUMS" "$elsewhere/dist/SHA256SUMS"; then
        echo "The second build is not the same." >&2
        return 1
    fi
    echo "Two builds in two folders gave the same bytes."
}

"$root/packaging/install-build-deps.sh" --packages
SOURCE_DATE_EPOCH=$(source_date)
export SOURCE_DATE_EPOCH
build_in "$root" "$dist"
[ "$twice" = no ] || build_again
echo "Packages in $dist:"
(cd "$dist" && ls -l -- *)
