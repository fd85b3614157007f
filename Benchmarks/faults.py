#!/usr/bin/env python3
"""Loads a gateway while its vendors fail at random, and counts what must not happen.

    faults.py [--seconds 60] [--connections 32] [--share 0.3]

Half of the requests stream. A vendor answers, or by chance: breaks the connection before or within its answer, answers
429, 500, 503 or 529, sends what is no JSON, or waits. A second vendor stands in for the first. Afterwards the log is
verified, each answer is compared with what was asked, every byte that the vendors got is searched for what was planted,
and every request must have as many closing entries as opening ones. Ends with 1 if anything was found.
"""

import argparse
import collections
import contextlib
import http.client
import json
import random
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Tests/Python"))

import conftest  # noqa: E402
import machine  # noqa: E402
import mock_vendor  # noqa: E402
from mock_vendor import MockVendor  # noqa: E402

SURNAMES = ["Brackenridge", "Okonjo", "Villanueva", "Szymanski", "Featherstone", "Abernathy", "Kowalczyk", "Marchetti"]


def note(chance):
    """A note about nobody, and what in it must not leave."""
    name, number = chance.choice(SURNAMES), chance.randrange(10**7, 10**8)
    text = f"Patient: Ottoline {name}    MRN: {number}    DOB: 03/15/1961\nMs. {name} was seen for chest pain."
    return text, [name, str(number), "03/15/1961"]


def script(chance, share, injected):
    """A vendor that fails by chance, and counts how."""
    lock = threading.Lock()

    def answer(request, reply):
        with lock:
            fault = chance.choice(FAULTS) if chance.random() < share else None
            injected[fault or "none"] += 1
        if fault == "break before":
            reply.break_off()
        elif fault == "break within":
            if request.json.get("stream"):
                reply.begin_stream()
                reply.chunk(*mock_vendor.events([{"content": "The patient "}])[:1])
            else:
                reply.head()
                reply.send(b"content-length: 1000\r\n\r\n{")
            reply.break_off()
        elif fault == "no JSON":
            reply.whole(b"<html>")
        elif fault == "wait":
            time.sleep(0.5)
            mock_vendor.echo(request, reply)
        elif fault:
            mock_vendor.status(int(fault))(request, reply)
        else:
            mock_vendor.echo(request, reply)

    return answer


FAULTS = ["break before", "break within", "no JSON", "wait", "429", "500", "503", "529"]
# What a client may be told when everything that it could be told is a fault of the vendors'.
EXPECTED = {429, 500, 502, 503, 504, 529}


