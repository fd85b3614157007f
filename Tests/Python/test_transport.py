"""Both official clients over TLS, with HTTP/1.1 and with HTTP/2."""

import asyncio
import datetime
import socket
import ssl
import time

import anthropic
import mock_vendor
import openai
import pytest
from canaries import NOTE, found
from conftest import eventually
from test_sdk import ask, joined

MESSAGES = [{"role": "user", "content": NOTE}]


@pytest.fixture
def secure(encrypted):
    gateway, vendor = encrypted
    return gateway, vendor.forget()


def of_openai(gateway, http2, **options):
    return gateway.client(http_client=openai.DefaultHttpxClient(verify=gateway.trust, http2=http2), **options)


def of_anthropic(gateway, http2):
    return gateway.anthropic(http_client=anthropic.DefaultHttpxClient(verify=gateway.trust, http2=http2))


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_the_openai_client_over_tls(secure, http2):
    gateway, vendor = secure
    client = of_openai(gateway, http2)
    raw = client.chat.completions.with_raw_response.create(model="gpt-4o-mini", messages=MESSAGES)
    assert raw.http_response.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert raw.parse().choices[0].message.content == NOTE
    assert joined(ask(client, NOTE, stream=True)) == NOTE
    with client.responses.stream(model="gpt-4o-mini", input=NOTE) as stream:
        assert [event for event in stream][-1].response.output_text == NOTE
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(of_openai(gateway, http2, default_headers={"x-cordon-use-case": "billing"}), NOTE)
    assert raised.value.request_id and found(vendor.received) == []


@pytest.mark.parametrize("http2", [False, True], ids=["HTTP/1.1", "HTTP/2"])
def test_the_anthropic_client_over_tls(secure, http2):
    gateway, vendor = secure
    client = of_anthropic(gateway, http2)
    asked = {"model": "claude-sonnet-5", "max_tokens": 99, "messages": MESSAGES, "extra_headers": {"x-cordon-use-case": "claude"}}
    raw = client.messages.with_raw_response.create(**asked)
    assert raw.http_response.http_version == ("HTTP/2" if http2 else "HTTP/1.1")
    assert raw.parse().content[0].text == NOTE
    with client.messages.stream(**asked) as stream:
        assert "".join(stream.text_stream) == NOTE
    assert found(vendor.received) == []


def test_one_connection_of_http2_carries_many_streams_at_once(secure):
    gateway, vendor = secure
    names = [f"{first} {last}" for first in ("Maria", "Peter", "Ottoline", "Grace") for last in ("Gonzalez", "Ashworth", "Nakamura")]

    async def one(client, name):
        text = f"Patient: {name}. " * 5
        stream = await client.chat.completions.create(
            model="gpt-4o-mini", messages=[{"role": "user", "content": text}], stream=True)
        return name, "".join([choice.delta.content or "" async for chunk in stream for choice in chunk.choices])

    # One thread opens them all: of threads that share a connection, this client lets a later stream go first.
    async def all_of_them():
        transport = openai.DefaultAsyncHttpxClient(verify=gateway.trust, http2=True)
        async with openai.AsyncOpenAI(
            base_url=f"{gateway.origin}/v1", api_key=gateway.caller.key, max_retries=0, timeout=60, http_client=transport,
        ) as client:
            return dict(await asyncio.gather(*(one(client, name) for name in names)))

    assert asyncio.run(all_of_them()) == {name: f"Patient: {name}. " * 5 for name in names}
    assert found(vendor.received, names) == []


def test_a_stream_of_http2_that_its_client_leaves_is_left_at_the_vendor(secure):
    gateway, vendor = secure
    left = []

    def script(request, reply):
        reply.begin_stream()
        reply.chunk(*mock_vendor.events([{"content": "The heart is fine, and so is the rest. "}])[:1])
        left.append(reply.wait_for_hangup(50))

    vendor.script = script
    before = len(gateway.entries())
    client = of_openai(gateway, True)
    next(iter(ask(client, "hello", stream=True)))
    client.close()
    assert eventually(lambda: left) == [True]
    closing = eventually(lambda: [e for e in gateway.entries(before) if e["event"] == "request.closed"])
    assert closing[0]["outcome"] == "client_disconnected"


def test_each_answer_says_when_it_was_given(secure):
    gateway, _ = secure
    for path in ("/healthz", "/nowhere"):
        before = int(time.time())
        date = gateway.get(path)[1]["date"]
        said = datetime.datetime.strptime(date, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=datetime.timezone.utc)
        assert before <= said.timestamp() <= time.time() and said.strftime("%a, %d %b %Y %H:%M:%S GMT") == date


@pytest.mark.parametrize("protocols, chosen", [(["h2", "http/1.1"], "h2"), (["http/1.1"], "http/1.1"), ([], None)], ids=str)
def test_a_client_gets_the_protocol_that_it_asks_for(secure, protocols, chosen):
    gateway, _ = secure
    context = gateway.trust
    if protocols:
        context.set_alpn_protocols(protocols)
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as connection:
            assert connection.selected_alpn_protocol() == chosen
            assert connection.version() in ("TLSv1.2", "TLSv1.3")
            if chosen != "h2":
                connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
                assert connection.recv(100).startswith(b"HTTP/1.1 200")


def test_old_versions_of_tls_and_plain_requests_are_turned_away(secure):
    gateway, _ = secure
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as plain, pytest.raises(OSError):
        context.wrap_socket(plain, server_hostname="127.0.0.1")
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
        try:
            assert b"HTTP" not in plain.recv(100)
        except ConnectionResetError:
            pass


def test_a_client_that_never_agrees_on_encryption_is_cut_off(secure):
    gateway, _ = secure
    # A connection that rests has a minute.
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=40) as plain:
        plain.sendall(b"\x16\x03\x01\x02\x00\x01")
        try:
            assert plain.recv(1) == b""
        except ConnectionResetError:
            pass
