#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who can reach a server: what the program says of each address, beside real connections to it."""

import subprocess
import unittest

import cli
import network

CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 2).close()
except OSError as error:
    sys.exit(str(error))
"""

# One datagram to a broadcast address or a group, out of the interface that has this address.
SEND = """
import socket, sys
to, port, out = sys.argv[1:]
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
sender.bind((out, 0))
sender.sendto(b"to whom it concerns", (to, int(port)))
"""


class Reachability(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        network.require()
        cls.network = network.Network()
        cls.addClassCleanup(cls.network.close)

    def connects(self, address, port, place="here"):
        command = [*self.network.at(place), "python3", "-c", CONNECT, address, str(port)]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0

    def all_told(self, program):
        """What is said, once all of it has come."""
        before = len(program.all("reachability"))
        program.line("reachability")
        program.wait("reachability", count=before + 1)
        program.line("hold close")  # its effect comes behind
        program.line("release close")
        options = len(program.all("option"))
        program.line("option SO_TYPE 1")
        program.wait("option", count=options + 1)
        return program.all("reachability")[before:]

    def told(self, program):
        return {each["address"]: each for each in self.all_told(program)}

    def check(self, bound, reachable, *arguments):
        """The addresses that are ticked are these, and those that can be connected to from this machine."""
        with self.subTest(bound=bound, arguments=arguments), \
                cli.Cli("--tcp-server", cli.hostport((bound, 0)), *arguments, prefix=self.network.prefix) as program:
            port = program.address()[1]
            told = self.told(program)
            self.assertLessEqual({"127.0.0.1", "10.1.0.1", "::1", "fd01::1"}, set(told))
            self.assertEqual({address for address, each in told.items() if each["reachable"]} & set(reachable),
                             set(reachable))
            for address, each in told.items():
                self.assertEqual(each["reachable"], self.connects(address, port), each)
            return told

    def test_each_way_to_bind(self):
        v4, v6 = {"127.0.0.1", "10.1.0.1"}, {"::1", "fd01::1"}
        self.check("0.0.0.0", v4)
        self.check("::", v4 | v6, "--v6only", "no")
        told = self.check("::", v6, "--v6only", "yes")
        self.assertIn("IPV6_V6ONLY", told["10.1.0.1"]["why"])
        told = self.check("127.0.0.1", {"127.0.0.1"})
        self.assertEqual(told["10.1.0.1"]["why"], "Bound to 127.0.0.1 only: other machines cannot reach it.")
        self.check("127.0.0.9", {"127.0.0.9"})
        self.check("10.1.0.1", {"10.1.0.1"})
        self.check("::1", {"::1"})
        self.check("fd01::1", {"fd01::1"})
        self.check("::ffff:10.1.0.1", {"10.1.0.1"})

    def test_from_other_machines(self):
        for bound, reached in (("0.0.0.0", True), ("10.1.0.1", True), ("127.0.0.1", False)):
            with self.subTest(bound), \
                    cli.Cli("--tcp-server", f"{bound}:0", prefix=self.network.prefix) as program:
                port = program.address()[1]
                self.assertEqual(self.told(program)["10.1.0.1"]["reachable"], reached)
                self.assertEqual(self.connects("10.1.0.1", port, "router"), reached)

    def test_one_interface_only(self):
        with cli.Cli("--tcp-server", "0.0.0.0:0", "--hold", "bind", prefix=self.network.prefix) as program:
            program.line("option SO_BINDTODEVICE here")
            self.assertEqual(program.wait("option", option="SO_BINDTODEVICE")["value"], "here")
            program.line("release bind")
            port = program.address()[1]
            told = self.told(program)
            self.assertEqual((told["127.0.0.1"]["reachable"], told["10.1.0.1"]["reachable"]), (False, True))
            self.assertEqual(told["10.1.0.1"]["why"], "What comes in by here only.")
            self.assertTrue(self.connects("10.1.0.1", port, "router"))
            self.assertFalse(self.connects("127.0.0.1", port))

    def test_an_interface_that_is_down(self):
        with cli.Cli("--tcp-server", "0.0.0.0:0", prefix=self.network.prefix) as program:
            port = program.address()[1]
            ip = [*self.network.prefix, "ip", "link", "set", "spare"]
            subprocess.run([*self.network.prefix, "ip", "link", "add", "spare", "type", "veth", "peer", "name", "spare2"],
                           check=True)
            subprocess.run([*self.network.prefix, "ip", "address", "add", "10.77.0.1/24", "dev", "spare"], check=True)
            subprocess.run([*ip, "down"], check=True)
            told = self.told(program)["10.77.0.1"]
            self.assertEqual((told["reachable"], told["why"]), (False, "The interface spare is down."))
            self.assertEqual(self.connects("10.77.0.1", port, "router"), False)
            subprocess.run([*ip, "up"], check=True)
            self.assertTrue(self.told(program)["10.77.0.1"]["reachable"])
            self.assertTrue(self.connects("10.77.0.1", port))

    def hears(self, program, to, port, place, out):
        before = len(program.all("data"))
        subprocess.run([*self.network.at(place), "python3", "-c", SEND, to, str(port), out], check=True)
        program.wait("data", count=before + 1)

    def test_what_many_machines_hear(self):
        for bound, why in (("10.1.0.255", "Who broadcasts on the network of here."),
                           ("255.255.255.255", "Who broadcasts on the network of here."),
                           ("224.0.0.1", "Who sends to this group by here, which has joined it.")):
            with self.subTest(bound), \
                    cli.Cli("--udp-server", f"{bound}:0", prefix=self.network.prefix) as program:
                port = program.address()[1]
                told = [each for each in self.all_told(program) if each["address"] == bound]
                mine = [each for each in told if each["interface"] == "here"]
                self.assertEqual([(each["reachable"], each["why"]) for each in mine], [(True, why)])
                self.hears(program, bound, port, "router", "10.1.0.2")

    def test_what_nobody_has_joined(self):
        with cli.Cli("--udp-server", "239.1.2.3:0", prefix=self.network.prefix) as program:
            told = self.told(program)["239.1.2.3"]
            self.assertEqual((told["reachable"], told["why"]),
                             (False, "No interface of this machine has joined this group."))

    def test_nobody_connects_to_many(self):
        with cli.Cli("--tcp-server", "10.1.0.255:0", prefix=self.network.prefix) as program:
            told = self.told(program)["10.1.0.255"]
            self.assertEqual((told["reachable"], told["why"]),
                             (False, "Nobody can connect to a broadcast address."))

    def test_a_client_has_nobody_to_reach_it(self):
        with cli.listen() as server, cli.Cli("--tcp-client", cli.hostport(server.getsockname())) as program:
            program.wait("connection", state="open")
            program.line("reachability")
            self.assertEqual(program.finish(), 0)
            self.assertEqual(program.all("reachability"), [])


if __name__ == "__main__":
    cli.main()
