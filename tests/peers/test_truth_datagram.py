#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A UDP socket's calls, as it tells them and as strace saw them."""

import cli
import strace


def udp_drops(port):
    """The drops column of the socket in /proc/net/udp."""
    with open("/proc/net/udp") as table:
        for line in table:
            fields = line.split()
            if fields[1].endswith(f":{port:04X}"):
                return int(fields[-1])
    raise AssertionError("no such socket in /proc/net/udp")


class TruthOfUdp(strace.TruthCase):
    def test_a_server_receives_and_answers(self):
        for host in cli.hosts():
            with self.subTest(host), cli.udp(host) as peer:
                def scenario(program):
                    peer.sendto(b"question", program.address())
                    program.wait("data", direction="received")
                    program.line("1.1 send answer")
                    self.assertEqual(peer.recv(100), b"answer")
                self.trace(scenario, "--udp-server", cli.hostport((host, 0)))

    def test_echo_to_several_peers(self):
        with cli.udp() as first, cli.udp() as second:
            def scenario(program):
                for peer in (first, second, first):
                    peer.sendto(b"a datagram of more than thirty-two bytes, \0\1\2", program.address())
                    self.assertEqual(len(peer.recv(100)), 45)
            program = self.trace(scenario, "--udp-server", "127.0.0.1:0", "--echo")
        self.assertEqual(len(program.all("connection", state="open")), 2)

    def test_empty_datagrams(self):
        with cli.udp() as peer:
            def scenario(program):
                peer.sendto(b"", program.address())
                self.assertEqual(peer.recv(100), b"")
            program = self.trace(scenario, "--udp-server", "127.0.0.1:0", "--echo")
        self.assertEqual([event["bytes"] for event in program.all("data")], [0, 0])

    def test_a_datagram_longer_than_the_read_size(self):
        with cli.udp() as peer:
            def scenario(program):
                peer.sendto(b"0123456789", program.address())
                program.wait("data")
                peer.sendto(b"ok", program.address())
                program.wait("data", bytes=2)
            program = self.trace(scenario, "--udp-server", "127.0.0.1:0", "--read-size", "4")
        cut = program.all("data")[0]
        self.assertEqual((cut["bytes"], cut["datagram_bytes"]), (4, 10))
        self.assertEqual(program.totals()["truncated_bytes"], 6)

    def test_a_connected_client(self):
        for host in cli.hosts():
            with self.subTest(host), cli.udp(host) as peer:
                def scenario(program):
                    data, sender = peer.recvfrom(100)
                    self.assertEqual(data, b"hello")
                    peer.sendto(b"world", sender)
                    program.wait("data", direction="received")
                self.trace(scenario, "--udp-client", cli.hostport(peer.getsockname()), "--send", "hello")

    def test_an_unconnected_client(self):
        with cli.udp() as peer:
            def scenario(program):
                data, sender = peer.recvfrom(100)
                peer.sendto(data[::-1], sender)
                program.wait("data", direction="received")
            self.trace(scenario, "--udp-client", cli.hostport(peer.getsockname()), "--send", "hello", "--no-connect",
                       "--bind", "127.0.0.1:0")

    def test_a_refusal_comes_back(self):
        with cli.udp() as peer:
            address = cli.hostport(peer.getsockname())
        program = self.trace(
            lambda program: program.wait_for(
                lambda events: [event for event in events if event["event"] == "error"], "a refusal"),
            "--udp-client", address, "--send", "anybody there?", status=1)
        self.assertTrue(program.all("call", call="recvmsg"))

    def test_broadcast_is_not_allowed(self):
        program = self.trace(lambda program: program.wait("close"), "--udp-client", "255.255.255.255:9", "--send", "x",
                             status=1)
        self.assertTrue(program.all("call", call="connect", errno="EACCES"))
        self.trace(lambda program: program.wait("call", call="sendto", errno="EACCES"), "--udp-client",
                   "255.255.255.255:9", "--send", "x", "--no-connect", status=1)

    def test_what_the_kernel_dropped_before_a_datagram(self):
        def scenario(program):
            address = program.address()
            program.wait("stage", stage="recv", state="held")
            for _ in range(40):
                peer.sendto(b"x" * 500, address)
            scenario.drops = udp_drops(address[1])
            self.assertGreater(scenario.drops, 0)
            program.line("release recv")
            program.wait("data", count=40 - scenario.drops)
            for text in (b"first", b"second, cut"):
                peer.sendto(text, address)
            program.wait("data", count=42 - scenario.drops)
        for asked in (("--drop-counts", "yes"), ()):
            with self.subTest(asked), cli.udp() as peer:
                program = self.trace(scenario, "--udp-server", "127.0.0.1:0", "--hold", "recv", "--receive-buffer",
                                     "4096", "--read-size", "500", *asked)
                told = [event.get("dropped_before", 0) for event in program.all("data")]
                if not asked:
                    self.assertEqual(sum(told), 0)
                    continue
                self.assertEqual(told, [0] * (40 - scenario.drops) + [scenario.drops, 0])
                self.assertTrue(program.all("call", call="recvmsg"))
                self.assertFalse(program.all("call", call="recvfrom"))

    def test_drop_counts_turned_on_while_it_runs(self):
        with cli.udp() as peer:
            def scenario(program):
                peer.sendto(b"by recvfrom", program.address())
                program.wait("data")
                program.line("option SO_RXQ_OVFL on")
                program.wait("option", option="SO_RXQ_OVFL")
                peer.sendto(b"by recvmsg, cut", program.address())
                program.wait("data", count=2)
                program.line("option SO_RXQ_OVFL off")
                program.wait("option", option="SO_RXQ_OVFL", count=2)
                peer.sendto(b"by recvfrom", program.address())
                program.wait("data", count=3)
            program = self.trace(scenario, "--udp-server", "127.0.0.1:0", "--read-size", "11")
        calls = [event["call"] for event in program.all("call") if event["call"].startswith("recv")]
        self.assertEqual(calls, ["recvfrom", "recvmsg", "recvfrom"])
        self.assertEqual(program.all("data")[1]["datagram_bytes"], 15)

    def test_a_file_in_datagrams(self):
        path = cli.scratch_file("pieces")
        with open(path, "wb") as file:
            file.write(bytes(range(256)) * 300)  # more than one datagram can hold
        with cli.udp() as peer:
            def scenario(program):
                received = 0
                while received < 256 * 300:
                    received += len(peer.recv(2000))
            self.trace(scenario, "--udp-client", cli.hostport(peer.getsockname()), "--send-file", path)

    def test_a_datagram_too_long(self):
        with cli.udp() as peer:
            def scenario(program):
                program.line("send " + "x" * 70_000)
                program.wait("call", errno="EMSGSIZE")
                program.line("send short")
                self.assertEqual(peer.recv(100), b"short")
            self.trace(scenario, "--udp-client", cli.hostport(peer.getsockname()), status=1)

    def test_stages_held_and_stepped(self):
        with cli.udp() as peer:
            def scenario(program):
                for stage in ("socket", "bind"):
                    program.wait("stage", stage=stage, state="held")
                    program.line("step")
                peer.sendto(b"one", program.address())
                peer.sendto(b"two", program.address())
                program.line("step")
                program.wait("data")
                program.line("step")
                program.wait("data", count=2)
                program.line("1 release recv")
                peer.sendto(b"three", program.address())
                program.wait("data", bytes=5)
            self.trace(scenario, "--udp-server", "127.0.0.1:0", "--hold", "socket,bind,recv")


if __name__ == "__main__":
    cli.main()
