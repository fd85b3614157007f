"""The official client of Anthropic's."""

import json

import anthropic
import mock_vendor
import pytest
import vendor_messages
from canaries import NOTE, found
from test_sdk import TOKEN

MODEL = "claude-sonnet-5"
CLAUDE = {"x-cordon-use-case": "claude"}
TOOLS = [{"name": "find", "description": "Finds a chart", "input_schema": {"type": "object"}}]


def client(gateway, **options):
    return gateway.anthropic(default_headers=CLAUDE, **options)


def ask(gateway, content=NOTE, **more):
    return client(gateway).messages.create(
        model=MODEL, max_tokens=200, messages=[{"role": "user", "content": content}], **more)


@pytest.mark.parametrize("system", ["The patient is Ottoline Brackenridge.", [{"type": "text", "text": "The patient is Ottoline Brackenridge.", "cache_control": {"type": "ephemeral"}}]], ids=["string", "blocks"])
def test_a_whole_answer_comes_back_restored_and_the_vendor_saw_no_identifier(polyglot, system):
    gateway, vendor = polyglot
    answer = ask(gateway, system=system)
    assert answer.content[0].text == NOTE
    assert found(vendor.received) == []
    assert TOKEN.search(json.dumps(vendor.requests[0].json["system"]))
    assert answer._request_id.startswith("req_") and answer.usage.output_tokens == 7
    assert vendor.requests[0].headers["x-api-key"] and vendor.requests[0].headers["anthropic-version"] == anthropic._constants.ANTHROPIC_API_VERSION
    assert gateway.caller.key.encode() not in vendor.received


@pytest.mark.parametrize("cut", [1, 3, 11, 400])
def test_a_stream_comes_back_restored_through_the_helper(polyglot, cut):
    gateway, vendor = polyglot
    vendor.script = lambda request, reply: mock_vendor.saying(request.prompt, cut)(request, reply)
    messages = [{"role": "user", "content": NOTE}]
    with client(gateway).messages.stream(model=MODEL, max_tokens=200, messages=messages) as stream:
        assert "".join(stream.text_stream) == NOTE
        final = stream.get_final_message()
    assert final.content[0].text == NOTE and final.stop_reason == "end_turn" and final.usage.output_tokens == 7
    assert stream.request_id.startswith("req_")
    assert found(vendor.received) == []


