#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP server's calls, as it tells them and as strace saw them."""

import random
import socket
import unittest

import cli
import strace


class TruthOfTcpServers(strace.TruthCase):
    def test_one_client_and_its_bytes(self):
        for host in cli.hosts():
            with self.subTest(host):
                def scenario(program):
                    with cli.connect(program.address()) as peer:
                        peer.sendall(b'He said: "\\\t\x01\x7f\xff0"\n')
                        program.wait("data", direction="received")
                        program.line("1.1 send an answer that is longer than thirty-two characters\\r\\n")
                        self.assertEqual(cli.read_exactly(peer, 53)[-2:], b"\r\n")
                    program.wait("connection", state="eof")
                    program.line("1.1 close")
                    program.wait("connection", state="closed")
                self.trace(scenario, "--tcp-server", cli.hostport((host, 0)))

    def test_echo(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                for size in (1, 31, 32, 33, 5000):
                    peer.sendall(b"x" * size)
                    cli.read_exactly(peer, size)
                peer.shutdown(socket.SHUT_WR)
                self.assertEqual(peer.recv(1), b"")
            program.wait("connection", state="closed")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--echo")

    def test_a_wildcard_listener(self):
        def scenario(program):
            _, port = program.address()
            with cli.connect(("127.0.0.1", port)) as peer:
                program.wait("connection", state="open")
                peer.sendall(b"hello")
                program.wait("data")
        program = self.trace(scenario, "--tcp-server", "0.0.0.0:0")
        self.assertTrue(program.all("connection", state="open")[0]["local"].startswith("127.0.0.1:"))

    def test_an_ipv4_client_of_an_ipv6_listener(self):
        if "::1" not in cli.hosts():
            self.skipTest("no IPv6")

        def scenario(program):
            _, port = program.address()
            with cli.connect(("127.0.0.1", port)) as peer:
                peer.sendall(b"mapped")
                program.wait("data")
        self.trace(scenario, "--tcp-server", "[::]:0", "--v6only", "no", "--echo")

    def test_a_link_local_address(self):
        cli.require("unshare", "ip")
        namespace = ["unshare", "-n", "sh", "-c", 'ip link set lo up && ip address add fe80::1/64 dev lo nodad && "$@"',
                     "sh"]
        if cli.subprocess.run([*namespace, "true"], stderr=cli.subprocess.DEVNULL).returncode != 0:
            self.skipTest("no namespaces here")
        self.trace(lambda program: program.address(), "--tcp-server", "[fe80::1%lo]:0", prefix=namespace)

    def test_any_bytes(self):
        generator = random.Random(5)

        def scenario(program):
            with cli.connect(program.address()) as peer:
                for _ in range(200):
                    data = bytes(generator.choices(b'01789a"\\\n\t\0\1\7\10\77\100\177\200\377 ', k=generator.randint(1, 40)))
                    peer.sendall(data)
                    cli.read_exactly(peer, len(data))
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--echo")

    def test_somebody_listens_before_us(self):
        def scenario(program):
            program.wait("stage", stage="listen", state="held")
            with socket.socket() as faster:
                faster.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                faster.bind(("127.0.0.1", int(program.wait("bound")["address"].rsplit(":")[1])))
                faster.listen()
                program.line("step")
                program.wait("call", call="listen", errno="EADDRINUSE")
                program.wait("close")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--hold", "listen", status=1)

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs descriptors")
    def test_no_descriptor_for_the_listener(self):
        cli.require("prlimit")
        program = self.trace(lambda program: program.wait("call", call="socket"), "--tcp-server", "127.0.0.1:0",
                             prefix=["prlimit", "--nofile=7:7"], status=1)
        self.assertEqual(program.all("call", call="socket")[0]["errno"], "EMFILE")

    def test_address_in_use(self):
        with cli.listen() as holder:
            program = self.trace(lambda program: program.wait("close"), "--tcp-server",
                                 cli.hostport(holder.getsockname()), status=1)
        failed = [call for call in program.all("call") if call["errno"] == "EADDRINUSE"]
        self.assertEqual(len(failed), 1, program.events)

    def test_address_of_another_machine(self):
        self.trace(lambda program: program.wait("close"), "--tcp-server", "192.0.2.1:0", status=1)

    def test_the_peer_resets(self):
        def scenario(program):
            peer = cli.connect(program.address())
            peer.sendall(b"hello")
            program.wait("data")
            cli.reset(peer)
            program.wait("connection", state="reset")
            program.wait("connection", state="closed")
        program = self.trace(scenario, "--tcp-server", "127.0.0.1:0")
        self.assertTrue(program.all("call", call="recv", errno="ECONNRESET"))

    def test_we_reset(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                program.wait("connection", state="open")
                program.line("1.1 reset")
                with self.assertRaises(ConnectionResetError):
                    peer.recv(1)
            program.wait("connection", state="closed")
        program = self.trace(scenario, "--tcp-server", "127.0.0.1:0")
        self.assertTrue(program.all("connection", state="reset"))

    def test_half_close_by_us_then_by_the_peer(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                program.wait("connection", state="open")
                program.line("1.1 shutdown")
                self.assertEqual(peer.recv(1), b"")
                peer.sendall(b"still heard")
                program.wait("data", direction="received", bytes=11)
            program.wait("connection", state="closed")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0")

    def test_half_close_by_the_peer_then_by_us(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                peer.shutdown(socket.SHUT_WR)
                program.wait("connection", state="eof")
                program.line("1.1 send after the end\\n")
                program.line("1.1 shutdown")
                self.assertEqual(cli.read_to_end(peer), b"after the end\n")
            program.wait("connection", state="closed")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0")

    def test_sending_to_a_peer_that_has_gone(self):
        def scenario(program):
            peer = cli.connect(program.address())
            program.wait("connection", state="open")
            peer.close()
            program.wait("connection", state="eof")
            program.line("1.1 send brings a reset")
            program.wait("data", direction="sent")
            program.line("1.1 send meets it")
            program.wait("connection", state="closed")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", status=1)

    def test_options(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                peer.sendall(b"hello")
                program.wait("data")
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--reuse-address", "no", "--no-delay", "--keep-alive",
                   "--send-buffer", "20000", "--receive-buffer", "30000", "--backlog", "3", "--read-size", "4")
        self.trace(lambda program: program.address(), "--tcp-server", "[::1]:0", "--v6only", "no")
        self.trace(lambda program: program.address(), "--tcp-server", "[::1]:0", "--v6only", "yes")
        self.trace(lambda program: program.address(), "--tcp-server", "127.0.0.1:0", "--backlog", "-1")

    def test_every_stage_held_and_stepped(self):
        def scenario(program):
            for stage in ("getaddrinfo", "socket", "bind", "listen", "accept"):
                program.wait("stage", stage=stage, state="held")
                if stage != "accept":
                    program.line("step")
            with cli.connect(program.address()) as first, cli.connect(program.address()) as second:
                program.line("step")
                program.wait("connection", state="open")
                first.sendall(b"one")
                second.sendall(b"two")
                program.wait("data", bytes=3)
                program.line("step")
                program.wait("connection", state="open", count=2)
                program.wait("data", bytes=3, count=2)
        program = self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--hold",
                             "getaddrinfo,socket,bind,listen,accept")
        self.assertEqual(len(program.all("call", call="accept4", errno=None)), 2)

    def test_receiving_and_sending_held(self):
        def scenario(program):
            with cli.connect(program.address()) as peer:
                program.wait("connection", state="open")
                peer.sendall(b"abcdef")
                program.line("1.1 step")
                program.wait("data", direction="received", bytes=2)
                program.line("1.1 send xyz")
                program.line("1.1 release send")
                self.assertEqual(cli.read_exactly(peer, 3), b"xyz")
                program.line("1.1 release recv")
                program.wait("data", direction="received", bytes=2, count=3)
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--hold", "recv,send", "--read-size", "2")

    @unittest.skipIf(cli.SANITIZED, "the sanitizer itself needs descriptors")
    def test_out_of_descriptors(self):
        cli.require("prlimit")

        def scenario(program):
            peers = [cli.connect(program.address()) for _ in range(30)]
            program.wait("call", call="accept4", errno="EMFILE")
            for peer in peers[:15]:
                peer.close()
            # With the first half closed by us there is room for the other half.
            for number in range(1, 16):
                program.wait("connection", state="eof", connection=number)
                program.line(f"1.{number} close")
            program.wait("connection", state="open", count=30)
            for peer in peers:
                peer.close()
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", prefix=["prlimit", "--nofile=32:32"])

    def test_several_servers_in_one_program(self):
        def scenario(program):
            for session in (1, 2):
                with cli.connect(program.address(session)) as peer:
                    peer.sendall(b"to %d" % session)
                    program.wait("data", session=session)
        self.trace(scenario, "--tcp-server", "127.0.0.1:0", "--tcp-server", "127.0.0.1:0")


if __name__ == "__main__":
    cli.main()
