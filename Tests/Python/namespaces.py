"""Network namespaces of the tests' own, with cables between them; nothing in them reaches any other network."""

import ctypes
import os
import shutil
import socket
import struct
import subprocess
import threading

import pytest

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)


def needed():
    """Skips the test where no namespaces and no tables of packet rules can be made."""
    missing = [name for name in ("ip", "nft", "nsenter", "setpriv", "unshare") if not shutil.which(name)]
    if missing:
        pytest.skip(f"missing: {', '.join(missing)}")
    tried = subprocess.run(["unshare", "--net", "nft", "list", "tables"], capture_output=True, text=True)
    if tried.returncode:
        pytest.skip(f"no network namespaces here: {tried.stderr.strip()}")


class Namespace:
    """A network namespace that ends with this object; its only interface at first is a loopback of its own."""

    def __init__(self):
        self.holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.run("ip", "link", "set", "lo", "up")

    @property
    def pid(self):
        return self.holder.pid

    def run(self, *command, check=True, **more):
        """Runs a command in it."""
        done = subprocess.run(
            ["nsenter", "--target", str(self.pid), "--net", *map(str, command)], capture_output=True, text=True, **more)
        assert not check or done.returncode == 0, done.stderr
        return done

    def cable(self, name, other, addresses, others):
        """Lays a cable to another one, with these addresses at its ends; all that the other one sends goes by it."""
        self.run("ip", "link", "add", "name", name, "type", "veth", "peer", "name", "eth0", "netns", other.pid)
        for end, device, given in ((self, name, addresses), (other, "eth0", others)):
            for address in given:
                end.run("ip", "address", "add", address, "dev", device, *(["nodad"] if ":" in address else []))
            end.run("ip", "link", "set", "dev", device, "up")
        for address in addresses:
            version, gateway = ("-6" if ":" in address else "-4"), address.split("/")[0]
            other.run("ip", version, "route", "replace", "default", "via", gateway)

    def forward(self):
        """Has it forward packets between its cables."""
        self.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding")

    def inside(self, call, files=None):
        """What `call` gives in a thread that is in it; its sockets and its processes are too.

        Where `files` says so, the thread and its processes find another file at a path.
        """
        outcome = []

        def body():
            try:
                with open(f"/proc/{self.pid}/ns/net") as place:
                    entered(LIBC.setns(place.fileno(), CLONE_NEWNET))
                if files:
                    entered(LIBC.unshare(CLONE_NEWNS))
                    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
                    for path, content in files.items():
                        subprocess.run(["mount", "--bind", content, path], check=True)
                outcome.append((call(), None))
            except BaseException as error:
                outcome.append((None, error))

        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
        value, error = outcome[0]
        if error:
            raise error
        return value

    def load(self, rules, check=True):
        """Loads a table of packet rules."""
        return self.run("nft", "-f", "-", input=rules, check=check)

    def table(self):
        """What the kernel has of the table that `cordon egress policy` writes, as JSON."""
        return self.run("nft", "-j", "list", "table", "inet", "cordon_egress").stdout

    def close(self):
        self.holder.stdin.close()
        self.holder.wait()
        self.holder.stdout.close()


def entered(status):
    if status:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def reaches(address, source=None, seconds=2):
    """Whether a TCP connection is made."""
    try:
        socket.create_connection(address, timeout=seconds, source_address=source).close()
        return True
    except OSError:
        return False


class NameServer:
    """Answers questions for IPv4 addresses out of a table, one at a time, and keeps what it was asked."""

    def __init__(self, address, names):
        self.names, self.asked = names, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 53))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
            except OSError:
                return
            labels, at = [], 12
            while length := question[at]:
                labels.append(question[at + 1 : at + 1 + length].decode())
                at += 1 + length
            name, kind = ".".join(labels), struct.unpack(">H", question[at + 1 : at + 3])[0]
            self.asked.append(name)
            found = self.names.get(name) if kind == 1 else None
            head = question[:2] + struct.pack(">HHHHH", 0x8180 if name in self.names else 0x8183, 1, 1 if found else 0, 0, 0)
            answer = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(found) if found else b""
            self.socket.sendto(head + question[12 : at + 5] + answer, client)

    def close(self):
        self.socket.close()
