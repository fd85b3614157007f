"""What the official clients ask for besides chats, Responses and Messages; and chats in all their forms."""

import json

import anthropic
import mock_vendor
import openai
import pytest
from canaries import NOTE, found
from test_sdk import TOKEN, ask

FAILURES = [
    ("chat.completions", {"messages": [{"role": "user", "content": "hello"}]}),
    ("completions", {"prompt": "hello"}), ("responses", {"input": "hello"}), ("embeddings", {"input": "hello"}),
    ("moderations", {"input": "hello"}),
]


def call(client, operation, **more):
    """Calls `client.chat.completions.create` and its like."""
    for name in operation.split("."):
        client = getattr(client, name)
    return client.create(**more)


@pytest.mark.parametrize("stream", [False, True])
def test_completions_of_one_prompt_and_of_several_choices(polyglot, stream):
    gateway, vendor = polyglot
    answer = gateway.client().completions.create(model="gpt-3.5-turbo-instruct", prompt=NOTE, n=2, suffix="Ottoline Brackenridge", stream=stream)
    if stream:
        texts = {}
        for chunk in answer:
            for choice in chunk.choices:
                texts[choice.index] = texts.get(choice.index, "") + choice.text
    else:
        texts = {choice.index: choice.text for choice in answer.choices}
    assert texts == {0: NOTE, 1: NOTE}
    assert found(vendor.received) == []


def test_completions_of_several_prompts(polyglot):
    gateway, vendor = polyglot
    answer = gateway.client().completions.create(model="gpt-3.5-turbo-instruct", prompt=[NOTE, "SSN: 219-09-4417"])
    assert answer.choices[0].text == NOTE + "\nSSN: 219-09-4417" and found(vendor.received) == []


@pytest.mark.parametrize("input", [NOTE, [NOTE, "SSN: 219-09-4417"]], ids=["string", "array"])
@pytest.mark.parametrize("coding", [None, "float", "base64"])
def test_embeddings_come_back_as_the_vendor_gave_them(polyglot, input, coding):
    gateway, vendor = polyglot
    more = {"encoding_format": coding} if coding else {}
    answer = gateway.client().embeddings.create(model="text-embedding-3-small", input=input, **more)
    assert len(answer.data) == (1 if isinstance(input, str) else 2)
    if coding != "base64":
        assert [item.embedding for item in answer.data] == [mock_vendor.VECTOR] * len(answer.data)
    assert vendor.requests[0].json["encoding_format"] == (coding or "base64")
    assert found(vendor.received) == [] and TOKEN.search(vendor.requests[0].prompt)


@pytest.mark.parametrize("input", [[1, 2, 3], [[1, 2], [3]]], ids=["one", "several"])
def test_tokens_of_a_vendors_own_are_refused_by_name(polyglot, input):
    gateway, vendor = polyglot
    with pytest.raises(openai.PermissionDeniedError) as raised:
        gateway.client().embeddings.create(model="text-embedding-3-small", input=input)
    assert raised.value.code == "uninspectable_content" and "input" in raised.value.message
    assert raised.value.response.headers["x-should-retry"] == "false" and vendor.received == b""


@pytest.mark.parametrize("input", [NOTE, [NOTE, "hello"], [{"type": "text", "text": NOTE}]], ids=["string", "array", "parts"])
def test_moderations_are_asked_of_safe_text(polyglot, input):
    gateway, vendor = polyglot
    answer = gateway.client().moderations.create(model="omni-moderation-latest", input=input)
    assert answer.results[0].flagged is False and found(vendor.received) == []


def test_a_picture_is_not_moderated(polyglot):
    gateway, vendor = polyglot
    picture = {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}
    with pytest.raises(openai.PermissionDeniedError):
        gateway.client().moderations.create(model="omni-moderation-latest", input=[picture])
    assert vendor.received == b""


