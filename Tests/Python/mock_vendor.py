"""A model vendor on a loopback port that answers by a script and keeps every byte it receives."""

import base64
import gzip
import json
import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

import vendor_batches
import vendor_messages
import vendor_responses


@dataclass
class Received:
    """One request as it came over the wire."""

    head: bytes
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def headers(self):
        fields = (line.split(":", 1) for line in self.head.decode("latin-1").split("\r\n")[1:] if ":" in line)
        return {name.lower(): value.strip() for name, value in fields}

    @property
    def path(self):
        return self.head.split(b" ", 2)[1].decode()

    @property
    def operation(self):
        """What is asked for, such as `chat/completions`."""
        return self.path.split("?")[0].partition("/v1/")[2]

    @property
    def prompt(self):
        """The text of the last user message, or of whatever the operation has instead."""
        match self.operation:
            case "responses":
                return vendor_responses.prompt(self.json)
            case "messages" | "messages/count_tokens":
                return vendor_messages.prompt(self.json)
            case "completions":
                return texts(self.json["prompt"])
            case "embeddings" | "moderations":
                return texts(self.json["input"])
        contents = [message.get("content") for message in self.json["messages"] if message.get("role") in ("user", "tool")]
        content = (contents or [""])[-1] or ""
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def texts(value):
    return value if isinstance(value, str) else "\n".join(texts(part) if not isinstance(part, dict) else part["text"] for part in value)


@dataclass
class Connection:
    """One connection, and every byte that came over it."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    ended: threading.Event = field(default_factory=threading.Event)


class MockVendor:
    """Answers each request with `script(request, reply)`; the default says back the last user message.

    Each answer has the `headers`, too.
    """

    def __init__(self, address=("127.0.0.1", 0)):
        self.listener = socket.create_server(address, backlog=256)
        self.url = f"http://{address[0]}:{self.listener.getsockname()[1]}/v1"
        self.connections, self.everyone, self.requests, self.history = [], [], [], []
        self.script, self.headers = echo, {}
        self.closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def received(self):
        """Every byte that any connection brought since the last `forget`, those that were open before it among them."""
        return b"".join(bytes(connection.received) for connection in self.everyone)

    def forget(self):
        """Begins a new record, with the default script; what came before stays in `history`."""
        self.history.append(self.received)
        for connection in self.everyone:
            connection.received.clear()
        self.connections, self.requests, self.script, self.headers = [], [], echo, {}
        return self

    def close(self):
        if not self.closing.is_set():
            self.closing.set()
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(client)
            self.connections.append(connection)
            self.everyone.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        pending = b""
        try:
            while True:
                while b"\r\n\r\n" not in pending:
                    pending += self._read(connection)
                head, _, pending = pending.partition(b"\r\n\r\n")
                request = Received(head, b"")
                if "chunked" in request.headers.get("transfer-encoding", ""):
                    while not re.search(rb"(^|\r\n)0\r\n\r\n", pending):
                        pending += self._read(connection)
                    while True:
                        size, _, pending = pending.partition(b"\r\n")
                        length = int(size, 16)
                        request.body += pending[:length]
                        pending = pending[length + 2 :]
                        if length == 0:
                            break
                else:
                    length = int(request.headers.get("content-length", 0))
                    while len(pending) < length:
                        pending += self._read(connection)
                    request.body, pending = pending[:length], pending[length:]
                self.requests.append(request)
                self.script(request, Reply(connection, self.closing, self.headers))
        except OSError:
            pass
        finally:
            connection.ended.set()
            connection.socket.close()

    @staticmethod
    def _read(connection):
        data = connection.socket.recv(65536)
        if not data:
            raise ConnectionError
        connection.received += data
        return data


class Reply:
    """The way back to the client of one request."""

    def __init__(self, connection, closing, headers):
        self.connection, self.closing, self.headers = connection, closing, headers

    def send(self, data):
        self.connection.socket.sendall(data)

    def head(self, status=200, content_type="application/json", **headers):
        fields = {"content-type": content_type, "x-request-id": "vendor-1", **self.headers, **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 {status} Status\r\n{lines}".encode())

    def whole(self, body, status=200, content_type="application/json", **headers):
        self.head(status, content_type, **headers)
        self.send(f"content-length: {len(body)}\r\n\r\n".encode() + body)

    def json(self, value, status=200):
        self.whole(json.dumps(value, ensure_ascii=False).encode(), status)

    def begin_stream(self, content_type="text/event-stream"):
        self.head(200, content_type)
        self.send(b"transfer-encoding: chunked\r\n\r\n")

    def chunk(self, *pieces):
        """Sends the pieces as HTTP chunks, which the client's parser hands on one by one."""
        self.send(b"".join(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces if piece))

    def end_stream(self):
        self.send(b"0\r\n\r\n")

    def break_off(self):
        """Closes the connection at once, wherever the answer stands."""
        self.connection.socket.shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError

    def wait_for_hangup(self, seconds):
        """Waits until the other side closes the connection; whether it did."""
        self.connection.socket.settimeout(seconds)
        try:
            return self.connection.socket.recv(1) == b""
        except TimeoutError:
            return False
        except OSError:
            return True


