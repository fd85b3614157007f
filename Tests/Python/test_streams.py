"""Streams: cut anywhere, broken off, left by the client."""

import json
import re
import time

import mock_vendor
import openai
import pytest
from conftest import chat, eventually

TEXT = "Patient: Ottoline Brackenridge, SSN: 219-09-4417 – «péché» 🫀."


def stream(gateway, text=TEXT, **options):
    client = gateway.client(**options)
    return client.chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": text}], stream=True)


def text_of(chunks):
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


def raw_stream(gateway, text=TEXT):
    """The bytes of the events, as they came."""
    status, headers, body = gateway.post(chat(text, stream=True))
    assert (status, headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
    return body


@pytest.mark.parametrize("size", [1, 2, 3, 5, 16, 61])
def test_bytes_may_arrive_in_pieces_of_any_size(gateway, vendor, size):
    def script(request, reply):
        pieces = lambda data: [data[at : at + size] for at in range(0, len(data), size)]
        mock_vendor.saying(request.prompt, cut=4, pieces=pieces)(request, reply)

    vendor.script = script
    assert text_of(stream(gateway)) == TEXT


def test_every_cut_of_the_bytes_in_two_gives_the_same_answer(gateway, vendor):
    text = "Dr. Ottoline Brackenridge é"
    cut = {}

    def script(request, reply):
        mock_vendor.saying(request.prompt, cut=9, pieces=lambda data: [data[: cut["at"]], data[cut["at"] :]])(request, reply)

    vendor.script = script
    cut["at"] = 1
    whole = raw_stream(gateway, text)
    last = len(whole) + 40
    for at in range(2, last):
        cut["at"] = at
        body = raw_stream(gateway, text)
        assert said(body) == text and body.endswith(b"data: [DONE]\n\n"), f"cut at {at}"


@pytest.mark.parametrize("cut", range(1, 16))
def test_the_text_may_be_cut_anywhere(gateway, vendor, cut):
    vendor.script = lambda request, reply: mock_vendor.saying(request.prompt, cut=cut)(request, reply)
    assert text_of(stream(gateway)) == TEXT


def test_only_what_may_be_a_token_is_held_back(gateway, vendor):
    """The client reads the beginning of an answer while the vendor has yet to send its end."""
    seen = []

    def script(request, reply):
        reply.begin_stream()
        reply.chunk(*mock_vendor.events([{"role": "assistant", "content": ""}, {"content": "The heart is fine. "}])[:2])
        eventually(lambda: seen)
        reply.chunk(*mock_vendor.events([{"content": "Goodbye."}]))
        reply.end_stream()

    vendor.script = script
    for chunk in stream(gateway, "hello"):
        if chunk.choices and chunk.choices[0].delta.content:
            seen.append(chunk.choices[0].delta.content)
    assert seen[0].startswith("The heart is") and "".join(seen) == "The heart is fine. Goodbye."


def said(body):
    """The text of an event stream."""
    payloads = [json.loads(line[6:]) for line in body.decode().split("\n") if line.startswith("data: {")]
    return "".join(choice["delta"].get("content") or "" for payload in payloads for choice in payload.get("choices", []))


@pytest.mark.parametrize("after", [0, 1, 4])
def test_a_stream_that_breaks_ends_with_an_error_and_no_done(gateway, vendor, after):
    vendor.script = mock_vendor.breaking_off("The answer is long enough to be broken.", after)
    body = raw_stream(gateway, "hello")
    assert b"[DONE]" not in body
    last = [line for line in body.decode().split("\n") if line.startswith("data: ")][-1]
    assert json.loads(last[6:])["error"]["code"] == "vendor_interrupted"
    with pytest.raises(openai.APIError):
        list(stream(gateway, "hello"))


@pytest.mark.parametrize("ending", [b"", b"data: {\"choices\": [{\"del", b"data: nonsense\n\n"], ids=["no DONE", "cut event", "no JSON"])
def test_a_stream_that_ends_early_or_wrongly_is_no_whole_answer(gateway, vendor, ending):
    def script(request, reply):
        reply.begin_stream()
        reply.chunk(*mock_vendor.events([{"content": "The heart"}])[:1], ending)
        reply.end_stream()

    vendor.script = script
    body = raw_stream(gateway, "hello")
    assert b"[DONE]" not in body and b'"error"' in body


def test_a_vendor_that_falls_silent_in_a_stream_ends_it_with_an_error(gateway, vendor):
    def script(request, reply):
        reply.begin_stream()
        reply.chunk(*mock_vendor.events([{"content": "The heart"}])[:1])
        reply.wait_for_hangup(300)

    vendor.script = script
    body = raw_stream(gateway, "hello")
    assert b"[DONE]" not in body and b"vendor_timeout" in body


@pytest.mark.parametrize("vendor_is", ["talking", "silent", "slow to begin"])
def test_a_client_that_goes_away_ends_the_request_to_the_vendor(own, vendor_is):
    ended = []

    def script(request, reply):
        if vendor_is != "slow to begin":
            reply.begin_stream()
            reply.chunk(*mock_vendor.events([{"content": "The heart is fine. "}])[:1])
        try:
            for _ in range(500 if vendor_is == "talking" else 0):
                reply.chunk(*mock_vendor.events([{"content": "and so on "}])[:1])
                time.sleep(0.02)
        except OSError:
            ended.append(True)
            return
        ended.append(reply.wait_for_hangup(50))

    with own(lambda configuration: configuration["limits"].update(vendor_silence_seconds=600)) as (gateway, vendor):
        vendor.script = script
        body = json.dumps(chat("hello", stream=True)).encode()
        client = gateway.connect()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.caller.key}\r\n"
        client.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        eventually(lambda: vendor.requests)
        if vendor_is != "slow to begin":
            answer = b""
            while b"The heart" not in answer:
                answer += client.recv(4096)
        client.close()
        eventually(lambda: ended)
        assert ended == [True]
        closed = lambda: [entry for entry in gateway.entries() if entry["event"] == "request.closed"]
        assert [entry["outcome"] for entry in eventually(closed)] == ["client_disconnected"]
        eventually(lambda: b"cordon_requests_in_flight 0\n" in gateway.get("/metrics")[2])