def test_models_are_shown_one_by_one_in_both_dialects(polyglot):
    gateway, _ = polyglot
    for client in (gateway.client(), gateway.anthropic()):
        listed = {model.id for model in client.models.list()}
        assert listed == {"gpt-4o-mini", "text-embedding-3-small", "omni-moderation-latest", "gpt-3.5-turbo-instruct",
                          "loopback", "claude-sonnet-5"}
        for model in listed:
            assert client.models.retrieve(model).id == model
    with pytest.raises(openai.NotFoundError) as raised:
        gateway.client().models.retrieve("gpt-none")
    assert raised.value.code == "model_not_found"
    with pytest.raises(anthropic.NotFoundError):
        gateway.anthropic().models.retrieve("gpt-none")


@pytest.mark.parametrize("stream", [False, True])
def test_each_of_several_choices_is_restored(polyglot, stream):
    gateway, vendor = polyglot
    answer = ask(gateway.client(), NOTE, n=3, stream=stream)
    if stream:
        texts = {}
        for chunk in answer:
            for choice in chunk.choices:
                texts[choice.index] = texts.get(choice.index, "") + (choice.delta.content or "")
    else:
        texts = {choice.index: choice.message.content for choice in answer.choices}
    assert texts == {0: NOTE, 1: NOTE, 2: NOTE} and found(vendor.received) == []


@pytest.mark.parametrize("stream", [False, True])
def test_a_models_refusal_is_restored(polyglot, stream):
    gateway, vendor = polyglot

    def script(request, reply):
        said = request.prompt
        if stream:
            pieces = [said[at : at + 4] for at in range(0, len(said), 4)]
            mock_vendor.stream(reply, mock_vendor.events([{"role": "assistant", "content": None}, *({"refusal": piece} for piece in pieces)]))
        else:
            reply.whole(mock_vendor.completion({"role": "assistant", "content": None, "refusal": said}))

    vendor.script = script
    answer = ask(gateway.client(), NOTE, stream=stream)
    refused = "".join(chunk.choices[0].delta.refusal or "" for chunk in answer) if stream else answer.choices[0].message.refusal
    assert refused == NOTE and found(vendor.received) == []


def probabilities(text):
    return {"content": [{"token": text[at : at + 4], "logprob": -0.5, "bytes": list(text[at : at + 4].encode()),
                         "top_logprobs": [{"token": text[at : at + 4], "logprob": -0.5, "bytes": None}]}
                        for at in range(0, len(text), 4)], "refusal": None}


def with_probabilities(request, reply):
    answer = json.loads(mock_vendor.completion({"role": "assistant", "content": request.prompt}))
    answer["choices"][0]["logprobs"] = probabilities(request.prompt)
    reply.json(answer)


def test_probabilities_stay_where_nothing_is_restored_and_go_where_something_is(polyglot):
    """Of a restored text there are none: they were of other words."""
    gateway, vendor = polyglot
    vendor.script = with_probabilities
    plain = ask(gateway.client(), "The heart is fine.", logprobs=True, top_logprobs=1).choices[0]
    assert "".join(token.token for token in plain.logprobs.content) == plain.message.content == "The heart is fine."
    restored = ask(gateway.client(), NOTE, logprobs=True, top_logprobs=1).choices[0]
    assert restored.message.content == NOTE and restored.logprobs is None or restored.logprobs.content is None


def test_numbers_of_tokens_come_at_the_end_of_a_stream(polyglot):
    gateway, vendor = polyglot

    def script(request, reply):
        usage = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [], "usage": mock_vendor.USAGE}
        made = mock_vendor.events([{"content": request.prompt}])
        mock_vendor.stream(reply, [*made[:-1], b"data: " + json.dumps(usage).encode() + b"\n\n", made[-1]])

    vendor.script = script
    chunks = list(ask(gateway.client(), "Patient: Ottoline Brackenridge", stream=True, stream_options={"include_usage": True}))
    assert chunks[-1].usage.total_tokens == 18
    assert vendor.requests[0].json["stream_options"] == {"include_usage": True}


def test_an_answer_that_must_be_json_stays_json(polyglot):
    gateway, vendor = polyglot
    vendor.script = lambda request, reply: mock_vendor.saying(json.dumps({"patient": TOKEN.findall(request.prompt)[0]}))(request, reply)
    shape = {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}}
    answer = ask(gateway.client(), 'Patient: Ottoline "Otti" Brackenridge', response_format=shape)
    assert json.loads(answer.choices[0].message.content)["patient"].startswith("Ottoline")


