"""What one client can take, and what hostile bytes do."""

import http.client
import json
import os
import random
import socket
import threading
import time

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import chat


def test_a_body_that_is_too_large_is_refused_before_it_is_read(own):
    with own(lambda configuration: configuration["limits"].update(body_bytes=4096)) as (gateway, vendor):
        connection = gateway.connect()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.caller.key}\r\n"
        connection.sendall(f"{head}content-length: 100000000\r\n\r\n".encode())
        assert connection.recv(64).startswith(b"HTTP/1.1 413")
        connection.close()
        status, headers, body = gateway.post(chat("hello " * 900))
        assert (status, json.loads(body)["error"]["code"]) == (413, "request_too_large")
        assert headers["x-request-id"]
        assert gateway.post(chat("hello " * 500))[0] == 200
        assert len(vendor.requests) == 1


def test_a_chunked_body_that_grows_too_large_is_refused(own):
    with own(lambda configuration: configuration["limits"].update(body_bytes=4096)) as (gateway, vendor):
        connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
        headers = {"authorization": f"Bearer {gateway.caller.key}", "content-type": "application/json"}
        pieces = (b"x" * 1000 for _ in range(50))
        try:
            connection.request("POST", "/v1/chat/completions", pieces, headers, encode_chunked=True)
        except OSError:  # it may hang up while we still write
            pass
        assert connection.getresponse().status == 413
        assert vendor.connections == []


def test_headers_that_are_too_large_are_refused(gateway):
    connection = gateway.connect()
    try:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: " + b"a" * 200_000 + b"\r\n\r\n")
        answer = connection.recv(64)
    except OSError:
        answer = b""
    assert answer == b"" or answer.split(b" ")[1] in (b"400", b"431")


IN_BODY = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\nauthorization: Bearer %s\r\n\r\n{"
IN_HEADERS = b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n"
IN_FIRST_LINE = b"GET /heal"


@pytest.mark.parametrize("sent, drip", [
    (IN_BODY, None), (IN_HEADERS, None), (IN_FIRST_LINE, None), (b"", None),
    (IN_BODY, b"a"), (IN_HEADERS, b"x-a: b\r\n"), (IN_FIRST_LINE, b"a"),
])
def test_a_client_that_is_too_slow_is_closed(gateway, sent, drip):
    connection = gateway.connect()
    connection.sendall(sent.replace(b"%s", gateway.caller.key.encode()))
    stopping = threading.Event()

    def drops():
        while not stopping.wait(0.3):
            try:
                connection.sendall(drip)
            except OSError:
                return

    if drip:
        threading.Thread(target=drops, daemon=True).start()
    try:
        while connection.recv(4096):
            pass
    except TimeoutError:
        pytest.fail("the connection was left open")
    except OSError:
        pass
    finally:
        stopping.set()
    connection.close()


def test_an_idle_connection_is_closed_and_a_busy_one_is_kept(gateway):
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/healthz")
        assert connection.getresponse().read()
        time.sleep(0.5)
    began = time.monotonic()
    assert connection.sock.recv(1) == b""
    assert 1 < time.monotonic() - began


def test_a_slow_vendor_is_no_slow_client(own):
    """The limit on sending a request does not bound the answer."""
    def script(request, reply):
        time.sleep(2.5)
        mock_vendor.echo(request, reply)

    with own(lambda configuration: configuration["limits"].update(vendor_silence_seconds=60)) as (gateway, vendor):
        vendor.script = script
        assert gateway.post(chat("hello"))[0] == 200


def test_more_connections_than_allowed_wait_and_are_served(own):
    with own(lambda configuration: configuration["limits"].update(connections=4)) as (gateway, _):
        held = [gateway.connect() for _ in range(4)]
        time.sleep(0.2)
        statuses = []
        waiting = threading.Thread(target=lambda: statuses.append(gateway.get("/healthz")[0]))
        waiting.start()
        time.sleep(0.5)
        for connection in held:
            connection.close()
        waiting.join(60)
        assert statuses == [200]


MALFORMED = [
    b"", b"null", b"[]", b"{", b"{}", b'"x"', b"\xff\xfe", b"\x00", b'{"model":"gpt-4o-mini"}', b'{"model":1,"messages":[]}',
    b'{"model":"gpt-4o-mini","messages":{}}', b'{"model":"gpt-4o-mini","messages":[1]}',
    b'{"model":"gpt-4o-mini","messages":"hello"}', b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":7}]}',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a\\ud800"}]}',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a\nb"}]}',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"\xc3"}]}',
    b'{"model":"gpt-4o-mini","model":"gpt-9","messages":[{"role":"user","content":"a"}]}',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a"}]} x',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a"}],"stream":"yes"}',
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a"}],"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":"a"}],"x":' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}",
]


