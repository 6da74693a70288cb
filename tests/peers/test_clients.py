#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many clients of one server; each of them is served and told."""

import unittest

import cli

CLIENTS = 500


class ManyClients(unittest.TestCase):
    def test_each_gets_its_own_bytes_back(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--echo", "--backlog", "512") as program:
            peers = [cli.connect(program.address()) for _ in range(CLIENTS)]
            for number, peer in enumerate(peers):
                peer.sendall(b"client %05d" % number)
            for number, peer in enumerate(peers):
                self.assertEqual(cli.read_exactly(peer, 12), b"client %05d" % number)
            for peer in peers:
                peer.close()
            program.wait("connection", state="closed", count=CLIENTS)
            self.assertEqual(program.finish(), 0)
            self.assertEqual(program.totals()["connections"], CLIENTS)
            self.assertEqual(program.totals()["errors"], 0)
            self.assertEqual({event["connection"] for event in program.all("connection", state="open")},
                             set(range(1, CLIENTS + 1)))

    def test_an_end_closes_them_all(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            peers = [cli.connect(program.address()) for _ in range(CLIENTS)]
            program.wait("connection", state="open", count=CLIENTS)
            self.assertEqual(program.finish(), 0)
            self.assertEqual(len(program.all("connection", state="closed")), CLIENTS)
            for peer in peers:
                self.assertEqual(peer.recv(1), b"")
                peer.close()


if __name__ == "__main__":
    cli.main()
