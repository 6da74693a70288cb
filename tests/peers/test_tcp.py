#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP with sockets of other programs: every byte, both ways, both address families."""

import hashlib
import os
import socket
import subprocess
import threading
import unittest

import cli


def in_background(function, *arguments):
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread


def as_text(data):
    """Bytes as --send and the line send take them."""
    return "".join(f"\\x{byte:02x}" for byte in data)


class Servers(unittest.TestCase):
    def test_a_megabyte_each_way(self):
        for host in cli.hosts():
            with self.subTest(host), cli.Cli("--tcp-server", cli.hostport((host, 0)), payload=True) as program:
                there, back = os.urandom(1 << 20), os.urandom(1 << 20)
                with cli.connect(program.address()) as peer:
                    peer.sendall(there)
                    program.wait_for(lambda _: program.amount() == len(there), "the megabyte")
                    self.assertEqual(program.received(1), there)
                    program.line("1.1 send " + as_text(back))
                    self.assertEqual(cli.read_exactly(peer, len(back)), back)
                program.wait_for(lambda _: program.amount(direction="sent") == len(back), "the data events")
                self.assertEqual(program.received(1, direction="sent"), back)
                self.assertEqual(program.finish(), 0)
                totals = program.totals()
                self.assertEqual((totals["received_bytes"], totals["sent_bytes"]), (len(there), len(back)))
                self.assertEqual(totals["received_messages"], len(program.all("data", direction="received")))
                self.assertEqual(totals["sent_messages"], len(program.all("data", direction="sent")))

    def test_echo_of_a_megabyte(self):
        data = os.urandom(1 << 20)
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--echo") as program:
            with cli.connect(program.address()) as peer:
                writer = in_background(peer.sendall, data)
                self.assertEqual(cli.read_exactly(peer, len(data)), data)
                writer.join()
                peer.shutdown(socket.SHUT_WR)
                self.assertEqual(cli.read_to_end(peer), b"")
            program.wait("connection", state="closed")
            self.assertEqual(program.finish(), 0)

    def test_an_echo_whose_client_does_not_read_stops_reading(self):
        """As with any good server: the client's own sending is stopped, and nothing is lost."""
        data = os.urandom(16 << 20)
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--echo", "--capture-limit", "8") as program:
            with cli.connect(program.address()) as peer:
                peer.settimeout(0.5)
                sent = 0
                with self.assertRaises(TimeoutError):
                    while sent < len(data):
                        sent += peer.send(data[sent:sent + 65536])
                peer.settimeout(cli.PATIENCE)

                def write_rest():
                    peer.sendall(data[sent:])
                    peer.shutdown(socket.SHUT_WR)
                writer = in_background(write_rest)
                self.assertEqual(hashlib.sha256(cli.read_to_end(peer)).digest(), hashlib.sha256(data).digest())
                writer.join()
            self.assertEqual(program.finish(), 0)

    def test_ncat(self):
        cli.require("ncat")
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--echo") as program:
            host, port = program.address()
            done = subprocess.run(["ncat", host, str(port)], input=b"by ncat\n", stdout=subprocess.PIPE,
                                  timeout=cli.PATIENCE)
            self.assertEqual(done.stdout, b"by ncat\n")
            program.wait("connection", state="closed")

    def test_socat(self):
        cli.require("socat")
        for host in cli.hosts():
            with self.subTest(host), cli.Cli("--tcp-server", cli.hostport((host, 0)), "--echo") as program:
                address = "TCP:" + cli.hostport(program.address())
                data = os.urandom(200_000)
                done = subprocess.run(["socat", "-t", "10", "-", address], input=data, stdout=subprocess.PIPE,
                                      timeout=cli.PATIENCE)
                self.assertEqual(done.stdout, data)

    def test_curl_gets_an_answer_from_the_keyboard(self):
        cli.require("curl")
        with cli.Cli("--tcp-server", "127.0.0.1:0", payload=True) as program:
            url = "http://" + cli.hostport(program.address()) + "/path?query"
            curl = subprocess.Popen(["curl", "-sS", "--noproxy", "*", url], stdout=subprocess.PIPE)
            program.wait("data", direction="received")
            self.assertTrue(program.received(1).startswith(b"GET /path?query HTTP/1.1\r\n"))
            program.line("1.1 send HTTP/1.1 200 OK\\r\\nContent-Length: 6\\r\\n\\r\\nhello\\n")
            self.assertEqual(curl.communicate(timeout=cli.PATIENCE)[0], b"hello\n")
            self.assertEqual(curl.returncode, 0)

    def test_what_a_closed_listener_leaves_behind_is_told(self):
        for clients, said in ((1, "; 1 connection was waiting for accept(): the kernel usually resets it"),
                              (2, "; 2 connections were waiting for accept(): the kernel usually resets them"), (0, "")):
            with self.subTest(clients=clients):
                with cli.Cli("--tcp-server", "127.0.0.1:0", "--hold", "accept") as program:
                    program.wait("stage", stage="accept", state="held")
                    peers = [cli.connect(program.address()) for _ in range(clients)]
                    self.assertEqual(program.finish(), 0)
                    done = program.all("stage", stage="accept", state="done")[-1]
                    self.assertEqual(done["detail"], "the listening socket is closed" + said)
                    for peer in peers:
                        peer.close()

    def test_half_close(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", payload=True) as program:
            with cli.connect(program.address()) as peer:
                peer.sendall(b"request")
                peer.shutdown(socket.SHUT_WR)
                program.wait("connection", state="eof", connection=1)
                program.line("1.1 send answer")
                program.line("1.1 shutdown")
                self.assertEqual(cli.read_to_end(peer), b"answer")
            program.wait("connection", state="closed", connection=1)
            self.assertEqual(program.received(1), b"request")

    def test_a_peer_that_vanishes_while_we_send(self):
        path = cli.scratch_file("vanish")
        with open(path, "wb") as file:
            file.truncate(64 << 20)
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path) as program:
                peer = cli.accept(server)
                cli.read_exactly(peer, 100_000)
                cli.reset(peer)
                self.assertEqual(program.exit_status(), 1)
            self.assertRegex(program.errors_at_end, "ECONNRESET|EPIPE")
            totals = program.totals()
            self.assertGreater(totals["dropped"], 0)
            self.assertEqual(totals["dropped"] + totals["sent_bytes"], 64 << 20)

    def test_one_peer_that_vanishes_is_no_failure_of_the_server(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            with cli.connect(program.address()) as stays:
                cli.reset(cli.connect(program.address()))
                program.wait("connection", state="reset")
                stays.sendall(b"still here")
                program.wait("data", bytes=10)
            self.assertEqual(program.finish(), 0)


class Clients(unittest.TestCase):
    def test_a_megabyte_each_way(self):
        there, back = os.urandom(1 << 20), os.urandom(1 << 20)
        path = cli.scratch_file("there")
        with open(path, "wb") as file:
            file.write(there)
        for host in cli.hosts():
            with self.subTest(host), cli.listen(host) as server:
                address = cli.hostport(server.getsockname())
                with cli.Cli("--tcp-client", address, "--send-file", path, payload=True) as program:
                    with cli.accept(server) as peer:
                        self.assertEqual(cli.read_exactly(peer, len(there)), there)
                        peer.sendall(back)
                        program.wait_for(lambda _: program.amount() == len(back), "the megabyte")
                    self.assertEqual(program.received(1), back)
                    self.assertEqual(program.received(1, direction="sent"), there)
                    self.assertEqual(program.finish(), 0)

    def test_what_is_sent_keeps_its_order(self):
        path = cli.scratch_file("order")
        with open(path, "wb") as file:
            file.write(b"<file>")
        with cli.listen() as server:
            with cli.Cli("--send", "a\\0", "--tcp-client", cli.hostport(server.getsockname()), "--send-hex", "62 0xff",
                         "--send-file", path, "--send", "\\x7f\\\\z") as program:
                with cli.accept(server) as peer:
                    self.assertEqual(cli.read_exactly(peer, 13), b"a\0b\xff<file>\x7f\\z")
                self.assertEqual(program.finish(), 0)

    def test_a_large_file(self):
        data = os.urandom(10 << 20)
        path = cli.scratch_file("large")
        with open(path, "wb") as file:
            file.write(data)
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path) as program:
                with cli.accept(server) as peer:
                    received = cli.read_exactly(peer, len(data))
                    self.assertEqual(hashlib.sha256(received).hexdigest(), hashlib.sha256(data).hexdigest())
                self.assertEqual(program.finish(), 0)
                self.assertEqual(program.totals()["sent_bytes"], len(data))

    def test_every_client_sends(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
            with cli.Cli("--tcp-client", address, "--tcp-client", address, "--send", "x") as program:
                for _ in range(2):
                    with cli.accept(server) as peer:
                        self.assertEqual(peer.recv(10), b"x")
                self.assertEqual(program.finish(), 0)

    def test_ncat_listens(self):
        cli.require("ncat")
        with cli.listen() as finder:
            port = finder.getsockname()[1]
        ncat = subprocess.Popen(["ncat", "-l", "127.0.0.1", str(port)], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE)
        try:
            def listening():
                with open("/proc/net/tcp") as table:
                    return f"0100007F:{port:04X} 00000000:0000 0A" in table.read()
            cli.wait_until(listening, "ncat to listen")
            with cli.Cli("--tcp-client", f"127.0.0.1:{port}", "--send", "to ncat", payload=True) as program:
                ncat.stdin.write(b"from ncat")
                ncat.stdin.flush()
                program.wait("data", direction="received")
                self.assertEqual(program.received(), b"from ncat")
                self.assertEqual(program.finish(), 0)
            self.assertEqual(ncat.communicate(timeout=cli.PATIENCE)[0], b"to ncat")
        finally:
            ncat.kill()
            ncat.wait()

    def test_a_server_and_a_client_of_one_command_line(self):
        with cli.listen() as finder:
            port = finder.getsockname()[1]
        with cli.Cli("--tcp-client", f"127.0.0.1:{port}", "--send", "to myself", "--tcp-server", f":{port}",
                     "--echo", payload=True) as program:
            program.wait("data", session=1, direction="received", bytes=9)
            self.assertEqual(program.received(session=1), b"to myself")
            self.assertEqual(program.finish(), 0)


if __name__ == "__main__":
    cli.main()