# --- scripts ---------------------------------------------------------------------------------------------------


def echo(request, reply):
    """Says back the last user message, whole or as a stream as the request asks."""
    saying(request.prompt)(request, reply)


def saying(text, cut=5, pieces=None):
    """Answers with `text`; in a stream, `cut` characters an event, the bytes regrouped by `pieces` where given.

    Every choice that is asked for says it. What has no text of the model's is answered as its operation is.
    """

    def script(request, reply):
        operation, streams = request.operation, request.json.get("stream")
        if operation in ("embeddings", "moderations", "messages/count_tokens"):
            reply.whole(json.dumps(PLAIN[operation](request)).encode())
        elif operation in DIALECTS:
            dialect = DIALECTS[operation]
            if streams:
                stream(reply, dialect.saying(text, cut), pieces)
            else:
                reply.json(dialect.whole_saying(text))
        elif operation == "completions":
            choices = [{"index": index, "text": text, "logprobs": None, "finish_reason": "stop"} for index in choices_of(request)]
            if streams:
                stream(reply, completion_events(text, cut, choices_of(request)), pieces)
            else:
                reply.json({"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": choices, "usage": USAGE})
        elif streams:
            deltas = [{"role": "assistant", "content": ""}]
            deltas += [{"content": text[at : at + cut]} for at in range(0, len(text), cut)]
            made = [event for index in choices_of(request) for event in events(deltas, index=index)[:-1]]
            stream(reply, [*made, b"data: [DONE]\n\n"], pieces)
        else:
            reply.whole(completion({"role": "assistant", "content": text}, choices=choices_of(request)))

    return script


def choices_of(request):
    return range(request.json.get("n") or 1)


