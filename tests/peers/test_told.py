#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The last words: an input line without an end, an end that cuts something off, and what both make of the status."""

import signal
import unittest

import cli


class Lines(unittest.TestCase):
    def test_the_last_line_needs_no_end(self):
        path = cli.scratch_file("no end")
        with open(path, "w") as file:
            file.write("send one\nsend two")
        with cli.listen() as server, open(path) as file:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), stdin=file) as program:
                with cli.accept(server) as peer:
                    self.assertEqual(cli.read_to_end(peer), b"onetwo")
                self.assertEqual(program.exit_status(), 0)

    def test_a_line_that_is_too_long_is_one_line(self):
        piece = b"x" * (1 << 20)
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            for _ in range(65):
                program.process.stdin.write(piece)
            program.line("")
            program.line("dance")
            cli.wait_until(lambda: program.errors().count("\n") >= 2, "both complaints")
            first, second = program.errors().splitlines()
            self.assertTrue(first.startswith("sockstage-cli: input line 1: "), first)
            self.assertTrue(second.startswith("sockstage-cli: input line 2: "), second)
            self.assertEqual(program.finish(), 0)


class Ends(unittest.TestCase):
    def stuck_client(self, server):
        program = cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--hold", "send", "--send", "last words")
        program.wait("stage", stage="send", state="held")
        return program

    def test_what_a_signal_cuts_off_is_told_and_no_failure(self):
        with cli.listen() as server, self.stuck_client(server) as program, cli.accept(server):
            program.signal(signal.SIGTERM)
            program.wait("stage", stage="close", state="waiting")
            program.signal(signal.SIGTERM)
            self.assertEqual(program.exit_status(), 0)
            self.assertIn("10 queued bytes were never sent", program.errors())
            self.assertEqual(program.totals()["dropped"], 10)
            self.assertEqual(program.totals()["sent_bytes"], 0)

    def test_what_the_line_quit_cuts_off_is_a_failure(self):
        with cli.listen() as server, self.stuck_client(server) as program, cli.accept(server):
            self.assertEqual(program.finish(), 1)
            self.assertIn("10 queued bytes were never sent", program.errors())
            self.assertEqual(program.totals()["dropped"], 10)


class Closed(unittest.TestCase):
    def test_each_peer_of_udp_is_closed_once(self):
        with cli.Cli("--udp-server", "127.0.0.1:0") as program, cli.udp() as first, cli.udp() as second:
            for peer in (first, second):
                peer.sendto(b"hello", program.address())
            program.wait("connection", state="open", count=2)
            program.wait("data", count=2)
            self.assertEqual(program.finish(), 0)
            closed = program.all("connection", state="closed")
            self.assertEqual(sorted(event["connection"] for event in closed), [1, 2])


if __name__ == "__main__":
    cli.main()
