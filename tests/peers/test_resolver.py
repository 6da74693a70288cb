#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names: unknown ones, wrong families, and a name server that never answers."""

import os
import signal
import subprocess
import time
import unittest

import cli

# Runs in a mount and network namespace of its own: the only name server is a socket that stays silent.
SILENT = """
import os, socket, subprocess, sys
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
conf = sys.argv[1]
open(conf, "w").write("nameserver 127.0.0.1\\noptions timeout:30 attempts:5\\n")
subprocess.run(["mount", "--bind", conf, os.path.realpath("/etc/resolv.conf")], check=True)
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
os.set_inheritable(server.fileno(), True)
os.execvp(sys.argv[2], sys.argv[2:])
"""


class Names(unittest.TestCase):
    def test_an_unknown_host(self):
        for option in ("--tcp-client", "--tcp-server", "--udp-client"):
            with self.subTest(option):
                status, _, errors = cli.run(option, "no-such-host.invalid:80")
                self.assertEqual(status, 1)
                self.assertRegex(errors, "EAI_(NONAME|AGAIN)")
                self.assertEqual(len(errors.splitlines()), 1, errors)

    def test_an_unknown_service(self):
        status, _, errors = cli.run("--tcp-client", "127.0.0.1:no-such-service")
        self.assertEqual(status, 1)
        self.assertIn("EAI_SERVICE", errors)

    def test_the_wrong_family(self):
        for address, family in (("[::1]:80", "4"), ("127.0.0.1:80", "6")):
            with self.subTest(address):
                status, _, errors = cli.run("--tcp-client", address, "--family", family)
                self.assertEqual(status, 1)
                self.assertRegex(errors, "EAI_(ADDRFAMILY|NONAME)")

    def test_a_name_that_is_tried_until_one_address_answers(self):
        with cli.listen() as server:
            address = f"localhost:{server.getsockname()[1]}"
            with cli.Cli("--tcp-client", address, "--send", "x") as program:
                with cli.accept(server) as peer:
                    self.assertEqual(peer.recv(1), b"x")
                self.assertEqual(program.finish(), 0)

    def test_a_name_server_that_never_answers(self):
        cli.require("unshare", "ip", "mount", "python3")
        namespaces = ["unshare", "-mn"] if os.geteuid() == 0 else ["unshare", "-rmn"]
        if subprocess.run([*namespaces, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no namespaces here")
        prefix = [*namespaces, "python3", "-c", SILENT, cli.scratch_file("resolv.conf")]
        # What is queued gets the usual two seconds of grace: the name might still be answered.
        for arguments, seconds in (((), 1), (("--send", "never"), 4)):
            for number in (signal.SIGTERM, signal.SIGINT):
                with self.subTest(arguments=arguments, signal=number):
                    with cli.Cli("--tcp-client", "host.example:80", *arguments, prefix=prefix) as program:
                        program.wait("stage", stage="getaddrinfo", state="waiting")
                        with self.assertRaises(subprocess.TimeoutExpired):
                            program.process.wait(0.3)  # it hangs, as it should
                        before = time.monotonic()
                        self.assertEqual(program.finish(number), 0)
                        self.assertLess(time.monotonic() - before, seconds)
                    self.assertEqual("never sent" in program.errors_at_end, bool(arguments))


if __name__ == "__main__":
    cli.main()