def calling(name, arguments, cut=5):
    """Answers with one tool call; in a stream, `cut` characters of the arguments an event."""

    def script(request, reply):
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments(request)}}
        if request.operation in DIALECTS:
            dialect, text = DIALECTS[request.operation], arguments(request)
            if request.json.get("stream"):
                stream(reply, dialect.calling(name, text, cut))
            else:
                reply.json(dialect.whole_calling(name, text))
        elif request.json.get("stream"):
            text = call["function"]["arguments"]
            first = {**call, "index": 0, "function": {"name": name, "arguments": ""}}
            deltas = [{"role": "assistant", "content": None, "tool_calls": [first]}]
            for at in range(0, len(text), cut):
                deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": text[at : at + cut]}}]})
            stream(reply, events(deltas, "tool_calls"))
        else:
            reply.whole(completion({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"))

    return script


def batches(answer=None):
    """Has files and batches, whose requests are answered by a script; the default says back what they say."""
    return vendor_batches.Batches(answer or echo, Received)


def thinking_then_saying_back(request, reply):
    """Thinks, with a signature, then says back the last user message; for Messages only."""
    if request.json.get("stream"):
        stream(reply, vendor_messages.saying(request.prompt, thinks=True))
    else:
        reply.json(vendor_messages.whole_saying(request.prompt, thinks=True))


def streaming(make, pieces=None):
    """Streams the events that `make` gives of a request."""
    return lambda request, reply: stream(reply, make(request), pieces)


def status(code, body=b'{"error":{"message":"upstream secret detail","type":"x","code":"y"}}', **headers):
    """Answers every request with this status."""
    return lambda request, reply: reply.whole(body, code, **headers)


def silent(seconds=60):
    """Takes the request and says nothing."""
    return lambda request, reply: reply.wait_for_hangup(seconds)


def breaking_off(text, after):
    """Streams `text`, and breaks the connection after that many events."""

    def script(request, reply):
        reply.begin_stream()
        all_events = events([{"content": text[at : at + 5]} for at in range(0, len(text), 5)])
        reply.chunk(*all_events[:after])
        reply.break_off()

    return script


def body(data, content_type="application/json"):
    """Answers 200 with these bytes."""
    return lambda request, reply: reply.whole(data, content_type=content_type)


def gzipped(request, reply):
    """Answers in a coding that was not asked for."""
    reply.whole(gzip.compress(completion({"role": "assistant", "content": request.prompt})), content_encoding="gzip")


def oversize(size):
    """Answers with a text of this many bytes."""
    return saying("x" * size, cut=4096)


def dripping(text, seconds=0.02, end=True):
    """Streams `text` a character an event with a pause after each; without an end, the stream hangs where it stops."""

    def script(request, reply):
        reply.begin_stream()
        for event in events([{"content": letter} for letter in text])[:None if end else -2]:
            reply.chunk(event)
            time.sleep(seconds)
        if end:
            reply.end_stream()
        else:
            reply.wait_for_hangup(60)

    return script


DIALECTS = {"responses": vendor_responses, "messages": vendor_messages}
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
VECTOR = [0.25, -1.5, 3.0]


def embeddings(request):
    inputs = request.json.get("input", "")
    coded = base64.b64encode(struct.pack("<3f", *VECTOR)).decode() if request.json.get("encoding_format") == "base64" else VECTOR
    count = len(inputs) if isinstance(inputs, list) else 1
    data = [{"object": "embedding", "index": index, "embedding": coded} for index in range(count)]
    return {"object": "list", "data": data, "model": "text-embedding-3-small", "usage": {"prompt_tokens": 11, "total_tokens": 11}}


def moderation(request):
    result = {"flagged": False, "categories": {"violence": False}, "category_scores": {"violence": 0.01},
              "category_applied_input_types": {"violence": ["text"]}}
    inputs = request.json.get("input")
    count = len(inputs) if isinstance(inputs, list) else 1
    return {"id": "modr-1", "model": "omni-moderation-latest", "results": [result] * count}


PLAIN = {"embeddings": embeddings, "moderations": moderation, "messages/count_tokens": lambda request: {"input_tokens": 42}}


def completion_events(text, cut, indices):
    made = []
    for index in indices:
        pieces = [text[at : at + cut] for at in range(0, len(text), cut)]
        for piece, finish in [*((piece, None) for piece in pieces), ("", "stop")]:
            choice = {"index": index, "text": piece, "logprobs": None, "finish_reason": finish}
            chunk = {"id": "cmpl-1", "object": "text_completion", "created": 1, "model": "m", "choices": [choice]}
            made.append(b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n")
    return [*made, b"data: [DONE]\n\n"]


def completion(message, finish="stop", choices=(0,)):
    made = [{"index": index, "message": message, "logprobs": None, "finish_reason": finish} for index in choices]
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "choices": made}
    return json.dumps({**answer, "usage": USAGE}, ensure_ascii=False).encode()


def events(deltas, finish="stop", index=0):
    """The events of a stream, its end among them."""

    def event(delta, finish=None):
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini"}
        return b"data: " + json.dumps({**chunk, "choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"

    return [*map(event, deltas), event({}, finish), b"data: [DONE]\n\n"]


def stream(reply, all_events, pieces=None):
    reply.begin_stream()
    reply.chunk(*(pieces(b"".join(all_events)) if pieces else all_events))
    reply.end_stream()
