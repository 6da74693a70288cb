#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every scene plays to its end in the terminal, and other witnesses agree: the kernel's own list of sockets (ss), and
the calls as they were told."""

import subprocess
import unittest

import cli


def scenes():
    status, output, errors = cli.run("--scenes")
    assert status == 0 and not errors, errors
    return dict(line.split(None, 1) for line in output.splitlines())


def play(name, *arguments, **popen):
    """The events of a scene that shows what it says."""
    with cli.Cli("--scene", name, *arguments, stdin=subprocess.DEVNULL, **popen) as program:
        status = program.exit_status(90)
        assert status == 0, (name, program.errors(), program.all("scene")[-1:])
        assert program.errors() == "", program.errors()
        return program


def calls(program, name, **keys):
    """The calls of the socket that the scene calls so."""
    session = program.all("open", name=name)[0]["session"]
    return program.all("call", session=session, **keys)


def port(program, session=1):
    return int(program.all("bound", session=session)[0]["address"].rsplit(":", 1)[1])


def in_time_wait(number):
    """(local port, remote port) of the sockets in TIME-WAIT that have to do with this port."""
    cli.require("ss")
    output = subprocess.run(["ss", "-tanH", "state", "time-wait", f"( sport = :{number} or dport = :{number} )"],
                            capture_output=True, text=True, check=True).stdout
    return [tuple(int(word.rsplit(":", 1)[1]) for word in line.split()[2:4]) for line in output.splitlines()]


def in_own_namespaces(script):
    """A prefix that runs the program with its own mounts and network; None where the system does not let us."""
    prefix = ["unshare", "-rmn", "sh", "-c", f"ip link set lo up && {script} && exec \"$@\"", "sh"]
    try:
        allowed = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        raise unittest.SkipTest("namespaces are not permitted here: " + script)
    return prefix


def hosts_file(lines):
    path = cli.scratch_file("hosts")
    with open(path, "w", encoding="ascii") as file:
        file.write(lines)
    return path


class Scenes(unittest.TestCase):
    def test_every_scene_tells_its_steps_in_order(self):
        for name in scenes():
            with self.subTest(name):
                told = play(name).all("scene")
                steps = told[0]["steps"]
                self.assertGreaterEqual(steps, 3)
                self.assertEqual({each["scene"] for each in told}, {name})
                wanted = [("opening", 0)]
                for step in range(1, steps + 1):
                    wanted += [("step", step), ("shown", step)]
                self.assertEqual([(each["state"], each["step"]) for each in told], wanted)
                self.assertTrue(all(each["text"] for each in told))

    def test_the_readable_lines(self):
        status, output, errors = cli.run("--scene", "refused")
        self.assertEqual((status, errors), (0, ""))
        lines = output.splitlines()
        self.assertIn("== Connection refused. ", lines[0])
        self.assertTrue(any("TCP client 127.0.0.1:" in line and line.endswith("(client 1)") for line in lines))
        step = next(i for i, line in enumerate(lines) if "== step 1 of 3: " in line)
        shown = next(i for i, line in enumerate(lines) if "== shown: " in line)
        self.assertTrue(any("connect(" in line for line in lines[step:shown]))

    def test_refused(self):
        program = play("refused")
        first, second = (calls(program, f"client {n}", call="getsockopt")[-1]["text"] for n in (1, 2))
        self.assertIn("SO_ERROR, [ECONNREFUSED]", first)
        self.assertIn("SO_ERROR, [0]", second)

    def test_port_in_use(self):
        program = play("port-in-use")
        self.assertEqual(calls(program, "second server", call="bind")[0]["errno"], "EADDRINUSE")
        self.assertEqual(calls(program, "third server", call="bind")[0]["result"], 0)

    def test_time_wait(self):
        program = play("time-wait")
        self.assertEqual([local for local, _ in in_time_wait(port(program))], [port(program)])
        self.assertEqual(calls(program, "strict server", call="bind")[0]["errno"], "EADDRINUSE")
        self.assertEqual(calls(program, "reusing server", call="bind")[0]["result"], 0)

    def test_the_client_that_began_a_half_close_is_in_time_wait(self):
        program = play("half-close")
        self.assertIn(port(program), [remote for _, remote in in_time_wait(port(program))])

    def test_backlog_full(self):
        program = play("backlog-full")
        connect = calls(program, "client 3", call="connect")[0]
        done = calls(program, "client 3", call="getsockopt")[0]
        # Its SYN had to be sent again: the first retry of the kernel is after one second.
        self.assertGreater(done["time_ns"] - connect["time_ns"], 900_000_000)
        self.assertEqual(len(calls(program, "server", call="accept4")), 3)

    def test_closed_window(self):
        program = play("closed-window")
        sends = calls(program, "client", call="send")
        self.assertLess(sends[0]["result"], 1 << 20)
        self.assertEqual(sum(each["result"] for each in sends), 4_000_000)
        self.assertEqual(sum(each["result"] for each in calls(program, "server", call="recv")
                             if each["result"] > 0), 4_000_000)

    def test_resets(self):
        program = play("reset-by-unread-data")
        self.assertEqual(calls(program, "client 1", call="recv")[-1]["errno"], "ECONNRESET")
        self.assertEqual(calls(program, "client 2", call="recv")[-1]["result"], 0)
        program = play("abortive-close")
        self.assertIn("SO_LINGER, {l_onoff=1, l_linger=0}", calls(program, "client 1", call="setsockopt")[-1]["text"])
        received = {number: sum(each["bytes"] for each in program.all("data", session=1, connection=number))
                    for number in (1, 2)}
        self.assertLess(received[1], 128_000)
        self.assertEqual(received[2], 128_000)
        # Neither the reset nor the orderly end of the server's sides leaves one there; client 2 closed first.
        waiting = in_time_wait(port(program))
        self.assertEqual([remote for _, remote in waiting], [port(program)])

    def test_write_after_close(self):
        sends = calls(play("write-after-close"), "client", call="send")
        self.assertEqual([each["errno"] for each in sends], [None, "EPIPE"])

    def test_messages_and_datagrams(self):
        program = play("two-sends-one-recv")
        self.assertEqual([each["result"] for each in calls(program, "client", call="send")], [7, 7])
        self.assertEqual([each["result"] for each in calls(program, "server", call="recv")], [14])
        self.assertEqual([each["result"] for each in calls(program, "client of 10", call="send")], [26])
        self.assertEqual([each["result"] for each in calls(program, "server of 10", call="recv")][:3], [10, 10, 6])
        program = play("empty-and-truncated-datagram")
        received = program.all("data", session=1, direction="received")
        self.assertEqual([(each["bytes"], each.get("datagram_bytes")) for each in received], [(0, None), (8, 23)])

    def test_udp_refused(self):
        program = play("udp-refused")
        self.assertEqual([each["result"] > 0 for each in calls(program, "client", call="send")], [True, True])
        refusals = program.all("stage", session=2, stage="recv", state="failed")
        self.assertEqual(["port unreachable" in each["detail"] for each in refusals], [True, True])

    def test_localhost_with_both_addresses(self):
        hosts = hosts_file("::1 localhost\n127.0.0.1 localhost\n")
        program = play("localhost", prefix=in_own_namespaces(f"mount --bind {hosts} /etc/hosts"))
        tried = [each["text"] for each in calls(program, "client 1", call="connect")]
        self.assertEqual(["::1" in text for text in tried], [True, False])
        last = calls(program, "client 3", call="connect")
        self.assertEqual(len(last), 1)
        self.assertIn("::1", last[0]["text"])
        shown = [each["text"] for each in program.all("scene", state="shown")]
        self.assertIn("::1 first", shown[0])
        self.assertIn("other server", shown[3])

    def test_localhost_without_ipv6(self):
        hosts = hosts_file("127.0.0.1 localhost\n")
        script = f"echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 && mount --bind {hosts} /etc/hosts"
        program = play("localhost", prefix=in_own_namespaces(script))
        shown = [each["text"] for each in program.all("scene", state="shown")]
        self.assertIn("first attempt", shown[0])
        for text in shown[1:3]:
            self.assertIn("this system has no address ::1", text)

    def test_a_scene_that_cannot_be_played_is_a_failure(self):
        # Without a network, not even the loopback one, no socket gets connected.
        prefix = in_own_namespaces("ip link set lo down")
        with cli.Cli("--scene", "half-close", prefix=prefix, stdin=subprocess.DEVNULL) as program:
            self.assertEqual(program.exit_status(90), 1)
            self.assertEqual(program.all("scene")[-1]["state"], "stuck")
            self.assertRegex(program.errors(), r"^sockstage-cli: half-close: .*did not show what it says.*\n$")

    def test_a_signal_ends_it(self):
        with cli.Cli("--scene", "backlog-full", stdin=subprocess.DEVNULL) as program:
            program.wait("scene", state="step", step=1)
            self.assertEqual(program.finish(how=2), 0)

    def test_a_scene_cut_short_by_the_time_is_a_failure(self):
        status, _, errors = cli.run("--scene", "backlog-full", "--for", "0.5")
        self.assertEqual((status, errors), (1, "sockstage-cli: backlog-full was not played to its end: time is over\n"))
        # Without a connection, a step waits long, and nothing moves.
        prefix = in_own_namespaces("ip link set lo down")
        done = subprocess.run([*prefix, cli.PROGRAM, "--scene", "half-close", "--until-idle", "0.2"], timeout=cli.PATIENCE,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (1, "sockstage-cli: half-close was not played to its end: idle\n"))

    def test_a_scene_that_nobody_reads_any_more(self):
        process = subprocess.Popen([cli.PROGRAM, "--scene", "backlog-full"], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(cli.PATIENCE), 0)
        self.assertEqual(process.stderr.read(), "sockstage-cli: backlog-full was not played to its end: output closed\n")
        process.stderr.close()

    def test_a_scene_that_cannot_be_written_is_a_failure(self):
        status, _, errors = cli.run("--scene", "backlog-full", "--events", "/dev/full")
        self.assertEqual(status, 1)
        self.assertRegex(errors, r"No space left(?s:.)*backlog-full was not played to its end: output closed\n$")


if __name__ == "__main__":
    cli.main()
