#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the program ends: signals, times, its input, a reader of its output that goes away."""

import fcntl
import os
import pty
import re
import signal
import socket
import struct
import subprocess
import termios
import time
import unittest

import cli

SERVER = ("--tcp-server", "127.0.0.1:0")


class Signals(unittest.TestCase):
    def test_close_everything_in_order(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number), cli.Cli(*SERVER, "--udp-server", "127.0.0.1:0") as program:
                with cli.connect(program.address()) as peer:
                    program.wait("connection", state="open")
                    self.assertEqual(program.finish(number), 0)
                    self.assertEqual(peer.recv(1), b"")
                for session in (1, 2):
                    last = [event for event in program.events if event["session"] == session][-2:]
                    self.assertEqual([event["event"] for event in last], ["totals", "close"])
                    self.assertEqual(last[1]["reason"], number.name)

    def test_what_is_pending_goes_out_first(self):
        path = cli.scratch_file("pending")
        with open(path, "wb") as file:
            file.truncate(3 << 20)
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path) as program:
                with cli.accept(server) as peer:
                    program.wait("data", direction="sent")
                    program.signal(signal.SIGTERM)
                    self.assertEqual(len(cli.read_to_end(peer)), 3 << 20)
                self.assertEqual(program.exit_status(), 0)

    def test_a_second_one_does_not_wait(self):
        path = cli.scratch_file("stuck")
        with open(path, "wb") as file:
            file.truncate(30 << 20)
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path) as program:
                with cli.accept(server):  # reads nothing
                    program.wait("data", direction="sent")
                    program.signal(signal.SIGTERM)
                    program.wait("stage", stage="close", state="waiting")
                    before = time.monotonic()
                    program.signal(signal.SIGTERM)
                    program.exit_status()
                    self.assertLess(time.monotonic() - before, 1)

    def test_stages_that_are_held_do_not_keep_it(self):
        for hold in ("getaddrinfo", "bind", "listen", "accept", "close"):
            with self.subTest(hold), cli.Cli(*SERVER, "--hold", hold) as program:
                if hold == "close":
                    cli.connect(program.address()).close()
                    program.wait("connection", state="eof")
                else:
                    program.wait("stage", stage=hold, state="held")
                self.assertEqual(program.finish(signal.SIGTERM), 0)


class Times(unittest.TestCase):
    def test_for(self):
        before = time.monotonic()
        status, output, errors = cli.run(*SERVER, "--for", "0.5")
        self.assertEqual(status, 0, errors)
        self.assertGreaterEqual(time.monotonic() - before, 0.5)
        self.assertIn("listen(", output)

    def test_until_idle(self):
        with cli.Cli(*SERVER, "--until-idle", "0.7", stdin=subprocess.DEVNULL) as program:
            with cli.connect(program.address()) as peer:
                for _ in range(10):
                    peer.sendall(b"x")
                    time.sleep(0.2)  # moving for longer than the limit
            self.assertEqual(program.exit_status(), 0)
            self.assertEqual(program.totals()["received_bytes"], 10)


class Input(unittest.TestCase):
    def test_its_end_after_some_lines_ends_the_program(self):
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname())) as program:
                program.line("send last words")
                program.process.stdin.close()
                with cli.accept(server) as peer:
                    self.assertEqual(cli.read_to_end(peer), b"last words")
                self.assertEqual(program.exit_status(), 0)
                self.assertEqual(program.all("close")[0]["reason"], "end of input")

    def test_no_input_at_all_is_no_wish_to_end(self):
        with cli.Cli(*SERVER, stdin=subprocess.DEVNULL) as program:
            for _ in range(2):
                cli.connect(program.address()).close()
            program.wait("connection", state="eof", count=2)
            self.assertEqual(program.finish(signal.SIGTERM), 0)

    def test_a_closed_input(self):
        command = ["sh", "-c", '"$0" --tcp-server 127.0.0.1:0 --for 0.3 <&-', cli.PROGRAM]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=cli.PATIENCE)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(b"socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP) = 0\n", done.stdout)


