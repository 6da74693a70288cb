# SPDX-License-Identifier: GPL-3.0-or-later
"""What strace saw of a run, to be compared with the call events."""

import os
import re
import subprocess
import sys
import unittest

import cli

TRACE = ["-f", "-e", "trace=network,close"]
SOCKET = re.compile(r"socket\(AF_INET6?, SOCK_(STREAM|DGRAM)")
FIRST_ARGUMENT = re.compile(r"\w+\((\d+)")
PADDING = re.compile(r'\)\s+= (?=[^"]*$)')
# Names of what is only looked at, and the room that a look at any option gives.
INSTRUMENT = ("TCP_INFO", "SO_MEMINFO", "SO_COOKIE", "SO_BINDTOIFINDEX", "TCP_CONGESTION", "[256")
UNFINISHED = " <unfinished ...>"
RESUMED = re.compile(r"<\.\.\. \w+ resumed>")


def require():
    """strace is the witness of the truth tests; without it nothing here is proven."""
    cli.require("strace")
    probe = subprocess.run(["strace", "-o", "/dev/null", "true"], stderr=subprocess.PIPE)
    if probe.returncode != 0:
        print("NOT TESTED: strace cannot attach here:", probe.stderr.decode().strip(), file=sys.stderr)
        raise unittest.SkipTest("strace cannot attach")


def lines_by_thread(path):
    """{thread: [call, ...]} with interrupted lines put together again."""
    threads, begun = {}, {}
    with open(path, errors="replace") as file:
        for line in file:
            thread, text = line.rstrip("\n").split(None, 1)
            if text.startswith(("---", "+++")):
                continue
            if text.endswith(UNFINISHED):
                begun[thread] = text[:-len(UNFINISHED)]
                continue
            resumed = RESUMED.match(text)
            if resumed:
                text = begun.pop(thread) + text[resumed.end():]
            threads.setdefault(thread, []).append(PADDING.sub(") = ", text))
    return threads


def is_instrument(call):
    """The program's own looks at the kernel, which are not listed."""
    return call.startswith("getsockopt(") and any(name in call for name in INSTRUMENT)


def would_block(call):
    return " = -1 EAGAIN " in call


class SocketFilter:
    """Keeps the calls on Internet sockets: closes of files, and the resolver's own sockets, are not ours."""

    def __init__(self):
        self.open = set()

    def keeps(self, call):
        name = call.split("(", 1)[0]
        result = call.rsplit(" = ", 1)[1].split()[0]
        if name == "socket":
            # The C library names no protocol, where it asks a name server or sorts the addresses of a name; we always do.
            if not SOCKET.match(call) or ", IPPROTO_IP)" in call:
                return False
            if result != "-1":
                self.open.add(result)
            return True
        first = FIRST_ARGUMENT.match(call)
        if not first or first[1] not in self.open:
            return False
        if name == "accept4" and result != "-1":
            self.open.add(result)
        if name == "close":
            self.open.discard(first[1])
        return True


def socket_calls(path):
    """One list of calls for each thread that worked with Internet sockets."""
    found = []
    for calls in lines_by_thread(path).values():
        # The C library's resolver asks over netlink and Unix sockets; a worker never makes those first.
        if any(call.startswith(("socket(AF_NETLINK", "socket(AF_UNIX")) for call in calls[:1]):
            continue
        keeps = SocketFilter().keeps
        kept = [call for call in calls if keeps(call) and not would_block(call) and not is_instrument(call)]
        if kept:
            found.append(kept)
    return found


class TruthCase(unittest.TestCase):
    """Runs a scenario below strace and compares: same calls, same order, same text."""

    @classmethod
    def setUpClass(cls):
        require()

    def trace(self, scenario, *arguments, prefix=(), status=0, **options):
        """scenario(program) acts as the peer; afterwards the program is told to quit. status None: 0 or 1."""
        path = cli.scratch_file(self.id() + ".strace")
        witness = ["strace", *TRACE, "-o", path, *prefix]
        # The leak sanitizer, where it is built in, uses ptrace itself and would fail below strace.
        environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}
        with cli.Cli(*arguments, prefix=witness, env=environment, **options) as program:
            scenario(program)
            if program.process.poll() is None:
                try:
                    program.line("quit")
                except BrokenPipeError:
                    pass
            ended = program.exit_status()
            self.assertIn(ended, (0, 1) if status is None else (status,), program.errors())
            self.compare(program, path)
            return program

    def compare(self, program, path):
        seen = socket_calls(path)
        sessions = sorted({event["session"] for event in program.all("call")})
        for session in sessions:
            told = [event for event in program.all("call", session=session) if event["call"] != "getaddrinfo"]
            for event in told:
                self.check_fields(event)
            texts = [event["text"] for event in told]
            if texts and texts in seen:
                seen.remove(texts)
            elif texts:
                # The nearest thread, so that the difference is shown.
                nearest = max(seen, key=lambda calls: len(set(calls) & set(texts)), default=[])
                self.assertEqual(texts, nearest)
        self.assertEqual(seen, [], "calls that no event tells")

    def check_fields(self, event):
        """fd, result and errno say the same as the text."""
        result = event["text"].rsplit(" = ", 1)[1]
        self.assertEqual(int(result.split()[0]), event["result"], event)
        self.assertEqual(event["errno"], result.split()[1] if event["result"] == -1 else None, event)
        if event["call"] != "socket":
            self.assertEqual(int(FIRST_ARGUMENT.match(event["text"])[1]), event["fd"], event)
        self.assertIsInstance(event["time_ns"], int)
        self.assertGreaterEqual(event["duration_ns"], 0)
