#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP errors from the error queue: who says what about which datagram, beside what strace saw."""

import socket
import unittest

import cli
import network
import strace


def closed_port(host="127.0.0.1"):
    """An address where nothing is bound (for the moment)."""
    with cli.udp(host) as peer:
        return peer.getsockname()[:2]


class ErrorCase(strace.TruthCase):
    def refused(self, program, count=1):
        return program.wait("error", count=count, errno="ECONNREFUSED")


class Refused(ErrorCase):
    def test_each_family_connected_or_not(self):
        for host in cli.hosts():
            for mode in ([], ["--no-connect"]):
                with self.subTest(host=host, mode=mode):
                    self.check_refusal(host, mode)

    def check_refusal(self, host, mode):
        address = cli.hostport(closed_port(host))

        def scenario(program):
            event = self.refused(program)
            v6 = ":" in host
            self.assertEqual((event["origin"], event["type"], event["code"]), ("icmp6", 1, 4) if v6 else ("icmp", 3, 3))
            self.assertEqual((event["from"], event["to"], event["connection"]), (host, address, 1))
            number = "ICMPv6 type 1 code 4" if v6 else "ICMP type 3 code 3"
            self.assertEqual(event["text"], f"{host} says port unreachable ({number}) for the datagram "
                                            f"\"anybody\\nthere\" sent to {address}")
        program = self.trace(scenario, "--udp-client", address, "--send", "anybody\\nthere", *mode, status=1)
        told = program.wait("call", call="recvmsg")
        self.assertEqual((told["stage"], told["connection"]), ("recv", 1))
        failure = program.wait("failure")
        self.assertIn("ECONNREFUSED", failure["reason"])
        self.assertIn("port unreachable", failure["cause"])

    def test_ipv4_by_an_ipv6_socket(self):
        if not cli.ipv6_works():
            self.skipTest("no IPv6")
        port = closed_port()[1]
        program = self.trace(self.refused, "--udp-client", f"[::ffff:127.0.0.1]:{port}", "--send", "x", status=1)
        self.assertEqual(program.wait("error")["from"], "::ffff:127.0.0.1")

    def test_every_datagram_is_sent_and_reported(self):
        """A send that returns the error of an earlier datagram has not sent its own: that goes again."""
        sends = [word for number in range(50) for word in ("--send", f"number {number}.")]
        address = cli.hostport(closed_port())

        def scenario(program):
            self.refused(program, 50)
        for mode in ([], ["--no-connect"]):
            with self.subTest(mode):
                program = self.trace(scenario, "--udp-client", address, *sends, *mode, status=1)
                texts = [event["text"] for event in program.all("error")]
                for number in range(50):
                    self.assertEqual(sum(f'"number {number}."' in text for text in texts), 1, number)
                self.assertEqual(program.totals()["sent_messages"], 50)
                self.assertEqual(program.totals()["dropped"], 0)

    def test_a_server_serves_on_when_one_peer_has_gone(self):
        for host in cli.hosts():
            with self.subTest(host), cli.udp(host) as first, cli.udp(host) as second:
                def scenario(program):
                    first.sendto(b"1", program.address())
                    second.sendto(b"2", program.address())
                    program.wait("connection", state="open", count=2)
                    gone = cli.hostport(first.getsockname())
                    first.close()
                    program.line("1.1 send are you there?")
                    program.line("1.2 send and you?")
                    self.assertEqual(second.recv(100), b"and you?")
                    event = self.refused(program)
                    self.assertEqual((event["to"], event["connection"]), (gone, 1))
                    second.sendto(b"3", program.address())
                    program.wait("data", connection=2, direction="received", count=2)
                program = self.trace(scenario, "--udp-server", cli.hostport((host, 0)))
                self.assertEqual(program.all("failure"), [])
                self.assertEqual(program.all("stage", state="failed"), [])

    def test_receiving_held_leaves_it_in_the_queue(self):
        address = cli.hostport(closed_port())

        def scenario(program):
            program.wait("data", direction="sent", bytes=1)
            program.line("send second")
            program.wait("call", errno="ECONNREFUSED")  # of the first; the second goes again
            program.wait("data", direction="sent", bytes=6)
            self.assertEqual(program.all("error"), [])
            program.line("step")
            self.refused(program)
            program.line("1 release recv")
            self.refused(program, 2)
        program = self.trace(scenario, "--udp-client", address, "--send", "1", "--hold", "recv", status=1)
        self.assertEqual(len(program.all("call", call="recvmsg")), 2)

    def test_switched_off(self):
        address = cli.hostport(closed_port())

        def scenario(program):
            program.wait("call", errno="ECONNREFUSED")
        program = self.trace(scenario, "--udp-client", address, "--send", "x", "--icmp-errors", "no", status=1)
        self.assertEqual(program.all("error"), [])
        self.assertFalse([event for event in program.all("call") if "RECVERR" in event["text"]])


