"""What is kept of answers for requests that come twice, and what vendors are told of keeping."""

import itertools
import json
import random
from concurrent.futures import ThreadPoolExecutor

import mock_vendor
import pytest
from canaries import NOTE
from conftest import chat, new_caller, running, speak_every_dialect

PLAIN = "Which vaccines are given in the first year of life?"
CACHED = {"type": "ephemeral"}
MESSAGES = {
    "model": "claude-sonnet-5", "max_tokens": 64, "cache_control": CACHED,
    "system": [{"type": "text", "text": "Be brief.", "cache_control": CACHED}, {"type": "text", "text": "Be exact."}],
    "tools": [
        {"name": "find", "description": "Finds.", "cache_control": {**CACHED, "ttl": "1h"},
         "input_schema": {"type": "object", "properties": {"cache_control": {"type": "string"}}}}],
    "messages": [
        {"role": "user", "content": [{"type": "text", "text": NOTE, "cache_control": CACHED}]},
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "toolu_01A09q90qw90lq917835lq9", "name": "find", "input": {"cache_control": "kept"},
             "cache_control": CACHED}]},
        {"role": "user", "content": [
            {"cache_control": CACHED, "type": "tool_result", "tool_use_id": "toolu_01A09q90qw90lq917835lq9",
             "content": [{"type": "text", "text": "none", "cache_control": CACHED}]}]}]}
RESPONSES = {
    "model": "gpt-4o-mini", "prompt_cache_key": "wards", "prompt_cache_options": {"mode": "implicit", "ttl": "30m"},
    "input": [{"role": "user", "content": [{"type": "input_text", "text": NOTE, "prompt_cache_breakpoint": {"mode": "explicit"}}]}]}
NUMBERS = itertools.count()
FLAGS = {"cache_control", "prompt_cache_key", "prompt_cache_options", "prompt_cache_breakpoint", "prompt_cache_retention"}


def caching(configuration):
    """Every dialect, and a use case of each that opts in."""
    speak_every_dialect(configuration)
    for name, origin in (("opted", "summarize"), ("opted-claude", "claude")):
        original = next(one for one in configuration["use_cases"] if one["id"] == origin)
        configuration["use_cases"].append({**original, "id": name, "caching": "allowed"})
        configuration["callers"][0]["use_cases"].append(name)


@pytest.fixture(scope="module")
def gateway_and_vendor(tmp_path_factory, caller):
    with running(tmp_path_factory.mktemp("caching"), caller, caching) as pair:
        yield pair


@pytest.fixture
def pair(gateway_and_vendor):
    gateway, vendor = gateway_and_vendor
    return gateway, vendor.forget()


def flags(value, inside=()):
    """The ways to members that ask for caching; a caller's own data may have any names."""
    if isinstance(value, list):
        return [way for index, one in enumerate(value) for way in flags(one, (*inside, index))]
    if not isinstance(value, dict) or inside[-1:] == ("input_schema",) or inside[-1:] == ("input",):
        return []
    return [way for name, one in value.items() for way in ([(*inside, name)] if name in FLAGS else flags(one, (*inside, name)))]


def twice(gateway, path, body, **headers):
    """The same request twice: whether the second was answered from memory."""
    key = f"key-{next(NUMBERS)}"
    answers = [gateway.post(body, path, {"idempotency-key": key, **headers}) for _ in range(2)]
    assert [answer[0] for answer in answers] == [200, 200], answers
    assert "idempotent-replayed" not in answers[0][1]
    return "idempotent-replayed" in answers[1][1]


# proves: IOC-14
@pytest.mark.parametrize("path, body, refusing, allowing", [
    ("/v1/chat/completions", chat(NOTE, prompt_cache_key="wards"), "summarize", "opted"),
    ("/v1/responses", RESPONSES, "summarize", "opted"), ("/v1/messages", MESSAGES, "claude", "opted-claude"),
], ids=["chat", "responses", "messages"])
def test_phi_that_comes_twice_is_a_miss_unless_the_route_opts_in_and_the_vendor_is_told_to_keep_nothing(
        pair, path, body, refusing, allowing):
    gateway, vendor = pair
    assert not twice(gateway, path, body, **{"x-cordon-use-case": refusing})
    assert len(vendor.requests) == 2
    for request in vendor.requests:
        assert request.headers["cache-control"] == "no-store"
        assert flags(request.json) == []
        assert path == "/v1/messages" or request.json["store"] is False
    assert twice(gateway, path, body, **{"x-cordon-use-case": allowing})
    assert len(vendor.requests) == 3
    assert len(flags(vendor.requests[2].json)) == len(flags(body)) > 0
    # What the caller calls so in data of its own stays in both.
    if path == "/v1/messages":
        for request in vendor.requests:
            assert request.json["messages"][1]["content"][0]["input"] == {"cache_control": "kept"}
            assert "cache_control" in request.json["tools"][0]["input_schema"]["properties"]