class Client(threading.Thread):
    """One connection that asks until the time is over."""

    def __init__(self, gateway, number, end, planted):
        super().__init__(daemon=True)
        self.gateway, self.end, self.planted = gateway, end, planted
        self.chance = random.Random(number)
        self.told, self.wrong = collections.Counter(), []

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        while time.monotonic() < self.end:
            text, values = note(self.chance)
            self.planted.update(values)
            stream = self.chance.random() < 0.5
            fields = {"authorization": f"Bearer {self.gateway.caller.key}", "content-type": "application/json"}
            try:
                connection.request("POST", "/v1/chat/completions", json.dumps(conftest.chat(text, stream=stream)), fields)
                response = connection.getresponse()
                body = response.read()
            except (OSError, http.client.HTTPException) as error:
                self.wrong.append(f"no answer: {type(error).__name__}")
                connection.close()
                continue
            self.take(response.status, body, text, stream)
        connection.close()

    def take(self, status, body, text, stream):
        if status != 200:
            self.told[str(status)] += 1
            if status not in EXPECTED:
                self.wrong.append(f"status {status}")
        elif not stream:
            content = json.loads(body)["choices"][0]["message"]["content"]
            self.told["whole"] += 1
            if content != text:
                self.wrong.append("an answer that is not what was asked")
        elif body.endswith(b"data: [DONE]\n\n"):
            lines = [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: {")]
            content = "".join(line["choices"][0]["delta"].get("content") or "" for line in lines if line.get("choices"))
            self.told["streamed"] += 1
            if content != text:
                self.wrong.append("a stream that is not what was asked")
        else:
            self.told["stream broken"] += 1
            if b'"error"' not in body:
                self.wrong.append("a stream that ended without saying so")


def resident(process):
    """MiB of memory."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    return 0


def change(other):
    def apply(configuration):
        second = json.loads(json.dumps(configuration["vendors"][0]))
        second.update(id="second", base_url=other.url)
        configuration["vendors"].append(second)
        configuration["use_cases"][0]["fallbacks"] = [{"vendor": "second"}]
        configuration["reliability"] = {"attempts": 2, "pause_milliseconds": 20, "breaker": {"failure_percent": 90}}

    return apply


def seen(planted, received):
    """Which of the planted values stand in what the vendors got: each number of eight digits is looked for at once."""
    numbers = set(re.findall(rb"(?=(\d{8}))", received))
    return {value for value in planted if (value.encode() in (numbers if re.fullmatch(r"\d{8}", value) else received))}


def measure(arguments):
    """Runs the load; the lines of the report, and what was found."""
    injected, planted, found = collections.Counter(), set(), []
    with tempfile.TemporaryDirectory() as folder:
        other = MockVendor()
        with conftest.running(Path(folder), conftest.new_caller(), change(other)) as (gateway, vendor):
            for place, mock in enumerate((vendor, other)):
                mock.script = script(random.Random(place), arguments.share, injected)
            end = time.monotonic() + arguments.seconds
            clients = [Client(gateway, number, end, planted) for number in range(arguments.connections)]
            for client in clients:
                client.start()
            memory = []
            while time.monotonic() < end:
                time.sleep(1)
                memory.append(resident(gateway.process))
            for client in clients:
                client.join(90)
            told = sum((client.told for client in clients), collections.Counter())
            found += [wrong for client in clients for wrong in client.wrong]
            found += [f"{value} at a vendor" for value in sorted(seen(planted, vendor.received + other.received))]
            entries = gateway.entries()
            gateway.stop()
            verified = gateway.cordon("log", "verify")
    if verified.returncode:
        found.append("the log is not whole")
    balance = collections.Counter()
    for entry in entries:
        balance[entry.get("request")] += {"request.opened": 1, "request.closed": -1}.get(entry["event"], 0)
    found += ["a request without its end in the log" for left in balance.values() if left]
    opened = sum(entry["event"] == "request.opened" for entry in entries)
    sent = sum(injected.values())
    # A connection that was refused or broken before the head was read is opened in the log and seen by no vendor.
    if opened < sent:
        found.append(f"{sent} requests at the vendors, {opened} in the log")
    quarter = max(1, len(memory) // 4)
    early, late = max(memory[quarter : 2 * quarter] or [0]), max(memory[-quarter:] or [0])
    lines = [
        f"{arguments.connections} connections, {arguments.seconds} s, {arguments.share:.0%} of the vendors' answers are faults",
        "", f"requests            {sum(told.values()):8}   {sum(told.values()) / arguments.seconds:.0f}/s",
        *(f"  {name:<18}{count:8}" for name, count in sorted(told.items())),
        f"at the vendors      {sent:8}",
        *(f"  {name:<18}{count:8}" for name, count in sorted(injected.items())),
        f"entries of the log  {len(entries):8}   {opened} opened, each closed: {not any(balance.values())}",
        f"memory              {early:8.0f}   MiB in the second quarter, {late:.0f} MiB in the last",
        f"found               {len(found):8}   {dict(collections.Counter(found).most_common(8)) or 'nothing'}",
    ]
    return lines, found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=60, help="600 for ten minutes")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--share", type=float, default=0.3, help="of the vendors' answers that are faults")
    parser.add_argument("--publish", action="store_true", help="write Benchmarks/Results")
    arguments = parser.parse_args()
    lines, found = measure(arguments)
    lines = [*machine.description(), "command   Benchmarks/faults.py " + " ".join(sys.argv[1:]), "", *lines]
    if arguments.publish:
        machine.publish("faults", lines)
    else:
        print("\n".join(lines))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
