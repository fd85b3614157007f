"""What the official client tries again, and what it does not."""

import time

import mock_vendor
import openai
import pytest


def ask(client):
    return client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])


def test_a_refusal_is_not_tried_again(gateway, vendor):
    before = len(gateway.entries())
    client = gateway.client(max_retries=3, default_headers={"x-cordon-use-case": "billing"})
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(client)
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert [entry["event"] for entry in gateway.of_requests(before)] == ["request.refused"]
    assert vendor.connections == []


def test_a_vendors_429_passes_with_its_retry_after_and_is_tried_again(gateway, vendor):
    answers = iter([mock_vendor.status(429, retry_after="1", x_ratelimit_remaining_requests="0"), mock_vendor.echo])
    vendor.script = lambda request, reply: next(answers)(request, reply)
    began = time.monotonic()
    assert ask(gateway.client(max_retries=2)).choices[0].message.content == "hello"
    assert len(vendor.requests) == 2 and time.monotonic() - began >= 0.9


def test_a_429_that_is_not_tried_again_keeps_its_headers(gateway, vendor):
    vendor.script = mock_vendor.status(429, retry_after="7", x_ratelimit_remaining_requests="0")
    with pytest.raises(openai.RateLimitError) as raised:
        ask(gateway.client())
    headers = raised.value.response.headers
    assert (headers["retry-after"], headers["x-ratelimit-remaining-requests"]) == ("7", "0")


@pytest.mark.parametrize("vendor_status, status", [(500, 500), (503, 503), (400, 400), (401, 502), (403, 502), (302, 502), (418, 502)])
def test_a_vendors_error_has_openais_shape_and_nothing_of_the_vendors_words(gateway, vendor, vendor_status, status):
    vendor.script = mock_vendor.status(vendor_status)
    with pytest.raises(openai.APIStatusError) as raised:
        ask(gateway.client())
    error = raised.value.response.json()["error"]
    assert raised.value.status_code == status
    assert set(error) >= {"message", "type", "param", "code"}
    assert "upstream secret" not in raised.value.response.text
    assert raised.value.response.headers["x-request-id"]


@pytest.mark.parametrize("script, status", [
    (mock_vendor.silent(), 504),
    (mock_vendor.body(b'{"choices": [{"mess'), 502),
    (mock_vendor.body(b""), 502),
    (mock_vendor.body(b"<html>upstream secret</html>", "text/html"), 502),
    (mock_vendor.body(b'{"choices":[{"message":{"content":"\xff\xfe"}}]}'), 502),
    (lambda request, reply: reply.break_off(), 502),
], ids=["silent", "cut JSON", "empty", "HTML", "invalid UTF-8", "hangs up"])
def test_a_vendor_that_gives_no_answer_is_a_bad_gateway(gateway, vendor, script, status):
    vendor.script = script
    with pytest.raises(openai.InternalServerError) as raised:
        ask(gateway.client())
    assert raised.value.status_code == status
    assert "upstream secret" not in raised.value.response.text


def test_a_vendor_that_cannot_be_reached_is_a_bad_gateway(own):
    with own() as (gateway, vendor):
        vendor.close()
        with pytest.raises(openai.InternalServerError) as raised:
            ask(gateway.client())
    assert raised.value.status_code == 502


@pytest.mark.parametrize("key", ["", "sk-wrong", "cordon_sk_aaaaaaaa_bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb", "x" * 5000])
def test_a_wrong_key_is_unauthorised(gateway, vendor, key):
    status, headers, body = gateway.post(b"{}", headers={"authorization": f"Bearer {key}"})
    assert status == 401
    assert b"invalid_api_key" in body and key.encode() not in body.replace(b"", b"") or not key
    assert headers["x-request-id"] and vendor.connections == []