class Output(unittest.TestCase):
    def test_a_reader_that_goes_away(self):
        process = subprocess.Popen([cli.PROGRAM, *SERVER, "--events", "-"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        port = None
        for line in process.stdout:
            if b'"bound"' in line:
                port = int(line.rsplit(b":", 1)[1].strip(b'"}\n'))
                break
        process.stdout.close()
        cli.wait_until(lambda: not port_answers(port) or process.poll() is not None, "the end")
        self.assertEqual(process.wait(cli.PATIENCE), 0)
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()

    def test_a_reader_that_stops_reading_stops_neither_sockets_nor_end(self):
        reading, writing = os.pipe()
        with cli.listen() as finder:
            port = finder.getsockname()[1]
        process = subprocess.Popen([cli.PROGRAM, "--tcp-server", f"127.0.0.1:{port}", "--echo", "--events", "-"],
                                   stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        try:
            cli.wait_until(lambda: port_answers(port), "the server")
            with cli.connect(("127.0.0.1", port)) as peer:
                for _ in range(3000):  # far more events than the pipe holds
                    peer.sendall(b"x" * 100)
                    cli.read_exactly(peer, 100)
            before = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(cli.PATIENCE)
            self.assertLess(time.monotonic() - before, 5)
            self.assertIn(b"not written", process.stderr.read())
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
            os.close(reading)

    def test_a_paused_terminal_does_not_keep_it(self):
        ours, terminal = pty.openpty()
        with cli.listen() as finder:
            port = finder.getsockname()[1]
        process = subprocess.Popen([cli.PROGRAM, "--tcp-server", f"127.0.0.1:{port}", "--echo"],
                                   stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.PIPE)
        try:
            cli.wait_until(lambda: port_answers(port), "the server")
            termios.tcflow(terminal, termios.TCOOFF)  # what Ctrl+S does
            with cli.connect(("127.0.0.1", port)) as peer:
                for _ in range(1000):
                    peer.sendall(b"x" * 100)
                    cli.read_exactly(peer, 100)
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(cli.PATIENCE), 1)
            self.assertIn(b"not written", process.stderr.read())
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
            os.close(terminal)
            os.close(ours)

    def test_a_full_pipe_for_errors_does_not_keep_it(self):
        reading, writing = os.pipe()
        process = subprocess.Popen([cli.PROGRAM, *SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=writing)
        os.close(writing)
        try:
            while b"listen(" not in process.stdout.readline():
                pass
            process.stdin.write(b"nonsense that is no command\n" * 5000 + b"options\n")
            process.stdin.flush()
            # Its answer comes behind all the complaints: none of them has blocked it.
            while b"SO_RCVBUF" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(cli.PATIENCE), 0)
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            process.stdout.close()
            os.close(reading)

    def test_a_full_socket_does_not_keep_it(self):
        """As standard error first: its complaints fill it; then as standard output."""
        for family in (socket.AF_UNIX, socket.AF_INET):
            for stream in ("stderr", "stdout"):
                with self.subTest(family=family, stream=stream):
                    self.with_a_full(stream, *socket_pair(family))

    def with_a_full(self, stream, reading, writing):
        other = {"stderr": "stdout", "stdout": "stderr"}[stream]
        process = subprocess.Popen([cli.PROGRAM, *SERVER, "--echo"], stdin=subprocess.PIPE,
                                   **{stream: writing, other: subprocess.PIPE})
        writing.close()
        try:
            # Far more than such a socket holds; the options' many lines come on standard output.
            lines = b"nonsense\n" * 20_000 if stream == "stderr" else b"options\n" * 500
            process.stdin.write(lines)
            process.stdin.flush()
            cli.wait_until(lambda: is_full(reading), "a full socket")
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(cli.PATIENCE), 1 if stream == "stdout" else 0)
            if stream == "stdout":
                self.assertIn(b"not written", process.stderr.read())
        finally:
            process.kill()
            process.wait()
            process.stdin.close()
            getattr(process, other).close()
            reading.close()

    def test_a_fifo_whose_reader_comes_late(self):
        path = cli.scratch_file("late")
        os.mkfifo(path)
        process = subprocess.Popen([cli.PROGRAM, *SERVER, "--events", path, "--for", "0.3"], stdin=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        with open(path) as fifo:
            lines = fifo.read().splitlines()
        self.assertEqual((process.wait(cli.PATIENCE), process.stderr.read()), (0, b""))
        process.stderr.close()
        self.assertIn('"event":"open"', lines[0])
        self.assertIn('"event":"close"', lines[-1])

    def test_a_fifo_that_nobody_reads_does_not_keep_it(self):
        path = cli.scratch_file("never")
        os.mkfifo(path)
        with cli.listen() as finder:
            port = finder.getsockname()[1]
        process = subprocess.Popen([cli.PROGRAM, "--tcp-server", f"127.0.0.1:{port}", "--events", path],
                                   stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
        cli.wait_until(lambda: port_answers(port), "the server")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(cli.PATIENCE), 1)
        self.assertIn(b"not written", process.stderr.read())
        process.stderr.close()

    def test_the_limit_of_a_files_size_is_told(self):
        path = cli.scratch_file("limited")
        command = ["sh", "-c", 'ulimit -f 8; exec "$@"', "sh", cli.PROGRAM, "--udp-server", "127.0.0.1:0", "--kernel",
                   "0.01", "--events", path]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=cli.PATIENCE)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"File too large", done.stderr)

    def test_looks_at_the_kernel_that_were_not_written_are_told(self):
        reading, writing = os.pipe()
        process = subprocess.Popen([cli.PROGRAM, *["--udp-server", "127.0.0.1:0"] * 100, "--kernel", "0.01", "--events",
                                    "-"], stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE)
        os.close(writing)
        try:
            # Nothing is read: the pipe, then the program's buffer, and the looks wait from then on.
            cli.wait_until(lambda: threads_of(process.pid) > 100, "the workers")
            time.sleep(3)
            process.send_signal(signal.SIGTERM)
            process.wait(cli.PATIENCE)
            errors = process.stderr.read().decode()
            told = re.search(r"(\d+) rows, (\d+) looks at the kernel", errors)
            self.assertTrue(told, errors)
            self.assertGreater(int(told[2]), 1000)
        finally:
            process.kill()
            process.wait()
            process.stderr.close()
            os.close(reading)

    def test_a_closed_output(self):
        command = ["sh", "-c", '"$0" --tcp-server 127.0.0.1:0 --for 0.3 >&-', cli.PROGRAM]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=cli.PATIENCE)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def test_a_full_disk_is_told(self):
        status, _, errors = cli.run(*SERVER, "--events", "/dev/full")
        self.assertEqual(status, 1)
        self.assertIn("No space left", errors)

    def test_events_in_a_file(self):
        path = cli.scratch_file("events")
        status, output, errors = cli.run(*SERVER, "--events", path, "--for", "0.3")
        self.assertEqual((status, output, errors), (0, "", ""))
        with open(path) as file:
            lines = file.read().splitlines()
        self.assertIn('"event":"open"', lines[0])
        self.assertIn('"event":"close"', lines[-1])


