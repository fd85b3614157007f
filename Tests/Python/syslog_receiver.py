"""Receives syslog as RFC 5424 writes it, framed by octet counting (RFC 5425, RFC 6587) or in datagrams (RFC 5426)."""

import os
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from ports import free_port

HEADER = re.compile(
    rb"<(0|[1-9][0-9]{0,2})>1 "
    rb"(-|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})) "
    rb"([\x21-\x7e]{1,255}) ([\x21-\x7e]{1,48}) ([\x21-\x7e]{1,128}) ([\x21-\x7e]{1,32}) ")
ELEMENT = re.compile(rb'\[([\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32})((?: [\x21\x23-\x3c\x3e-\x5c\x5e-\x7e]{1,32}="(?:[^"\\\]]|\\.)*")*)\]', re.S)
PARAMETER = re.compile(rb' ([^=]+)="((?:[^"\\\]]|\\.)*)"', re.S)


@dataclass
class Message:
    """A message of RFC 5424."""

    facility: int
    severity: int
    host: str
    app: str
    kind: str
    data: dict
    text: str


def parse(message):
    """The message that these bytes are; fails when they are none."""
    header = HEADER.match(message)
    assert header, message[:120]
    priority = int(header[1])
    assert priority <= 191
    rest, data = message[header.end():], {}
    if rest.startswith(b"-"):
        rest = rest[1:]
    while element := ELEMENT.match(rest):
        data[element[1].decode()] = {
            name.decode(): re.sub(rb'\\(["\\\]])', rb"\1", value).decode() for name, value in PARAMETER.findall(element[2])
        }
        rest = rest[element.end():]
    assert rest.startswith(b" "), rest[:40]
    text = rest[1:]
    assert text.startswith(b"\xef\xbb\xbf"), "a text in UTF-8 begins with the byte order mark"
    host, app, _, kind = (field.decode() for field in header.groups()[2:])
    return Message(priority // 8, priority % 8, host, app, kind, data, text[3:].decode())


def frames(stream):
    """The messages in a stream framed by octet counting; nothing may be left over."""
    while stream:
        count = re.match(rb"[1-9][0-9]* ", stream)
        assert count, stream[:40]
        end = count.end() + int(count[0])
        assert end <= len(stream), "the last message is cut off"
        yield stream[count.end():end]
        stream = stream[end:]


def taken(stream):
    """The whole messages at the beginning of a stream, and what follows them."""
    messages = []
    while count := re.match(rb"[1-9][0-9]* ", stream):
        end = count.end() + int(count[0])
        if end > len(stream):
            break
        messages.append(stream[count.end():end])
        stream = stream[end:]
    return messages, stream


def certificate(folder, name="localhost"):
    """A certificate that signs itself, and its key."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", key, "-out", chain],
        check=True, capture_output=True)
    return chain, key


class Receiver:
    """Listens on a port of its own and keeps what one connection, or some datagrams, brought."""

    def __init__(self, transport, credentials=None):
        self.stream, self.datagrams, self.failure = b"", [], None
        self.transport = transport
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.settimeout(60)
        self.url = f"syslog+{transport}://localhost:{self.socket.getsockname()[1]}"
        if transport != "udp":
            self.socket.listen()
        self.context = None
        if transport == "tls":
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.minimum_version = ssl.TLSVersion.TLSv1_2
            self.context.load_cert_chain(*credentials)
        self.thread = threading.Thread(target=self.receive)
        self.thread.start()

    def receive(self):
        try:
            if self.transport == "udp":
                while datagram := self.socket.recv(65536):
                    self.datagrams.append(datagram)
                return
            connection = self.socket.accept()[0]
            connection.settimeout(60)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with connection:
                while piece := connection.recv(65536):
                    self.stream += piece
        except OSError as failure:
            self.failure = failure

    def messages(self):
        """What came, once the sender is done."""
        if self.transport == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
                last.sendto(b"", self.socket.getsockname())
        self.thread.join(120)
        self.socket.close()
        return [parse(message) for message in (self.datagrams or frames(self.stream))]


def collect(port, path, pause, context):
    """Takes connections one after another and puts each message on a line of the file as soon as it is there."""
    with socket.create_server(("127.0.0.1", port)) as server, open(path, "ab", buffering=0) as file:
        if pause:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        print(server.getsockname()[1], flush=True)
        while True:
            connection = server.accept()[0]
            try:
                if context:
                    connection = context.wrap_socket(connection, server_side=True)
                with connection:
                    rest = b""
                    while piece := connection.recv(4096):
                        time.sleep(pause)
                        messages, rest = taken(rest + piece)
                        for message in messages:
                            file.write(message + b"\n")
            except OSError as failure:
                print(failure, file=sys.stderr, flush=True)


class Collector:
    """A receiver in a process of its own, which can be stopped, killed and started again on the same port.

    It takes `pause` seconds after each piece that it reads.
    """

    def __init__(self, path, credentials=None, clients=None, pause=0):
        # A port that no connection to anywhere else is given while this is not running.
        self.path, self.port, self.pause, self.process = path, free_port(), pause, None
        self.files = [str(file) for file in (*(credentials or ()), *([clients] if clients else []))]
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(self.port), self.path, str(self.pause), *self.files], stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def signal(self, number):
        os.kill(self.process.pid, number)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def messages(self):
        """What has come so far; a message that was being written when it was killed is not among them."""
        return [parse(line) for line in self.path.read_bytes().split(b"\n")[:-1]]


if __name__ == "__main__":
    port, path, pause, *files = sys.argv[1:]
    security = None
    if files:
        security = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        security.load_cert_chain(*files[:2])
        if files[2:]:
            security.verify_mode = ssl.CERT_REQUIRED
            security.load_verify_locations(files[2])
    collect(int(port), path, float(pause), security)
