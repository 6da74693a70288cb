#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel events of --kernel, beside what ss and /proc/net say at the same moment."""

import platform
import socket
import subprocess
import time
import unittest

import cli
import kernelwitness as witness

EVERY = ("--kernel", "0.05")
# How many of the numbers that ss prints must have been compared for a comparison to count.
ENOUGH = 22


def hostport(text):
    host, port = text.rsplit(":", 1)
    return host, int(port)


class KernelCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cli.require("ss")

    def client(self, server, *arguments):
        """The program as a client of this listener, and the listener's end."""
        program = cli.Cli("--tcp-client", cli.hostport(server.getsockname()), *EVERY, *arguments)
        self.addCleanup(program.__exit__)
        peer = cli.accept(server)
        self.addCleanup(peer.close)
        opened = program.wait("connection", state="open")
        return program, peer, hostport(opened["local"]), hostport(opened["peer"])

    def latest(self, program, **keys):
        looks = program.all("kernel", **keys)
        return looks[-1] if looks else None

    def look(self, program, condition, what, **keys):
        """Waits for a look that fulfils the condition."""
        return program.wait_for(lambda events: next(
            (each for each in reversed(events) if cli.matches(each, "kernel", keys) and condition(each)), None), what)

    def next_look(self, program):
        """A look that began after this moment."""
        now = time.time_ns()
        return self.look(program, lambda each: each["time_ns"] > now, "a new look")

    def compare(self, program, local, remote):
        """One answer of ss between two looks: what is the same in both must be what ss says."""
        def compared():
            before, told, after = self.next_look(program), witness.ss(local, remote), self.next_look(program)
            self.assertIsNotNone(told)
            same = [name for name in told if name != "timer_ms" and before[name] == after[name]]
            wrong = {name: (after[name], told[name]) for name in same if (after[name] or 0) != told[name]}
            return {} if wrong or len(same) < ENOUGH else {name: told[name] for name in same}
        result = {}

        def agree():
            nonlocal result
            result = compared()
            return bool(result)
        cli.wait_until(agree, "ss and the looks before and after it to agree")
        return result


