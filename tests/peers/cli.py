# SPDX-License-Identifier: GPL-3.0-or-later
"""sockstage-cli as a child process whose events can be waited for."""

import atexit
import base64
import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest

PROGRAM = os.environ.get("SOCKSTAGE_CLI", "sockstage-cli")
SANITIZED = bool(os.environ.get("SOCKSTAGE_SANITIZE"))
PATIENCE = 30  # seconds that any wait may take on a busy machine

scratch = tempfile.mkdtemp(prefix="sockstage-peers-")
atexit.register(shutil.rmtree, scratch, True)


def scratch_file(name):
    return os.path.join(scratch, name)


def require(*programs):
    """Skips the test, and says so, when a peer program is not installed."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print("NOT TESTED, not installed:", ", ".join(missing), file=sys.stderr)
        raise unittest.SkipTest("not installed: " + ", ".join(missing))


def wait_until(condition, what, patience=PATIENCE):
    """For conditions that no event tells: looks again every few milliseconds."""
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for: " + what)
        time.sleep(0.005)


class Cli:
    """Runs the program with --events - and keeps every event. Use it as a context manager."""

    def __init__(self, *arguments, payload=False, prefix=(), stdin=subprocess.PIPE, **popen):
        command = [*prefix, PROGRAM, "--events", "-", *arguments]
        if payload:
            command.append("--payload")
        self.events = []
        self._news = threading.Condition()
        self._over = False
        self._stderr = tempfile.TemporaryFile(dir=scratch)
        self.process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=self._stderr, **popen)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            for child in self._children():
                try:
                    os.kill(child, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.process.kill()
        self.process.wait()
        self._reader.join(PATIENCE)
        if self.process.stdin:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
        self.process.stdout.close()
        self.errors_at_end = self.errors()
        self._stderr.close()

    def _children(self):
        """The program itself when it runs below strace or the like."""
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                return [int(word) for word in file.read().split()]
        except OSError:
            return []

    def _read(self):
        for line in self.process.stdout:
            event = json.loads(line)
            with self._news:
                self.events.append(event)
                self._news.notify_all()
        with self._news:
            self._over = True
            self._news.notify_all()

    def errors(self):
        # The program writes at the place that this file has in both: it must not be moved.
        return os.pread(self._stderr.fileno(), os.fstat(self._stderr.fileno()).st_size, 0).decode()

    # Waiting --------------------------------------------------------------------------------

    def wait_for(self, condition, what="an event", patience=PATIENCE):
        """Waits until condition(events) is true and returns its value."""
        deadline = time.monotonic() + patience
        with self._news:
            while True:
                value = condition(self.events)
                if value:
                    return value
                left = deadline - time.monotonic()
                if self._over or left <= 0:
                    last = "\n".join(json.dumps(event) for event in self.events[-12:])
                    raise AssertionError(f"waited in vain for {what}; last events:\n{last}\n{self.errors()}")
                self._news.wait(left)

    def wait(self, event, count=1, patience=PATIENCE, **keys):
        """Waits for the count-th event of this name with these keys and returns it."""
        def find(events):
            found = [each for each in events if matches(each, event, keys)]
            return found[count - 1] if len(found) >= count else None
        return self.wait_for(find, f"{event} {keys} number {count}", patience)

    def all(self, event, **keys):
        with self._news:
            return [each for each in self.events if matches(each, event, keys)]

    def address(self, session=1):
        """(host, port) that the server is bound to; for TCP once it listens."""
        text = self.wait("bound", session=session)["address"]
        role = self.wait("open", session=session)["role"]
        if role == "tcp-server":
            self.wait("call", session=session, call="listen", result=0)
        host, port = text.rsplit(":", 1)
        return host.strip("[]"), int(port)

    def received(self, connection=None, session=1, direction="received"):
        """The bytes of all data events (needs payload=True)."""
        keys = {"session": session, "direction": direction}
        if connection is not None:
            keys["connection"] = connection
        return b"".join(base64.b64decode(each["payload"]) for each in self.all("data", **keys))

    def amount(self, session=1, direction="received"):
        return sum(each["bytes"] for each in self.all("data", session=session, direction=direction))

    # Doing ----------------------------------------------------------------------------------

    def line(self, text):
        self.process.stdin.write(text.encode() + b"\n")
        self.process.stdin.flush()

    def signal(self, number):
        self.process.send_signal(number)

    def finish(self, how=None, patience=PATIENCE):
        """Ends with a signal or, by default, with the line quit; returns the exit status."""
        if how is None:
            self.line("quit")
        else:
            self.signal(how)
        return self.exit_status(patience)

    def exit_status(self, patience=PATIENCE):
        status = self.process.wait(patience)
        self._reader.join(patience)
        return status

    def totals(self, session=1):
        return self.wait("totals", session=session)


def matches(candidate, event, keys):
    return candidate["event"] == event and all(candidate.get(key) == value for key, value in keys.items())


def copy_for_everybody():
    """The program at a path where any user may execute it."""
    program = scratch_file("program")
    shutil.copy(PROGRAM, program)
    os.chmod(program, 0o755)
    os.chmod(scratch, os.stat(scratch).st_mode | stat.S_IXOTH | stat.S_IROTH)
    return program


def run(*arguments, patience=PATIENCE, **popen):
    """The program with plain arguments until it ends: status, standard output, standard error."""
    popen.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=patience, **popen)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def hostport(address):
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def connect(address):
    peer = socket.create_connection(address, PATIENCE)
    peer.settimeout(PATIENCE)
    return peer


def listen(host="127.0.0.1", backlog=128):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.create_server((host, 0), family=family, backlog=backlog)
    server.settimeout(PATIENCE)
    return server


def accept(server):
    peer, _ = server.accept()
    peer.settimeout(PATIENCE)
    return peer


def udp(host="127.0.0.1"):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    peer = socket.socket(family, socket.SOCK_DGRAM)
    peer.bind((host, 0))
    peer.settimeout(PATIENCE)
    return peer


def read_exactly(peer, length):
    data = bytearray()
    while len(data) < length:
        piece = peer.recv(min(1 << 20, length - len(data)))
        if not piece:
            raise AssertionError(f"the stream ended after {len(data)} of {length} bytes")
        data += piece
    return bytes(data)


def read_to_end(peer):
    data = bytearray()
    while piece := peer.recv(1 << 20):
        data += piece
    return bytes(data)


def reset(peer):
    """Closes so that the other end gets a reset."""
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    peer.close()


def ipv6_works():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def hosts():
    if not ipv6_works():
        print("NOT TESTED with IPv6: this system has none", file=sys.stderr)
        return ["127.0.0.1"]
    return ["127.0.0.1", "::1"]


def main():
    result = unittest.main(exit=False, verbosity=2).result
    everything_skipped = result.testsRun > 0 and len(result.skipped) == result.testsRun
    sys.exit(77 if everything_skipped else 0 if result.wasSuccessful() else 1)
