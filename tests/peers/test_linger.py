#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SO_LINGER: which close() resets, which waits, and what is told of it."""

import signal
import socket
import time
import unittest

import cli
import strace

RESETS = (("0",), ("3", "0"), ("off", "0"))
ENDS_IN_ORDER = (("3",), ("off",), ("0", "3"), ("0", "off"))


def set_linger(program, values, target=""):
    for value in values:
        before = len(program.all("option", option="SO_LINGER"))
        program.line(f"{target}option SO_LINGER {value}")
        program.wait("option", count=before + 1, option="SO_LINGER")


def is_reset(peer):
    try:
        return peer.recv(1) != b""
    except ConnectionResetError:
        return True


class Reset(strace.TruthCase):
    def check(self, program, peer, expected):
        """The peer is the witness of what the event says."""
        self.assertEqual(is_reset(peer), expected)
        program.wait("connection", state="closed")
        self.assertEqual(len(program.all("connection", state="reset")), int(expected))

    def test_only_a_linger_of_0_s_resets(self):
        for values in RESETS + ENDS_IN_ORDER:
            with self.subTest(values), cli.listen() as server:
                def scenario(program, server=server, values=values):
                    with cli.accept(server) as peer:
                        program.wait("connection", state="open")
                        set_linger(program, values)
                        program.line("close")
                        self.check(program, peer, values in RESETS)
                self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()))

    def test_of_one_client_of_a_server(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program, cli.connect(program.address()) as peer:
            program.wait("connection", state="open")
            set_linger(program, ("3", "0"), "1.1 ")
            program.line("1.1 close")
            self.check(program, peer, True)
            self.assertEqual(program.finish(), 0)

    def test_handed_on_by_the_listener(self):
        for values in (("0",), ("0", "3")):
            with self.subTest(values), cli.Cli("--tcp-server", "127.0.0.1:0") as program:
                program.address()
                set_linger(program, values, "1 ")
                with cli.connect(program.address()) as peer:
                    program.wait("connection", state="open")
                    program.line("1.1 close")
                    self.check(program, peer, values == ("0",))
                self.assertEqual(program.finish(), 0)

    def test_the_verb_resets(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program, cli.connect(program.address()) as peer:
            program.wait("connection", state="open")
            program.line("1.1 reset")
            self.check(program, peer, True)
            self.assertEqual(program.finish(), 0)

    def test_what_both_sides_have_ended_cannot_be_reset(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--hold", "close") as program, \
                cli.connect(program.address()) as peer:
            program.wait("connection", state="open")
            set_linger(program, ("0",), "1.1 ")
            program.line("1.1 shutdown")
            self.assertEqual(peer.recv(1), b"")
            peer.shutdown(socket.SHUT_WR)
            program.wait("connection", state="eof")
            program.wait("stage", stage="close", state="held")
            program.line("1.1 step")
            program.wait("connection", state="closed")
            self.assertEqual(program.all("connection", state="reset"), [])
            self.assertEqual(program.finish(), 0)


class Waiting(unittest.TestCase):
    def stuck(self, program, server, size):
        """A connection whose peer reads nothing, with so many bytes under way."""
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        path = cli.scratch_file(f"stuck{size}")
        with open(path, "wb") as file:
            file.truncate(size)
        return cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path, *program)

    def test_a_close_that_may_wait_is_told_before(self):
        with cli.listen() as server, self.stuck((), server, 300_000) as program, cli.accept(server):
            program.wait_for(lambda _: program.amount(direction="sent") == 300_000, "all bytes")
            set_linger(program, ("2",))
            program.line("close")
            told = program.wait_for(lambda _: [each for each in program.all("stage", stage="close")
                                               if "close() may wait up to 2 s" in each["detail"]], "the note")
            closed = program.wait("call", call="close")
            self.assertGreater(closed["duration_ns"], 1_500_000_000)
            self.assertLess(told[0]["time_ns"], closed["time_ns"])
            program.exit_status()
        self.assertEqual(program.all("connection", state="reset"), [])

    def test_a_second_signal_does_not_wait_for_it(self):
        """In the first case our own queue is waited for, in the second the worker is in close() already."""
        for size in (30 << 20, 300_000):
            with self.subTest(size), cli.listen() as server, self.stuck((), server, size) as program, \
                    cli.accept(server):
                program.wait("data", direction="sent")
                if size == 300_000:
                    program.wait_for(lambda _: program.amount(direction="sent") == 300_000, "all bytes")
                set_linger(program, ("12",))
                program.signal(signal.SIGINT)
                program.wait("stage", stage="close")
                before = time.monotonic()
                program.signal(signal.SIGINT)
                program.exit_status()
                self.assertLess(time.monotonic() - before, 3)
                if size == 300_000:
                    self.assertIn("session 1 was left before it had closed", program.errors())
                else:
                    self.assertEqual(len(program.all("connection", state="reset")), 1)


if __name__ == "__main__":
    cli.main()
