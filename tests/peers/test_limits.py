#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the system says no: ports that are taken or privileged, no more descriptors."""

import os
import subprocess
import unittest

import cli


def unprivileged(user=65534):
    """A prefix that gives up root."""
    if os.geteuid() != 0:
        return []
    cli.require("setpriv")
    return ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--bounding-set=-all", "--inh-caps=-all"]


class Limits(unittest.TestCase):
    def test_a_file_that_fails_does_not_blame_the_socket(self):
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", "/proc/self/mem",
                         "--for", "0.3") as program:
                self.assertEqual(program.exit_status(), 1)
                self.assertIn("/proc/self/mem: The file cannot be read: EIO (Input/output error). The file failed; the "
                              "socket had no part in it.", program.errors())

    def test_a_port_in_use_names_its_owner(self):
        with cli.listen() as holder:
            status, _, errors = cli.run("--tcp-server", cli.hostport(holder.getsockname()))
        self.assertEqual(status, 1)
        self.assertEqual(len(errors.splitlines()), 1, errors)
        self.assertIn("EADDRINUSE", errors)
        self.assertIn(str(os.getpid()), errors)

    def test_a_privileged_port(self):
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:
            if int(file.read()) <= 1:
                self.skipTest("this system has no privileged ports")
        program = cli.copy_for_everybody()
        done = subprocess.run([*unprivileged(), program, "--tcp-server", "127.0.0.1:1"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=cli.PATIENCE)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("EACCES", done.stderr.decode())

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs descriptors")
    def test_out_of_descriptors_drops_nobody(self):
        cli.require("prlimit")
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--echo", prefix=["prlimit", "--nofile=40:40"]) as program:
            peers = [cli.connect(program.address()) for _ in range(60)]
            program.wait("call", call="accept4", errno="EMFILE")
            program.wait_for(lambda events: [e for e in events if e["event"] == "stage" and e["stage"] == "accept"
                                             and "EMFILE" in e["detail"]], "the pause to be told")
            retries = len(program.all("call", call="accept4", errno="EMFILE"))
            self.assertLess(retries, 20, "accept spins")
            # Each that leaves makes room for one that waits; its bytes are there already.
            for peer in peers:
                peer.sendall(b"was I dropped?")
                self.assertEqual(cli.read_exactly(peer, 14), b"was I dropped?")
                peer.close()
            program.wait("connection", state="closed", count=60)
            self.assertEqual(program.finish(), 0)
            self.assertEqual(program.totals()["connections"], 60)

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs address space")
    def test_no_memory_to_begin_ends_with_a_sentence(self):
        statuses = set()
        for kilobytes in range(40_000, 130_000, 10_000):
            command = ["sh", "-c", f'ulimit -v {kilobytes}; exec "$@"', "sh", cli.PROGRAM, "--tcp-server",
                       "127.0.0.1:0", "--for", "0.1"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, timeout=cli.PATIENCE)
            self.assertNotIn(b"terminate called", done.stderr, kilobytes)
            statuses.add(done.returncode)
        self.assertTrue(statuses <= {0, 1, 127}, statuses)  # 127: the loader has no room for the libraries

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs address space")
    def test_no_memory_for_the_next_line_ends(self):
        """With bytes in each line: whatever does not fit any more, the program ends by itself."""
        path = cli.scratch_file("three-megabytes")
        with open(path, "wb") as file:
            file.write(os.urandom(3_000_000))
        with cli.listen() as taken:
            port = cli.hostport(taken.getsockname()).rsplit(":", 1)[1]
        ran_out = 0
        for kilobytes in range(140_000, 190_000, 5_000):
            command = ["sh", "-c", f'ulimit -v {kilobytes}; exec "$@"', "sh", cli.PROGRAM,
                       "--tcp-server", f":{port}", "--echo", "--tcp-client", f":{port}", "--udp-server", f":{port}",
                       "--udp-client", f":{port}", "--kernel", "0.05", "--events", "/dev/null", "--payload",
                       "--send-file", path, "--send-file", path, "--for", "1"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, timeout=cli.PATIENCE)
            self.assertIn(done.returncode, (0, 1), (kilobytes, done.stderr))
            ran_out += b"out of memory (ENOMEM)" in done.stderr
        os.remove(path)
        if ran_out == 0:
            self.skipTest("NOT TESTED: memory did not run out at any of these limits")

    @unittest.skipUnless(os.geteuid() == 0, "the limit of threads is not for this program alone")
    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs threads")
    def test_too_few_threads_are_told(self):
        cli.require("setpriv", "prlimit")
        program = cli.copy_for_everybody()
        errors = []
        for limit in range(1, 9):  # five will do, once the one that asked for the address has ended
            command = ["prlimit", f"--nproc={limit}:{limit}", *unprivileged(61234), program, "--tcp-server", "127.0.0.1:0",
                       "--for", "0.1"]
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.PIPE, timeout=cli.PATIENCE)
            errors.append(done.stderr.decode())
            self.assertEqual(done.returncode, 0 if "session" not in errors[-1] and limit > 1 else 1, errors[-1])
        self.assertIn("no thread to write the output with: EAGAIN", errors[0])
        self.assertTrue(any("The worker could not start: EAGAIN" in each for each in errors), errors)
        asking = [each for each in errors if "no thread could be made to ask: EAGAIN" in each]
        self.assertTrue(asking, errors)
        self.assertNotIn("Not a failure", asking[0])
        self.assertEqual(errors[-1], "")

    def test_the_soft_limit_of_descriptors_is_raised(self):
        cli.require("prlimit")
        with cli.Cli("--tcp-server", "127.0.0.1:0", prefix=["prlimit", "--nofile=30:200"]) as program:
            peers = [cli.connect(program.address()) for _ in range(100)]
            program.wait("connection", state="open", count=100)
            self.assertEqual(program.finish(), 0)
            for peer in peers:
                peer.close()

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs descriptors")
    def test_no_descriptor_for_the_listener(self):
        cli.require("prlimit")
        for limit in range(4, 14):  # 4: the loader needs one for the libraries
            done = subprocess.run(["prlimit", f"--nofile={limit}:{limit}", cli.PROGRAM, "--tcp-server", "127.0.0.1:0",
                                   "--for", "0.2"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=cli.PATIENCE)
            self.assertIn(done.returncode, (0, 1), limit)
            errors = done.stderr.decode()
            self.assertEqual(errors != "", done.returncode == 1, limit)
            self.assertTrue(all(line.startswith("sockstage-cli: ") for line in errors.splitlines()), errors)
            if done.returncode == 1:
                self.assertIn("EMFILE", errors)


if __name__ == "__main__":
    cli.main()
