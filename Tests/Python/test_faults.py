"""Vendors that fail in the middle of a stream, in every dialect: the client sees the failure in its own."""

import json
import time

import mock_vendor
import pytest
import vendor_messages
import vendor_responses
from canaries import NOTE, found
from test_operations import narrow  # noqa: F401 (a fixture)

TEXT = "The answer is long enough to be cut. " * 4


def chat(text, cut=5):
    deltas = [{"content": text[at : at + cut]} for at in range(0, len(text), cut)]
    return mock_vendor.events([{"role": "assistant", "content": ""}, *deltas])


def completion(text, cut=5):
    return mock_vendor.completion_events(text, cut, [0])


STREAMS = {
    "/v1/chat/completions": (chat, {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": NOTE}]}, "data: [DONE]"),
    "/v1/completions": (completion, {"model": "gpt-3.5-turbo-instruct", "prompt": NOTE}, "data: [DONE]"),
    "/v1/responses": (vendor_responses.saying, {"model": "gpt-4o-mini", "input": NOTE}, "event: response.completed"),
    "/v1/messages": (vendor_messages.saying, {
        "model": "claude-sonnet-5", "max_tokens": 99, "messages": [{"role": "user", "content": NOTE}]}, "event: message_stop"),
}
EACH = pytest.mark.parametrize("path", STREAMS)


def asked(pair, path, script):
    """What the client gets of a stream by this script of the vendor's events."""
    gateway, vendor = pair
    vendor.forget()
    make, body, _ = STREAMS[path]
    vendor.script = lambda request, reply: script(reply, make)
    headers = {"x-cordon-use-case": "claude"} if path == "/v1/messages" else {}
    status, _, answer = gateway.post({**body, "stream": True}, path, headers)
    assert found(vendor.received) == []
    return status, answer.decode()


def checked_failure(path, answer):
    """The stream ends with one error event in its dialect, and with no mark of an end."""
    assert STREAMS[path][2] not in answer
    last = answer.strip().split("\n\n")[-1]
    data = json.loads(last.rpartition("data: ")[2])
    match path:
        case "/v1/messages":
            assert last.startswith("event: error\n") and data["type"] == "error" and data["error"]["type"] and data["request_id"]
        case "/v1/responses":
            assert last.startswith("event: error\n") and data["type"] == "error" and data["code"] and data["message"]
            assert data["sequence_number"] == answer.count("event: ") - 1
        case _:
            assert set(data["error"]) == {"message", "type", "param", "code"}
    return data


@EACH
def test_every_place_at_which_a_stream_can_be_cut_ends_in_an_error(narrow, path):
    for after in range(len(STREAMS[path][0](TEXT, 40)) - 2):
        def script(reply, make):
            reply.begin_stream()
            reply.chunk(*make(TEXT, 40)[:after])
            reply.break_off()

        status, answer = asked(narrow, path, script)
        assert status == 200
        checked_failure(path, answer)


@EACH
def test_an_event_that_is_cut_in_its_middle_is_no_event(narrow, path):
    def script(reply, make):
        events = make(TEXT)
        reply.begin_stream()
        reply.chunk(*events[:6], events[6][:-20])
        reply.end_stream()

    status, answer = asked(narrow, path, script)
    assert status == 200
    checked_failure(path, answer)


@EACH
def test_a_vendor_that_hangs_in_a_stream_is_given_up(narrow, path):
    def script(reply, make):
        reply.begin_stream()
        reply.chunk(*make(TEXT)[:6])
        reply.wait_for_hangup(120)

    status, answer = asked(narrow, path, script)
    assert status == 200
    checked_failure(path, answer)


@EACH
@pytest.mark.parametrize("junk", [
    b"data: {\"broken\n\n", b"data: [1]\n\n", b"data: \xff\xfe\n\n", b'data: {"error":{"message":"upstream secret"}}\n\n',
    b"event: error\ndata: {\"type\":\"error\",\"error\":{\"message\":\"upstream secret\"}}\n\n",
], ids=["broken", "list", "no UTF-8", "error", "error event"])
def test_what_is_no_event_of_an_answer_stops_it(narrow, path, junk):
    def script(reply, make):
        events = make(TEXT)
        reply.begin_stream()
        reply.chunk(*events[:6], junk, *events[6:])
        reply.end_stream()

    status, answer = asked(narrow, path, script)
    assert status == 200 and "upstream secret" not in answer
    checked_failure(path, answer)


@EACH
def test_a_stream_that_is_too_large_is_stopped(narrow, path):
    def script(reply, make):
        reply.begin_stream()
        reply.chunk(*make("x" * 2_200_000, 4096))
        reply.end_stream()

    status, answer = asked(narrow, path, script)
    assert status == 200
    checked_failure(path, answer)


@EACH
def test_a_slow_stream_comes_as_it_is_sent_and_whole(narrow, path):
    def script(reply, make):
        reply.begin_stream()
        for event in make(NOTE, 20):
            reply.chunk(event)
            time.sleep(0.01)
        reply.end_stream()

    status, answer = asked(narrow, path, script)
    assert status == 200 and STREAMS[path][2] in answer


@EACH
def test_bytes_that_come_one_by_one_make_the_same_stream(narrow, path):
    def bytewise(reply, make):
        data = b"".join(make(TEXT, 50))
        mock_vendor.stream(reply, [data[at : at + 1] for at in range(len(data))])

    def whole(reply, make):
        mock_vendor.stream(reply, [b"".join(make(TEXT, 50))])

    assert asked(narrow, path, bytewise) == asked(narrow, path, whole)


@EACH
@pytest.mark.parametrize("content_type", ["application/json", "text/html", "text/plain", ""])
def test_a_stream_under_another_type_is_none(narrow, path, content_type):
    def script(reply, make):
        reply.begin_stream(content_type)
        reply.chunk(*make(TEXT))
        reply.end_stream()

    status, answer = asked(narrow, path, script)
    assert status == 502
    error = json.loads(answer)
    assert error["type"] == "error" if path == "/v1/messages" else error["error"]["code"]