class OnTheWay(ErrorCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        network.require()
        cls.network = network.Network()
        cls.addClassCleanup(cls.network.close)

    def error(self, target, *arguments):
        """The first error that a datagram to this address brings."""
        found = []

        def scenario(program):
            # Routers say it only so often, whatever their limits are set to.
            def again():
                program.line("send hello")
                try:
                    found.append(program.wait("error", patience=1))
                except AssertionError:
                    return False
                return True
            cli.wait_until(again, "an error")
        self.trace(scenario, "--udp-client", target, *arguments, prefix=self.network.prefix,
                   status=None)
        return found[0]

    def test_what_the_router_says(self):
        expected = {
            "10.10.0.1:9": ("EHOSTUNREACH", "host unreachable (ICMP type 3 code 1)", "10.1.0.2"),
            "10.11.0.1:9": ("EHOSTUNREACH", "communication administratively prohibited (ICMP type 3 code 13)", "10.1.0.2"),
            "192.0.2.1:9": ("ENETUNREACH", "network unreachable (ICMP type 3 code 0)", "10.1.0.2"),
            "10.5.0.2:9": ("ECONNREFUSED", "port unreachable (ICMP type 3 code 3)", "10.5.0.2"),
            "10.1.0.78:9": ("EHOSTUNREACH", "host unreachable (ICMP type 3 code 1)", "10.1.0.1"),
            "[fd10::1]:9": ("ENETUNREACH", "no route to destination (ICMPv6 type 1 code 0)", "fd01::2"),
            "[fd11::1]:9": ("EACCES", "communication administratively prohibited (ICMPv6 type 1 code 1)", "fd01::2"),
            "[2001:db8::1]:9": ("ENETUNREACH", "no route to destination (ICMPv6 type 1 code 0)", "fd01::2"),
            "[fd05::2]:9": ("ECONNREFUSED", "port unreachable (ICMPv6 type 1 code 4)", "fd05::2"),
            "[fd01::78]:9": ("EHOSTUNREACH", "address unreachable (ICMPv6 type 1 code 3)", "fd01::1")}
        for target, (name, reason, sender) in expected.items():
            for mode in ([], ["--no-connect"]):
                with self.subTest(target=target, mode=mode):
                    event = self.error(target, *mode)
                    self.assertEqual((event["errno"], event["from"], event["to"]), (name, sender, target))
                    self.assertEqual(event["text"],
                                     f"{sender} says {reason} for the datagram \"hello\" sent to {target}")

    def test_a_path_too_narrow(self):
        """The router tells the MTU of its far link; the next datagram is refused here."""
        def scenario(program):
            program.line("option IP_MTU_DISCOVER DO")
            program.wait("option", option="IP_MTU_DISCOVER", value="DO")
            program.line("send " + "x" * 1400)
            told = program.wait("error", errno="EMSGSIZE", origin="icmp")
            self.assertEqual((told["type"], told["code"], told["mtu"], told["from"]), (3, 4, 1300, "10.1.0.2"))
            self.assertIn("fragmentation needed (ICMP type 3 code 4, MTU 1300)", told["text"])
            program.line("send " + "y" * 1400)
            told = program.wait("error", errno="EMSGSIZE", origin="local")
            self.assertEqual((told["from"], told["mtu"]), (None, 1300))
            self.assertIn("longer than the path allows (MTU 1300)", told["text"])
            program.wait("call", call="send", errno="EMSGSIZE")
        program = self.trace(scenario, "--udp-client", "10.5.0.2:9", prefix=self.network.prefix, status=1)
        self.assertEqual(program.totals()["dropped"], 1400)

    def test_a_path_too_narrow_for_ipv6(self):
        def scenario(program):
            program.line("send " + "x" * 1400)
            told = program.wait("error", errno="EMSGSIZE")
            self.assertEqual((told["origin"], told["type"], told["mtu"], told["from"]), ("icmp6", 2, 1300, "fd01::2"))
        self.trace(scenario, "--udp-client", "[fd05::2]:9", prefix=self.network.prefix, status=1)


class Broadcast(ErrorCase):
    def test_only_where_it_is_allowed(self):
        for answer, allowed in (("yes", True), ("no", False)):
            with self.subTest(answer):
                program = self.trace(
                    lambda program: program.wait("call", call="sendto", errno=None if allowed else "EACCES"),
                    "--udp-client", "127.255.255.255:9", "--no-connect", "--send", "x", "--broadcast", answer,
                    status=None)
                option = f"SO_BROADCAST, [{int(allowed)}], 4) = 0"
                self.assertTrue([event for event in program.all("call") if option in event["text"]])

    def test_it_arrives(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(cli.PATIENCE)
            peer.bind(("0.0.0.0", 0))
            target = f"127.255.255.255:{peer.getsockname()[1]}"
            self.trace(lambda program: self.assertEqual(peer.recv(100), b"to all"), "--udp-client", target, "--send",
                       "to all", "--broadcast", "yes")


if __name__ == "__main__":
    cli.main()
