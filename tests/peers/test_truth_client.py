#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A TCP client's calls, as it tells them and as strace saw them."""

import socket

import cli
import strace


class TruthOfTcpClients(strace.TruthCase):
    def test_sends_and_receives(self):
        for host in cli.hosts():
            with self.subTest(host), cli.listen(host) as server:
                def scenario(program):
                    with cli.accept(server) as peer:
                        self.assertEqual(cli.read_exactly(peer, 8), b"GET /\r\n\0")
                        peer.sendall(b"answer")
                        program.wait("data", direction="received", bytes=6)
                self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--send", "GET /\\r\\n\\0")

    def test_a_host_name(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server):
                    program.wait("connection", state="open")
            port = server.getsockname()[1]
            self.trace(scenario, "--tcp-client", f"localhost:{port}", "--family", "4")

    def test_a_name_with_two_addresses(self):
        """Where localhost is also ::1, that one refuses and the next is tried."""
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server):
                    program.wait("connection", state="open")
            self.trace(scenario, "--tcp-client", f"localhost:{server.getsockname()[1]}")

    def test_own_address_taken(self):
        with cli.listen() as holder, cli.listen() as server:
            self.trace(lambda program: program.wait("close"), "--tcp-client", cli.hostport(server.getsockname()),
                       "--bind", cli.hostport(holder.getsockname()), status=1)

    def test_own_address_of_the_other_family(self):
        with cli.listen() as server:
            self.trace(lambda program: program.wait("close"), "--tcp-client", cli.hostport(server.getsockname()),
                       "--bind", "[::1]:0", status=1)

    def test_a_half_close_after_the_reset(self):
        with cli.listen() as server:
            def scenario(program):
                peer = cli.accept(server)
                program.wait("stage", stage="recv", state="held")
                cli.reset(peer)
                program.line("shutdown")
                program.wait("call", call="shutdown")
                program.line("close")
                program.wait("close")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--hold", "recv", status=1)

    def test_a_server_and_two_clients_in_one_program(self):
        with cli.listen() as finder:
            port = finder.getsockname()[1]

        def scenario(program):
            for session in (1, 3):
                program.wait("data", session=session, direction="received", bytes=3)
        self.trace(scenario, "--tcp-client", f":{port}", "--tcp-server", f":{port}", "--tcp-client", f":{port}",
                   "--send", "abc", "--echo")

    def test_refused(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
        program = self.trace(lambda program: program.wait("close"), "--tcp-client", address, status=1)
        self.assertIn("ECONNREFUSED", program.errors_at_end)

    def test_own_address_bound_and_options(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    self.assertEqual(peer.getpeername()[0], "127.0.0.3")
                    program.wait("connection", state="open")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--bind", "127.0.0.3:0",
                       "--no-delay", "--keep-alive", "--send-buffer", "50000", "--receive-buffer", "60000",
                       "--reuse-address", "yes")

    def test_the_peer_closes_first(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    peer.sendall(b"bye")
                program.wait("close")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--on-eof", "close")

    def test_the_peer_resets(self):
        with cli.listen() as server:
            def scenario(program):
                peer = cli.accept(server)
                program.wait("connection", state="open")
                cli.reset(peer)
                program.wait("close")
            program = self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), status=1)
        self.assertTrue(program.all("connection", state="reset"))

    def test_we_reset(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    program.wait("connection", state="open")
                    program.line("reset")
                    with self.assertRaises(ConnectionResetError):
                        peer.recv(1)
                program.wait("close")
            program = self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()))
        self.assertTrue(program.all("connection", state="reset"))

    def test_half_close_by_us(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    program.wait("connection", state="open")
                    program.line("shutdown")
                    self.assertEqual(cli.read_to_end(peer), b"all of it")
                    peer.sendall(b"late answer")
                    program.wait("data", direction="received", bytes=11)
                program.wait("close")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--send", "all of it")

    def test_a_half_close_while_held(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    program.wait("connection", state="open")
                    program.line("shutdown")
                    program.wait("stage", stage="shutdown", state="held")
                    peer.sendall(b"x")
                    program.wait("data", direction="received")
                    program.line("step")
                    self.assertEqual(cli.read_to_end(peer), b"")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--hold", "shutdown")

    def test_every_stage_held_and_stepped(self):
        with cli.listen() as server:
            def scenario(program):
                for stage in ("getaddrinfo", "socket", "connect"):
                    program.wait("stage", stage=stage, state="held")
                    program.line("step")
                with cli.accept(server) as peer:
                    program.wait("connection", state="open")
                    program.line("send hello")
                    program.line("1.1 release send")
                    self.assertEqual(cli.read_exactly(peer, 5), b"hello")
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--hold",
                       "getaddrinfo,socket,connect,send")

    def test_short_writes_to_a_slow_reader(self):
        with cli.listen() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

            def scenario(program):
                with cli.accept(server) as peer:
                    total = 300_000
                    self.assertEqual(len(cli.read_exactly(peer, total)), total)
            path = cli.scratch_file("slow")
            with open(path, "wb") as file:
                file.write(b"s" * 300_000)
            self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()), "--send-file", path,
                       "--send-buffer", "4608")


if __name__ == "__main__":
    cli.main()
