"""The official OpenAI client works through the gateway, and the vendor never sees who the patient is."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import mock_vendor
import openai
import pytest
from canaries import NOTE, PLANTED, found

TOKEN = re.compile(r"\b[A-Z]+_[1-9][0-9]*[A-Z]{0,3}_[B-DF-HJ-NP-TV-XZ]{3}\b")


def ask(client, text, **more):
    return client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": text}], **more)


def joined(stream):
    """The text of a stream, which has to end with a reason."""
    text, finish = "", None
    for chunk in stream:
        for choice in chunk.choices:
            text += choice.delta.content or ""
            finish = choice.finish_reason or finish
    assert finish
    return text


def test_a_whole_answer_comes_back_restored_and_the_vendor_saw_no_identifier(gateway, vendor):
    answer = ask(gateway.client(), NOTE)
    assert answer.choices[0].message.content == NOTE
    assert found(vendor.received) == []
    assert TOKEN.search(vendor.requests[0].prompt)
    assert answer.usage.total_tokens == 18


def test_a_streamed_answer_comes_back_restored(gateway, vendor):
    assert joined(ask(gateway.client(), NOTE, stream=True)) == NOTE
    assert found(vendor.received) == []


# proves: IOC-06
def test_only_a_use_case_that_restores_sees_the_originals(gateway, vendor):
    authorised = ask(gateway.client(), NOTE).choices[0].message.content
    unauthorised = ask(gateway.client(default_headers={"x-cordon-use-case": "research"}), NOTE).choices[0].message.content
    streamed = joined(ask(gateway.client(default_headers={"x-cordon-use-case": "research"}), NOTE, stream=True))
    assert found(vendor.received) == []
    assert authorised == NOTE
    assert found(unauthorised.encode()) == found(streamed.encode()) == []
    assert unauthorised == vendor.requests[1].prompt
    assert streamed == vendor.requests[2].prompt
    assert len(set(TOKEN.findall(unauthorised))) > 5


def test_the_same_person_has_the_same_index_through_a_conversation(gateway, vendor):
    messages = [
        {"role": "system", "content": "The patient is Maria Gonzalez."},
        {"role": "user", "content": "Ms. Gonzalez came in. Who is she?"},
        {"role": "assistant", "content": "GONZALEZ, MARIA"},
        {"role": "user", "content": "Write to Maria Gonzalez and to Mr. Peter Ashworth."},
    ]
    gateway.client().chat.completions.create(model="gpt-4o-mini", messages=messages)
    sent = [message["content"] for message in vendor.requests[0].json["messages"]]
    indices = [[re.match(r"NAME_(\d+)", token)[1] for token in TOKEN.findall(text) if token.startswith("NAME")] for text in sent]
    assert indices == [["1"], ["1"], ["1"], ["1", "2"]]


@pytest.mark.parametrize("stream", [False, True])
def test_every_place_that_can_hold_prose_is_searched(gateway, vendor, stream):
    name, number = "Ottoline Brackenridge", "219-09-4417"
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": json.dumps({"patient": name, "ssn": number})}}
    messages = [
        {"role": "system", "content": f"Patient: {name}"},
        {"role": "developer", "content": [{"type": "text", "text": f"SSN: {number}"}]},
        {"role": "user", "content": [{"type": "text", "text": f"Patient: {name}"}], "name": "clerk"},
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "c1", "content": json.dumps([{"patient": name, "ssn": number}])},
        {"role": "user", "content": "Patient: O\u0074toline Brackenridge, SSN: 219-09-4417"},
    ]
    tool = {"type": "function", "function": {
        "name": "find", "description": f"Finds the chart of patient {name}, SSN {number}",
        "parameters": {"type": "object", "properties": {"patient": {"type": "string", "description": f"such as {name}"}}}}}
    answer = gateway.client().chat.completions.create(
        model="gpt-4o-mini", messages=messages, tools=[tool], user="o.brackenridge@example.org", stream=stream)
    if stream:
        joined(answer)
    assert found(vendor.received) == []
    arguments = json.loads(vendor.requests[0].json["messages"][3]["tool_calls"][0]["function"]["arguments"])
    assert TOKEN.fullmatch(arguments["ssn"])


def test_identifiers_that_are_escaped_in_the_json_are_found(gateway, vendor):
    body = (b'{"model":"gpt-4o-mini","messages":[{"role":"user","content":'
            b'"Patient: \\u004fttoline Bracken\\u0072idge, SSN: 219\\u002d09-4417\\nMRN: 482\\u00391773"}]}')
    status, _, answer = gateway.post(body)
    assert status == 200
    assert found(vendor.received) == []
    content = json.loads(answer)["choices"][0]["message"]["content"]
    assert content == "Patient: Ottoline Brackenridge, SSN: 219-09-4417\nMRN: 48291773"


def test_a_tool_call_comes_back_with_its_arguments_restored(gateway, vendor):
    def arguments(request):
        tokens = TOKEN.findall(request.prompt)
        return json.dumps({"patient": tokens[0], "note": f'for "{tokens[1]}"\n', "dose": 1.10})

    vendor.script = mock_vendor.calling("find", arguments)
    tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
    text = "Patient: Ottoline Brackenridge, SSN: 219-09-4417"
    answer = ask(gateway.client(), text, tools=tools)
    call = answer.choices[0].message.tool_calls[0].function
    expected = {"patient": "Ottoline Brackenridge", "note": 'for "219-09-4417"\n', "dose": 1.1}
    assert (call.name, json.loads(call.arguments)) == ("find", expected)


@pytest.mark.parametrize("cut", [1, 2, 3, 7, 400])
def test_a_streamed_tool_call_comes_back_with_its_arguments_restored(gateway, vendor, cut):
    vendor.script = mock_vendor.calling(
        "find", lambda request: json.dumps({"patient": TOKEN.findall(request.prompt)[0], "quote": 'a "b" \\ é'}), cut=cut)
    tools = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
    text = 'Patient: Ottoline "Otti" Brackenridge, SSN: 219-09-4417'
    arguments, name = "", None
    for chunk in ask(gateway.client(), text, tools=tools, stream=True):
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            arguments += call.function.arguments or ""
            name = name or call.function.name
    restored = json.loads(arguments)
    assert name == "find" and restored["quote"] == 'a "b" \\ é'
    assert restored["patient"].startswith("Ottoline") and not TOKEN.search(arguments)


def test_models_are_those_that_the_caller_may_use(gateway):
    assert {model.id for model in gateway.client().models.list()} == {"gpt-4o-mini", "loopback"}


@pytest.mark.parametrize("stream", [False, True])
def test_the_model_inside_the_binary_summarises_without_a_vendor(gateway, vendor, stream):
    client = gateway.client(default_headers={"x-cordon-use-case": "local"})
    answer = client.chat.completions.create(
        model="loopback", messages=[{"role": "user", "content": NOTE}], stream=stream)
    text = joined(answer) if stream else answer.choices[0].message.content
    assert "Ottoline Brackenridge" in text and not TOKEN.search(text)
    assert vendor.connections == []


def test_32_streams_at_once_each_get_their_own_patient_back(gateway, vendor):
    names = [f"{first} {last}" for first in ("Maria", "Peter", "Ottoline", "Thaddeus", "Grace", "Samuel", "Ruth", "Victor")
             for last in ("Gonzalez", "Ashworth", "Brackenridge", "Nakamura")]

    def one(index):
        text = f"Patient: {names[index]}, MRN: {70000000 + index}. " * 8
        return text, joined(ask(gateway.client(), text, stream=True))

    with ThreadPoolExecutor(32) as pool:
        results = list(pool.map(one, range(32)))
    assert [answer for _, answer in results] == [text for text, _ in results]
    assert found(vendor.received, [*PLANTED, *names, *(str(70000000 + index) for index in range(32))]) == []


def test_the_client_reads_a_refusal_as_its_own_error_type(gateway):
    client = gateway.client(default_headers={"x-cordon-use-case": "billing"})
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(client, "hello")
    assert raised.value.code == "use_case_not_granted"
    assert raised.value.request_id and raised.value.request_id == raised.value.response.headers["x-request-id"]
