"""A server that speaks the transit API of Vault and OpenBao as their documentation describes it; keys are derived."""

import base64
import http.server
import json
import os
import ssl
import threading

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class FakeTransit:
    """One derived key, `root`, behind one token and one namespace."""

    def __init__(self, token, namespace, certificate=None):
        self.token, self.namespace = token, namespace
        self.versions = [os.urandom(32)]
        self.sealed = False
        fake = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, value = fake.answer(self.command, self.path, self.headers, json.loads(body) if body else {})
                data = b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST = do_DELETE = answer

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, method, path, headers, body):
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if headers["x-vault-token"] != self.token or headers["x-vault-namespace"] != self.namespace:
            return 403, {"errors": ["permission denied"]}
        match method, path.removeprefix("/v1/").split("/"):
            case "POST", ["auth", "token", "renew-self"]:
                return 200, {"auth": {"lease_duration": 3600, "renewable": True}}
            case "GET", ["transit", "keys", "root"]:
                keys = {str(number + 1): 1_700_000_000 + number for number in range(len(self.versions))}
                return 200, {"data": {"type": "aes256-gcm96", "derived": True, "latest_version": len(keys), "min_decryption_version": 1, "keys": keys}}
            case "GET", ["transit", "keys", _]:
                return 404, {"errors": []}
            case "POST", ["transit", "keys", "root", "rotate"]:
                self.versions.append(os.urandom(32))
                return 204, None
            case "POST", ["transit", operation, *_, "root"]:
                return self.use(operation, body)
        return 404, {"errors": []}

    def use(self, operation, body):
        context = base64.b64decode(body.get("context", ""))
        if not context:
            return 400, {"errors": ["missing 'context' for key derivation"]}
        text = None
        if operation in ("decrypt", "rewrap"):
            try:
                _, version, sealed = body["ciphertext"].split(":")
                sealed = base64.b64decode(sealed)
                text = self.key(int(version[1:]), context).decrypt(sealed[:12], sealed[12:], None)
            except Exception:
                return 400, {"errors": ["cipher: message authentication failed"]}
        match operation:
            case "decrypt":
                return 200, {"data": {"plaintext": base64.b64encode(text).decode()}}
            case "rewrap":
                return 200, {"data": self.seal(text, context)}
            case "encrypt":
                return 200, {"data": self.seal(base64.b64decode(body["plaintext"]), context)}
            case "datakey":
                text = os.urandom(body["bits"] // 8)
                return 200, {"data": {**self.seal(text, context), "plaintext": base64.b64encode(text).decode()}}
        return 404, {"errors": []}

    def key(self, version, context):
        return AESGCM(HKDF(SHA256(), 32, None, context).derive(self.versions[version - 1]))

    def seal(self, text, context):
        version, nonce = len(self.versions), os.urandom(12)
        sealed = nonce + self.key(version, context).encrypt(nonce, text, None)
        return {"ciphertext": f"vault:v{version}:{base64.b64encode(sealed).decode()}", "key_version": version}
