"""What callers write so that a search for letters would pass it by: in base64, beside pictures, as ids, names and settings."""

import base64
import gzip
import json
import random
import re
import textwrap

import anthropic
import mock_vendor
import openai
import pytest
import vendor_messages
from canaries import NOTE, found
from test_sdk import ask

MODEL = "gpt-4o-mini"
ENCODED = base64.b64encode(NOTE.encode()).decode()
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + random.Random(4).randbytes(3000)).decode()
NAME, NUMBER = "OttolineBrackenridge", "219-09-4417"


@pytest.mark.parametrize("written", [
    ENCODED, base64.urlsafe_b64encode(NOTE.encode()).decode().rstrip("="), "\n".join(textwrap.wrap(ENCODED, 76)),
    "\r\n".join(textwrap.wrap(ENCODED, 20)), "https://ehr.example/open?d=" + base64.urlsafe_b64encode(NOTE.encode()).decode(),
    NOTE.encode().hex(),
], ids=["base64", "for addresses", "lines", "short lines", "in an address", "hexadecimal"])
def test_what_is_encoded_is_searched(gateway, vendor, written):
    ask(gateway.client(), f"Read this:\n{written}\nWhat does it say?")
    assert found(vendor.received) == [] and b"Read this:" in vendor.received


@pytest.mark.parametrize("written", [
    "&#79;ttoline &#x42;rackenridge", "%4Fttoline%20Brackenridge", r"\\u004fttoline \\u0042rackenridge",
    "Оttоline Вrасkenridge", "𝐎𝐭𝐭𝐨𝐥𝐢𝐧𝐞 𝐁𝐫𝐚𝐜𝐤𝐞𝐧𝐫𝐢𝐝𝐠𝐞",
    "\u202eegdirnekcarB enilottO\u202c", "Ottoline Brac\u2066ken\u2069rid\u061cge",
], ids=["entities", "percents", "escapes", "Cyrillic", "mathematics", "turned around", "isolated"])
def test_what_only_looks_like_letters_is_searched(gateway, vendor, written):
    answer = ask(gateway.client(), f"Patient: {written}, seen today.")
    sent = vendor.requests[0].json["messages"][0]["content"]
    assert written not in sent and "NAME_1" in sent
    if "\\" not in written:
        assert answer.choices[0].message.content == f"Patient: {written}, seen today."


def test_what_is_turned_around_for_display_is_searched_as_it_is_shown(gateway, vendor):
    text = "She met \u202ehtimS nhoJ\u202c there."
    answer = ask(gateway.client(), text)
    sent = vendor.requests[0].json["messages"][0]["content"]
    assert re.fullmatch("She met \u202eNAME_1\\w*\u202c there.", sent)
    assert answer.choices[0].message.content == text


@pytest.mark.parametrize("width", [76, 16])
@pytest.mark.parametrize("data", [gzip.compress(NOTE.encode(), mtime=0), random.Random(5).randbytes(500)], ids=["compressed", "random"])
def test_bytes_in_short_lines_are_refused(gateway, vendor, data, width):
    lines = "\n".join(textwrap.wrap(base64.b64encode(data).decode(), width))
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(gateway.client(), f"Read this:\n{lines}\nWhat does it say?")
    assert raised.value.code == "uninspectable_content" and vendor.received == b""


def letting(*kinds):
    def change(configuration):
        for use_case in configuration["use_cases"]:
            use_case["uninspected"] = list(kinds)

    return change


def test_only_bytes_go_out_unsearched(own):
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PICTURE}", "alt": f"Patient {NOTE}"}},
        {"type": "image_url", "image_url": {"url": "https://ehr.example/view?email=o.brackenridge@example.org"}},
        {"type": "file", "file": {"filename": "Ottoline Brackenridge 03/15/1961.pdf", "file_data": f"data:application/pdf;base64,{PICTURE}"}},
    ]
    with own(letting("image", "file")) as (gateway, vendor):
        gateway.client().chat.completions.create(model=MODEL, messages=[{"role": "user", "content": parts}])
        assert found(vendor.received) == []
        assert vendor.received.count(PICTURE.encode()) == 2


def test_ids_that_a_caller_chose_are_its_own(gateway, vendor):
    call = {"id": f"call_{NAME}", "type": "function", "function": {"name": "find", "arguments": "{}"}}
    messages = [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"call_{NAME}", "content": "found"}, {"role": "user", "content": "hello"},
    ]
    gateway.client().chat.completions.create(
        model=MODEL, messages=messages, user=NAME, seed=219094417, metadata={"chart": f"mrn{48291773}"},
        extra_body={"prompt_cache_key": NAME, "service_tier": NAME})
    sent = vendor.requests[0].json
    assert found(vendor.received) == [] and sent["seed"] != 219094417
    assert sent["messages"][0]["tool_calls"][0]["id"] == sent["messages"][1]["tool_call_id"] == "call_cordon1"


@pytest.mark.parametrize("stream", [False, True])
def test_a_tool_that_is_named_after_somebody_is_called_by_its_name(gateway, vendor, stream):
    def script(request, reply):
        mock_vendor.calling(request.json["tools"][0]["function"]["name"], lambda _: "{}")(request, reply)

    vendor.script = script
    tools = [{"type": "function", "function": {"name": f"call{NAME}", "parameters": {"type": "object"}}}]
    answer = gateway.client().chat.completions.create(
        model=MODEL, messages=[{"role": "user", "content": "call her"}], tools=tools, stream=stream)
    if stream:
        calls = [call for chunk in answer for choice in chunk.choices for call in choice.delta.tool_calls or []]
    else:
        calls = answer.choices[0].message.tool_calls
    assert calls[0].function.name == f"call{NAME}" and found(vendor.received) == []


def test_a_number_that_the_dialect_does_not_have_is_refused(gateway, vendor):
    with pytest.raises(openai.BadRequestError) as raised:
        ask(gateway.client(), "hello", temperature=219094417)
    assert "temperature" in raised.value.message and vendor.received == b""


@pytest.mark.parametrize("more", [
    {"prompt": {"id": "pmpt_1", "variables": {"patient": "Ottoline Brackenridge"}}},
    {"input": [{"type": "item_reference", "id": "msg_1"}]},
    {"prompt_cache_retention": "24h"},
], ids=["prompt", "item", "cache"])
def test_what_the_vendor_keeps_is_not_asked_for(polyglot, more):
    gateway, vendor = polyglot
    with pytest.raises(openai.PermissionDeniedError) as raised:
        gateway.client().responses.create(model=MODEL, **{"input": "hello", **more})
    assert raised.value.code == "kept_by_vendor" and vendor.received == b""


def cut_short(request, reply):
    """Says everything but that it has come to its end."""
    reply.begin_stream()
    reply.chunk(*vendor_messages.saying("The heart is fine.")[:-1])
    reply.end_stream()


def test_a_stream_of_messages_without_its_last_event_is_no_whole_answer(polyglot):
    gateway, vendor = polyglot
    vendor.script = cut_short
    hello = [{"role": "user", "content": "hello"}]
    with pytest.raises(openai.APIError):
        client = gateway.client(default_headers={"x-cordon-use-case": "claude"})
        list(client.chat.completions.create(model="claude-sonnet-5", messages=hello, stream=True))
    claude = gateway.anthropic(default_headers={"x-cordon-use-case": "claude"})
    with pytest.raises(anthropic.APIError):
        with claude.messages.stream(model="claude-sonnet-5", max_tokens=20, messages=hello) as stream:
            for _ in stream:
                pass
