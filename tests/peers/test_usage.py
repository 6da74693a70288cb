#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong usage ends with 2 and one line that says what is wrong; --help and --version with 0."""

import os
import subprocess
import unittest

import cli

SERVER = ("--tcp-server", "127.0.0.1:0")
CLIENT = ("--tcp-client", "127.0.0.1:9")

WRONG = {
    (): "no socket",
    ("--nonsense",): "nonsense",
    ("word", *SERVER): "word",
    ("--tcp-server",): "tcp-server",
    ("--tcp-server", "70000"): "port",
    ("--tcp-server", ":70000"): "70000",
    ("--tcp-server", ":-1"): "-1",
    ("--tcp-server", "127.0.0.1:"): "port",
    ("--tcp-server", "::1:8080"): "[::1]:8080",
    ("--tcp-server", "[::1:8080"): "]",
    ("--tcp-client", "127.0.0.1:0"): "0",
    ("--udp-client", ":99999"): "99999",
    (*SERVER, "--hold", "listen,lunch"): "lunch",
    (*SERVER, "--hold", ""): "stage",
    (*CLIENT, "--send-hex", "4"): "hex",
    (*CLIENT, "--send-hex", "4x"): "hex",
    (*CLIENT, "--send", "bad \\q"): "escape",
    (*CLIENT, "--send", "\\x1"): "hex",
    (*CLIENT, "--send-file", "/does/not/exist"): "does not exist",
    (*CLIENT, "--send-file", "/tmp"): "regular",
    (*SERVER, "--send", "x"): "client",
    (*SERVER, "--bind", "127.0.0.1:0"): "client",
    (*CLIENT, "--bind", "127.0.0.1"): "port",
    (*SERVER, "--family", "5"): "5",
    (*SERVER, "--v6only", "maybe"): "maybe",
    (*SERVER, "--reuse-address", ""): "yes",
    (*SERVER, "--on-eof", "stay"): "stay",
    (*SERVER, "--backlog", "many"): "many",
    (*SERVER, "--read-size", "0"): "1048576",
    (*SERVER, "--read-size", "1048577"): "1048576",
    (*SERVER, "--send-buffer", "-5"): "-5",
    (*SERVER, "--receive-buffer", "99999999999"): "2147483647",
    (*SERVER, "--capture-limit", "0"): "0",
    (*SERVER, "--for", "soon"): "seconds",
    (*SERVER, "--for", "-1"): "seconds",
    (*SERVER, "--for", "nan"): "seconds",
    (*SERVER, "--until-idle", "0"): "seconds",
    (*SERVER, "--kernel", "often"): "seconds",
    (*SERVER, "--kernel", "0.001"): "0.01",
    (*SERVER, "--events", "/does/not/exist/file"): "No such file",
    (*SERVER, "--echo=yes"): "echo",
    ("--scene", "nonsense"): "--scenes",
    ("--scene", "refused", *SERVER): "own sockets",
    ("--scene", "refused", "--family", "6"): "leave out --family",
    ("--scene", "refused", "--echo"): "leave out --echo",
    ("--scene", "refused", "--capture-limit", "1"): "leave out --capture-limit",
    (*CLIENT, "--send", "a\\q\\x01"): "known are \\n \\r \\t \\0 \\\\ and \\xHH.",
    ("--tcp-server", "a\\b\x07"): "“a\\\\b\\x07”",
}


class Usage(unittest.TestCase):
    def test_wrong_usage(self):
        for arguments, word in WRONG.items():
            with self.subTest(arguments):
                status, output, errors = cli.run(*arguments)
                self.assertEqual(status, 2, errors)
                self.assertEqual(output, "")
                self.assertEqual(len(errors.splitlines()), 1, errors)
                self.assertTrue(errors.startswith("sockstage-cli: "), errors)
                self.assertIn(word, errors)

    def test_an_argument_cannot_drive_the_terminal(self):
        for argument in (b"\x1b]0;title\x07", "\u202e:1".encode(), b"\xff:1", b"a\nb:1"):
            for option in ("--tcp-server", "--hold", "--family", "--bad"):
                with self.subTest(argument=argument, option=option):
                    status, _, errors = cli.run(option, argument, *CLIENT)
                    self.assertIn(status, (1, 2))  # a strange name is asked for before it is refused
                    self.assertNotIn("\x1b", errors)
                    self.assertNotIn("\u202e", errors)
                    for line in errors.splitlines():
                        self.assertTrue(line.startswith("sockstage-cli: "), errors)

    def test_help_and_version(self):
        status, output, errors = cli.run("--help")
        self.assertEqual((status, errors), (0, ""))
        for word in ("--tcp-server", "--udp-client", "--send-hex", "--until-idle", "release STAGE", "Exit status"):
            self.assertIn(word, output)
        self.assertEqual([line for line in output.splitlines() if len(line) > 80 or line.endswith(" ")], [])
        status, output, errors = cli.run("--version")
        self.assertEqual((status, errors), (0, ""))
        self.assertRegex(output, r"^sockstage-cli \d+\.\d+\.\d+\n$")

    def test_what_cannot_be_written_is_a_failure(self):
        for option in ("--help", "--version", "--scenes"):
            with self.subTest(option), open("/dev/full", "wb") as full:
                done = subprocess.run([cli.PROGRAM, option], stdout=full, stderr=subprocess.PIPE, timeout=cli.PATIENCE)
                self.assertEqual(done.returncode, 1)
                self.assertRegex(done.stderr, b"^sockstage-cli: cannot write: .*No space left on device.*\n$")

    def test_needs_no_display(self):
        environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
        status, _, errors = cli.run(*SERVER, "--for", "0.1", env=environment)
        self.assertEqual(status, 0, errors)


if __name__ == "__main__":
    cli.main()
