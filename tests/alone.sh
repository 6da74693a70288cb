#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs a test in a network of its own, where that is permitted: for tests that read what the kernel counts for the whole
# network, which tests beside them would change.   alone.sh COMMAND...
[ "$(id -u)" -eq 0 ] && own='unshare --net' || own='unshare --map-root-user --net'
# Word splitting is wanted: a command with its words.
# shellcheck disable=SC2086
if $own ip link set lo up 2>/dev/null; then
    exec $own sh -c 'ip link set lo up && exec "$@"' sh "$@"
fi
exec "$@"
