# SPDX-License-Identifier: GPL-3.0-or-later
"""Three machines of their own in namespaces: here, a router, and one behind it.

    here 10.1.0.1, fd01::1 -- 10.1.0.2, fd01::2 router 10.5.0.1, fd05::1 -- 10.5.0.2, fd05::2 far

The link behind the router takes packets of at most 1300 bytes. The router says of 10.10.0.0/24 and fd10::/64 that they are
unreachable, forbids 10.11.0.0/24 and fd11::/64, knows no way to anywhere else, and lets 10.13.0.0/24 vanish. Nobody has
10.1.0.78 and fd01::78.
"""

import subprocess
import unittest

import cli

SETUP = """
set -e
ip link set lo up
unshare -n sleep infinity & router=$!
unshare -n sleep infinity & far=$!
alone() { [ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ]; }
until alone $router && alone $far; do sleep 0.01; done
R="nsenter -t $router -n" F="nsenter -t $far -n"
ip link add here type veth peer name near netns $router
$R ip link add away type veth peer name far netns $far
ip address add 10.1.0.1/24 dev here; ip address add fd01::1/64 dev here nodad; ip link set here up
$R ip link set lo up
$R ip address add 10.1.0.2/24 dev near; $R ip address add fd01::2/64 dev near nodad; $R ip link set near up
$R ip address add 10.5.0.1/24 dev away; $R ip address add fd05::1/64 dev away nodad; $R ip link set away mtu 1300 up
$F ip link set lo up
$F ip address add 10.5.0.2/24 dev far; $F ip address add fd05::2/64 dev far nodad; $F ip link set far mtu 1300 up
ip route add default via 10.1.0.2; ip route add default via fd01::2
$F ip route add default via 10.5.0.1; $F ip route add default via fd05::1
$R sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
for each in "$R" "$F" ""; do
    $each sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv4.icmp_msgs_per_sec=100000 net.ipv6.icmp.ratelimit=0
done
$R ip route add unreachable 10.10.0.0/24; $R ip route add unreachable fd10::/64
$R ip route add prohibit 10.11.0.0/24; $R ip route add prohibit fd11::/64
$R ip route add blackhole 10.13.0.0/24
ip route add unreachable 10.20.0.0/24; ip route add prohibit 10.21.0.0/24; ip route add blackhole 10.22.0.0/24
echo ready $router $far
read -r end || true
kill $router $far
"""


class Network:
    """The namespaces live as long as this. Use it as a context manager."""

    def __init__(self):
        self.process = subprocess.Popen(["unshare", "-rn", "sh", "-c", SETUP], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        answer = self.process.stdout.readline().split()
        if answer[:1] != [b"ready"]:
            reason = self.process.stderr.read().decode().strip()
            self.close()
            raise unittest.SkipTest("no such network can be made here: " + reason)
        self._places = {"here": self.process.pid, "router": int(answer[1]), "far": int(answer[2])}

    def close(self):
        self.process.stdin.close()
        self.process.wait(cli.PATIENCE)
        self.process.stdout.close()
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def at(self, place):
        """What to put before a command that shall run on this machine: here, router, far."""
        return ["nsenter", "-t", str(self._places[place]), "-U", "-n", "--preserve-credentials"]

    @property
    def prefix(self):
        return self.at("here")


def require():
    cli.require("unshare", "nsenter", "ip", "sysctl")
