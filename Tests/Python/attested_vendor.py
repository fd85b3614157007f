"""A vendor in confidential compute: it speaks TLS, and gives results that a verifier has signed about its machine."""

import base64
import hashlib
import hmac
import json
import socket
import ssl
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlparse

from mock_vendor import MockVendor, echo

PATH = "/.well-known/attestation"
MEASUREMENT = "a5" * 48


def coded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*arguments, **more):
    return subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **more).stdout


def new_key(path):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", path)


class Verifier:
    """Who appraises machines: a key pair, and the public half as a JSON Web Key Set."""

    def __init__(self, folder, name="v1"):
        self.name, self.key = name, Path(folder) / f"{name}.verifier.key"
        new_key(self.key)
        self.public = openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")

    def write(self, path):
        """The uncompressed point is at the end of the public key (RFC 5480, section 2.2)."""
        x, y = coded(self.public[-64:-32]), coded(self.public[-32:])
        key = {"kty": "EC", "crv": "P-256", "kid": self.name, "use": "sig", "x": x, "y": y}
        Path(path).write_text(json.dumps({"keys": [key]}))

    def token(self, claims, header=None):
        """The claims, signed; with another algorithm in its header it is what somebody without the key can make."""
        header = {"alg": "ES256", "kid": self.name, **(header or {})}
        message = f"{coded(json.dumps(header).encode())}.{coded(json.dumps(claims).encode())}".encode()
        match header["alg"]:
            case "none":
                signature = b""
            case "HS256":
                signature = hmac.digest(self.public, message, "sha256")
            case _:
                signature = raw(openssl("dgst", "-sha256", "-sign", self.key, input=message))
        return message + b"." + coded(signature).encode()


def raw(signature):
    """The two numbers of a signature in DER, as JSON Web Signatures have them (RFC 7518, section 3.4)."""
    numbers, at = [], 2
    for _ in range(2):
        length = signature[at + 1]
        numbers.append(int.from_bytes(signature[at + 2 : at + 2 + length], "big").to_bytes(32, "big"))
        at += 2 + length
    return b"".join(numbers)


class AttestedVendor(MockVendor):
    """The vendor of the other tests behind TLS; `evidence(nonce)` is what it answers when it is asked for evidence."""

    def __init__(self, folder, verifier):
        super().__init__()
        self.folder, self.verifier = folder, verifier
        self.url = self.url.replace("http://127.0.0.1", "https://localhost")
        self.evidence, self.asked = self.good, []
        self.answering = echo
        self.machines = {name: self.new_machine(name) for name in ("first", "second")}
        self.authorities = folder / "authorities.pem"
        self.authorities.write_bytes(b"".join(chain.read_bytes() for chain, _ in self.machines.values()))
        self.present("first")

    def new_machine(self, name):
        chain, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        new_key(key)
        openssl(
            "req", "-x509", "-new", "-key", key, "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-out", chain)
        return chain, key

    def present(self, name):
        """Presents the key pair of this machine on new connections."""
        chain, key = self.machines[name]
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain, key)
        self.context = context
        self.spki = hashlib.sha256(openssl("pkey", "-in", key, "-pubout", "-outform", "DER")).hexdigest()

    def hang_up(self):
        """Ends every connection."""
        for connection in self.connections:
            try:
                connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _serve(self, connection):
        try:
            connection.socket = self.context.wrap_socket(connection.socket, server_side=True)
        except OSError:
            connection.ended.set()
            return
        super()._serve(connection)

    @property
    def script(self):
        return self._script

    @script.setter
    def script(self, script):
        self.answering, self._script = script, self._answer

    def _answer(self, request, reply):
        if not request.path.startswith(PATH):
            return self.answering(request, reply)
        self.requests.remove(request)
        self.asked.append(request)
        reply.whole(self.evidence(parse_qs(urlparse(request.path).query)["nonce"][0]), content_type="application/eat+jwt")

    def claims(self, nonce, **change):
        now = int(time.time())
        claims = {
            "iss": "https://verifier.example", "iat": now, "exp": now + 600, "eat_nonce": nonce, "dbgstat": "disabled-since-boot",
            "measurement": MEASUREMENT, "tls_spki_sha256": self.spki,
            "ear.status": "affirming", **change}
        return {name: value for name, value in claims.items() if value is not None}

    def good(self, nonce, **change):
        return self.verifier.token(self.claims(nonce, **change))