# proves: IOC-18
def test_malformed_deep_and_oversized_requests_get_a_4xx_and_crash_nothing(gateway, vendor):
    vendor.script = mock_vendor.saying("fine")
    seed = os.environ.get("CORDON_TEST_SEED", "7")
    print(f"seed {seed}")
    generator = random.Random(seed)
    valid = json.dumps(chat(NOTE, tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}])).encode()
    # Changed is the JSON around the note: a name that a change glues to another word is no name any more.
    note = json.dumps(NOTE).encode()
    start, end = valid.index(note), valid.index(note) + len(note)
    corpus = [*MALFORMED, json.dumps(chat("hello " * 900_000)).encode()]
    for _ in range(300):
        before, after = bytearray(valid[:start]), bytearray(valid[end:])
        for _ in range(generator.randrange(1, 6)):
            mutant = generator.choice([before, after])
            at = generator.randrange(len(mutant) + 1)
            match generator.randrange(4):
                case 0: mutant[at : at + 1] = bytes([generator.randrange(256)])
                case 1: del mutant[at : at + generator.randrange(1, 10)]
                case 2: mutant[at:at] = bytes(generator.choice(b'{}[]",:\\u0\x00\xff') for _ in range(generator.randrange(1, 9)))
                case 3: mutant[at:at] = mutant[generator.randrange(len(mutant) + 1) :][: generator.randrange(1, 40)]
        corpus.append(bytes(before) + note + bytes(after))
    for body in corpus:
        status, headers, answer = gateway.post(body)
        assert status in (200, 400, 403, 413), (status, body[:400])
        assert headers["x-request-id"]
        if status != 200:
            assert set(json.loads(answer)["error"]) >= {"message", "type", "code"}
            assert found(answer) == []
    for body in MALFORMED:
        status, _, answer = gateway.post(body)
        assert status in (400, 403), (status, body[:200])
    assert gateway.post(chat("hello " * 900_000))[0] == 413
    assert gateway.post(chat("hello"))[0] == 200 and gateway.process.poll() is None


@pytest.mark.parametrize("part", [
    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
    {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    {"type": "file", "file": {"file_data": "data:application/pdf;base64,JVBERi0="}},
])
def test_what_cannot_be_inspected_is_refused(gateway, vendor, part):
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}, part]}]}
    status, _, answer = gateway.post(body)
    assert (status, json.loads(answer)["error"]["code"], vendor.connections) == (403, "uninspectable_content", [])


# proves: IOC-17
def test_no_error_shows_a_path_a_stack_the_prompt_or_the_vendors_words(gateway, vendor):
    secrets = [b"upstream secret", b"/usr/", b"/tmp/", b".swift", b"Error(", b"Optional(", b"localhost", vendor.url.encode()]
    scripts = [
        mock_vendor.status(500), mock_vendor.status(429), mock_vendor.status(401), mock_vendor.status(400),
        mock_vendor.body(b'{"upstream secret": '), mock_vendor.body(b"upstream secret", "text/plain"), mock_vendor.silent(),
        mock_vendor.breaking_off("upstream secret " * 9, 0), lambda request, reply: reply.break_off(),
    ]
    answers = [gateway.post(body) for body in MALFORMED]
    for script in scripts:
        vendor.script = script
        for stream in (False, True):
            answers.append(gateway.post(chat(NOTE, stream=stream)))
    vendor.forget()
    answers += [
        gateway.get("/nowhere"), gateway.get("/v1/chat/completions"), gateway.post(b"{}", path="/healthz"),
        gateway.post(chat(NOTE), headers={"authorization": "Bearer no"}), gateway.post(chat(NOTE), headers={"x-cordon-use-case": "no"}),
        gateway.post({**chat(NOTE), "model": "no"}), gateway.post(chat(NOTE * 9000)),
    ]
    for status, headers, body in answers:
        shown = body + json.dumps(headers).encode()
        assert status >= 400 or b'"error"' in body
        assert [secret for secret in secrets if secret in shown] == [] and found(shown) == []
        assert headers["x-request-id"]


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/chat/completions/", "/v1/images/generations", "/..", "/%00", "/metrics/../healthz"])
def test_unknown_paths_are_404(gateway, path):
    assert gateway.post(chat("hello"), path=path)[0] == 404


def test_bytes_that_are_no_http_crash_nothing(gateway):
    generator = random.Random(7)
    for _ in range(50):
        connection = gateway.connect(timeout=20)
        try:
            connection.sendall(bytes(generator.randrange(256) for _ in range(generator.randrange(1, 400))) + b"\r\n\r\n")
            connection.shutdown(socket.SHUT_WR)
            connection.recv(1000)
        except OSError:
            pass
        connection.close()
    assert gateway.get("/healthz")[0] == 200