def test_usage_of_a_stream_passes_when_it_is_asked_for(gateway, vendor):
    def script(request, reply):
        assert request.json["stream_options"] == {"include_usage": True}
        parts = mock_vendor.events([{"content": "Fine."}])
        usage = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [],
                 "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}}
        mock_vendor.stream(reply, [*parts[:-1], b"data: " + json.dumps(usage).encode() + b"\n\n", parts[-1]])

    vendor.script = script
    chunks = list(gateway.client().chat.completions.create(
        model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}], stream=True,
        stream_options={"include_usage": True}))
    assert chunks[-1].usage.total_tokens == 7 and text_of(chunks) == "Fine."


def test_comments_carriage_returns_and_unknown_fields_of_a_stream_are_no_obstacle(gateway, vendor):
    def script(request, reply):
        payload = json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [
            {"index": 0, "delta": {"content": f"Seen: {request.prompt}"}, "finish_reason": None}], "service_tier": "x"})
        done = re.sub(r'"delta": \{.*?\}', '"delta": {}', payload).replace('"finish_reason": null', '"finish_reason": "stop"')
        reply.begin_stream("text/event-stream; charset=utf-8")
        reply.chunk(f": keep-alive\r\n\r\ndata: {payload}\r\n\r\n:\n\ndata:{done}\n\ndata: [DONE]\n\n".encode())
        reply.end_stream()

    vendor.script = script
    assert text_of(stream(gateway, "Patient: Ottoline Brackenridge")) == "Seen: Patient: Ottoline Brackenridge"
