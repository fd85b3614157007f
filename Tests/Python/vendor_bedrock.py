"""A vendor like Amazon Bedrock: Messages by `InvokeModel`, signed or with an API key, streams as AWS frames them."""

import base64
import hashlib
import hmac
import json
import re
import struct
import urllib.parse
import zlib

import vendor_messages

REGION = "us-east-1"
ACCESS_KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
CREDENTIALS = f"[default]\naws_access_key_id = {ACCESS_KEY}\naws_secret_access_key = {SECRET}\naws_session_token = session/1\n"


def text(name, value):
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()


def frame(headers, payload):
    head = b"".join(text(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(head) + len(payload), len(head))
    message = prelude + struct.pack(">I", zlib.crc32(prelude)) + head + payload
    return message + struct.pack(">I", zlib.crc32(message))


def chunk(event):
    """A chunk that holds the data of one event of Messages."""
    data = event.split(b"data: ", 1)[1].strip()
    payload = {"bytes": base64.b64encode(data).decode(), "p": "abcdefghijk"[: len(data) % 11]}
    return frame({":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}, json.dumps(payload).encode())


def exception(name, message):
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return frame(headers, json.dumps({"message": message}).encode())


def signed(request):
    """The signature that the request must have (AWS, "Signing AWS API requests"), and the one that it has."""
    fields = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/([^/]+)/aws4_request, SignedHeaders=([^,]+), Signature=(.+)",
        request.headers["authorization"])
    key_id, date, region, service, names, signature = fields.groups()
    assert (key_id, region, service) == (ACCESS_KEY, REGION, "bedrock")
    assert {"host", "x-amz-date", "x-amz-security-token"} <= set(names.split(";"))
    path = "/".join(urllib.parse.quote(part, safe="-._~") for part in request.path.split("/"))
    headers = "".join(f"{name}:{request.headers[name]}\n" for name in names.split(";"))
    canonical = f"POST\n{path}\n\n{headers}\n{names}\n{hashlib.sha256(request.body).hexdigest()}"
    scope = f"{date}/{region}/{service}/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in (date, region, service, "aws4_request", to_sign):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key.hex(), signature


def script(answer=None, cut=5, sizes=None, thinks=False):
    """Answers as the service does; with `answer(request)`, or with what the user said."""

    def run(request, reply):
        body = request.json
        assert body["anthropic_version"] == "bedrock-2023-05-31" and "model" not in body and "stream" not in body
        said = answer(request) if answer else vendor_messages.prompt(body)
        if not request.path.endswith("-with-response-stream"):
            return reply.json(vendor_messages.whole_saying(said, thinks))
        assert request.headers["accept"] == "application/vnd.amazon.eventstream"
        made = b"".join(chunk(event) for event in vendor_messages.saying(said, cut, thinks))
        reply.begin_stream("application/vnd.amazon.eventstream")
        size = sizes or len(made)
        reply.chunk(*(made[at : at + size] for at in range(0, len(made), size)))
        reply.end_stream()

    return run