@pytest.mark.parametrize("stream", [False, True])
def test_functions_of_the_old_style_are_restored(polyglot, stream):
    gateway, vendor = polyglot

    def script(request, reply):
        text = json.dumps({"patient": TOKEN.findall(request.prompt)[0]})
        if stream:
            pieces = [{"function_call": {"arguments": text[at : at + 3]}} for at in range(0, len(text), 3)]
            mock_vendor.stream(reply, mock_vendor.events([{"role": "assistant", "function_call": {"name": "find", "arguments": ""}}, *pieces], "function_call"))
        else:
            message = {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": text}}
            reply.whole(mock_vendor.completion(message, "function_call"))

    vendor.script = script
    answer = ask(gateway.client(), "Patient: Ottoline Brackenridge", functions=[{"name": "find", "parameters": {}}], stream=stream)
    if stream:
        said = "".join(chunk.choices[0].delta.function_call.arguments or "" for chunk in answer if chunk.choices[0].delta.function_call)
    else:
        said = answer.choices[0].message.function_call.arguments
    assert json.loads(said) == {"patient": "Ottoline Brackenridge"} and found(vendor.received) == []


@pytest.mark.parametrize("operation, more", FAILURES, ids=[name for name, _ in FAILURES])
def test_every_operation_refuses_in_openais_shape_and_is_not_tried_again(polyglot, operation, more):
    gateway, vendor = polyglot
    before = len(gateway.entries())
    client = gateway.client(max_retries=3, default_headers={"x-cordon-use-case": "billing"})
    with pytest.raises(openai.PermissionDeniedError) as raised:
        call(client, operation, model="gpt-4o-mini", **more)
    headers = raised.value.response.headers
    assert headers["x-should-retry"] == "false" and headers["x-request-id"] == headers["request-id"] == raised.value.request_id
    assert set(raised.value.response.json()["error"]) == {"message", "type", "param", "code"}
    assert [entry["event"] for entry in gateway.of_requests(before)] == ["request.refused"] and vendor.received == b""


BROKEN = {
    "malformed": mock_vendor.body(b'{"choices": [{"mess'), "other": mock_vendor.body(b'{"a": 1}'),
    "list": mock_vendor.body(b"[]"), "HTML": mock_vendor.body(b"<html>upstream secret</html>", "text/html"),
    "gzip": mock_vendor.gzipped, "oversize": mock_vendor.oversize(3_000_000), "hangs up": lambda request, reply: reply.break_off(),
}


@pytest.fixture(scope="session")
def narrow(tmp_path_factory, caller):
    """A gateway that takes answers of at most 2 MB."""
    from conftest import running, speak_every_dialect

    def change(configuration):
        speak_every_dialect(configuration)
        configuration["limits"]["answer_bytes"] = 2_000_000

    with running(tmp_path_factory.mktemp("narrow"), caller, change) as pair:
        yield pair


@pytest.mark.parametrize("script", BROKEN, ids=str)
@pytest.mark.parametrize("operation, more", FAILURES, ids=[name for name, _ in FAILURES])
def test_an_answer_that_is_none_is_a_bad_gateway_for_every_operation(narrow, operation, more, script):
    gateway, vendor = narrow
    vendor.forget()
    vendor.script = BROKEN[script]
    if script == "gzip":
        vendor.script = lambda request, reply: reply.whole(b"\x1f\x8b", content_encoding="gzip")
    if script == "oversize":
        vendor.script = lambda request, reply: reply.whole(b'{"x":"' + b"x" * 3_000_000 + b'"}')
    model = {"embeddings": "text-embedding-3-small"}.get(operation, "gpt-4o-mini")
    with pytest.raises(openai.InternalServerError) as raised:
        call(gateway.client(), operation, model=model, **more)
    assert raised.value.status_code == 502 and "upstream secret" not in raised.value.response.text
    assert raised.value.response.headers["x-request-id"]
