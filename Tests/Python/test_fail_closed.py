"""Every channel while something inside the gateway fails, in the running binary: no byte for the vendor, an error of
the client's dialect. `FailClosedTests.swift` has more failures, detectors among them."""

import json
import time

import pytest
from canaries import NOTE, found
from conftest import day, speak_every_dialect
from test_ledger_disk import fill, small_disk  # noqa: F401 (a fixture)

CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": NOTE}]}
CLAUDE = {"model": "claude-sonnet-5", "max_tokens": 99, "messages": [{"role": "user", "content": NOTE}]}
OPERATIONS = {
    "/v1/chat/completions": CHAT, "/v1/completions": {"model": "gpt-3.5-turbo-instruct", "prompt": NOTE},
    "/v1/responses": {"model": "gpt-4o-mini", "input": NOTE},
    "/v1/embeddings": {"model": "text-embedding-3-small", "input": NOTE},
    "/v1/moderations": {"model": "omni-moderation-latest", "input": NOTE},
    "/v1/messages": CLAUDE, "/v1/messages/count_tokens": {name: CLAUDE[name] for name in ("model", "messages")},
}
STREAMED = ["/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/messages"]
CHANNELS = [*((path, False) for path in OPERATIONS), *((path, True) for path in STREAMED)]


def every_channel_is_closed(gateway, vendor, status, code, use_case=None, model=None):
    vendor.forget()
    for path, streams in CHANNELS:
        body = {**OPERATIONS[path], **({"stream": True} if streams else {}), **({"model": model} if model else {})}
        anthropic = path.startswith("/v1/messages")
        headers = {"x-cordon-use-case": use_case or ("claude" if anthropic else "summarize")}
        answered, fields, data = gateway.post(body, path, headers)
        error, place = json.loads(data), (path, streams)
        assert answered == status and fields["x-request-id"] == fields["request-id"], place
        if anthropic:
            assert error["type"] == "error" and error["error"]["type"] == ("permission_error" if status == 403 else "api_error"), place
            assert error["request_id"] == fields["request-id"], place
        else:
            assert error["error"]["code"] == code and set(error["error"]) == {"message", "type", "param", "code"}, place
        assert fields.get("x-should-retry") == ("false" if status == 403 else None), place
        assert found(data) == [], place
    assert vendor.received == b""


def test_while_the_vault_is_locked(own):
    with own(speak_every_dialect) as (gateway, vendor):
        assert gateway.cordon("vault", "lock").returncode == 0
        every_channel_is_closed(gateway, vendor, 503, "keys_unavailable")


def test_while_the_log_cannot_be_written(own, small_disk):
    def change(configuration):
        speak_every_dialect(configuration)
        configuration["data"] = str(small_disk / "data")

    with own(change) as (gateway, vendor):
        fill(small_disk / "ballast", leaving=64 << 10)
        time.sleep(1.1)
        fill(small_disk / "ballast", leaving=0)
        for _ in range(2000):
            if gateway.post({**CHAT, "messages": [{"role": "user", "content": "hello"}]})[0] != 200:
                break
        every_channel_is_closed(gateway, vendor, 503, "log_unavailable")


def test_under_a_use_case_that_is_none_and_of_a_model_that_is_not_listed(polyglot):
    every_channel_is_closed(*polyglot, 403, "use_case_not_granted", use_case="billing")
    every_channel_is_closed(*polyglot, 403, "model_not_allowed", model="gpt-none")


AGREEMENTS = {
    "baa_not_in_force": {"signed": day(-300), "expires": day(-1)}, "training_not_prohibited": {"prohibits_training": False},
    "region_not_approved": None, "no_baa": None,
}


@pytest.mark.parametrize("code", AGREEMENTS)
def test_under_an_agreement_that_does_not_cover_it(own, code):
    def change(configuration):
        speak_every_dialect(configuration)
        for vendor in configuration["vendors"]:
            if code == "region_not_approved":
                configuration["regions"] = ["eu-west"]
            elif code == "no_baa":
                vendor.pop("agreement", None)
            elif "agreement" in vendor:
                vendor["agreement"] = {**vendor["agreement"], **AGREEMENTS[code]}

    with own(change) as (gateway, vendor):
        every_channel_is_closed(gateway, vendor, 403, code)


def test_of_a_body_that_is_no_request(polyglot):
    gateway, vendor = polyglot
    vendor.forget()
    for path, _ in CHANNELS:
        for body in (b"", b"[]", b"{", b"\xff", json.dumps({**OPERATIONS[path], "model": 1}).encode(), NOTE.encode()):
            status, fields, data = gateway.post(body, path)
            assert status == 400 and found(data) == [], path
            assert json.loads(data)["error"]["type"] == "invalid_request_error"
    assert vendor.received == b""
