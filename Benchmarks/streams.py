"""Many streams at one time, each slow: whether every one is whole, and what they cost in memory."""

import asyncio
import json
import os
import re
import resource
import statistics
import time

import machine
import text

# Milliseconds between two events of a stream; about fifty make one.
PAUSE = 250


def measure(process, target, body, count):
    """So many streams at once, from the load's core: what became of them, and resident memory while they ran."""
    room()
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {int(machine.LOAD_CORE)})
    try:
        return asyncio.run(Streams(process, target, body, count).run())
    finally:
        os.sched_setaffinity(0, allowed)


def room():
    """Each stream takes a file here and two in the gateway, which inherits the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Streams:
    """What became of streams that ran at one time."""

    def __init__(self, process, target, body, count):
        self.process, (self.port, self.key), self.count = process, target, count
        self.request = json.dumps(body, separators=(",", ":")).encode()
        self.name = re.search(r"Patient: (\w+ \w+)", text.prompt())[1]
        self.open, self.most_open, self.whole, self.bytes, self.wrong = 0, 0, 0, 0, {}
        self.first, self.lasted, self.memory = [], [], []

    async def run(self):
        streams = asyncio.gather(*(self.stream(number) for number in range(self.count)))
        while not streams.done():
            self.memory.append(machine.resident(self.process.pid)[0])
            await asyncio.wait([streams], timeout=0.5)
        await streams
        return self

    async def stream(self, number):
        # In the first half second, so that what is measured is that they run together, not how they were begun.
        await asyncio.sleep(number / self.count / 2)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            began = time.perf_counter()
            writer.write(
                f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {self.key}\r\ncontent-type: application/json\r\n"
                f"content-length: {len(self.request)}\r\nconnection: close\r\n\r\n".encode() + self.request)
            answer = b""
            while data := await reader.read(65536):
                if not answer:
                    self.open += 1
                    self.most_open = max(self.most_open, self.open)
                    self.first.append((time.perf_counter() - began) * 1e3)
                answer += data
            self.lasted.append(time.perf_counter() - began)
            self.open -= bool(answer)
            writer.close()
            self.take(answer)
        except OSError as error:
            self.fault(type(error).__name__)

    def take(self, answer):
        head, _, body = answer.partition(b"\r\n\r\n")
        status = head.split(b" ", 2)[1].decode() if head else "nothing"
        content = "".join(re.findall(r'"content":"((?:[^"\\]|\\.)*)"', unchunked(body)))
        ends = b"data: [DONE]" in body and answer.endswith(b"0\r\n\r\n")
        if status != "200":
            self.fault(f"status {status}")
        elif not ends:
            self.fault("broken off")
        elif not content.startswith(f"Summary for {self.name}: admitted") or not content.endswith("a clinician before use."):
            self.fault("not what was said")
        else:
            self.whole += 1

    def fault(self, kind):
        self.wrong[kind] = self.wrong.get(kind, 0) + 1

    def lines(self):
        first = sorted(self.first) or [0]
        return [
            f"{self.count} streams at one time on core {machine.GATEWAY_CORE}, an event every {PAUSE} ms",
            "",
            f"whole and as they were said: {self.whole} of {self.count}" + (f"; {self.wrong}" if self.wrong else ""),
            f"open at one time, at most: {self.most_open}; each lasted {statistics.median(self.lasted or [0]):.1f} s (median)",
            f"first byte, milliseconds: p50 {statistics.median(first):.0f}, p99 {first[int(len(first) * 0.99) - 1]:.0f}",
            f"resident memory of cordon, MB: {self.memory[0]:.0f} before, {max(self.memory):.0f} at most",
            f"(wanted: {self.count} of {self.count})",
        ]


def unchunked(body):
    """The text of a chunked body."""
    parts, place = [], 0
    while (end := body.find(b"\r\n", place)) > 0:
        size = int(body[place:end].split(b";")[0] or b"0", 16)
        parts.append(body[end + 2 : end + 2 + size])
        place = end + 4 + size
    return b"".join(parts).decode()
