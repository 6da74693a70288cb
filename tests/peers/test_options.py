#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Socket options: set for real, told as strace saw it, and read as getsockopt() and ss say."""

import os
import re
import socket
import subprocess
import threading
import time
import unittest

import cli
import strace

LOOK = re.compile(r"getsockopt\(\d+, SOL_\w+, (\w+), \[(?:0x)?(-?[0-9a-f]+)\], \[256 => 4\]\) = 0")


def limit(name):
    with open(f"/proc/sys/net/core/{name}") as file:
        return int(file.read())


class Setting(strace.TruthCase):
    def set(self, program, name, value, target="", **keys):
        """One option line and what came of it."""
        already = len(program.all("option", option=name.upper()))
        program.line(f"{target}option {name} {value}")
        return program.wait("option", count=already + 1, option=name.upper(), **keys)

    def test_of_a_tcp_client(self):
        with cli.listen() as server:
            def scenario(program):
                with cli.accept(server) as peer:
                    program.wait("connection", state="open")
                    told = self.set(program, "SO_RCVBUF", 30000)
                    self.assertEqual((told["asked"], told["number"], told["value"]), (30000, 60000, "60000 bytes"))
                    self.assertIn("doubles", told["note"])
                    self.assertEqual(self.set(program, "tcp_nodelay", "on")["value"], "on")
                    self.assertEqual(self.set(program, "SO_LINGER", 7)["value"], "on, 7 s")
                    self.assertEqual(self.set(program, "SO_LINGER", "off")["number"], -1)
                    self.assertEqual(self.set(program, "SO_RCVTIMEO", "2.5")["number"], 2_500_000)
                    self.assertEqual(self.set(program, "TCP_KEEPIDLE", 60)["value"], "60 s")
                    self.assertEqual(self.set(program, "TCP_USER_TIMEOUT", 1500)["value"], "1500 ms")
                    self.assertEqual(self.set(program, "IP_TOS", "0x10")["value"], "0x10")
                    self.assertEqual(self.set(program, "IP_MTU_DISCOVER", "DO")["number"], 2)
                    self.assertEqual(self.set(program, "SO_MAX_PACING_RATE", "unlimited")["number"], -1)
                    self.assertEqual(self.set(program, "SO_MAX_PACING_RATE", 6_000_000_000)["number"], 6_000_000_000)
                    for name in ("reno", "cubic"):  # one is as long as an int, which strace takes it for
                        told = self.set(program, "TCP_CONGESTION", name)
                        self.assertEqual((told["value"], told["asked"]) if told["set_errno"] is None else (name, name),
                                         (name, name))
                    peer.close()
            program = self.trace(scenario, "--tcp-client", cli.hostport(server.getsockname()))
        set_calls = [event for event in program.all("call", call="setsockopt")]
        self.assertGreaterEqual(len(set_calls), 13)
        self.assertEqual({event["connection"] for event in set_calls}, {1})

    def test_of_one_connection_of_a_server(self):
        def scenario(program):
            with cli.connect(program.address()) as first, cli.connect(program.address()) as second:
                program.wait("connection", state="open", count=2)
                told = self.set(program, "TCP_NODELAY", "yes", target="1.2 ")
                self.assertEqual((told["connection"], told["number"]), (2, 1))
                program.line("1.1 options")
                other = program.wait("option", option="TCP_NODELAY", connection=1)
                self.assertEqual((other["number"], other["asked"]), (0, None))
                # A listener's options are handed on to those that it accepts from then on.
                self.set(program, "TCP_NODELAY", "yes", target="1 ")
                with cli.connect(program.address()) as third:
                    program.wait("connection", state="open", count=3)
                    program.line("1.3 options")
                    heir = program.wait("option", option="TCP_NODELAY", connection=3)
                    self.assertEqual((heir["number"], heir["asked"]), (1, None))
                    for peer in (first, second, third):
                        peer.close()
                    program.wait("connection", state="eof", count=3)
        self.trace(scenario, "--tcp-server", "127.0.0.1:0")

    def test_before_there_is_a_socket(self):
        """What is asked for then is set as soon as there is one."""
        def scenario(program):
            program.wait("stage", stage="socket", state="held")
            program.line("option SO_RCVBUF 20000")
            program.line("release socket")
            self.assertEqual(program.wait("option", option="SO_RCVBUF")["asked"], 20000)
        self.trace(scenario, "--udp-server", "127.0.0.1:0", "--hold", "socket")

    def test_what_is_refused(self):
        prefix = []
        if os.geteuid() == 0:
            cli.require("setpriv")
            prefix = ["setpriv", "--bounding-set=-net_admin,-net_raw"]

        def scenario(program):
            program.wait("stage", stage="recv", state="waiting")
            for name, value, error in (("SO_MARK", "7", "EPERM"), ("IP_TTL", "0", "EINVAL"),
                                       ("SO_REUSEADDR", "1", None), ("SO_TYPE", "1", "ENOPROTOOPT"),
                                       ("SO_BINDTODEVICE", "no-such-one", "ENODEV"),
                                       ("IPV6_V6ONLY", "1", "ENOPROTOOPT")):
                with self.subTest(name):
                    count = len(program.all("call", call="setsockopt"))
                    program.line(f"option {name} {value}")
                    call = program.wait("call", call="setsockopt", count=count + 1)
                    self.assertEqual(call["errno"], error)
                    told = program.wait("option", option=name)
                    if name == "IPV6_V6ONLY":
                        self.assertEqual(told["errno"], "EOPNOTSUPP")  # an IPv4 socket has no such option
                    self.assertEqual(told["set_errno"], error)
                    self.assertEqual(told["asked"], None if error else 1)
            told = self.set(program, "IP_TTL", 9)
            self.assertEqual((told["asked"], told["number"], told["set_errno"]), (9, 9, None))
        program = self.trace(scenario, "--udp-server", "127.0.0.1:0", prefix=prefix)
        marks = [event["detail"] for event in program.all("stage", stage="socket")]
        self.assertIn("SO_MARK was refused: EPERM (Operation not permitted)", marks)
        self.assertEqual(program.all("failure"), [])

    def test_lines_that_are_wrong(self):
        with cli.Cli("--udp-server", "127.0.0.1:0") as program:
            program.address()
            for line in ("option", "option SO_NOTHING 1", "option SO_RCVBUF", "option SO_RCVBUF much", "option SO_RCVBUF 1e9",
                         "option IP_MTU_DISCOVER SOMETIMES", "option SO_RCVBUF 99999999999", "options 1"):
                program.line(line)
            self.assertEqual(program.finish(), 0)
        self.assertEqual(len(program.errors_at_end.splitlines()), 8, program.errors_at_end)


