"""What a client sends that wants to be read in two ways: framing, JSON, forms; nothing of it reaches the vendor or a log."""

import base64
import json
import re
import socket
import time

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import chat, eventually, new_caller, running
from test_sdk import TOKEN

PATIENT = b"Patient: Ottoline Brackenridge, SSN 219-09-4417"
BODY = b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"%s"}]}' % PATIENT


def sent(gateway, *pieces, ends=False):
    """What comes back for these bytes, up to the end of the connection."""
    with gateway.connect(30) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            while data := connection.recv(65536):
                answer += data
            return answer
        except OSError:
            return answer if "answer" in locals() else b""


def head(gateway, *fields, path="/v1/chat/completions"):
    lines = [f"POST {path} HTTP/1.1", "host: x", f"authorization: Bearer {gateway.caller.key}", "connection: close", *fields]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(body):
    return b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)


LENGTH = f"content-length: {len(BODY)}"


@pytest.mark.parametrize("fields, body", [
    (["content-length: 5", "transfer-encoding: chunked"], chunked(BODY)), (["content-length: 5", LENGTH], BODY), ([LENGTH, LENGTH], BODY),
    ([f"content-length: +{len(BODY)}"], BODY), ([f"content-length: {len(BODY)}, {len(BODY)}"], BODY), (["content-length: -1"], BODY),
    (["content-length: 99999999999999999999"], BODY), (["transfer-encoding: xchunked", LENGTH], BODY),
    (["transfer-encoding : chunked", LENGTH], BODY), (["transfer-encoding: chunked, identity"], chunked(BODY)),
    (["transfer-encoding: chunked"], b"zz\r\n" + BODY + b"\r\n0\r\n\r\n"), (["transfer-encoding: chunked"], b"%x\r\n%s" % (len(BODY) + 9, BODY)),
    (["transfer-encoding: chunked"], b"ffffffffffffffff\r\n" + BODY), ([f"content-length: {len(BODY) + 9}"], BODY),
    ([LENGTH, "x-cordon-patient: Patient/1\r\n Brackenridge"], BODY), ([LENGTH, "x-a: \0"], BODY), ([LENGTH, "x a: b"], BODY),
])
def test_a_body_whose_end_is_in_doubt_is_no_request(gateway, vendor, fields, body):
    answer = sent(gateway, head(gateway, *fields), body, ends=True)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400"), answer
    assert answer.count(b"HTTP/1.1") <= 1 and b"Brackenridge" not in answer and vendor.received == b""


def test_what_stands_behind_a_body_is_a_request_of_its_own_or_nothing(gateway, vendor):
    trailers = b"%x\r\n%s\r\n0\r\nx-cordon-patient: Patient/Brackenridge\r\nauthorization: Bearer x\r\n\r\n" % (len(BODY), BODY)
    assert sent(gateway, head(gateway, "transfer-encoding: chunked"), trailers).startswith(b"HTTP/1.1 200")
    two = sent(gateway, head(gateway, LENGTH).replace(b"connection: close\r\n", b"") + BODY + head(gateway, LENGTH).replace(b"Bearer ", b"Bearer x") + BODY)
    assert re.findall(rb"HTTP/1.1 (\d+)", two) == [b"200", b"401"]
    assert len(vendor.requests) == 2 and found(vendor.received) == [] and b"Patient/" not in vendor.received


def said(content):
    return b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":%s}]}' % content


