#!/usr/bin/env bash
# Proves that the layers hold: what a layer must not see does not compile in it, no include goes around the
# include paths, and only the reactor calls socket functions.   layers.sh BUILD_FOLDER
set -uo pipefail
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$(cd -- "$1" && pwd -P)
probe=$(mktemp -d)
trap 'rm -rf -- "$probe"' EXIT
failures=0

complain() {
    echo "FAIL: $1"
    failures=$((failures + 1))
}

# The compiler's words for a file of the layer, taken from the build itself, without source, output and launcher.
words_of() {
    python3 - "$build/compile_commands.json" "$root/$1" <<'PYTHON'
import json, os, shlex, sys
commands, source = sys.argv[1:]
for entry in json.load(open(commands)):
    if entry["file"] == source:
        words = shlex.split(entry["command"])
        if os.path.basename(words[0]) == "ccache":
            words = words[1:]
        out = []
        skip = False
        for word in words:
            if skip or word == source or word == "-c":
                skip = False
            elif word == "-o":
                skip = True
            else:
                out.append(word)
        print("\n".join(out))
        sys.exit(0)
sys.exit("no compile command for " + source)
PYTHON
}

# compiles FILE_OF_THE_LAYER INCLUDE
compiles() {
    local words
    mapfile -t words < <(words_of "$1")
    [ "${#words[@]}" -gt 0 ] || { echo "no command for $1"; exit 1; }
    printf '#include %s\n' "$2" >"$probe/probe.cpp"
    (cd "$build" && "${words[@]}" -fsyntax-only "$probe/probe.cpp") >"$probe/log" 2>&1
}

may_see() {
    local file=$1 include
    shift
    for include in "$@"; do
        compiles "$file" "$include" || { complain "$file cannot include $include"; cat "$probe/log"; }
    done
}

must_not_see() {
    local file=$1 include
    shift
    for include in "$@"; do
        if compiles "$file" "$include"; then
            complain "$file can include $include"
        elif ! grep -q 'No such file' "$probe/log"; then
            complain "$file with $include fails for another reason"
            cat "$probe/log"
        fi
    done
}

# Each layer first sees something that it may, so that a broken command cannot pass for a closed door.
may_see engine/capture/stage.cpp '"stage.h"' '<vector>'
must_not_see engine/capture/stage.cpp '"syscalls.h"' '"reactor.h"' '"session.h"' '"mainwindow.h"' '<QString>' '<QWidget>'
may_see engine/reactor/syscalls.cpp '"syscalls.h"' '"stage.h"' '<sys/socket.h>'
must_not_see engine/reactor/syscalls.cpp '"session.h"' '"explanations.h"' '"mainwindow.h"' '<QString>' '<QWidget>'
may_see engine/session/session.cpp '"session.h"' '"reactor.h"' '<QString>'
must_not_see engine/session/session.cpp '"mainwindow.h"' '"commandline.h"' '<QWidget>'
may_see app/cli/main.cpp '"session.h"' '"commandline.h"'
must_not_see app/cli/main.cpp '"reactor.h"' '"syscalls.h"' '"mainwindow.h"' '<QWidget>'
if [ -f "$build/ui/libsockstage_ui.a" ]; then
    may_see ui/mainwindow.cpp '"mainwindow.h"' '"session.h"' '"stage.h"' '<QWidget>'
    must_not_see ui/mainwindow.cpp '"reactor.h"' '"syscalls.h"' '"commandline.h"'
    may_see app/window/main.cpp '"mainwindow.h"' '"commandline.h"'
    must_not_see app/window/main.cpp '"reactor.h"' '"syscalls.h"'
fi

# An include with ../ goes around the include paths.
if grep -rnE '#[[:space:]]*include[[:space:]]*"[^"]*\.\./' "$root/engine" "$root/ui" "$root/app" --include='*.h' --include='*.cpp'; then
    complain "an include climbs out of its folder"
fi
if grep -rnE '#[[:space:]]*include[[:space:]]*<(sys/socket|sys/epoll|netinet/.*|arpa/inet|netdb|linux/.*)\.h>' "$root/ui"; then
    complain "the window includes a socket header"
fi

# What the libraries ask the linker for tells who calls socket functions.
calls='socket|bind|listen|accept|accept4|connect|send|sendto|sendmsg|sendmmsg|recv|recvfrom|recvmsg|recvmmsg|shutdown|setsockopt|getsockopt|getsockname|getpeername|getaddrinfo|epoll_create1|epoll_ctl|epoll_wait'
for library in engine/libsockstage_capture.a engine/libsockstage_session.a app/libsockstage_commandline.a ui/libsockstage_ui.a; do
    [ -f "$build/$library" ] || continue
    if nm --undefined-only "$build/$library" 2>/dev/null | grep -E " U ($calls)(@.*)?\$"; then
        complain "$library calls socket functions"
    fi
done

[ "$failures" -eq 0 ] && echo "The layers hold."
[ "$failures" -eq 0 ]
