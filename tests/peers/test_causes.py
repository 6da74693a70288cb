#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why it failed: what the program says of failures that are made here for real."""

import os
import re
import socket
import subprocess
import time
import unittest

import cli
import network
import strace


def seconds(words):
    """"0.09 ms" as seconds."""
    number, unit = re.search(r"([0-9.]+) (ms|s)\b", words).groups()
    return float(number) / (1000 if unit == "ms" else 1)


class CauseCase(strace.TruthCase):
    def cause(self, *arguments, scenario=lambda program: program.wait("failure"), **options):
        """The failure event of a run, whose calls are compared with strace's."""
        program = self.trace(scenario, *arguments, **{"status": 1, **options})
        return program.wait("failure")


class Connecting(CauseCase):
    def test_a_reset(self):
        for host in cli.hosts():
            with self.subTest(host), socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as bound:
                bound.bind((host, 0))  # and it does not listen
                address = cli.hostport(bound.getsockname())
                failure = self.cause("--tcp-client", address)
                self.assertRegex(failure["cause"], rf"^A reset \(RST\) came back after [0-9.]+ ms: "
                                                   rf"nothing listens on {re.escape(address)}\.$")
                self.assertLess(seconds(failure["cause"]), 5)

    def test_each_address_that_was_tried(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            failure = self.cause("--tcp-client", f"localhost:{bound.getsockname()[1]}")
        tried = failure["cause"].splitlines()
        for line in tried:
            self.assertIn("A reset (RST) came back", line)
        addresses = {each[4][0] for each in socket.getaddrinfo("localhost", 1, type=socket.SOCK_STREAM)}
        self.assertEqual(len(tried), len(addresses))

    def test_one_line_on_standard_error(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            status, _, errors = cli.run("--tcp-client", cli.hostport(bound.getsockname()))
        self.assertEqual((status, len(errors.splitlines())), (1, 1))
        self.assertIn("ECONNREFUSED (Connection refused). A reset (RST) came back after", errors)

    def test_a_connection_that_exists_already(self):
        with cli.listen() as server:
            address = cli.hostport(server.getsockname())
            with socket.create_connection(server.getsockname()) as first:
                own = cli.hostport(first.getsockname())
                failure = self.cause("--tcp-client", address, "--bind", own)
                # Linux says so at bind(), because the port is taken by a socket without SO_REUSEADDR.
                self.assertIn("EADDRINUSE", failure["reason"])
                held = failure["port_holders"]
                self.assertEqual([(each["local"], each["remote"], each["state"]) for each in held],
                                 [(own, address, "ESTABLISHED")])
                self.assertEqual(held[0]["pid"], os.getpid())


class Names(CauseCase):
    def test_an_unknown_service(self):
        failure = self.cause("--tcp-client", "127.0.0.1:no-such-service")
        self.assertIn('no service "no-such-service"', failure["cause"])

    def test_an_unknown_host(self):
        failure = self.cause("--tcp-client", "no-such-host.invalid:80")
        self.assertRegex(failure["cause"], r'"no-such-host\.invalid"')
        self.assertRegex(failure["cause"], r"[0-9.]+ m?s")

    def test_no_name_server_answers(self):
        cli.require("unshare", "mount", "ip")
        namespaces = ["unshare", "-rmn"]
        script = f"""
ip link set lo up
echo 'nameserver 127.0.0.1
options timeout:1 attempts:1' >{cli.scratch_file('resolv')}
mount --bind {cli.scratch_file('resolv')} "$(realpath /etc/resolv.conf)" && exec "$@" """
        if subprocess.run([*namespaces, "sh", "-c", script, "sh", "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no namespaces here")
        failure = self.cause("--tcp-client", "example.org:80", prefix=[*namespaces, "sh", "-c", script, "sh"])
        self.assertRegex(failure["cause"], r'^getaddrinfo\(\) got no usable answer for "example.org" in [0-9.]+ m?s\. '
                                           r"Name servers that may have been asked \(/etc/resolv\.conf\): 127\.0\.0\.1\.$")


class Network(CauseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        network.require()
        cls.network = network.Network()
        cls.addClassCleanup(cls.network.close)

    def failed(self, target, *arguments, role="--tcp-client", **options):
        return self.cause(role, target, *arguments, prefix=self.network.prefix, **options)

    def check(self, target, name, pattern, *arguments, **options):
        with self.subTest(target=target, arguments=arguments):
            failure = self.failed(target, *arguments, **options)
            self.assertIn(name, failure["reason"])
            self.assertRegex(failure["cause"], pattern)
            return failure

    def syns_again(self):
        """What the kernel counts of them on that machine."""
        text = subprocess.run([*self.network.prefix, "cat", "/proc/self/net/netstat"], check=True,
                              stdout=subprocess.PIPE).stdout.decode()
        names, numbers = [line.split() for line in text.splitlines() if line.startswith("TcpExt:")]
        return int(numbers[names.index("TCPSynRetrans")])

    def test_a_machine_that_is_there(self):
        for target in ("10.5.0.2:9", "[fd05::2]:9"):
            self.check(target, "ECONNREFUSED", r"^A reset \(RST\) came back after [0-9.]+ m?s: the machine is there, and "
                                               r"nothing listens on \S+ \(or a firewall answers so\)\.$")

    def test_no_packet_left(self):
        for target, name, pattern in (
                ("10.20.0.1:9", "EHOSTUNREACH", "routing table says that 10.20.0.1 is unreachable"),
                ("10.21.0.1:9", "EACCES", "routing table forbids 10.21.0.1"),
                ("10.22.0.1:9", "EINVAL", "throws away what goes to 10.22.0.1 .*blackhole")):
            self.check(target, name, pattern + r".*, at once \([0-9.]+ ms\): no packet left this machine\.")

    def test_no_route(self):
        alone = ["unshare", "-rn"]
        failure = self.cause("--tcp-client", "192.0.2.1:9", prefix=alone)
        self.assertRegex(failure["cause"], r"^This machine has no route to 192\.0\.2\.1, at once \([0-9.]+ ms\): ")

    def test_what_a_router_says(self):
        """IPv4 tells the sender by itself, IPv6 where the socket asks for it."""
        asked = ("--icmp-errors", "yes")
        for target, name, says, arguments in (
                ("10.10.0.1:9", "EHOSTUNREACH", r"10\.1\.0\.2 \(on the way\) says host unreachable \(ICMP type 3 code 1\)", ()),
                ("10.11.0.1:9", "EHOSTUNREACH", r"prohibited \(ICMP type 3 code 13\)", ()),
                ("192.0.2.1:9", "ENETUNREACH", r"10\.1\.0\.2 \(on the way\) says network unreachable", ()),
                ("10.10.0.1:9", "EHOSTUNREACH", r"10\.1\.0\.2 \(on the way\) says host unreachable", asked),
                ("[fd10::1]:9", "ENETUNREACH", r"fd01::2 \(on the way\) says no route to destination", asked),
                ("[fd11::1]:9", "EACCES", r"fd01::2 \(on the way\) says communication administratively prohibited", asked)):
            self.check(target, name, says + r".*, [0-9.]+ m?s after connect\(\) began\.$", *arguments)
        self.check("[fd10::1]:9", "ENETUNREACH", r"^No TCP segment came from fd10::1 in [0-9.]+ m?s\. "
                                                 r"Possibly an ICMP message.*IPV6_RECVERR")

    def test_nobody_on_the_link(self):
        for target, question, arguments in (("10.1.0.78:9", "ARP", ()), ("[fd01::78]:9", "neighbour discovery",
                                                                        ("--icmp-errors", "yes"))):
            failure = self.check(target, "EHOSTUNREACH", rf"^No packet got as far as the network: for [0-9.]+ s nobody "
                                                         rf"answered this machine's {question}", *arguments)
            self.assertGreater(seconds(failure["cause"]), 0.9)
        self.check("[fd01::78]:9", "EHOSTUNREACH", r"^No packet got as far as the network: for [0-9.]+ s nobody "
                                                   r"answered this machine's neighbour discovery")

    def test_nothing_comes_back(self):
        def scenario(program):
            program.line("option TCP_SYNCNT 1")
            program.line("release connect")
            program.wait("failure")
        started, before = time.monotonic(), self.syns_again()
        failure = self.failed("10.13.0.1:9", "--hold", "connect", scenario=scenario)
        told = re.match(r"Nothing came back: (\d+) SYNs in ([0-9.]+) s, none answered\. Possibly a firewall",
                        failure["cause"])
        self.assertIsNotNone(told, failure)
        self.assertEqual(int(told[1]), 1 + self.syns_again() - before)
        self.assertTrue(0.9 < float(told[2]) < time.monotonic() - started, failure)

    def test_a_connected_client_is_the_same_with_and_without(self):
        """The error queue is switched off again once the connection is up."""
        with subprocess.Popen([*self.network.prefix, "python3", "-c",
                               "import socket; s = socket.create_server(('127.0.0.1', 7000)); print('on', flush=True); "
                               "s.accept()[0].recv(1)"], stdout=subprocess.PIPE) as server:
            self.assertEqual(server.stdout.readline(), b"on\n")

            def scenario(program):
                program.wait("data", direction="sent")
            program = self.trace(scenario, "--tcp-client", "127.0.0.1:7000", "--icmp-errors", "yes", "--send", "x",
                                 prefix=self.network.prefix)
            told = [event["text"] for event in program.all("call") if "IP_RECVERR" in event["text"]]
            self.assertEqual([re.search(r"\[(\d)\]", text)[1] for text in told], ["1", "0"])

    def test_udp_connects_nowhere(self):
        for target, name, pattern in (("10.20.0.1:9", "EHOSTUNREACH", "is unreachable, at once"),
                                      ("10.21.0.1:9", "EACCES", "forbids 10.21.0.1 .*, at once"),
                                      ("10.1.0.255:9", "EACCES", "10.1.0.255 is a broadcast address, and the "
                                                                 "socket needs SO_BROADCAST")):
            self.check(target, name, pattern, role="--udp-client")

    def test_udp_sends_nowhere(self):
        """Without connect() it is sendto() that fails; what is said of it was asked of the routing."""
        for target, name, says in (("10.22.0.1:9", "EINVAL", "throws away what goes to 10.22.0.1"),
                                   ("10.21.0.1:9", "EACCES", "forbids 10.21.0.1"),
                                   ("10.20.0.1:9", "EHOSTUNREACH", "says that 10.20.0.1 is unreachable"),
                                   ("10.1.0.255:9", "EACCES", "needs SO_BROADCAST")):
            failure = self.failed(target, "--no-connect", "--send", "x", role="--udp-client")
            self.assertTrue(failure["reason"].startswith("send "), failure)
            self.assertIn(name, failure["reason"])
            self.assertIn(says, failure["cause"])


class Links(CauseCase):
    """Interfaces and addresses that are not as they should be, in a network of its own."""

    # One of them has an ESC in its name, as nothing forbids.
    pair = 'two=$(printf "t\\033wo") && ip link add name one type veth peer name "$two" && ip link set one up'

    def prefix(self, script):
        cli.require("unshare", "ip")
        namespace = ["unshare", "-rn", "sh", "-c", "ip link set lo up && " + script + ' && exec "$@"', "sh"]
        if subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no namespaces here")
        return namespace

    def test_no_zone(self):
        failure = self.cause("--tcp-client", "[fe80::1]:80", prefix=self.prefix(self.pair))
        self.assertEqual(failure["cause"], "A link-local address needs its interface, as in fe80::1%one. Interfaces "
                                           "that are up: one.")
        failure = self.cause("--tcp-client", "[fe80::1]:80", prefix=self.prefix("true"))
        self.assertEqual(failure["cause"], "A link-local address needs its interface, as in fe80::1%eth0. No interface "
                                           "is up here but the loopback.")

    def test_a_zone_that_is_none(self):
        """No name server is asked for an interface, and none is blamed."""
        for zone, says in (("nosuch", 'No interface of this machine is called "nosuch". Interfaces that are up: one.'),
                           ("25one", 'No interface of this machine is called "25one". %25 stands for % in a URL; here it '
                                     'is fe80::1%one. Interfaces that are up: one.')):
            failure = self.cause("--tcp-client", f"[fe80::1%{zone}]:80", prefix=self.prefix(self.pair))
            self.assertEqual(failure["cause"], says)

    def test_a_zone_as_strace_shows_it(self):
        """Names are those of this network, and quoted: what would act on a terminal is an escape."""
        prefix = self.prefix(self.pair + ' && ip link set "$two" up')
        for target in ("[fe80::1%t\033wo]:9", "[ff02::1%t\033wo]:9"):
            path = cli.scratch_file(self.id() + ".strace")
            witness = [*prefix, "strace", *strace.TRACE, "-o", path]  # it looks at names in its own network
            with cli.Cli("--udp-client", target, prefix=witness) as program:
                text = program.wait("call", call="connect")["text"]
                program.line("quit")
                program.exit_status()
                self.compare(program, path)
            self.assertIn('if_nametoindex("t\\33wo")', text)

    def test_an_interface_that_is_down(self):
        prefix = self.prefix(self.pair + " && ip link set one down && ip address add 10.9.0.1/24 dev one && "
                                         "ip address add fd09::1/64 dev one")
        failure = self.cause("--tcp-server", "[fd09::1]:0", prefix=prefix)
        self.assertEqual(failure["cause"], "The interface one has fd09::1, but it is down.")
        failure = self.cause("--tcp-client", "10.9.0.2:9", prefix=prefix)
        self.assertRegex(failure["cause"], r"^This machine has no route to 10\.9\.0\.2, at once")

    def test_rules_are_asked_as_routes_are(self):
        for rule, name, says in (("blackhole", "EINVAL", "throws away what goes to 10.9.0.2"),
                                 ("prohibit", "EACCES", "forbids 10.9.0.2"),
                                 ("unreachable", "ENETUNREACH", "has no route to 10.9.0.2")):
            failure = self.cause("--tcp-client", "10.9.0.2:9",
                                 prefix=self.prefix(f"{self.pair} && ip rule add to 10.9.0.2 {rule}"))
            self.assertIn(name, failure["reason"])
            self.assertIn(says, failure["cause"])

    def test_a_bound_address_that_leads_nowhere(self):
        prefix = self.prefix(self.pair + " && ip address add 10.9.0.1/24 dev one")
        failure = self.cause("--tcp-client", "10.9.0.2:9", "--bind", "127.0.0.1:0", prefix=prefix)
        self.assertRegex(failure["cause"], r"^10\.9\.0\.2 cannot be reached from 127\.0\.0\.1, to which the socket is bound")

    def test_rules_for_the_bound_address(self):
        for rule, name, says in (("prohibit", "EACCES", "forbids 10.9.0.2 from 10.9.0.1, to which the socket is bound"),
                                 ("unreachable", "ENETUNREACH", "10.9.0.2 cannot be reached from 10.9.0.1")):
            prefix = self.prefix(f"{self.pair} && ip address add 10.9.0.1/24 dev one && "
                                 f"ip rule add from 10.9.0.1 to 10.9.0.2 {rule}")
            failure = self.cause("--tcp-client", "10.9.0.2:9", "--bind", "10.9.0.1:0", prefix=prefix)
            self.assertIn(name, failure["reason"])
            self.assertIn(says, failure["cause"])

    def test_a_rule_for_a_port_is_possible(self):
        prefix = self.prefix(f"{self.pair} && ip address add 10.9.0.1/24 dev one && "
                             "ip rule add ipproto tcp dport 81 prohibit")
        failure = self.cause("--tcp-client", "10.9.0.2:81", prefix=prefix)
        self.assertIn("EACCES", failure["reason"])
        self.assertIn("possibly a rule for this protocol or port", failure["cause"])


class Clients(CauseCase):
    def test_a_bind_that_fails_names_its_own_address(self):
        with cli.listen() as server:
            target = cli.hostport(server.getsockname())
            failure = self.cause("--tcp-client", target, "--bind", "192.0.2.7:0")
        self.assertTrue(failure["reason"].startswith("bind 192.0.2.7:0: EADDRNOTAVAIL"), failure)

    def test_who_the_peer_is(self):
        """Linux connects to itself where the target is 0.0.0.0 or ::, and says so when it is asked."""
        for host, any_of_it in (("127.0.0.1", "0.0.0.0"), ("::1", "::")):
            if host not in cli.hosts():
                continue
            with self.subTest(any_of_it), cli.listen(host) as server:
                port = server.getsockname()[1]

                def scenario(program):
                    with cli.accept(server):
                        program.wait("connection", state="open")
                program = self.trace(scenario, "--tcp-client", cli.hostport((any_of_it, port)))
                self.assertEqual(program.wait("connection", state="open")["peer"], cli.hostport((host, port)))
                self.assertEqual(len(program.all("call", call="getpeername")), 1)

    def test_a_hold_where_no_call_is_made(self):
        with cli.listen() as server, cli.Cli("--tcp-client", cli.hostport(server.getsockname()), "--hold", "bind") as program:
            told = program.wait("stage", stage="bind", state="skipped")
            self.assertIn("not held, because no call is made", told["detail"])
            self.assertEqual(program.finish(), 0)

    def test_all_that_was_never_sent(self):
        with cli.Cli("--tcp-client", "127.0.0.1:9", "--hold", "connect", "--send", "hello", "--send", "world!!") as program:
            program.wait("stage", stage="connect", state="held")
            program.line("quit")
            program.exit_status()
            self.assertEqual(program.wait("failure")["reason"], "send: 12 bytes were never sent")


class Closing(CauseCase):
    def notes(self, program):
        return [each["detail"] for each in program.all("stage", stage="close")]

    def test_datagrams_that_nobody_received(self):
        def scenario(program):
            with cli.udp() as peer:
                for payload in (b"", b"12345"):
                    peer.sendto(payload, program.address())
                if how_many == 0:
                    program.wait("data", count=2)
        for how_many, held in ((2, ("--hold", "recv")), (0, ())):
            with self.subTest(held=held):
                program = self.trace(scenario, "--udp-server", "127.0.0.1:0", *held)
                told = [note for note in self.notes(program) if "unread" in note]
                self.assertEqual(len(told), 1 if how_many else 0, told)
                for note in told:
                    self.assertRegex(note, r"^at least one datagram was unread, the next of 0 bytes .*: the kernel throws away")

    def test_nobody_is_known(self):
        with cli.Cli("--udp-server", "127.0.0.1:0") as program:
            program.address()
            program.line("send hello")
            note = program.wait_for(lambda events: [each for each in events if each["event"] == "stage" and
                                                    "never sent" in each["detail"]], "a note")[0]
            self.assertEqual(note["detail"], "5 bytes were never sent: no peer is known yet")
            program.finish()


class Binding(CauseCase):
    def test_an_address_of_somebody_else(self):
        failure = self.cause("--tcp-server", "192.0.2.7:0")
        self.assertEqual(failure["cause"], "No interface of this machine has the address 192.0.2.7.")

    def test_an_address_that_is_not_ready(self):
        cli.require("unshare", "ip")
        script = 'ip link add name one type veth peer name two && ip link set one up && ip link set two up && ' \
                 'ip address add fd02::1/64 dev one && exec "$@"'
        namespace = ["unshare", "-rn", "sh", "-c", script, "sh"]
        if subprocess.run([*namespace, "true"], stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no namespaces here")
        failure = self.cause("--tcp-server", "[fd02::1]:0", prefix=namespace)
        self.assertIn("EADDRNOTAVAIL", failure["reason"])
        self.assertRegex(failure["cause"], "The interface one has fd02::1, but the address is tentative")

    def test_a_link_local_address_needs_its_interface(self):
        for role, address in (("tcp", "fe80::1"), ("udp", "ff02::1")):
            failure = self.cause(f"--{role}-server", f"[{address}]:0")
            self.assertRegex(failure["cause"], rf"^A link-local address needs its interface, as in {address}%\S+\. "
                                               r"(Interfaces that are up: |No interface is up)")

    def test_a_port_for_the_privileged(self):
        cli.require("setpriv")
        prefix = ["setpriv", "--bounding-set=-net_bind_service"] if os.geteuid() == 0 else []
        with open("/proc/sys/net/ipv4/ip_unprivileged_port_start") as file:
            first = int(file.read())
        if first <= 81 or subprocess.run([*prefix, "true"]).returncode != 0:
            self.skipTest("ports below 82 are free for all here")
        failure = self.cause("--tcp-server", ":81", prefix=prefix)
        self.assertEqual(failure["cause"], f"Port 81 is below net.ipv4.ip_unprivileged_port_start ({first}), and this "
                                           f"process (user {os.geteuid()}) does not have CAP_NET_BIND_SERVICE.")


class PortInUse(CauseCase):
    def holders(self, address, *arguments, role="--tcp-server"):
        failure = self.cause(role, address, *arguments)
        self.assertIn("EADDRINUSE", failure["reason"])
        return failure

    def test_somebody_listens(self):
        for host in cli.hosts():
            with self.subTest(host), cli.listen(host) as server:
                address = cli.hostport(server.getsockname())
                failure = self.holders(address)
                with open("/proc/self/comm") as file:
                    name = file.read().strip()
                self.assertEqual(failure["port_holders"], [{
                    "local": address, "remote": None, "state": "LISTEN", "time_wait_ms": None, "uid": os.getuid(),
                    "pid": os.getpid(), "process": name}])
                self.assertEqual(failure["cause"], f"The port is held by {address} LISTEN, {name}, process "
                                                   f"{os.getpid()}, user {os.getuid()}. SO_REUSEADDR does not help: a "
                                                   f"listening socket keeps its port.")

    def test_a_wildcard_holds_every_address(self):
        for wanted, holding in (("127.0.0.1", "0.0.0.0"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "::")):
            if ":" in holding and not cli.ipv6_works():
                continue
            with self.subTest(wanted=wanted, holding=holding):
                family = socket.AF_INET6 if ":" in holding else socket.AF_INET
                with socket.create_server((holding, 0), family=family, dualstack_ipv6=":" in holding) as server:
                    port = server.getsockname()[1]
                    failure = self.holders(f"{wanted}:{port}")
                    self.assertEqual([each["local"] for each in failure["port_holders"]],
                                     [cli.hostport((holding, port))])

    def across(self, failure, holder, address):
        self.assertEqual([(each["local"], each["state"], each["pid"]) for each in failure["port_holders"]],
                         [(address, "LISTEN", holder.process.pid)])
        self.assertIn("IPV6_V6ONLY", failure["cause"])

    def test_the_other_family(self):
        """[::] has IPv4 too. Whoever comes second learns who has the port, at bind() and at listen()."""
        if not cli.ipv6_works():
            self.skipTest("no IPv6 here")
        for first, second in (("0.0.0.0", "[::]"), ("[::]", "0.0.0.0"), ("127.0.0.1", "[::]"), ("[::]", "127.0.0.1")):
            with self.subTest(first=first, second=second, call="bind"), cli.Cli("--tcp-server", f"{first}:0") as holder:
                port = holder.address()[1]
                self.across(self.holders(f"{second}:{port}"), holder, f"{first}:{port}")
            with self.subTest(first=first, second=second, call="listen"), \
                    cli.Cli("--tcp-server", f"{first}:0", "--hold", "listen") as holder:
                port = holder.wait("bound")["address"].rsplit(":", 1)[1]

                def scenario(program):
                    program.wait("bound")
                    holder.line("release listen")
                    holder.wait("call", call="listen")
                    program.line("release listen")
                    program.wait("failure")
                failure = self.cause("--tcp-server", f"{second}:{port}", "--hold", "listen", scenario=scenario)
                self.assertIn("listen", failure["reason"])
                self.across(failure, holder, f"{first}:{port}")

    def test_one_for_each_family(self):
        """What the cure says is so, and then neither is in the other's way."""
        if not cli.ipv6_works():
            self.skipTest("no IPv6 here")
        with cli.Cli("--tcp-server", "0.0.0.0:0") as v4:
            port = v4.address()[1]
            with cli.Cli("--tcp-server", f"[::]:{port}", "--v6only", "yes") as v6:
                v6.address()
                failure = self.holders(f"[::]:{port}", "--v6only", "yes")
                self.assertEqual([each["pid"] for each in failure["port_holders"]], [v6.process.pid])

    def test_a_port_that_hundreds_have(self):
        with cli.listen() as server:
            address = server.getsockname()
            peers = [socket.create_connection(address) for _ in range(120)]
            accepted = [cli.accept(server) for _ in peers]
            failure = self.holders(cli.hostport(address))
            for each in [*peers, *accepted]:
                each.close()
        self.assertEqual(len(failure["port_holders"]), 100)
        self.assertEqual(failure["more_port_holders"], 21)
        self.assertRegex(failure["cause"], r"^The port is held by \S+ LISTEN, [^;]*; and 120 connections "
                                           r"\(120 ESTABLISHED\)\. ")

    def test_time_wait(self):
        with cli.listen() as server:
            address = server.getsockname()
            with socket.create_connection(address) as peer:
                accepted = cli.accept(server)
                own = cli.hostport(peer.getsockname())
                accepted.close()  # first: TIME-WAIT is on this side
                self.assertEqual(peer.recv(1), b"")
        text = cli.hostport(address)
        failure = self.holders(text, "--reuse-address", "no")
        held = failure["port_holders"]
        self.assertEqual([(each["local"], each["remote"], each["state"], each["pid"]) for each in held],
                         [(text, own, "TIME-WAIT", None)])
        self.assertTrue(50_000 < held[0]["time_wait_ms"] <= 60_000, held)
        self.assertRegex(failure["cause"], rf"{re.escape(text)} to {re.escape(own)} TIME-WAIT, [56]\d s left\. "
                                           r"SO_REUSEADDR lets bind\(\) have the port if the ended connections' program "
                                           r"had set it too")
        # And so it is: the listener above had set it (create_server does).
        with cli.Cli("--tcp-server", text, "--reuse-address", "yes") as program:
            self.assertEqual(program.address(), address)
            self.assertEqual(program.finish(), 0)

    def test_a_socket_that_is_only_bound(self):
        with socket.socket() as bound:
            bound.bind(("127.0.0.1", 0))
            failure = self.holders(cli.hostport(bound.getsockname()))
            release = tuple(int(part) for part in os.uname().release.split(".")[:2])
            if release < (6, 8):
                self.assertIn("which this kernel does not tell", failure["cause"])
            else:
                self.assertIn("bound, not listening", failure["cause"])
                self.assertIn("had not set it too", failure["cause"])

    def test_udp(self):
        with cli.udp() as peer:
            failure = self.holders(cli.hostport(peer.getsockname()), role="--udp-server")
            self.assertEqual((failure["port_holders"][0]["state"], failure["port_holders"][0]["pid"]),
                             (None, os.getpid()))

    def test_another_session_of_ours(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as first:
            failure = self.holders(cli.hostport(first.address()))
            self.assertEqual(failure["port_holders"][0]["pid"], first.process.pid)


class Transferring(CauseCase):
    def test_a_reset_after_bytes(self):
        with cli.listen() as server:
            def scenario(program):
                peer = cli.accept(server)
                peer.sendall(b"12345")
                program.wait("data", direction="received")
                cli.reset(peer)
                program.wait("failure")
            failure = self.cause("--tcp-client", cli.hostport(server.getsockname()), scenario=scenario)
        self.assertIn("ECONNRESET", failure["reason"])
        self.assertRegex(failure["cause"], r"^A reset \(RST\) came from the peer's address\. recv\(\) reported it [0-9.]+ m?s "
                                           r"after the connection began, (.* )?after (the last of )?5 bytes had come\."
                                           r"( \d+ bytes? of ours were not acknowledged\.)? Possibly the peer closed")

    def test_a_peer_that_has_gone(self):
        with cli.listen() as server:
            def scenario(program):
                peer = cli.accept(server)
                peer.close()
                program.wait("connection", state="eof")
                program.line("send one")
                program.wait("failure")
            failure = self.cause("--tcp-client", cli.hostport(server.getsockname()), scenario=scenario)
        self.assertIn("EPIPE", failure["reason"])
        self.assertIn("had ended its side (FIN), and then a reset (RST) came", failure["cause"])

    def test_a_peer_that_stops_answering(self):
        """Its end of the wire is cut; TCP_USER_TIMEOUT makes it a matter of seconds."""
        network.require()
        with network.Network() as net:
            serve = "import socket, sys; s = socket.create_server(('10.1.0.1', 7000)); print('on', flush=True); " \
                    "c = s.accept()[0]; c.recv(1); sys.stdin.read()"
            with subprocess.Popen([*net.prefix, "python3", "-c", serve], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE) as server:
                self.assertEqual(server.stdout.readline(), b"on\n")

                def scenario(program):
                    program.line("option TCP_USER_TIMEOUT 1500")
                    program.wait("option", option="TCP_USER_TIMEOUT", number=1500)
                    program.line("send x")
                    program.wait("data", direction="sent")
                    subprocess.run([*net.prefix, "ip", "link", "set", "lo", "down"], check=True)
                    program.line("send lost")
                    program.wait("failure")
                failure = self.cause("--tcp-client", "10.1.0.1:7000", scenario=scenario, prefix=net.prefix)
                server.stdin.close()
        self.assertIn("ETIMEDOUT", failure["reason"])
        self.assertRegex(failure["cause"], r"^The kernel gave the connection up: nothing was acknowledged for about [0-9.]+ s, though "
                                           r"the oldest bytes were sent again \d+ times?; 4 bytes of ours")


if __name__ == "__main__":
    cli.main()