@pytest.mark.parametrize("body", [
    b'{"messages":[{"role":"user","content":"hi"}],%s' % BODY[1:], b'%s,"messages":[]}' % BODY[:-1],
    b'{"\\u006dessages":[{"role":"user","content":"%s"}],"model":"gpt-4o-mini","messages":[]}' % PATIENT,
    said(b'"%s","content":"hi"' % PATIENT), b"\xef\xbb\xbf" + BODY, *[BODY.decode().encode(code) for code in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")],
    BODY + BODY, BODY + b"\0", b"/* */" + BODY, b"[%s]" % BODY, BODY[:-1], said(b'"Otto\xffline Brackenridge"'), said(b'"\xc1\x8fttoline Brackenridge"'),
    said(b'"Ottoline\\ud800 Brackenridge"'), said(b"[" * 100_000 + b"]" * 100_000), said(b'[{"Brackenridge":' * 5000 + b"1" + b"}]" * 5000),
    b'{"temperature":1e999999999,%s' % BODY[1:], b'{"temperature":NaN,%s' % BODY[1:], b'{"n":-0,%s' % BODY[1:], b'{"temperature":0x1,%s' % BODY[1:],
], ids=range(23))
def test_json_that_can_be_read_in_two_ways_is_refused(gateway, vendor, body):
    status, headers, answer = gateway.post(body)
    assert status == 400 and headers["x-request-id"] and vendor.received == b""
    assert found(answer) == [] and len(answer) < 2000


@pytest.mark.parametrize("headers", [
    {"content-type": "application/json; charset=utf-16"}, {"content-encoding": "gzip"}, {"content-type": "multipart/form-data; boundary=Brackenridge"},
    {"user-agent": "Brackenridge", "referer": "Brackenridge", "cookie": "Brackenridge", "baggage": "p=Brackenridge", "tracestate": "a=Brackenridge",
     "openai-organization": "Brackenridge", "forwarded": "for=Brackenridge", "x-ottoline": "Brackenridge", "idempotency-key": "Brackenridge"},
])
def test_headers_neither_change_how_a_body_is_read_nor_go_on(gateway, vendor, headers):
    assert gateway.post(BODY, headers=headers)[0] == 200
    assert found(vendor.received) == [] and b"Patient: NAME_1_" in vendor.received
    assert found(gateway.output) == []


@pytest.mark.parametrize("path", ["/v1/Ottoline%20Brackenridge", "/v1/models/Brackenridge", "/v1/responses/Brackenridge", "/v1/files/Brackenridge",
                                  "/v1/files?after=Brackenridge&limit=Brackenridge", "/v1/responses/resp_1?include=Brackenridge", "/log/Brackenridge"])
def test_an_address_is_told_nowhere(gateway, vendor, path):
    status, _, answer = gateway.get(path, {"authorization": f"Bearer {gateway.caller.key}"})
    assert status in (400, 403, 404) and vendor.received == b"" and found(answer) == [] and found(gateway.output) == []


def test_tokens_of_one_caller_say_nothing_to_another(tmp_path, caller):
    other = new_caller()
    change = lambda configuration: configuration["callers"].append({**configuration["callers"][0], "id": "dr-kim", "key_hash": other.hash})
    with running(tmp_path, caller, change) as (gateway, vendor):
        assert gateway.post(BODY)[0] == 200
        token = TOKEN.search(vendor.requests[0].body.decode())[0]
        vendor.script = mock_vendor.saying(f"{token} {token.lower()} {token.title()} {token.replace('_1_', '_2_')}")
        for headers in ({"authorization": f"Bearer {other.key}"}, {}):
            # Nor to the same caller in a request that does not name whom it stands for.
            status, _, answer = gateway.post(chat(f"Who is {token}?"), headers=headers)
            assert status == 200 and found(answer) == []


def test_streams_that_are_given_up_end_at_the_vendor_and_in_the_log(own):
    with own(lambda one: one["limits"].update(vendor_silence_seconds=60, request_seconds=60)) as (gateway, vendor):
        vendor.script = mock_vendor.dripping(f"{NOTE} " * 50, end=False)
        body = json.dumps(chat(NOTE, stream=True)).encode()
        connections = [gateway.connect() for _ in range(20)]
        for connection in connections:
            connection.sendall(head(gateway, f"content-length: {len(body)}") + body)
        eventually(lambda: len(vendor.requests) == 20)
        for connection in connections:
            connection.close()
        eventually(lambda: all(connection.ended.is_set() for connection in vendor.connections))
        closed = eventually(lambda: [e for e in gateway.entries() if e["event"] == "request.closed"][19:] and gateway.entries())
        assert {e["outcome"] for e in closed if e["event"] == "request.closed"} == {"client_disconnected"}
        eventually(lambda: b"cordon_requests_in_flight 0\n" in gateway.get("/metrics")[2])
        assert found(vendor.received) == []


LINE = json.dumps({"custom_id": "of Brackenridge", "method": "POST", "url": "/v1/chat/completions", "body": json.loads(BODY)}).encode()


def form(content, headers=b"", more=b""):
    parts = [b'content-disposition: form-data; name="purpose"\r\n\r\nbatch',
             b'content-disposition: form-data; name="file"; filename="Brackenridge.jsonl"\r\n' + headers + b"\r\n" + content]
    return b"".join(b"--BOUND\r\n" + part + b"\r\n" for part in parts) + more + b"--BOUND--\r\n"


@pytest.mark.parametrize("body", [
    form(LINE + b"\n\xef\xbb\xbf" + LINE), form(LINE + b"\r" + LINE), form(LINE + "\u2028".encode() + LINE), form(LINE.decode().encode("utf-16")),
    form(b'{"custom_id":"Brackenridge",' + LINE[1:]), form(LINE[:-1] + b',"body":{}}'), form(LINE[:-1] + b',"Brackenridge":1}'),
    form(base64.b64encode(LINE), b"content-transfer-encoding: base64\r\n"), form(LINE, b'content-disposition: form-data; name="x"\r\n'),
    form(LINE + b'\r\n--BOUND\r\ncontent-disposition: form-data; name="Brackenridge"\r\n\r\n1'),
    form(LINE, more=b'--BOUND\r\ncontent-disposition: form-data; name="file"; filename="b"\r\n\r\n' + LINE + b"\r\n"),
], ids=range(11))
def test_a_file_of_requests_is_read_in_one_way_or_not_at_all(own_batches, body):
    gateway, vendor = own_batches
    status, _, answer = gateway.post(body, "/v1/files", {"content-type": "multipart/form-data; boundary=BOUND"})
    assert status == 400 and found(answer) == [] and vendor.received == b""


@pytest.fixture(scope="module")
def own_batches(tmp_path_factory, caller):
    def change(configuration):
        configuration["use_cases"][0]["kept_by_vendor"] = {"seconds": 3600}

    with running(tmp_path_factory.mktemp("forms"), caller, change) as pair:
        yield pair


def test_a_body_that_comes_byte_by_byte_ends_with_its_time(gateway, vendor):
    with gateway.connect() as connection:
        connection.sendall(head(gateway, LENGTH))
        # Two seconds it has, and would take ten.
        with pytest.raises(OSError):
            for byte in BODY:
                connection.sendall(bytes([byte]))
                time.sleep(0.1)
        assert vendor.received == b""
