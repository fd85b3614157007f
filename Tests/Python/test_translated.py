"""A client of one dialect, a vendor of the other."""

import json

import anthropic
import mock_vendor
import openai
import pytest
from canaries import NOTE, found
from test_sdk import TOKEN, ask, joined

CLAUDE = {"x-cordon-use-case": "claude"}
MODEL = "claude-sonnet-5"
TOOLS = [{"type": "function", "function": {"name": "find", "description": "Finds a chart", "parameters": {"type": "object"}}}]
CLAUDE_TOOLS = [{"name": "find", "description": "Finds a chart", "input_schema": {"type": "object"}}]
TEXT = 'Patient: Ottoline "Otti" Brackenridge, SSN: 219-09-4417'


def of_openai(gateway, messages, **more):
    client = gateway.client(default_headers=CLAUDE)
    return client.chat.completions.create(model=MODEL, messages=messages, **more)


def of_anthropic(gateway, messages, **more):
    return gateway.anthropic().messages.create(model="gpt-4o-mini", max_tokens=200, messages=messages, **more)


def arguments(request):
    tokens = TOKEN.findall(request.prompt)
    return json.dumps({"patient": tokens[0], "note": f'for "{tokens[1]}"\n'})


def checked(call_arguments):
    said = json.loads(call_arguments) if isinstance(call_arguments, str) else dict(call_arguments)
    patient = said.pop("patient")
    assert patient.startswith("Ottoline") and not TOKEN.search(patient) and said == {"note": 'for "219-09-4417"\n'}


@pytest.mark.parametrize("stream", [False, True])
def test_the_openai_client_before_a_vendor_of_messages(polyglot, stream):
    gateway, vendor = polyglot
    messages = [{"role": "system", "content": "The patient is Ottoline Brackenridge."}, {"role": "user", "content": NOTE}]
    answer = of_openai(gateway, messages, stream=stream)
    if stream:
        assert joined(answer) == NOTE
    else:
        assert answer.choices[0].message.content == NOTE and answer.choices[0].finish_reason == "stop"
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (11, 7)
    assert vendor.requests[0].path == "/v1/messages" and found(vendor.received) == []
    assert vendor.requests[0].headers["x-api-key"] and "authorization" not in vendor.requests[0].headers


@pytest.mark.parametrize("stream", [False, True])
def test_the_openai_client_gets_a_tool_call_of_a_vendor_of_messages(polyglot, stream):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.calling("find", arguments, 3)
    answer = of_openai(gateway, [{"role": "user", "content": TEXT}], tools=TOOLS, stream=stream)
    if stream:
        said, name, finish = "", None, None
        for chunk in answer:
            for choice in chunk.choices:
                finish = choice.finish_reason or finish
                for call in choice.delta.tool_calls or []:
                    said += call.function.arguments or ""
                    name = name or call.function.name
    else:
        call, finish = answer.choices[0].message.tool_calls[0], answer.choices[0].finish_reason
        said, name = call.function.arguments, call.function.name
    assert (name, finish) == ("find", "tool_calls")
    checked(said)
    assert vendor.requests[0].json["tools"][0]["name"] == "find"


@pytest.mark.parametrize("stream", [False, True])
def test_the_anthropic_client_before_a_vendor_of_chats(polyglot, stream):
    gateway, vendor = polyglot
    messages = [{"role": "user", "content": NOTE}]
    if stream:
        with gateway.anthropic().messages.stream(model="gpt-4o-mini", max_tokens=200, messages=messages, system="For Ottoline Brackenridge") as stream:
            assert "".join(stream.text_stream) == NOTE
            answer = stream.get_final_message()
    else:
        answer = of_anthropic(gateway, messages, system="For Ottoline Brackenridge")
    assert answer.content[0].text == NOTE and answer.stop_reason == "end_turn"
    assert vendor.requests[0].path == "/v1/chat/completions" and found(vendor.received) == []
    assert vendor.requests[0].headers["authorization"].startswith("Bearer ")