def test_a_conversation_with_tools_is_searched_throughout(polyglot):
    gateway, vendor = polyglot
    name, number = "Ottoline Brackenridge", "219-09-4417"
    messages = [
        {"role": "user", "content": [{"type": "text", "text": f"Who is patient {name}?"}]},
        {"role": "assistant", "content": [
            {"type": "thinking", "thinking": "I look.", "signature": vendor_messages.SIGNATURE},
            {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {"patient": name, "keys": {number: [name]}}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": f"Patient: {name}, SSN: {number}"}]}]},
    ]
    tools = [{"name": "find", "description": f"Finds patient {name}", "input_schema": {
        "type": "object", "properties": {"patient": {"type": "string", "description": f"such as {number}"}}}}]
    answer = client(gateway).messages.create(
        model=MODEL, max_tokens=200, messages=messages, tools=tools, metadata={"user_id": "u-1"})
    assert answer.content[0].text == f"Patient: {name}, SSN: {number}"
    assert found(vendor.received) == []
    thought = vendor.requests[0].json["messages"][1]["content"][0]
    assert thought == messages[1]["content"][0]


def test_a_tool_call_comes_back_restored_whole_and_streamed(polyglot):
    gateway, vendor = polyglot

    def arguments(request):
        tokens = TOKEN.findall(request.prompt)
        return json.dumps({"patient": tokens[0], "note": f'for "{tokens[1]}"\n', "deep": [{"dose": 1.10}]})

    vendor.script = mock_vendor.calling("find", arguments, 3)
    text = 'Patient: Ottoline "Otti" Brackenridge, SSN: 219-09-4417'
    expected = {"note": 'for "219-09-4417"\n', "deep": [{"dose": 1.1}]}
    messages = [{"role": "user", "content": text}]
    with client(gateway).messages.stream(model=MODEL, max_tokens=200, messages=messages, tools=TOOLS) as stream:
        streamed = stream.get_final_message()
    for answer in (ask(gateway, text, tools=TOOLS), streamed):
        call = answer.content[1]
        assert answer.stop_reason == "tool_use" and call.name == "find" and call.id == "toolu_1"
        patient = call.input.pop("patient")
        assert patient.startswith("Ottoline") and not TOKEN.search(patient) and call.input == expected


def test_thinking_and_its_signature_come_back_as_the_vendor_wrote_them(polyglot):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.thinking_then_saying_back
    messages = [{"role": "user", "content": NOTE}]
    thinking = {"type": "enabled", "budget_tokens": 1024}
    with client(gateway).messages.stream(
        model=MODEL, max_tokens=2000, messages=messages, thinking=thinking) as stream:
        streamed = stream.get_final_message()
    whole = client(gateway).messages.create(model=MODEL, max_tokens=2000, messages=messages, thinking=thinking)
    for answer in (whole, streamed):
        thought, text = answer.content
        assert (thought.thinking, thought.signature) == (vendor_messages.THINKING, vendor_messages.SIGNATURE)
        assert text.text == NOTE
    assert vendor.requests[0].json["thinking"] == thinking


def test_tokens_are_counted_of_what_the_vendor_would_see(polyglot):
    gateway, vendor = polyglot
    count = client(gateway).messages.count_tokens(model=MODEL, system="For Ottoline Brackenridge", messages=[{"role": "user", "content": NOTE}], tools=TOOLS)
    assert count.input_tokens == 42 and vendor.requests[0].path == "/v1/messages/count_tokens"
    assert found(vendor.received) == []


def test_models_are_those_that_the_caller_may_use(polyglot):
    gateway, _ = polyglot
    models = client(gateway).models.list()
    names = {model.id for model in models}
    assert {"claude-sonnet-5", "gpt-4o-mini"} <= names
    assert client(gateway).models.retrieve("claude-sonnet-5").type == "model"
    with pytest.raises(anthropic.NotFoundError):
        client(gateway).models.retrieve("claude-none")


def test_a_refusal_has_anthropics_shape_and_is_not_tried_again(polyglot):
    gateway, vendor = polyglot
    before = len(gateway.entries())
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        gateway.anthropic(max_retries=3, default_headers={"x-cordon-use-case": "billing"}).messages.create(
            model=MODEL, max_tokens=20, messages=[{"role": "user", "content": "hello"}])
    error, headers = raised.value.response.json(), raised.value.response.headers
    assert error["type"] == "error" and error["error"]["type"] == "permission_error"
    assert "use_case_not_granted" in error["error"]["message"]
    assert headers["x-should-retry"] == "false"
    assert error["request_id"] == raised.value.request_id == headers["request-id"] == headers["x-request-id"]
    assert [entry["event"] for entry in gateway.of_requests(before)] == ["request.refused"]
    assert vendor.received == b""


@pytest.mark.parametrize("vendor_status, status, kind", [
    (529, 529, "overloaded_error"), (500, 500, "api_error"), (400, 400, "invalid_request_error"),
    (404, 404, "not_found_error"), (413, 413, "request_too_large"), (401, 502, "api_error"), (403, 502, "api_error"),
])
def test_a_vendors_error_has_anthropics_shape_and_nothing_of_the_vendors_words(polyglot, vendor_status, status, kind):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.status(vendor_status)
    with pytest.raises(anthropic.APIStatusError) as raised:
        ask(gateway)
    error = raised.value.response.json()
    assert (raised.value.status_code, error["error"]["type"]) == (status, kind)
    assert "upstream secret" not in raised.value.response.text
    assert error["request_id"] == raised.value.response.headers["request-id"]


def test_an_overloaded_vendor_is_tried_again_after_what_it_says(polyglot):
    gateway, vendor = polyglot
    answers = iter([mock_vendor.status(429, retry_after="1"), mock_vendor.status(529), mock_vendor.echo])
    vendor.script = lambda request, reply: next(answers)(request, reply)
    answer = client(gateway, max_retries=3).messages.create(
        model=MODEL, max_tokens=20, messages=[{"role": "user", "content": "hello"}])
    assert answer.content[0].text == "hello" and len(vendor.requests) == 3


@pytest.mark.parametrize("after", [1, 4, 9])
def test_a_stream_that_breaks_ends_with_an_error_event(polyglot, after):
    gateway, vendor = polyglot

    def script(request, reply):
        reply.begin_stream()
        reply.chunk(*vendor_messages.saying("The answer is long enough to be broken.")[:after])
        reply.break_off()

    vendor.script = script
    with pytest.raises(anthropic.APIError) as raised:
        with client(gateway).messages.stream(
            model=MODEL, max_tokens=20, messages=[{"role": "user", "content": "hello"}]) as stream:
            for _ in stream:
                pass
    assert raised.value.body["error"]["type"] in ("api_error", "overloaded_error")


@pytest.mark.parametrize("block, code", [
    ({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}}, "uninspectable_content"),
    ({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="}}, "uninspectable_content"),
    ({"type": "image", "source": {"type": "url", "url": "https://x.example/a.png"}}, "uninspectable_content"),
], ids=["image", "document", "address"])
def test_what_cannot_be_searched_is_refused(polyglot, block, code):
    gateway, vendor = polyglot
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        ask(gateway, [block])
    assert code in raised.value.message and vendor.received == b""


def test_a_document_of_text_is_searched(polyglot):
    gateway, vendor = polyglot
    block = {"type": "document", "title": "Note of Ottoline Brackenridge", "citations": {"enabled": True},
             "source": {"type": "text", "media_type": "text/plain", "data": NOTE}}
    answer = ask(gateway, [block, {"type": "text", "text": "Who is Ottoline Brackenridge?"}])
    assert answer.content[0].text == "Who is Ottoline Brackenridge?" and found(vendor.received) == []


def test_a_tool_that_the_vendor_runs_is_refused(polyglot):
    gateway, vendor = polyglot
    with pytest.raises(anthropic.PermissionDeniedError) as raised:
        ask(gateway, tools=[{"type": "web_search_20250305", "name": "web_search"}])
    assert "vendor_tool" in raised.value.message and vendor.received == b""


@pytest.mark.parametrize("answer", [b'{"a": 1}', b"[]", b'{"input_tokens": "many"}', b'{"content": [', b"", b'{"type":"error","error":{"message":"upstream secret"}}'])
@pytest.mark.parametrize("operation", ["create", "count_tokens"])
def test_an_answer_that_is_none_is_a_bad_gateway(polyglot, operation, answer):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.body(answer)
    more = {"max_tokens": 9} if operation == "create" else {}
    with pytest.raises(anthropic.InternalServerError) as raised:
        getattr(client(gateway).messages, operation)(model=MODEL, messages=[{"role": "user", "content": NOTE}], **more)
    assert raised.value.status_code == 502 and raised.value.response.json()["error"]["type"] == "api_error"
    assert "upstream secret" not in raised.value.response.text and found(vendor.received) == []
