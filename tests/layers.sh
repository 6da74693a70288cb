#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Proves that the layers hold: what a layer must not see does not compile in it, no include goes around the
# include paths, only the reactor calls socket functions, and only the listed files know the operating system.
#   layers.sh BUILD_FOLDER
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
        while os.path.basename(words[0]) in ("cmake", "-E", "env", "ccache") or words[0].startswith("CCACHE_"):
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
must_not_see engine/session/session.cpp '"scene.h"'
may_see engine/scenes/scene.cpp '"scene.h"' '"session.h"' '"stage.h"' '<QString>'
must_not_see engine/scenes/scene.cpp '"reactor.h"' '"syscalls.h"' '"mainwindow.h"' '"commandline.h"' '<QWidget>'
may_see app/cli/main.cpp '"session.h"' '"commandline.h"'
must_not_see app/cli/main.cpp '"reactor.h"' '"syscalls.h"' '"mainwindow.h"' '<QWidget>'
if [ -f "$build/ui/libsockstage_ui.a" ]; then
    may_see ui/mainwindow.cpp '"mainwindow.h"' '"session.h"' '"stage.h"' '<QWidget>'
    must_not_see ui/mainwindow.cpp '"reactor.h"' '"syscalls.h"' '"commandline.h"'
    may_see app/window/main.cpp '"mainwindow.h"' '"commandline.h"'
    must_not_see app/window/main.cpp '"reactor.h"' '"syscalls.h"' '"outputstream.h"'
fi

# QCustomPlot's header takes longer to compile than the rest of a file: only what draws with it reads it.
if [ -f "$build/ui/libsockstage_ui.a" ]; then
    ninja -C "$build" -t deps 2>/dev/null | awk '/^[^ ].*:/ { object = $1 } /\/(qcustomplot|customplot)\.h$/ { print object }' |
        sort -u >"$probe/plotting"
    [ -s "$probe/plotting" ] || complain "nothing draws with QCustomPlot, or ninja does not tell"
    if grep -v '/sockstage_plot\.dir/' "$probe/plotting"; then complain "these read QCustomPlot's header, too"; fi
fi

# An include with ../ goes around the include paths.
if grep -rnE '#[[:space:]]*include[[:space:]]*"[^"]*\.\./' "$root/engine" "$root/ui" "$root/app" --include='*.h' --include='*.cpp'; then
    complain "an include climbs out of its folder"
fi

# The border to the operating system: the files that a port replaces. No other file of the program includes a
# header that is not standard C++ or Qt, names a type or constant of the system, or reads /proc, /sys or /dev.
# Each is described in engine/README.md; one that has no need of the system any more leaves this list.
system_files=(
    engine/capture/callprogram.cpp
    engine/capture/connectionends.cpp
    engine/capture/controlmessages.cpp
    engine/capture/program/programcalls.cpp
    engine/capture/program/programparts.cpp
    engine/capture/program/programvalues.cpp
    engine/capture/queuederror.cpp
    engine/capture/socketaddress.h
    engine/capture/socketaddress.cpp
    engine/capture/socketoptions.cpp
    engine/capture/symbolnames.cpp
    engine/reactor/callrecording.h
    engine/reactor/failurefacts.cpp
    engine/reactor/filedescriptor.h
    engine/reactor/filesource.cpp
    engine/reactor/kernellook.cpp
    engine/reactor/listencounters.cpp
    engine/reactor/localaddresses.cpp
    engine/reactor/optionlook.cpp
    engine/reactor/plannedcall.cpp
    engine/reactor/portowner.cpp
    engine/reactor/reactor.cpp
    engine/reactor/routelook.cpp
    engine/reactor/setuparguments.cpp
    engine/reactor/sharedaddresses.cpp
    engine/reactor/sockdiag.cpp
    engine/reactor/stagerunner.cpp
    engine/reactor/syscalls.cpp
    engine/reactor/syscallsrecvmsg.cpp
    engine/reactor/workerthread.cpp
    app/backgroundwriter.cpp
    app/processlimits.cpp
    app/standarderror.cpp
    app/terminationsignals.cpp
    app/cli/inputlines.cpp
    app/cli/outputstream.cpp)