@pytest.mark.parametrize("stream", [False, True])
def test_the_anthropic_client_gets_a_tool_call_of_a_vendor_of_chats(polyglot, stream):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.calling("find", arguments, 3)
    messages = [{"role": "user", "content": TEXT}]
    if stream:
        with gateway.anthropic().messages.stream(model="gpt-4o-mini", max_tokens=200, messages=messages, tools=CLAUDE_TOOLS) as stream:
            answer = stream.get_final_message()
    else:
        answer = of_anthropic(gateway, messages, tools=CLAUDE_TOOLS)
    call = answer.content[-1]
    assert (call.type, call.name, answer.stop_reason) == ("tool_use", "find", "tool_use")
    checked(call.input)


def test_a_conversation_with_tools_is_searched_on_both_ways(polyglot):
    gateway, vendor = polyglot
    name, number = "Ottoline Brackenridge", "219-09-4417"
    call = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": json.dumps({"patient": name})}}
    answer = of_openai(gateway, [
        {"role": "user", "content": f"Who is patient {name}?"}, {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": f"Patient: {name}, SSN: {number}"}], tools=TOOLS)
    assert answer.choices[0].message.content == f"Patient: {name}, SSN: {number}"
    use = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"patient": name}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": f"Patient: {name}, SSN: {number}"}
    answer = of_anthropic(gateway, [
        {"role": "user", "content": f"Who is patient {name}?"}, {"role": "assistant", "content": [use]},
        {"role": "user", "content": [result]}], tools=CLAUDE_TOOLS)
    assert answer.content[0].text == f"Patient: {name}, SSN: {number}"
    assert found(vendor.received) == [] and len(vendor.requests) == 2


@pytest.mark.parametrize("more", [{"n": 2}, {"seed": 7}, {"logprobs": True}, {"response_format": {"type": "json_object"}}], ids=lambda more: next(iter(more)))
def test_what_messages_cannot_say_is_refused_by_name(polyglot, more):
    gateway, vendor = polyglot
    with pytest.raises(openai.PermissionDeniedError) as raised:
        of_openai(gateway, [{"role": "user", "content": NOTE}], **more)
    assert raised.value.code == "not_translated" and f"`{next(iter(more))}" in raised.value.message
    assert vendor.received == b""


def test_what_chats_cannot_say_is_refused_by_name(polyglot):
    gateway, vendor = polyglot
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        of_anthropic(gateway, [{"role": "user", "content": NOTE}], thinking={"type": "enabled", "budget_tokens": 1024})
    assert "not_translated" in raised.value.message and "`thinking" in raised.value.message and vendor.received == b""


def test_tokens_are_not_counted_by_a_vendor_of_chats(polyglot):
    gateway, vendor = polyglot
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        gateway.anthropic().messages.count_tokens(model="gpt-4o-mini", messages=[{"role": "user", "content": "hello"}])
    assert "operation_not_offered" in raised.value.message and vendor.received == b""


@pytest.mark.parametrize("vendor_status, status", [(429, 429), (529, 529), (500, 500), (401, 502)])
def test_a_vendors_error_has_the_shape_of_the_clients_dialect(polyglot, vendor_status, status):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.status(vendor_status, retry_after="3")
    with pytest.raises(openai.APIStatusError) as raised:
        of_openai(gateway, [{"role": "user", "content": "hello"}])
    assert raised.value.status_code == status and "error" in raised.value.response.json() and "type" not in raised.value.response.json()
    assert raised.value.response.headers["retry-after"] == "3"
    with pytest.raises(anthropic.APIStatusError) as raised:
        of_anthropic(gateway, [{"role": "user", "content": "hello"}])
    assert raised.value.status_code == status and raised.value.response.json()["type"] == "error"


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_stream_that_breaks_ends_with_an_error_of_the_clients_dialect(polyglot, after):
    import vendor_messages
    gateway, vendor = polyglot
    text = "The answer is long enough to be broken."

    def script(request, reply):
        made = vendor_messages.saying(text) if request.operation == "messages" else mock_vendor.events([{"content": text[at : at + 5]} for at in range(0, len(text), 5)])
        reply.begin_stream()
        reply.chunk(*made[:after])
        reply.break_off()

    vendor.script = script
    with pytest.raises(openai.APIError):
        joined(of_openai(gateway, [{"role": "user", "content": "hello"}], stream=True))
    with pytest.raises(anthropic.APIError):
        with gateway.anthropic().messages.stream(model="gpt-4o-mini", max_tokens=9, messages=[{"role": "user", "content": "hello"}]) as stream:
            list(stream)