class Open(KernelCase):
    def test_a_quiet_connection(self):
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--send", "hello")
            self.assertEqual(cli.read_exactly(peer, 5), b"hello")
            peer.sendall(b"world!!")
            self.look(program, lambda each: each["bytes_received"] == 7 and each["bytes_acked"] == 6, "the traffic")
            told = self.compare(program, local, remote)
            self.assertEqual((told["state"], told["bytes_sent"], told["bytes_received"]), ("ESTABLISHED", 5, 7))
            look = self.latest(program)
            self.assertEqual((look["source"], look["connection"], look["timer"]), ("descriptor", 1, "none"))
            self.assertIsNone(look["timer_ms"])
            self.assertIsNone(look["accept_queue"])
            self.assertEqual(witness.proc_net_tcp(local, remote), (0, 0, 1))

    def test_a_stuffed_connection(self):
        path = cli.scratch_file("stuffing")
        with open(path, "wb") as file:
            file.truncate(30 << 20)
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--send-file", path)  # the peer does not read
            look = self.look(program, lambda each: each["timer"] == "zero-window-probe", "the closed window")
            self.assertEqual(look["peer_window_bytes"], 0)
            told = self.compare(program, local, remote)
            self.assertGreater(told["unacked_bytes"], 0)
            self.assertEqual(told["timer"], "zero-window-probe")
            look = self.next_look(program)
            self.assertEqual(witness.proc_net_tcp(local, remote)[0], look["unacked_bytes"])
            self.assertEqual(look["queued_bytes"] + program.amount(direction="sent"), 30 << 20)
            # The peer's end of the same bytes: what was acknowledged and not read lies there.
            far = witness.ss(remote, local)
            self.assertEqual(far["unread_bytes"], look["bytes_acked"] - 1)
            limited = look["window_limited_us"]
            self.look(program, lambda each: each["window_limited_us"] > limited, "more time lost to the window")

    def test_unread_bytes(self):
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--hold", "recv")
            peer.sendall(b"x" * 12345)
            self.look(program, lambda each: each["unread_bytes"] == 12345, "the unread bytes")
            self.assertEqual(self.compare(program, local, remote)["unread_bytes"], 12345)
            self.assertEqual(witness.proc_net_tcp(local, remote)[1], 12345)

    def test_loss_makes_retransmits(self):
        path = cli.scratch_file("lossy")
        with open(path, "wb") as file:
            file.truncate(4_000_000)  # about 60 segments over loopback
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--hold", "send", "--send-file", path)
            witness.lose(peer, 0.15)
            program.line("release send")
            cli.read_exactly(peer, 4_000_000)
            witness.lose_nothing(peer)
            look = self.look(program, lambda each: each["unacked_bytes"] == 0 and each["bytes_acked"] == 4_000_001,
                             "all to be acknowledged")
            self.assertGreater(look["total_retransmits"], 0)
            self.assertGreater(look["bytes_retransmitted"], 0)
            self.assertEqual(look["bytes_sent"], 4_000_000 + look["bytes_retransmitted"])
            told = self.compare(program, local, remote)
            self.assertEqual(told["total_retransmits"], self.latest(program)["total_retransmits"])

    def test_a_listener_and_its_clients(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--backlog", "3", "--hold", "accept", *EVERY) as program:
            address = program.address()
            peers = [cli.connect(address) for _ in range(2)]
            look = self.look(program, lambda each: each["accept_queue"] == 2, "two in the accept queue")
            self.assertEqual((look["connection"], look["state"], look["accept_queue_limit"]), (None, "LISTEN", 3))
            told = witness.ss(address)
            self.assertEqual((told["unread_bytes"], told["unacked_bytes"]), (2, 3))  # ss's Recv-Q and Send-Q
            program.line("release accept")
            for number in (1, 2):
                program.wait("kernel", connection=number, state="ESTABLISHED")
            self.look(program, lambda each: each["accept_queue"] == 0, "the queue to be empty")
            for peer in peers:
                peer.close()

    def test_udp(self):
        with cli.Cli("--udp-server", "127.0.0.1:0", "--hold", "recv", *EVERY) as program:
            local = program.address()
            with cli.udp() as peer:
                peer.sendto(b"x" * 700, local)
                look = self.look(program, lambda each: each["unread_bytes"] == 700, "the datagram")
            self.assertEqual((look["state"], look["connection"], look["rtt_us"]), (None, None, None))
            told = witness.ss(local, options="-uinmoe")
            for name in ("receive_charged_bytes", "receive_buffer_bytes", "send_buffer_bytes", "drops"):
                self.assertEqual(look[name], told[name], name)


class AfterClose(KernelCase):
    def test_the_rest_is_sent_and_time_wait_passes(self):
        path = cli.scratch_file("rest")
        with open(path, "wb") as file:
            file.truncate(600_000)
        with cli.listen() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
            program, peer, local, remote = self.client(server, "--send-file", path, "--for", "600")
            self.look(program, lambda each: each["queued_bytes"] == 0 and each["bytes_sent"], "all in the kernel")
            program.line("close")
            program.wait("connection", state="closed")
            program.wait("close")
            look = self.look(program, lambda each: each["timer"] == "zero-window-probe", "the closed window",
                             source="sock_diag", state="FIN-WAIT-1")
            self.assertGreater(look["unacked_bytes"], 100_000)
            told = self.compare(program, local, remote)
            self.assertEqual(told["state"], "FIN-WAIT-1")
            self.assertEqual(len(cli.read_exactly(peer, 300_000)), 300_000)
            self.look(program, lambda each: 0 < each["unacked_bytes"] < 350_000, "the rest to shrink",
                      source="sock_diag", state="FIN-WAIT-1")
            self.assertEqual(len(cli.read_to_end(peer)), 300_000)
            program.wait("kernel", state="FIN-WAIT-2")
            peer.close()
            program.wait("kernel", state="TIME-WAIT")
            told, look = witness.ss(local, remote), self.next_look(program)
            self.assertEqual((told["state"], told["timer"]), ("TIME-WAIT", "time-wait"))
            self.assertAlmostEqual(look["timer_ms"], told["timer_ms"], delta=1500)
            self.assertEqual(look["timer"], "time-wait")
            self.assertEqual(program.finish(), 0)  # it does not wait for what --for has not granted

    def test_last_ack(self):
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--for", "600")
            peer.shutdown(socket.SHUT_WR)
            program.wait("kernel", state="CLOSE-WAIT")
            self.assertEqual(self.compare(program, local, remote)["state"], "CLOSE-WAIT")
            witness.lose_all(peer)  # our FIN is not acknowledged
            program.line("close")
            program.wait("kernel", state="LAST-ACK", source="sock_diag")
            self.look(program, lambda each: each["total_retransmits"] > 0, "the FIN to be sent again")
            self.assertEqual(witness.ss(local, remote)["state"], "LAST-ACK")
            witness.lose_nothing(peer)
            gone = program.wait("kernel", source="gone")
            self.assertEqual(gone["state"], "CLOSED")
            self.assertEqual(program.exit_status(), 0)  # all has ended: no need to wait for --for
            self.assertEqual(program.all("kernel")[-1], gone)

    def test_closing(self):
        with cli.listen() as server:
            program, peer, local, remote = self.client(server, "--for", "600")
            witness.lose_all(peer)
            program.line("close")
            program.wait("kernel", state="FIN-WAIT-1")
            peer.shutdown(socket.SHUT_WR)  # both have sent their FIN, and theirs does not acknowledge ours
            program.wait("kernel", state="CLOSING")
            self.assertEqual(witness.ss(local, remote)["state"], "CLOSING")
            witness.lose_nothing(peer)
            program.wait("kernel", state="TIME-WAIT")
            self.assertEqual(program.finish(), 0)

    def test_a_reset_leaves_nothing(self):
        with cli.listen() as server:
            program, _, local, remote = self.client(server, "--for", "600")
            program.line("reset")
            program.wait("kernel", source="gone")
            self.assertIsNone(witness.ss(local, remote))
            program.exit_status()

    def test_without_for_the_program_does_not_wait(self):
        with cli.listen() as server:
            program, peer, local, remote = self.client(server)
            program.line("close")
            self.assertEqual(program.exit_status(), 0)
            self.assertIn(program.all("kernel")[-1]["state"], ("FIN-WAIT-1", "FIN-WAIT-2"))
            self.assertEqual(program.all("kernel")[-1]["source"], "sock_diag")

    def test_for_ends_what_is_not_over(self):
        with cli.listen() as server:
            before = time.monotonic()
            program, peer, local, remote = self.client(server, "--for", "1.5")
            program.line("close")
            program.wait("close")
            program.wait("kernel", state="FIN-WAIT-2")
            self.assertEqual(program.exit_status(), 0)
            self.assertGreaterEqual(time.monotonic() - before, 1.4)
            self.assertLess(time.monotonic() - before, 10)

    def test_without_the_option_there_is_nothing(self):
        with cli.listen() as server:
            with cli.Cli("--tcp-client", cli.hostport(server.getsockname())) as program:
                with cli.accept(server):
                    program.wait("connection", state="open")
                self.assertEqual(program.finish(), 0)
                self.assertEqual(program.all("kernel"), [])


class WithoutSockDiag(KernelCase):
    """Below a filter that refuses netlink, as some sandboxes have it: the facts say that nothing is known."""

    @classmethod
    def setUpClass(cls):
        if platform.machine() != "x86_64":
            raise unittest.SkipTest("the filter is written for x86_64")

    def test_nothing_is_claimed(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
            with cli.Cli("--tcp-client", address, *EVERY, "--for", "600", preexec_fn=witness.refuse_netlink) as program:
                with cli.accept(server):
                    look = program.wait("kernel", connection=1, state="ESTABLISHED")
                    self.assertEqual((look["source"], look["timer"]), ("descriptor", None))  # no call reports the timer
                    program.line("close")
                    look = program.wait("kernel", source="none")
                    self.assertIsNone(look["state"])
                    self.assertIsNone(look["unacked_bytes"])
                    self.assertEqual(program.exit_status(), 0)
                    self.assertEqual(program.all("kernel")[-1], look)
                    self.assertEqual(program.all("kernel", source="gone"), [])


class Lines(KernelCase):
    def test_readable_lines(self):
        with cli.listen() as server:
            status, output, errors = cli.run("--tcp-client", cli.hostport(server.getsockname()), "--send", "hi",
                                             "--kernel", "0.1", "--for", "0.5")
        self.assertEqual(status, 0, errors)
        self.assertRegex(output, r"-- kernel ESTABLISHED: send buffer 0 of \d+, unread 0 of \d+, peer's window \d+, "
                                 r"rtt [\d.]+ ms, cwnd \d+, 0 retransmits\n")
        self.assertRegex(output, r"-- kernel FIN-WAIT-[12]: ")

    def test_a_readable_line_about_datagrams(self):
        with cli.udp() as finder:
            address = finder.getsockname()
        process = subprocess.Popen([cli.PROGRAM, "--udp-server", cli.hostport(address), "--hold", "recv", "--kernel",
                                    "0.05", "--for", "20"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   text=True)
        try:
            with cli.udp() as peer:
                next(line for line in process.stdout if "-- bound" in line)
                for _ in range(3):
                    peer.sendto(b"x" * 700, address)
                next(line for line in process.stdout if "next datagram 700" in line)
                line = next(line for line in process.stdout if "-- kernel" in line)
            told = witness.ss(address, options="-uinmoe")
            self.assertIn(f"next datagram 700, receive buffer {told['receive_charged_bytes']} of "
                          f"{told['receive_buffer_bytes']} charged\n", line)
            self.assertGreaterEqual(told["receive_charged_bytes"], 2100)
            self.assertNotIn("unread", line)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


if __name__ == "__main__":
    cli.main()