# One line for each source that knows the system: file, then how it does.
files_that_know_the_system() {
    python3 - "$root" <<'PYTHON'
import pathlib, re, sys
root = pathlib.Path(sys.argv[1])
header = re.compile(r'#\s*include\s*(<(?!q\w+\.h>)(?:[^>]*[./][^>]*|csignal)>)')  # Qt has a few with .h
path = re.compile(r'"(/(?:proc|sys|dev)\b[^"]*)"')
name = re.compile(r'\b((?:AF|PF|SOCK|SOL|SO|IPPROTO|IPV6|TCP|MSG|SHUT|AI|EAI|EPOLL|RLIMIT)_[A-Z0-9_]+'
                  r'|EPOLL[A-Z]+|SIOC[A-Z]+|POLL(?:IN|OUT|ERR|HUP)|O_[A-Z]+|STD(?:IN|OUT|ERR)_FILENO|SIG[A-Z]{2,}'
                  r'|sockaddr(?:_\w+)?|socklen_t|sa_family_t|in6?_addr|ssize_t|pid_t|[gs]et[pt]id|sigset_t'
                  r'|hton[sl]|ntoh[sl]|_WIN32|__APPLE__|__linux__|Q_OS_\w+)\b')
string = r'"(?:\\.|[^"\\\n])*"'
token = r"('(?:\\.|[^'\\\n])'|" + string + r")|//[^\n]*|/\*.*?\*/"
for source in sorted(file for folder in ("engine", "ui", "app", "resources") for file in (root / folder).rglob("*")):
    if source.suffix not in (".h", ".cpp"):
        continue
    # Comments may name what they like, and so may texts for people, but no path.
    text = re.sub(token, lambda m: m[1] or " ", source.read_text(), flags=re.S)
    found = header.findall(text) + path.findall(text) + name.findall(re.sub(string, '""', text))
    if found:
        print(source.relative_to(root), *dict.fromkeys(found))
PYTHON
}

files_that_know_the_system >"$probe/system" || complain "the sources could not be searched"
while read -r file what; do
    [[ " ${system_files[*]} " == *" $file "* ]] ||
        complain "$file knows the operating system ($what) and is not on the border"
done <"$probe/system"
for file in "${system_files[@]}"; do
    grep -q "^$file " "$probe/system" || complain "$file is on the border and has no need of it"
    grep -qF "\`${file#engine/}\`" "$root/engine/README.md" || complain "engine/README.md does not tell of $file"
done

# What the libraries ask the linker for tells who calls socket functions.
calls='socket|bind|listen|accept|accept4|connect|send|sendto|sendmsg|sendmmsg|recv|recvfrom|recvmsg|recvmmsg|shutdown|setsockopt|getsockopt|getsockname|getpeername|getaddrinfo|epoll_create1|epoll_ctl|epoll_wait'
for library in engine/libsockstage_capture.a engine/libsockstage_session.a engine/libsockstage_scenes.a \
    app/libsockstage_commandline.a app/libsockstage_process.a ui/libsockstage_ui.a; do
    [ -f "$build/$library" ] || continue
    if nm --undefined-only "$build/$library" 2>/dev/null | grep -E " U ($calls)(@.*)?\$"; then
        complain "$library calls socket functions"
    fi
done

# In the reactor, the sockets that are shown are called in syscalls*.cpp only, where each call is recorded. The others
# belong to the instrument: what the kernel says of a socket, its routing's and sock_diag's channels, and the loop's own epoll.
callers='syscalls[a-z]*|kernellook|routelook|sockdiag|reactor'
objects=$build/engine/CMakeFiles/sockstage_reactor.dir/reactor
[ -f "$objects/kernellook.cpp.o" ] || complain "the reactor's objects are not where they are looked for"
for object in "$objects"/*.o; do
    [[ $(basename "$object" .cpp.o) =~ ^($callers)$ ]] && continue
    if nm --undefined-only "$object" | grep -E " U ($calls)(@.*)?\$"; then
        complain "$(basename "$object" .o) calls socket functions"
    fi
done
# An instrument that looks does not touch: kernellook only asks.
if nm --undefined-only "$objects/kernellook.cpp.o" |
    grep -E " U ($calls)(@.*)?\$" | grep -v ' getsockopt'; then
    complain "kernellook.cpp does more than look"
fi

[ "$failures" -eq 0 ] && echo "The layers hold."
[ "$failures" -eq 0 ]
