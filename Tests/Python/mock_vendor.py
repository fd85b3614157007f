"""A model vendor on a loopback port that answers by a script and keeps every byte it receives."""

import json
import re
import socket
import threading
from dataclasses import dataclass, field


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
    def prompt(self):
        """The text of the last user message."""
        contents = [message.get("content") for message in self.json["messages"] if message.get("role") == "user"]
        content = (contents or [""])[-1] or ""
        return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


@dataclass
class Connection:
    """One connection, and every byte that came over it."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    ended: threading.Event = field(default_factory=threading.Event)


class MockVendor:
    """Answers each request with `script(request, reply)`; the default says back the last user message."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1"
        self.connections, self.requests, self.history = [], [], []
        self.script = echo
        self.closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def received(self):
        """Every byte that any connection brought since the last `forget`."""
        return b"".join(bytes(connection.received) for connection in self.connections)

    def forget(self):
        """Begins a new record, with the default script; what came before stays in `history`."""
        self.history.append(self.received)
        self.connections, self.requests, self.script = [], [], echo
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
                self.script(request, Reply(connection, self.closing))
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

    def __init__(self, connection, closing):
        self.connection, self.closing = connection, closing

    def send(self, data):
        self.connection.socket.sendall(data)

    def head(self, status=200, content_type="application/json", **headers):
        fields = {"content-type": content_type, "x-request-id": "vendor-1", **headers}
        lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.send(f"HTTP/1.1 {status} Status\r\n{lines}".encode())

    def whole(self, body, status=200, content_type="application/json", **headers):
        self.head(status, content_type, **headers)
        self.send(f"content-length: {len(body)}\r\n\r\n".encode() + body)

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
    """Answers with `text`; in a stream, `cut` characters an event, the bytes regrouped by `pieces` where given."""

    def script(request, reply):
        if request.json.get("stream"):
            deltas = [{"role": "assistant", "content": ""}]
            deltas += [{"content": text[at : at + cut]} for at in range(0, len(text), cut)]
            stream(reply, events(deltas), pieces)
        else:
            reply.whole(completion({"role": "assistant", "content": text}))

    return script


def calling(name, arguments, cut=5):
    """Answers with one tool call; in a stream, `cut` characters of the arguments an event."""

    def script(request, reply):
        call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments(request)}}
        if request.json.get("stream"):
            text = call["function"]["arguments"]
            first = {**call, "index": 0, "function": {"name": name, "arguments": ""}}
            deltas = [{"role": "assistant", "content": None, "tool_calls": [first]}]
            for at in range(0, len(text), cut):
                deltas.append({"tool_calls": [{"index": 0, "function": {"arguments": text[at : at + cut]}}]})
            stream(reply, events(deltas, "tool_calls"))
        else:
            reply.whole(completion({"role": "assistant", "content": None, "tool_calls": [call]}, "tool_calls"))

    return script


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


def completion(message, finish="stop"):
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish}
    usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini", "choices": [choice]}
    return json.dumps({**answer, "usage": usage}, ensure_ascii=False).encode()


def events(deltas, finish="stop"):
    """The events of a stream, its end among them."""

    def event(delta, finish=None):
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o-mini"}
        return b"data: " + json.dumps({**chunk, "choices": [choice]}, ensure_ascii=False).encode() + b"\n\n"

    return [*map(event, deltas), event({}, finish), b"data: [DONE]\n\n"]


def stream(reply, all_events, pieces=None):
    reply.begin_stream()
    reply.chunk(*(pieces(b"".join(all_events)) if pieces else all_events))
    reply.end_stream()