def socket_pair(family):
    """The end to read from and the end to write to, with little room between them."""
    if family == socket.AF_UNIX:
        reading, writing = socket.socketpair()
    else:
        with cli.listen() as server:
            reading, writing = cli.connect(server.getsockname()), server.accept()[0]
    reading.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    writing.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return reading, writing


def unread(fd):
    return struct.unpack("i", fcntl.ioctl(fd, termios.FIONREAD, b"\0" * 4))[0]


def is_full(reading):
    """What waits in it has not grown for a second."""
    before = unread(reading.fileno())
    time.sleep(1)
    return before > 1000 and unread(reading.fileno()) == before


def threads_of(pid):
    return len(os.listdir(f"/proc/{pid}/task"))


def port_answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Status(unittest.TestCase):
    def test_a_failed_stage_is_1_with_one_line(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
        status, _, errors = cli.run("--tcp-client", address)
        self.assertEqual(status, 1)
        self.assertEqual(len(errors.splitlines()), 1, errors)
        self.assertIn("ECONNREFUSED", errors)

    def test_one_failure_does_not_end_the_others(self):
        with cli.listen() as server:
            refused = cli.hostport(server.getsockname())
        with cli.Cli("--tcp-client", refused, *SERVER) as program:
            program.wait("close", session=1)
            with cli.connect(program.address(2)) as peer:
                peer.sendall(b"hello")
                program.wait("data", session=2)
            self.assertEqual(program.finish(), 1)


if __name__ == "__main__":
    cli.main()
