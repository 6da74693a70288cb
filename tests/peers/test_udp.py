#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP with sockets of other programs: each datagram as it is, also the empty and the cut one."""

import os
import subprocess
import unittest

import cli


class Servers(unittest.TestCase):
    def test_echo(self):
        for host in cli.hosts():
            with self.subTest(host), cli.udp(host) as peer:
                with cli.Cli("--udp-server", cli.hostport((host, 0)), "--echo", payload=True) as program:
                    sizes = (1, 0, 32, 1472, 9000, 60000)
                    for size in sizes:
                        data = os.urandom(size)
                        peer.sendto(data, program.address())
                        self.assertEqual(peer.recv(70000), data)
                    program.wait("data", direction="sent", count=len(sizes))
                    self.assertEqual([event["bytes"] for event in program.all("data", direction="received")],
                                     list(sizes))
                    self.assertEqual({event["peer"] for event in program.all("data")},
                                     {cli.hostport(peer.getsockname())})
                    self.assertEqual(program.finish(), 0)
                    self.assertEqual(program.totals()["received_messages"], len(sizes))
                    self.assertEqual(program.totals()["connections"], 1)

    def test_a_thousand_datagrams(self):
        with cli.udp() as peer, cli.Cli("--udp-server", "127.0.0.1:0", "--receive-buffer", "4000000",
                                        payload=True) as program:
            address = program.address()
            for number in range(1000):
                peer.sendto(b"%d" % number, address)
                if number % 50 == 49:  # what the kernel holds for us is limited; wait for what was sent
                    program.wait("data", count=number + 1)
            self.assertEqual(program.received(), b"".join(b"%d" % number for number in range(1000)))

    def test_a_cut_datagram_says_so(self):
        with cli.udp() as peer, cli.Cli("--udp-server", "127.0.0.1:0", "--read-size", "100", payload=True) as program:
            data = os.urandom(3000)
            peer.sendto(data, program.address())
            event = program.wait("data")
            self.assertEqual((event["bytes"], event["datagram_bytes"]), (100, 3000))
            self.assertEqual(program.received(), data[:100])
            self.assertEqual(program.finish(), 0)
            self.assertEqual(program.totals()["truncated_bytes"], 2900)

    def test_answers_go_to_the_right_peer(self):
        with cli.udp() as first, cli.udp() as second, cli.Cli("--udp-server", "127.0.0.1:0") as program:
            for peer in (first, second):
                peer.sendto(b"hello", program.address())
            program.wait("connection", state="open", count=2)
            program.line("1.2 send to the second")
            program.line("1 send to both")
            self.assertEqual(second.recv(100), b"to the second")
            self.assertEqual(second.recv(100), b"to both")
            self.assertEqual(first.recv(100), b"to both")
            self.assertEqual(program.finish(), 0)

    def test_socat(self):
        cli.require("socat")
        with cli.Cli("--udp-server", "127.0.0.1:0", "--echo") as program:
            address = "UDP:" + cli.hostport(program.address())
            done = subprocess.run(["socat", "-t", "2", "-", address], input=b"by socat", stdout=subprocess.PIPE,
                                  timeout=cli.PATIENCE)
            self.assertEqual(done.stdout, b"by socat")


class Clients(unittest.TestCase):
    def test_sends_and_hears(self):
        for host in cli.hosts():
            for mode in ([], ["--no-connect"]):
                with self.subTest(host=host, mode=mode), cli.udp(host) as peer:
                    address = cli.hostport(peer.getsockname())
                    with cli.Cli("--udp-client", address, "--send", "one", "--send-hex", "", "--send", "three", *mode,
                                 payload=True) as program:
                        data, sender = peer.recvfrom(100)
                        rest = [peer.recv(100), peer.recv(100)]
                        self.assertEqual([data, *rest], [b"one", b"", b"three"])
                        peer.sendto(b"answer", sender)
                        program.wait("data", direction="received", bytes=6)
                        self.assertEqual(program.finish(), 0)

    def test_the_port_that_the_kernel_chose_is_told(self):
        with cli.udp() as peer:
            with cli.Cli("--udp-client", cli.hostport(peer.getsockname()), "--send", "one", "--send", "two",
                         "--no-connect") as program:
                _, sender = peer.recvfrom(100)
                self.assertEqual(program.wait("bound")["address"], f"0.0.0.0:{sender[1]}")
                program.wait("call", call="sendto", count=2)
                self.assertEqual(program.finish(), 0)
                self.assertEqual(len(program.all("bound")), 1)

    def test_a_file_goes_out_in_datagrams(self):
        path, data = cli.scratch_file("datagrams"), os.urandom(20_000)
        with open(path, "wb") as file:
            file.write(data)
        with cli.udp() as peer:
            with cli.Cli("--udp-client", cli.hostport(peer.getsockname()), "--send-file", path) as program:
                received = b""
                while len(received) < len(data):
                    received += peer.recv(65536)
                self.assertEqual(received, data)
                self.assertEqual(program.finish(), 0)

    def test_refused(self):
        with cli.udp() as peer:
            address = cli.hostport(peer.getsockname())
        with cli.Cli("--udp-client", address, "--send", "x") as program:
            program.wait_for(lambda events: [e for e in events if e.get("errno") == "ECONNREFUSED"], "a refusal")
            self.assertEqual(program.finish(), 1)
        self.assertIn("ECONNREFUSED", program.errors_at_end)


if __name__ == "__main__":
    cli.main()