@pytest.mark.parametrize("headers, body", [
    ({}, chat(NOTE)), ({"x-cordon-patient": "mrn-4471902"}, chat(PLAIN)),
    ({}, {**chat(PLAIN), "cordon": {"known": {"people": [{"names": ["Ottoline Brackenridge"]}]}}}),
], ids=["found", "patient", "known"])
def test_whatever_may_be_about_somebody_is_kept_by_nobody(pair, headers, body):
    gateway, vendor = pair
    assert not twice(gateway, "/v1/chat/completions", body, **headers)
    assert len(vendor.requests) == 2


def test_what_is_about_nobody_is_kept_until_the_answer_names_somebody(pair):
    gateway, vendor = pair
    assert twice(gateway, "/v1/chat/completions", chat(PLAIN))
    vendor.script = mock_vendor.saying("Ask Dr. Ottoline Brackenridge, MRN 4471902, born 03/15/1987.")
    answers = [gateway.post(chat("Whom do I ask?"), headers={"idempotency-key": "two"}) for _ in range(2)]
    assert [answer[0] for answer in answers] == [200, 200] and "idempotent-replayed" not in answers[1][1]


def test_options_that_turn_caching_off_stay(pair):
    gateway, vendor = pair
    assert gateway.post({**RESPONSES, "prompt_cache_options": {"mode": "explicit"}}, "/v1/responses")[0] == 200
    assert flags(vendor.requests[0].json) == [("prompt_cache_options",)]


# proves: OPS-03
def test_no_answer_is_given_again_to_anybody_but_whoever_asked(own):
    other = new_caller()

    def change(configuration):
        caching(configuration)
        configuration["use_cases"].append(
            {**configuration["use_cases"][0], "id": "tokens-only", "restore": "none", "caching": "allowed"})
        names = ["opted", "summarize", "tokens-only"]
        configuration["callers"][0]["use_cases"] = names
        configuration["callers"].append({"id": "dr-lee2", "key_hash": other.hash, "use_cases": names})

    with own(change) as (gateway, vendor):
        numbers = itertools.count()
        vendor.script = lambda request, reply: mock_vendor.saying(f"answer {next(numbers)}")(request, reply)
        keys = [gateway.caller.key, other.key]
        users, patients = [None, "u-1", "u-2", "u-1,u-2"], [None, "p-1", "p-2"]
        use_cases, texts = [None, "opted", "summarize", "tokens-only"], [PLAIN, NOTE, PLAIN + " "]
        # Keys that run into what is beside them, if anything is put together without care.
        names = ["k", "dr-lee", "k\tdr-lee2", "+k", "-", "2 k", "%0Ak", *(f"k{number}" for number in range(40))]
        everything = list(itertools.product(keys, users, patients, use_cases, texts, names, [False, True]))
        chosen = random.Random(7).sample(everything, 800)

        def ask(scope):
            key, user, patient, use_case, text, name, has_temperature = scope
            headers = {"authorization": f"Bearer {key}", "idempotency-key": name}
            for header, value in (("user", user), ("patient", patient), ("use-case", use_case)):
                if value:
                    headers[f"x-cordon-{header}"] = value
            status, answered, body = gateway.post(chat(text, **({"temperature": 0} if has_temperature else {})), headers=headers)
            content = json.loads(body)["choices"][0]["message"]["content"] if status == 200 else None
            return scope, status, content, "idempotent-replayed" in answered

        with ThreadPoolExecutor(8) as pool:
            outcomes = [*pool.map(ask, chosen), *pool.map(ask, chosen)]
        owners = {}
        for scope, status, content, replayed in outcomes:
            assert status in (200, 409), status
            if status == 200:
                assert owners.setdefault(content, scope) == scope, "an answer was given to somebody else"
                if replayed:
                    assert scope[3] != "summarize" or scope[4] != NOTE
        assert sum(replayed for *_, replayed in outcomes) > 30
        # Whoever hits another's key learns that it is taken, and nothing else.
        assert {status for _, status, _, _ in outcomes} == {200, 409}
