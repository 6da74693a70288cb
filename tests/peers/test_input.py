#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of standard input; what cannot be understood is one line on standard error and no more."""

import os
import pty
import re
import subprocess
import tty
import unittest

import cli


def read_bytes(process):
    """By all its calls of read() until now."""
    with open(f"/proc/{process.pid}/io") as file:
        return int(re.search(r"rchar: (\d+)", file.read())[1])


class Input(unittest.TestCase):
    def test_a_line_that_the_terminal_has_cut_is_refused(self):
        """Ended by a line feed, and first pushed on by Ctrl+D."""
        for end in (b"\n", b"\x04\n"):
            with self.subTest(end=end):
                ours, terminal = pty.openpty()
                with cli.listen() as peer:
                    address = cli.hostport(peer.getsockname())
                    with cli.Cli("--tcp-client", address, stdin=terminal, payload=True) as program:
                        os.close(terminal)
                        connection, _ = peer.accept()
                        with connection:
                            program.wait("call", call="connect")
                            os.write(ours, b"send " + b"a" * 5000 + end + b"send whole\nquit\n")
                            self.assertEqual(program.exit_status(), 0)
                            self.assertEqual(program.received(direction="sent"), b"whole")
                            self.assertIn("input line 1: a terminal passes on no more than 4095 bytes",
                                          program.errors())
                os.close(ours)

    def test_a_terminal_that_cuts_nothing_has_no_limit(self):
        """A line in pieces, each pushed on by Ctrl+D, and a long one outside the canonical mode."""
        for raw in (False, True):
            with self.subTest(raw=raw):
                ours, terminal = pty.openpty()
                if raw:
                    tty.setraw(terminal)
                with cli.Cli("--udp-client", "127.0.0.1:9", "--hold", "send", stdin=terminal) as program:
                    program.wait("stage", stage="send", state="held")
                    if raw:
                        os.write(ours, b"send " + b"a" * 5000 + b"\nnonsense\nquit\n")
                    else:
                        before = read_bytes(program.process)
                        os.write(ours, b"send " + b"a" * 3000 + b"\x04")
                        cli.wait_until(lambda: read_bytes(program.process) >= before + 3005, "the first piece")
                        os.write(ours, b"a" * 2000 + b"\nnonsense\nquit\n")
                    program.exit_status()
                    self.assertEqual(program.totals()["dropped"], 5000)
                    self.assertNotIn("terminal", program.errors())
                    self.assertIn("input line 2: ", program.errors())
                os.close(terminal)
                os.close(ours)

    def test_lines_that_cannot_be_understood(self):
        lines = {
            "dance": "dance", "9 step": "no session 9", "1.7 step": "no connection 7", "1.x step": "1.x",
            "0 step": "0", "1": "unknown command", "release lunch": "lunch", "hold": "stage",
            "send \\q": "escape", "quit now": "now", "1 quit": "quit", "step step": "step",
            "\x1b[31mred": "unknown command", "999999999999 step": "999999999999",
        }
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            program.wait("call", call="listen")
            for line in lines:
                program.line(line)
            program.line("")
            cli.wait_until(lambda: program.errors().count("\n") >= len(lines), "all complaints")
            errors = program.errors().splitlines()
            self.assertEqual(len(errors), len(lines), errors)
            for number, (line, word) in enumerate(lines.items()):
                self.assertTrue(errors[number].startswith(f"sockstage-cli: input line {number + 1}: "), errors[number])
                self.assertIn(word, errors[number])
            self.assertNotIn("\x1b", program.errors())
            # Nothing else happened: it still accepts and receives.
            with cli.connect(program.address()) as peer:
                peer.sendall(b"hello")
                program.wait("data")
            self.assertEqual(program.finish(), 0)

    def test_a_regular_file(self):
        path = cli.scratch_file("lines")
        with open(path, "w") as file:
            file.write("send one \r\nsend two\nshutdown")  # the last line without an end
        with cli.listen() as server, open(path) as file:
            address = cli.hostport(server.getsockname())
            with cli.Cli("--tcp-client", address, stdin=file) as program:
                with cli.accept(server) as peer:
                    self.assertEqual(cli.read_to_end(peer), b"one two")
                self.assertEqual(program.exit_status(), 0)

    def test_for_goes_on_after_the_end_of_the_input(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
            with cli.Cli("--tcp-client", address, "--for", "1") as program:
                program.line("send x")
                program.process.stdin.close()
                with cli.accept(server) as peer:
                    self.assertEqual(peer.recv(10), b"x")
                    peer.sendall(b"answer")
                    program.wait("data", direction="received")
                    self.assertEqual(program.exit_status(), 0)
                self.assertEqual(program.all("close")[0]["reason"], "time is over")

    def test_hold_and_release_of_one_connection(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", payload=True) as program:
            with cli.connect(program.address()) as first, cli.connect(program.address()) as second:
                program.wait("connection", state="open", count=2)
                program.line("1.1 hold recv")
                program.wait("stage", stage="recv", state="held", connection=1)
                first.sendall(b"waits")
                second.sendall(b"does not")
                program.wait("data", connection=2)
                self.assertEqual(program.received(1), b"")
                program.line("1.1 release recv")
                program.wait("data", connection=1)
                self.assertEqual(program.received(1), b"waits")
            self.assertEqual(program.finish(), 0)

    def test_the_numbers_choose(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--tcp-server", "127.0.0.1:0") as program:
            peers = [cli.connect(program.address(session)) for session in (1, 1, 2)]
            program.wait("connection", session=1, state="open", count=2)
            program.wait("connection", session=2, state="open")
            program.line("2 send second")
            program.line("1.2 send chosen")
            program.line("send all")
            self.assertEqual(cli.read_exactly(peers[0], 3), b"all")
            self.assertEqual(cli.read_exactly(peers[1], 9), b"chosenall")
            self.assertEqual(cli.read_exactly(peers[2], 9), b"secondall")
            program.line("1.1 close")
            program.wait("connection", session=1, connection=1, state="closed")
            program.line("2 close")
            program.wait("close", session=2, reason="close")
            program.line("1 reset")
            with self.assertRaises(ConnectionResetError):
                peers[1].recv(1)
            self.assertEqual(program.exit_status(), 0)
            for peer in peers:
                peer.close()

    def test_readable_lines_are_safe_for_a_terminal(self):
        process = subprocess.Popen([cli.PROGRAM, "--udp-server", "127.0.0.1:0", "--payload"], stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE)
        output = b""
        for line in process.stdout:
            output += line
            if b"bound to" in line:
                port = int(line.rsplit(b":", 1)[1])
                break
        with cli.udp() as peer:
            peer.sendto(b"\x1b[2J\x07\x9b31m\xe2\x80\xae\xff\r\n", ("127.0.0.1", port))
            for line in process.stdout:
                output += line
                if b"<-" in line:
                    break
        output += process.communicate(b"quit\n", cli.PATIENCE)[0]
        self.assertEqual(process.returncode, 0)
        self.assertEqual([byte for byte in output if byte < 32 and byte != 10], [])
        self.assertNotIn("\u202e", output.decode())
        self.assertIn(b"\\x1b[2J", output)

    def test_what_a_readable_line_quotes_is_escaped_once(self):
        with cli.udp() as peer:
            address = cli.hostport(peer.getsockname())
        _, output, errors = cli.run("--udp-client", address, "--send-hex", "01 5c 71 22 ff", "--until-idle", "0.5")
        quoted = r'port unreachable (ICMP type 3 code 3) for the datagram "\x01\\q\"\xff" sent to ' + address
        self.assertRegex(output, r"-- recv failed: .*" + re.escape(quoted))
        self.assertIn("ECONNREFUSED", errors)


if __name__ == "__main__":
    cli.main()
