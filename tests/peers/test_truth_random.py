#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random commands and random peers, with strace as the witness. A failure names its seed."""

import os
import random
import socket
import time
import unittest

import cli
import strace

SEEDS = range(int(os.environ.get("SOCKSTAGE_SEED", "1")), int(os.environ.get("SOCKSTAGE_SEED", "1")) + 8)
SECONDS = 1.5
STAGES = "getaddrinfo socket bind listen accept connect recv send shutdown close".split()
VERBS = ["step"] * 3 + ["release"] * 3 + ["hold"] * 2 + ["send"] * 3 + ["shutdown", "close", "reset"]


class Chaos:
    """The peers of one run, and the hand at the keyboard."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.server, self.datagrams = cli.listen(), cli.udp()
        for own in (self.server, self.datagrams):
            own.setblocking(False)
        self.peers = []
        self.arguments = self.make_arguments()
        self.sessions = sum(word.startswith(("--tcp-", "--udp-")) for word in self.arguments)

    def make_arguments(self):
        choice = self.random.choice
        server, datagrams = cli.hostport(self.server.getsockname()), cli.hostport(self.datagrams.getsockname())
        sockets = [("--tcp-client", server), ("--udp-client", datagrams), ("--udp-server", "127.0.0.1:0"),
                   ("--tcp-server", "127.0.0.1:0"), ("--tcp-client", "127.0.0.1:1"), ("--udp-client", "127.0.0.1:1")]
        words = ["--tcp-server", "127.0.0.1:0"]
        for _ in range(self.random.randint(0, 3)):
            words += choice(sockets)
        if any(word.endswith("-client") for word in words):
            words += choice([[], ["--send", "hello"], ["--send-file", cli.PROGRAM]])
        words += choice([[], ["--echo"]])
        words += choice([[], ["--hold", ",".join(self.random.sample(STAGES, self.random.randint(1, 4)))]])
        words += choice([[], ["--on-eof", "close"], ["--on-eof", "keep"]])
        return words + choice([[], ["--read-size", "700"]])

    def type_a_line(self, program):
        target = self.random.choice(["", f"{self.random.randint(1, self.sessions)}",
                                     f"{self.random.randint(1, self.sessions)}.{self.random.randint(1, 6)}"])
        verb = self.random.choice(VERBS)
        # Ending a whole session is rare, or every run would be over at once.
        if verb in ("close", "reset") and "." not in target and self.random.random() < 0.97:
            return
        if verb in ("release", "hold"):
            verb += " " + self.random.choice(STAGES)
        if verb == "send":
            verb += " " + "x" * self.random.choice([0, 1, 100, 50_000])
        program.line(f"{target} {verb}".strip())

    def approach(self, program):
        bound = program.all("bound")
        if not bound:
            return
        server = self.random.choice(bound)
        address = ("127.0.0.1", int(server["address"].rsplit(":", 1)[1]))
        if program.all("open", session=server["session"])[0]["role"] == "udp-server":
            self.datagrams.sendto(os.urandom(self.random.choice([0, 1, 5000])), address)
            return
        peer = socket.socket()
        peer.setblocking(False)
        self.peers.append(peer)
        peer.connect(address)

    def use_a_peer(self):
        if not self.peers:
            return
        peer = self.random.choice(self.peers)
        deed = self.random.randrange(6)
        if deed <= 1:
            peer.send(os.urandom(self.random.choice([1, 1000, 200_000])))
        elif deed <= 3:
            peer.recv(100_000)
        elif deed == 4:
            peer.shutdown(self.random.choice([socket.SHUT_RD, socket.SHUT_WR]))
        else:
            self.peers.remove(peer)
            self.random.choice([cli.reset, socket.socket.close])(peer)

    def act(self, program):
        end = time.monotonic() + SECONDS
        while time.monotonic() < end and program.process.poll() is None:
            deed = self.random.random()
            try:
                if deed < 0.5:
                    self.type_a_line(program)
                elif deed < 0.65:
                    self.approach(program)
                elif deed < 0.72:
                    self.peers.append(self.server.accept()[0])
                    self.peers[-1].setblocking(False)
                elif deed < 0.95:
                    self.use_a_peer()
                else:
                    self.datagrams.recv(70_000)
            except OSError:
                pass  # blocked, refused, reset: whatever peers meet
            time.sleep(0.001)  # the pace of the deeds, not a wait for anything

    def close(self):
        for each in (self.server, self.datagrams, *self.peers):
            each.close()


class Randomly(strace.TruthCase):
    def test_nothing_is_invented_and_nothing_is_lost(self):
        for seed in SEEDS:
            with self.subTest(seed=seed):
                chaos = Chaos(seed)
                try:
                    program = self.trace(chaos.act, *chaos.arguments, status=None)
                    for session in range(1, chaos.sessions + 1):
                        self.check_sums(program, session)
                finally:
                    chaos.close()

    def check_sums(self, program, session):
        self.assertEqual(program.all("evicted", session=session), [])
        opened = {event["connection"] for event in program.all("connection", session=session, state="open")}
        closed = {event["connection"] for event in program.all("connection", session=session, state="closed")}
        self.assertEqual(opened, closed)
        for totals in program.all("totals", session=session):
            for direction in ("received", "sent"):
                events = program.all("data", session=session, direction=direction)
                self.assertEqual(totals[direction + "_messages"], len(events))
                self.assertEqual(totals[direction + "_bytes"], sum(event["bytes"] for event in events))
        self.assertEqual(len(program.all("close", session=session)), 1)


if __name__ == "__main__":
    cli.main()
