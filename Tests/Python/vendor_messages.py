"""What a vendor of Anthropic's Messages says: whole answers, and streams with text, tool calls and thinking."""

import base64
import hashlib
import json

# As a vendor's: letters that spell bytes without any order.
SIGNATURE = base64.b64encode(b"".join(hashlib.sha256(bytes([number])).digest() for number in range(6))).decode()
THINKING = "The user gives NAME_1_KTQ and Ottoline Nobody; both stay as they are."


def prompt(body):
    """The text of the last message of the user's, results of tools among it."""
    texts = [""]
    for message in body.get("messages") or []:
        if message.get("role") == "user":
            texts.append(joined(message["content"]))
    return texts[-1]


def joined(content):
    if isinstance(content, str):
        return content
    texts = []
    for block in content:
        texts.append(block.get("text") or joined(block.get("content") or "") if block["type"] != "document" else "")
    return "".join(texts)


def message(content, stop="end_turn"):
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5", "content": content,
            "stop_reason": stop, "stop_sequence": None, "usage": {"input_tokens": 11, "output_tokens": 7}}


def thinking():
    return {"type": "thinking", "thinking": THINKING, "signature": SIGNATURE}


def whole_saying(text, thinks=False):
    return message(([thinking()] if thinks else []) + [{"type": "text", "text": text}])


def whole_calling(name, arguments):
    use = {"type": "tool_use", "id": "toolu_1", "name": name, "input": json.loads(arguments)}
    return message([{"type": "text", "text": "One moment."}, use], "tool_use")


class Events:
    """The events of one stream."""

    def __init__(self, cut=5):
        self.cut, self.blocks, self.made = cut, 0, []
        self.add("message_start", message={**message([]), "stop_reason": None, "usage": {"input_tokens": 11, "output_tokens": 1}})
        self.add("ping")

    def add(self, type, **fields):
        data = json.dumps({"type": type, **fields}, ensure_ascii=False)
        self.made.append(f"event: {type}\ndata: {data}\n\n".encode())

    def block(self, opening, deltas):
        self.add("content_block_start", index=self.blocks, content_block=opening)
        for delta in deltas:
            self.add("content_block_delta", index=self.blocks, delta=delta)
        self.add("content_block_stop", index=self.blocks)
        self.blocks += 1
        return self

    def pieces(self, text):
        return [text[at : at + self.cut] for at in range(0, len(text), self.cut)]

    def thinking(self):
        deltas = [{"type": "thinking_delta", "thinking": piece} for piece in self.pieces(THINKING)]
        deltas.append({"type": "signature_delta", "signature": SIGNATURE})
        return self.block({"type": "thinking", "thinking": "", "signature": ""}, deltas)

    def text(self, text):
        return self.block({"type": "text", "text": ""}, [{"type": "text_delta", "text": piece} for piece in self.pieces(text)])

    def call(self, name, arguments):
        self.add("ping")
        opening = {"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}
        pieces = ["", *self.pieces(arguments)]
        return self.block(opening, [{"type": "input_json_delta", "partial_json": piece} for piece in pieces])

    def complete(self, stop="end_turn"):
        self.add("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage={"output_tokens": 7})
        self.add("message_stop")
        return self.made


def saying(text, cut=5, thinks=False):
    made = Events(cut)
    return (made.thinking() if thinks else made).text(text).complete()


def calling(name, arguments, cut=5):
    return Events(cut).text("One moment.").call(name, arguments).complete("tool_use")