def wait_for_errors(program, count):
    cli.wait_until(lambda: program.errors().count("\n") >= count, "all complaints")
    return program.errors().splitlines()


class Answers(unittest.TestCase):
    """Each line has one answer, about its own value, or one complaint."""

    def test_many_lines_at_once(self):
        with cli.Cli("--udp-server", "127.0.0.1:0") as program:
            program.address()
            asked = list(range(10001, 10061))
            program.line("\n".join(f"option SO_RCVBUF {value}" for value in asked))
            program.wait("option", count=60)
            program.line("\n".join(f"option SO_PRIORITY {value}" for value in (1, 99, 2)))
            program.wait("option", option="SO_PRIORITY", count=3)
            self.assertEqual(program.finish(), 0)
        self.assertEqual([each["asked"] for each in program.all("option", option="SO_RCVBUF")], asked)
        self.assertEqual([each["number"] for each in program.all("option", option="SO_RCVBUF")],
                         [2 * value for value in asked])
        # Each stands behind the call that it is about.
        order = [each["event"] for each in program.events
                 if each["event"] == "option" or each.get("call") == "setsockopt" and each["stage"] == "socket"
                 and ("SO_RCVBUF" in each["text"] or "SO_PRIORITY" in each["text"])]
        self.assertEqual(order, ["call", "option"] * 63)

    def test_names_that_are_and_are_not_there(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            program.address()
            program.line("option TCP_CONGESTION nonsense\noption TCP_CONGESTION reno\noption TCP_CONGESTION no-such")
            program.wait("option", count=3)
            self.assertEqual([(each["set_errno"], each["asked"]) for each in program.all("option")],
                             [("ENOENT", None), (None, "reno"), ("ENOENT", "reno")])
            self.assertEqual(program.finish(), 0)

    def test_of_more_sockets_than_a_window_shows(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            peers = [cli.connect(program.address()) for _ in range(100)]
            program.wait("connection", state="open", count=100)
            program.line("\n".join(f"1.{number} option TCP_NODELAY yes" for number in range(1, 101)))
            program.wait("option", count=100)
            self.assertEqual([each["connection"] for each in program.all("option")], list(range(1, 101)))
            self.assertEqual({each["number"] for each in program.all("option")}, {1})
            self.assertEqual(program.finish(), 0)
            for peer in peers:
                peer.close()

    def test_an_option_of_another_kind_of_socket(self):
        with cli.Cli("--udp-server", "127.0.0.1:0") as program:
            program.address()
            program.line("option TCP_NODELAY yes")
            told = program.wait("option", option="TCP_NODELAY")
            self.assertEqual((told["number"], told["errno"], told["set_errno"]), (None, "EOPNOTSUPP", "ENOPROTOOPT"))
            self.assertEqual(program.finish(), 0)

    def test_what_is_closed_or_waits_for_ever(self):
        with cli.Cli("--tcp-server", "127.0.0.1:0", "--udp-server", "127.0.0.1:0") as program:
            cli.connect(program.address()).close()
            program.wait("connection", state="eof")
            program.line("1.1 close")
            program.wait("connection", state="closed")
            program.line("1.1 option TCP_NODELAY yes")
            self.assertEqual(wait_for_errors(program, 1)[0][-52:],
                             "input line 2: session 1: there is no such open socket"[-52:])
            program.line("2 close")
            program.wait("close", session=2)
            for line in ("2 option SO_RCVBUF 5000", "2 send lost words", "2 options"):
                program.line(line)
            self.assertEqual([line.split(": ", 2)[2] for line in wait_for_errors(program, 4)[1:]],
                             ["session 2 is closed"] * 3)
            self.assertEqual(program.finish(), 0)
        with cli.Cli("--udp-server", "127.0.0.1:0", "--hold", "socket") as program:
            program.wait("stage", stage="socket", state="held")
            program.line("option SO_RCVBUF 20000\noptions")
            self.assertEqual(program.finish(), 0)
            self.assertEqual([line.split(": ", 2)[2] for line in wait_for_errors(program, 2)],
                             ["session 1: closed before the options could be told"] * 2)

    def test_lines_that_wait_for_a_socket_have_a_limit(self):
        with cli.Cli("--udp-server", "127.0.0.1:0", "--hold", "socket") as program:
            program.wait("stage", stage="socket", state="held")
            program.line("\n".join(["option SO_PRIORITY 1"] * 300))
            self.assertEqual(len(wait_for_errors(program, 44)), 44)
            program.line("release socket")
            program.wait("option", count=256)
            self.assertEqual(program.finish(), 0)

    def test_nobody_reads_the_answers(self):
        """The input waits as the output does, and no line is lost."""
        lines = 20000
        process = subprocess.Popen([cli.PROGRAM, "--udp-server", "127.0.0.1:0", "--events", "-"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        writer = threading.Thread(target=lambda: process.stdin.write(b"options\n" * lines))
        try:
            process.stdout.readline()
            writer.start()
            size = -1
            while size != (size := memory_of(process.pid)):  # until the pipe and the buffer are full
                time.sleep(0.5)
                self.assertLess(size, (600 if cli.SANITIZED else 60) << 20)
            told = 0
            for line in process.stdout:
                told += b'"option":"SO_TYPE"' in line
                if told == lines:
                    break
            self.assertEqual(told, lines)
        finally:
            process.kill()
            process.wait()
            writer.join()
            process.stdout.close()
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass


def memory_of(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) << 10


class Reading(strace.TruthCase):
    def numbers(self, program, session):
        return {event["option"]: event for event in program.all("option", session=session)}

    def check(self, *arguments, count):
        """All options as the strace of the same getsockopt() calls shows them."""
        def scenario(program):
            program.wait("stage", stage="recv" if "udp" in arguments[0] else "accept", state="waiting")
            program.line("options")
            program.wait_for(lambda events: len([e for e in events if e["event"] == "option"]) >= count, "options")
        program = self.trace(scenario, *arguments)
        with open(cli.scratch_file(self.id() + ".strace")) as file:
            seen = {each[1]: each[2] for each in map(LOOK.search, file) if each}
        told = self.numbers(program, 1)
        compared = 0
        for name, number in seen.items():
            if name in told:
                self.assertEqual(told[name]["number"], int(number), name)
                compared += 1
        self.assertGreater(compared, count - 12)
        return told

    def test_a_tcp_server(self):
        told = self.check("--tcp-server", "127.0.0.1:0", count=45)
        self.assertEqual((told["SO_ACCEPTCONN"]["value"], told["SO_TYPE"]["value"], told["SO_DOMAIN"]["value"]),
                         ("on", "SOCK_STREAM", "AF_INET"))
        self.assertEqual((told["SO_REUSEADDR"]["asked"], told["SO_REUSEADDR"]["number"]), (1, 1))
        self.assertNotIn("IPV6_V6ONLY", told)

    def test_an_ipv6_server(self):
        if not cli.ipv6_works():
            self.skipTest("no IPv6")
        told = self.check("--tcp-server", "[::1]:0", "--v6only", "yes", count=54)
        self.assertEqual((told["IPV6_V6ONLY"]["asked"], told["IPV6_V6ONLY"]["number"]), (1, 1))

    def test_a_udp_server(self):
        told = self.check("--udp-server", "127.0.0.1:0", "--broadcast", "yes", count=32)
        self.assertEqual((told["IP_RECVERR"]["number"], told["SO_BROADCAST"]["number"]), (1, 1))
        self.assertEqual(told["IP_MTU"]["errno"], "ENOTCONN")
        self.assertNotIn("TCP_NODELAY", told)


class Buffers(unittest.TestCase):
    def test_as_ss_shows_them(self):
        cli.require("ss")
        largest = limit("rmem_max")
        with cli.Cli("--tcp-server", "127.0.0.1:0") as program:
            port = program.address()[1]
            for asked, granted, note in ((100_000, 200_000, "the kernel doubles it"),
                                         (largest + 1, 2 * largest, f"more than net.core.rmem_max ({largest})"),
                                         (1, None, "raised to the least")):
                count = len(program.all("option"))
                program.line(f"option SO_RCVBUF {asked}")
                told = program.wait("option", count=count + 1)
                text = subprocess.run(["ss", "-tlnmH", f"sport = :{port}"], check=True, stdout=subprocess.PIPE).stdout
                self.assertEqual(int(re.search(rb",rb(\d+)", text)[1]), told["number"])
                self.assertEqual(told["asked"], asked)
                self.assertTrue(told["note"].startswith(note), told)
                if granted:
                    self.assertEqual(told["number"], granted)

    def test_as_the_other_process_sees_them(self):
        """SO_COOKIE is the kernel's own name for the socket, which ss prints."""
        cli.require("ss")
        with cli.Cli("--udp-server", "127.0.0.1:0") as program:
            port = program.address()[1]
            program.line("options")
            cookie = program.wait("option", option="SO_COOKIE")["number"]
            text = subprocess.run(["ss", "-ulneH", f"sport = :{port}"], check=True, stdout=subprocess.PIPE).stdout.decode()
            self.assertEqual(int(re.search(r"\bsk:([0-9a-f]+)", text)[1], 16), cookie)


if __name__ == "__main__":
    cli.main()
