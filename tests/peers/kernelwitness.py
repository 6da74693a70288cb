# SPDX-License-Identifier: GPL-3.0-or-later
"""What ss and /proc/net say of a socket, in the words of our kernel events, and filters that lose segments."""

import ctypes
import errno
import re
import socket
import struct
import subprocess
import unittest

STATES = {"ESTAB": "ESTABLISHED", "UNCONN": "CLOSED"}
NUMBER = re.compile(r"[\d.]+")
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
TIMERS = {"on": "retransmit", "keepalive": "keepalive", "timewait": "time-wait", "persist": "zero-window-probe"}


def ss(local, remote=None, options="-tinmoe"):
    """One socket as ss prints it, as a dictionary with our names; None when ss does not see it."""
    condition = f"sport = :{local[1]}" + (f" and dport = :{remote[1]}" if remote else "")
    done = subprocess.run(["ss", options + "aH", condition], stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode().splitlines()
    return parse(lines[0] + " " + " ".join(lines[1:])) if lines else None


def number(text):
    return float(NUMBER.match(text)[0])


def seconds(text):
    """ss's times: 740ms, 59sec, 1min39sec, 1.5."""
    total = 0.0
    for value, unit in re.findall(r"([\d.]+)(ms|min|sec)?", text):
        total += float(value) * {"ms": 0.001, "min": 60, "sec": 1, "": 1}[unit]
    return total


def parse(line):
    words = line.split()
    found = {"state": STATES.get(words[0], words[0]), "unread_bytes": int(words[1]), "unacked_bytes": int(words[2])}
    timer = re.search(r"timer:\((\w+),([^,]*),(\d+)\)", line)
    found["timer"] = TIMERS[timer[1]] if timer else "none"
    found["timer_ms"] = seconds(timer[2]) * 1000 if timer else None
    memory = re.search(r"skmem:\(r(\d+),rb(\d+),t(\d+),tb(\d+),f(\d+),w(\d+),o\d+,bl\d+,d(\d+)\)", line)
    if memory:
        names = ("receive_charged_bytes", "receive_buffer_bytes", None, "send_buffer_bytes", None,
                 "send_charged_bytes", "drops")
        found.update((name, int(value)) for name, value in zip(names, memory.groups()) if name)
    found.update(parse_info(line))
    return found


def parse_info(line):
    fields = dict(re.findall(r"(?<![\w(])([a-z_]+):([^\s(]+)", line))
    fields.update(re.findall(r"\b(pacing_rate|delivery_rate) (\d+)bps", line))
    plain = {"backoff": "backoff", "mss": "send_mss", "pmtu": "path_mtu", "rcvmss": "receive_mss",
             "cwnd": "congestion_window", "ssthresh": "slow_start_threshold", "bytes_sent": "bytes_sent",
             "bytes_retrans": "bytes_retransmitted", "bytes_acked": "bytes_acked",
             "bytes_received": "bytes_received", "segs_out": "segments_out", "segs_in": "segments_in",
             "unacked": "segments_in_flight", "lost": "lost_segments", "reordering": "reordering",
             "reord_seen": "reordering_seen", "notsent": "not_sent_bytes", "snd_wnd": "peer_window_bytes"}
    found = {ours: int(fields[theirs]) for theirs, ours in plain.items() if theirs in fields}
    if "rtt" in fields:
        rtt, variance = fields["rtt"].split("/")
        found["rtt_us"], found["rtt_variance_us"] = round(float(rtt) * 1000), round(float(variance) * 1000)
    if "minrtt" in fields:
        found["min_rtt_us"] = round(float(fields["minrtt"]) * 1000)
    if "rto" in fields:
        found["retransmit_timeout_us"] = round(float(fields["rto"]) * 1000)
    if "retrans" in fields:
        now, total = fields["retrans"].split("/")
        found["retransmitting_segments"], found["total_retransmits"] = int(now), int(total)
    for rate in ("pacing_rate", "delivery_rate"):
        if rate in fields:
            found[rate] = int(fields[rate]) // 8  # ss prints bits
    return found


def proc_net_tcp(local, remote):
    """(send queue, receive queue, state number) of the line in /proc/net/tcp."""
    def words(address):
        host, port = address
        return "%08X:%04X" % (struct.unpack("<I", socket.inet_aton(host))[0], port)
    with open("/proc/net/tcp") as file:
        for line in file:
            fields = line.split()
            if fields[1:3] == [words(local), words(remote)]:
                sending, receiving = fields[4].split(":")
                return int(sending, 16), int(receiving, 16), int(fields[3], 16)
    return None


class Filter:
    """A classic BPF program as the kernel takes it (struct sock_fprog); keep it until it is attached."""

    def __init__(self, instructions):
        code = b"".join(struct.pack("=HBBI", *each) for each in instructions)
        self.memory = ctypes.create_string_buffer(code, len(code))
        self.program = struct.pack("@HP", len(instructions), ctypes.addressof(self.memory))


def attach(peer, instructions):
    kept = Filter(instructions)
    try:
        peer.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, kept.program)
    except PermissionError as refusal:
        raise unittest.SkipTest("this kernel lets only root attach a filter to a socket") from refusal


RETURN, LOAD_ABSOLUTE, JUMP_IF_GREATER, JUMP_IF_EQUAL = 0x06, 0x20, 0x25, 0x15
RANDOM = (0x100000000 - 0x1000) + 56  # SKF_AD_OFF + SKF_AD_RANDOM
ALL = 0xFFFFFFFF


def lose(peer, share):
    """The kernel throws away this share of the segments that come for the socket, before TCP sees them."""
    attach(peer, [(LOAD_ABSOLUTE, 0, 0, RANDOM), (JUMP_IF_GREATER, 0, 1, int((1 - share) * ALL)),
                  (RETURN, 0, 0, 0), (RETURN, 0, 0, ALL)])


def lose_all(peer):
    attach(peer, [(RETURN, 0, 0, 0)])


def refuse_netlink():
    """For the calling process and its children: socket(AF_NETLINK, ...) fails with EAFNOSUPPORT. x86_64 only."""
    number_of_socket, number_at, first_argument_at = 41, 0, 16  # struct seccomp_data
    allow, fail = 0x7fff0000, 0x00050000
    block = Filter([(LOAD_ABSOLUTE, 0, 0, number_at), (JUMP_IF_EQUAL, 0, 3, number_of_socket),
                    (LOAD_ABSOLUTE, 0, 0, first_argument_at), (JUMP_IF_EQUAL, 0, 1, socket.AF_NETLINK),
                    (RETURN, 0, 0, fail | errno.EAFNOSUPPORT), (RETURN, 0, 0, allow)])
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl.argtypes = [ctypes.c_int] + [ctypes.c_ulong] * 4
    program = ctypes.create_string_buffer(block.program, len(block.program))
    if (libc.prctl(no_new_privileges, 1, 0, 0, 0) != 0 or
            libc.prctl(set_seccomp, filter_mode, ctypes.addressof(program), 0, 0) != 0):
        raise OSError(ctypes.get_errno(), "prctl")


def lose_nothing(peer):
    peer.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
