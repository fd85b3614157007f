"""The official client of OpenAI's, asking for Responses."""

import json
import typing

import mock_vendor
import openai
import pytest
import vendor_responses
from canaries import NOTE, found
from openai.types.responses import ResponseStreamEvent
from test_sdk import TOKEN

MODEL = "gpt-4o-mini"
TEXT = 'Patient: Ottoline "Otti" Brackenridge, SSN: 219-09-4417, MRN: 48291773.'


def ask(gateway, input=NOTE, **more):
    return gateway.client().responses.create(model=MODEL, input=input, **more)


def test_a_string_goes_out_without_identifiers_and_comes_back_restored(polyglot):
    gateway, vendor = polyglot
    answer = ask(gateway, instructions="The patient is Ottoline Brackenridge.")
    assert answer.output_text == NOTE
    assert found(vendor.received) == []
    assert TOKEN.search(vendor.requests[0].json["instructions"])
    assert answer._request_id.startswith("req_") and answer.usage.total_tokens == 18


def test_the_vendor_is_told_to_keep_nothing(polyglot):
    gateway, vendor = polyglot
    ask(gateway, "hello")
    assert vendor.requests[0].json["store"] is False


def test_every_place_of_items_that_can_hold_prose_is_searched(polyglot):
    gateway, vendor = polyglot
    name, number = "Ottoline Brackenridge", "219-09-4417"
    tool = {"type": "function", "name": "find", "description": f"Finds patient {name}", "strict": False,
            "parameters": {"type": "object", "properties": {"ssn": {"type": "string", "description": f"such as {number}"}}}}
    items = [
        {"role": "developer", "content": f"Patient: {name}, SSN: {number}"},
        {"role": "user", "content": [{"type": "input_text", "text": f"Who is patient {name}?"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": f"Patient {name}"}]},
        {"type": "message", "role": "assistant", "id": "msg_1", "status": "completed",
         "content": [{"type": "output_text", "text": f"Patient {name}", "annotations": []}]},
        {"type": "function_call", "call_id": "call_1", "name": "find", "arguments": json.dumps({"patient": name, "ssn": number})},
        {"type": "function_call_output", "call_id": "call_1", "output": json.dumps([{"patient": name, "ssn": number}])},
        {"type": "custom_tool_call", "call_id": "call_2", "name": "note", "input": f"Patient: {name}"},
        {"type": "custom_tool_call_output", "call_id": "call_2", "output": [{"type": "input_text", "text": f"SSN: {number}"}]},
    ]
    answer = ask(gateway, items, instructions=f"Patient: {name}", tools=[tool], metadata={"for": name}, user=f"{name}")
    assert found(vendor.received) == []
    assert answer.output_text == f"SSN: {number}"
    assert TOKEN.fullmatch(json.loads(vendor.requests[0].json["input"][4]["arguments"])["ssn"])


@pytest.mark.parametrize("cut", [1, 3, 11, 400])
def test_a_stream_comes_back_restored_through_the_helper(polyglot, cut):
    gateway, vendor = polyglot
    vendor.script = lambda request, reply: mock_vendor.saying(request.prompt, cut)(request, reply)
    text = ""
    with gateway.client().responses.stream(model=MODEL, input=NOTE) as stream:
        for event in stream:
            if event.type == "response.output_text.delta":
                text += event.delta
        final = stream.get_final_response()
    assert text == NOTE == final.output_text
    assert found(vendor.received) == []


KNOWN = {typing.get_args(kind.model_fields["type"].annotation)[0]: kind
         for kind in typing.get_args(typing.get_args(ResponseStreamEvent)[0])}


def events(gateway, **more):
    """The events of a stream as the client's own types read them, each strictly."""
    status, headers, body = gateway.post({"model": MODEL, "stream": True, **more}, "/v1/responses")
    assert status == 200 and headers["content-type"] == "text/event-stream"
    read = []
    for block in body.decode().split("\n\n"):
        if block:
            name, _, data = block.partition("\n")
            event = json.loads(data.removeprefix("data: "))
            assert name == f"event: {event['type']}"
            KNOWN[event["type"]].model_validate(event)
            read.append(event)
    assert [event["sequence_number"] for event in read] == list(range(len(read)))
    return read


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 50, 1000])
def test_in_every_type_of_event_all_places_of_a_text_agree(polyglot, cut):
    gateway, vendor = polyglot
    arguments = json.dumps({"patient": TEXT, "dose": 1.1}, ensure_ascii=False)

    def script(request, reply):
        said = request.prompt
        made = vendor_responses.everything(said, json.dumps({"patient": said, "dose": 1.1}), cut)
        mock_vendor.stream(reply, made)

    vendor.script = script
    read = events(gateway, input=TEXT)
    assert KNOWN.keys() - {event["type"] for event in read} == {"error", "response.failed", "response.incomplete"}
    assert found(vendor.received) == []
    deltas, dones = {}, {}
    for event in read:
        subject, _, turn = event["type"].rpartition(".")
        where = (subject, *(event.get(name) for name in ("output_index", "content_index", "summary_index", "command_index")))
        if turn == "delta" and isinstance(event["delta"], str):
            deltas[where] = deltas.get(where, "") + event["delta"]
        elif turn == "delta":
            for name, text in event["delta"].items():
                deltas[(*where, name)] = deltas.get((*where, name), "") + text
        elif turn == "done":
            for name in ("text", "arguments", "refusal", "input", "code", "command"):
                if isinstance(event.get(name), str):
                    dones[where] = event[name]
    said = {where: text for where, text in deltas.items() if where[0] not in ("response.audio",)}
    for where, text in said.items():
        if "arguments" in where[0]:
            assert json.loads(text) == json.loads(arguments), where
        else:
            assert text == TEXT, where
        if where in dones:
            assert dones[where] == text, where
    items = [event["item"] for event in read if event["type"] == "response.output_item.done"]
    final = read[-1]["response"]["output"]
    assert items == final
    by_type = {item["type"]: item for item in final}
    assert by_type["message"]["content"][0]["text"] == by_type["message"]["content"][1]["refusal"] == TEXT
    assert json.loads(by_type["function_call"]["arguments"]) == json.loads(by_type["mcp_call"]["arguments"] or "0") \
        == json.loads(arguments)
    assert by_type["custom_tool_call"]["input"] == by_type["code_interpreter_call"]["code"] == TEXT
    assert by_type["shell_call"]["action"]["commands"] == [TEXT]
    assert by_type["shell_call_output"]["output"][0]["stdout"] == TEXT
    assert by_type["reasoning"]["summary"][0]["text"] == by_type["reasoning"]["content"][0]["text"] == TEXT
    assert by_type["reasoning"]["encrypted_content"] == "gAAAAB" + "x" * 40
    parts = [event["part"] for event in read if event["type"] == "response.content_part.done"]
    assert parts == by_type["message"]["content"]
    assert not TOKEN.search(json.dumps(read))


def test_a_tool_call_comes_back_restored_whole_and_streamed(polyglot):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.calling("find", lambda request: json.dumps({"patient": TOKEN.findall(request.prompt)[0]}), 2)
    tools = [{"type": "function", "name": "find", "parameters": {"type": "object"}, "strict": False}]
    whole = ask(gateway, "Patient: Ottoline Brackenridge", tools=tools).output[0]
    assert json.loads(whole.arguments) == {"patient": "Ottoline Brackenridge"}
    with gateway.client().responses.stream(model=MODEL, input="Patient: Ottoline Brackenridge", tools=tools) as stream:
        for _ in stream:
            pass
        assert json.loads(stream.get_final_response().output[0].arguments) == {"patient": "Ottoline Brackenridge"}


@pytest.mark.parametrize("turn", ["failed", "error"])
def test_a_stream_that_fails_at_the_vendor_ends_with_an_error_event(polyglot, turn):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.streaming(lambda request: vendor_responses.ending(turn, request.prompt))
    body = gateway.post({"model": MODEL, "stream": True, "input": "hello"}, "/v1/responses")[2].decode()
    last = json.loads(body.strip().rpartition("data: ")[2])
    assert last["type"] == "error" and last["code"] and "upstream secret" not in body
    KNOWN["error"].model_validate(last)
    assert last["sequence_number"] == body.count("event: ") - 1
    *_, last = gateway.client().responses.create(model=MODEL, input="hello", stream=True)
    assert last.type == "error"


def test_an_incomplete_answer_comes_back_as_one(polyglot):
    gateway, vendor = polyglot
    vendor.script = mock_vendor.streaming(lambda request: vendor_responses.ending("incomplete", request.prompt))
    read = events(gateway, input=TEXT)
    assert read[-1]["response"]["status"] == "incomplete"
    assert read[-1]["response"]["output"][0]["content"][0]["text"] == TEXT


@pytest.mark.parametrize("more", [
    {"previous_response_id": "resp_0"}, {"conversation": "conv_0"}, {"store": True}, {"background": True},
], ids=lambda more: next(iter(more)))
def test_what_the_vendor_would_keep_is_refused(polyglot, more):
    gateway, vendor = polyglot
    with pytest.raises(openai.PermissionDeniedError) as raised:
        gateway.client(max_retries=2).responses.create(model=MODEL, input=NOTE, **more)
    assert raised.value.code == "kept_by_vendor"
    assert raised.value.response.headers["x-should-retry"] == "false"
    assert vendor.received == b""


@pytest.mark.parametrize("part", [
    {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "auto"},
    {"type": "input_file", "file_data": "JVBERi0=", "filename": "a.pdf"}, {"type": "input_file", "file_id": "file-1"},
], ids=["image", "file", "file id"])
def test_what_cannot_be_searched_is_refused(polyglot, part):
    gateway, vendor = polyglot
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(gateway, [{"role": "user", "content": [part]}])
    assert raised.value.code == "uninspectable_content" and vendor.received == b""
