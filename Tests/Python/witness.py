"""A witness of C2SP tlog-witness that keeps the newest checkpoint of one log, with its own Ed25519 (RFC 8032)."""

import base64
import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import foreign_verifier as fv


def encode(point):
    inverse = pow(point[2], -1, fv.P)
    x, y = point[0] * inverse % fv.P, point[1] * inverse % fv.P
    return (y | (x & 1) << 255).to_bytes(32, "little")


class Signer:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(digest[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix = digest[32:]
        self.key = encode(fv.times(self.scalar, fv.BASE))

    def sign(self, message):
        nonce = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % fv.Q
        first = encode(fv.times(nonce, fv.BASE))
        challenge = int.from_bytes(hashlib.sha512(first + self.key + message).digest(), "little") % fv.Q
        return first + ((nonce + challenge * self.scalar) % fv.Q).to_bytes(32, "little")


def extends(old, old_root, size, root, proof):
    """Whether the proof shows that the log of the old size is the beginning (RFC 9162, section 2.1.4.2)."""
    if old == 0:
        return not proof
    if old == size:
        return not proof and old_root == root
    if old & (old - 1) == 0:
        proof = [old_root, *proof]
    if not proof:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    left = right = proof[0]
    for hash in proof[1:]:
        if not last:
            return False
        if place & 1 or place == last:
            left, right = fv.node(hash, left), fv.node(hash, right)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            right = fv.node(right, hash)
        place, last = place >> 1, last >> 1
    return last == 0 and (left, right) == (old_root, root)


class Witness:
    """Runs until it is closed; `answer` can be set to a (status, type, body) that is given whatever is asked."""

    def __init__(self, name, log_vkey, seed=b"w" * 32):
        self.name, self.log, self.signer = name, log_vkey, Signer(seed)
        self.size, self.root, self.answer, self.requests = 0, None, None, []
        typed = b"\x04" + self.signer.key
        self.key_hash = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
        self.vkey = f"{name}+{self.key_hash.hex()}+{base64.b64encode(typed).decode()}"
        witness = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                witness.requests.append((self.path, body))
                status, kind, answer = witness.answer or witness.add_checkpoint(body)
                self.send_response(status)
                self.send_header("content-type", kind)
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def add_checkpoint(self, body):
        head, note = body.split(b"\n\n", 1)
        lines = head.decode().split("\n")
        old, proof = int(lines[0].removeprefix("old ")), [base64.b64decode(line, validate=True) for line in lines[1:]]
        text = note[: note.rindex(b"\n\n") + 1]
        if text.split(b"\n")[0].decode() != self.log.split("+")[0]:
            return 404, "text/plain", b""
        try:
            size, root = fv.checkpoint(note, self.log)
        except ValueError:
            return 403, "text/plain", b""
        if old > size:
            return 400, "text/plain", b""
        if old != self.size or old == size and self.root not in (None, root):
            return 409, "text/x.tlog.size", f"{self.size}\n".encode()
        if not extends(old, self.root, size, root, proof):
            return 422, "text/plain", b""
        self.size, self.root = size, root
        now = int(time.time())
        signature = self.signer.sign(f"cosignature/v1\ntime {now}\n".encode() + text)
        line = base64.b64encode(self.key_hash + now.to_bytes(8, "big") + signature).decode()
        return 200, "text/plain", f"\u2014 {self.name} {line}\n".encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
