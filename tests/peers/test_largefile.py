#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two gigabytes from a sparse file in flat memory, and what the capture pushed out is told."""

import os
import threading
import unittest

import cli

SIZE = 2 << 30


def peak_memory(pid):
    with open(f"/proc/{pid}/status") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) << 10
    return 0


def evictions(program):
    return sum(event["rows"] for event in program.all("evicted")), sum(e["bytes"] for e in program.all("evicted"))


class LargeFile(unittest.TestCase):
    def test_two_gigabytes_in_flat_memory(self):
        path = cli.scratch_file("sparse")
        with open(path, "wb") as file:
            file.truncate(SIZE)
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--send-file", path, "--capture-limit",
                         "16") as program:
                received = 0
                room = bytearray(1 << 20)
                with cli.accept(server) as peer:
                    while received < SIZE:
                        received += peer.recv_into(room)
                    peak = peak_memory(program.process.pid)
                self.assertEqual(program.finish(), 0)
            self.assertEqual(program.totals()["sent_bytes"], SIZE)
            if not cli.SANITIZED:  # its shadow memory counts too
                self.assertLess(peak, 150 << 20)
            # Every byte is reported: in a data event, or as evicted before it could be written.
            self.assertGreaterEqual(program.amount(direction="sent") + evictions(program)[1], SIZE)
        os.unlink(path)


class Evicted(unittest.TestCase):
    def test_rows_and_bytes_add_up(self):
        """A reader that stops for a while: the capture moves on, and tells how far."""
        size = 200 << 20
        reading, writing = os.pipe()
        pipe = os.fdopen(reading, "rb")
        with cli.listen() as server:
            process = cli.subprocess.Popen(
                [cli.PROGRAM, "--tcp-client", cli.hostport(server.getsockname()), "--events", "-", "--capture-limit",
                 "8", "--on-eof", "close"], stdin=cli.subprocess.DEVNULL, stdout=writing)
            os.close(writing)
            with cli.accept(server) as peer:
                block = bytes(1 << 20)
                for _ in range(size >> 20):  # the events are not read meanwhile, yet all is received
                    peer.sendall(block)
            lines = []
            thread = threading.Thread(target=lambda: lines.extend(pipe))
            thread.start()
            self.assertEqual(process.wait(cli.PATIENCE), 0)
            thread.join(cli.PATIENCE)
        pipe.close()
        events = [cli.json.loads(line) for line in lines]
        evicted = [event for event in events if event["event"] == "evicted"]
        self.assertTrue(evicted)
        told = sum(event["bytes"] for event in events if event["event"] == "data")
        lost = sum(event["bytes"] for event in evicted)
        totals = [event for event in events if event["event"] == "totals"][0]
        self.assertEqual(totals["received_bytes"], size)
        # Evicted bytes also hold the addresses and sentences of rows that were no data.
        self.assertGreaterEqual(told + lost, size)
        self.assertLess(told + lost, size + 10_000)


if __name__ == "__main__":
    cli.main()
