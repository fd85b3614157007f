"""Requests that nobody waits for: taken durably, carried out when there is room, fetched by whoever made them."""

import json
import os
import shutil
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import SECRETS, chat, eventually, new_caller
from paths import CORDON
from test_subjects import PATIENT, SIX_YEARS, agree, break_off

LATER = {"prefer": "respond-async"}


def deferring(configuration):
    """Lets requests of the first use case be carried out later."""
    configuration["use_cases"][0]["deferred"] = {}
    configuration["limits"]["vendor_silence_seconds"] = 120


def later(gateway, body, path="/v1/chat/completions", **headers):
    """Has a request taken, and gives where its answer will be."""
    status, fields, answer = gateway.post(body, path, headers={**LATER, **headers})
    assert status == 202, answer
    place = fields["location"]
    assert json.loads(answer) == {"id": fields["x-request-id"], "object": "deferred.request", "status": "queued"}
    assert place == f"/v1/deferred/{fields['x-request-id']}"
    assert (fields["preference-applied"], fields["retry-after"]) == ("respond-async", "5")
    return place


def ask(gateway, place, method="GET", key=None, **headers):
    return gateway.send(method, place, None, {"authorization": f"Bearer {(key or gateway.caller).key}", **headers})


def answer(gateway, place, within=120):
    """What has come of a request, as soon as something has."""
    def there():
        status, headers, body = ask(gateway, place)
        return None if status == 202 else (status, headers, body)

    return eventually(there, within)


def said(reply):
    assert reply[0] == 200, reply
    return json.loads(reply[2])["choices"][0]["message"]["content"]


def metric(gateway, line):
    """The value of a sample."""
    page = gateway.get("/metrics")[2].decode()
    return next(int(one.rsplit(" ", 1)[1]) for one in page.splitlines() if one.startswith(line + " "))


def word(number):
    """A number in letters, which is nobody's."""
    return "".join("abcdefghij"[int(digit)] for digit in str(number))


class Gate:
    """A vendor that answers nobody while it is shut."""

    def __init__(self, seconds=0.0):
        self.open, self.seconds = threading.Event(), seconds
        self.lock, self.inside, self.asked = threading.Lock(), 0, []

    def __call__(self, request, reply):
        with self.lock:
            self.inside += 1
            self.asked.append(request.prompt)
            number = len(self.asked)
        try:
            while not self.open.wait(0.05):
                assert not reply.closing.is_set()
            time.sleep(self.seconds)
        finally:
            with self.lock:
                self.inside -= 1
        mock_vendor.saying(f"{request.prompt} by turn {word(number)}")(request, reply)


def test_a_request_that_nobody_waits_for_is_taken_and_its_answer_fetched(own):
    other = new_caller()

    def change(configuration):
        deferring(configuration)
        configuration["callers"].append({"id": "other", "key_hash": other.hash, "use_cases": ["summarize"]})

    with own(change) as (gateway, vendor):
        gate = vendor.script = Gate()
        place = later(gateway, chat(NOTE), **{"x-cordon-patient": "Patient/4711", "x-cordon-user": "lee@clinic.example"})
        eventually(lambda: gate.inside == 1)
        status, headers, body = ask(gateway, place)
        assert (status, json.loads(body)["status"], headers["location"]) == (202, "in_progress", place)
        gate.open.set()
        whole = answer(gateway, place)
        assert said(whole) == f"{NOTE} by turn b" and whole[1]["content-type"] == "application/json"
        assert ask(gateway, place)[2] == whole[2]
        assert found(vendor.received) == []
        # Nobody else finds it, and nobody who says that it is about somebody else.
        for key, headers in [(other, {}), (None, {"x-cordon-patient": "Patient/12"}), (None, {"x-cordon-use-case": "local"})]:
            status, _, body = ask(gateway, place, key=key, **headers)
            assert (status, json.loads(body)["error"]["code"]) == (404, "response_not_found")
        assert ask(gateway, place, key=new_caller())[0] == 401
        assert ask(gateway, place, "DELETE", key=other)[0] == 404
        status, _, body = ask(gateway, place, "DELETE")
        assert (status, json.loads(body)) == (200, {"id": place.rsplit("/", 1)[1], "object": "deferred.request", "deleted": True})
        assert ask(gateway, place)[0] == 404
        entries = [one for one in gateway.entries() if one.get("request") == place.rsplit("/", 1)[1]]
        assert [one["event"] for one in entries] == [
            "map.kept", "request.opened", "request.closed", "map.kept", "map.deleted"]
        assert [one["object"].partition(":")[0] for one in entries if "object" in one] == ["deferred", "deferred_answer", "deferred"]
        assert all(one["user"].startswith("p_") and len(one["tags"]) == 2 for one in entries)
        read = [one for one in gateway.entries() if one.get("rule") == "deferred_answer"]
        assert [one["event"] for one in read] == ["request.opened", "request.closed"] * 2
        # It is about the patient whoever reads it; who reads it nobody has said.
        assert all(one["operation"] == "deferred.retrieve" and one["tags"] == read[0]["tags"] and "user" not in one for one in read)
        assert set(read[0]["tags"]) < set(entries[0]["tags"]) and len(read[0]["tags"]) == 1
        assert metric(gateway, 'cordon_deferred_total{result="answered"}') == 1


def test_what_cannot_come_later_comes_now(own):
    with own(deferring) as (gateway, vendor):
        assert said(gateway.post(chat("hello"), headers={"prefer": "wait=10"})) == "hello"
        assert said(gateway.post(chat("hello"), headers={**LATER, "x-cordon-use-case": "research"})) == "hello"
        status, headers, body = gateway.post(chat("hello", stream=True), headers=LATER)
        assert (status, headers["content-type"]) == (200, "text/event-stream") and body.endswith(b"data: [DONE]\n\n")
        assert gateway.post(b"{", headers=LATER)[0] == 400
        assert gateway.post({**chat("hello"), "model": "gpt-9"}, headers=LATER)[0] == 403
        for value in ("high", ""):
            status, _, body = gateway.post(chat("hello"), headers={"x-cordon-priority": value})
            assert (status, json.loads(body)["error"]["param"]) == (400, "x-cordon-priority")
        assert metric(gateway, 'cordon_deferred_requests{state="waiting"}') == 0


def test_no_more_is_taken_than_may_wait_and_a_busy_vendor_is_asked_again(own):
    def change(configuration):
        deferring(configuration)
        configuration["limits"]["deferred_requests"] = 4

    with own(change) as (gateway, vendor):
        gate = vendor.script = Gate()
        places = [later(gateway, chat(f"note {word(number)}")) for number in range(2)]
        status, headers, body = gateway.post(chat("note d"), headers=LATER)
        assert (status, headers["retry-after"], json.loads(body)["error"]["code"]) == (503, "30", "queue_full")
        assert metric(gateway, 'cordon_deferred_total{result="refused"}') == 1
        eventually(lambda: gate.inside == 2)
        script = vendor.script
        vendor.script = mock_vendor.status(529)
        gate.open.set()
        assert [said(answer(gateway, place)).rpartition(" by turn ")[0] for place in places] == ["note a", "note b"]
        # There is room again; what a vendor does not do now it does later.
        place = later(gateway, chat("note e"))
        eventually(lambda: len(vendor.requests) >= 3)
        assert ask(gateway, place)[0] == 202
        vendor.script = script
        assert said(answer(gateway, place)).startswith("note e")


def test_everything_is_asked_again_when_it_is_carried_out_and_when_it_is_fetched(own):
    with own(deferring) as (gateway, vendor):
        gate = vendor.script = Gate()
        gate.open.set()
        given = later(gateway, chat(NOTE))
        assert said(answer(gateway, given)).startswith(NOTE)
        stop = ("kill", "summarize", "--reason", "INC-7", "--by", "alice")
        gate.open.clear()
        running = later(gateway, chat("hello"))
        eventually(lambda: gate.inside == 1)
        assert gateway.cordon(*stop).returncode == 0
        # What runs is cut off, and that is its answer; what is answered is not handed out.
        status, _, body = answer(gateway, running)
        assert (status, json.loads(body)["error"]["code"]) == (403, "stopped_by_operator")
        status, _, body = ask(gateway, given)
        assert (status, json.loads(body)["error"]["code"]) == (403, "stopped_by_operator")
        assert gateway.cordon("kill", "summarize", "--lift", "--by", "alice").returncode == 0
        gate.open.set()
        eventually(lambda: ask(gateway, given)[0] == 200)


def test_nothing_is_handed_out_or_carried_out_for_somebody_who_was_disposed_of(own):
    if not shutil.which("faketime"):
        pytest.skip("there is no faketime")
    with own(deferring) as (gateway, vendor):
        gate = vendor.script = Gate()
        gate.open.set()
        given = later(gateway, chat(NOTE), **{"x-cordon-patient": PATIENT})
        assert said(answer(gateway, given)).startswith(NOTE)
        [tag] = next(one["tags"] for one in gateway.entries() if one["event"] == "request.opened")
        gate.open.clear()
        waiting = later(gateway, chat("hello"), **{"x-cordon-patient": PATIENT})
        eventually(lambda: gate.inside == 1)
        gateway.stop()

        def at(days, *arguments):
            return subprocess.run(
                ["faketime", "-f", f"+{days}d", CORDON, *map(str, arguments), "--data", gateway.data],
                capture_output=True, text=True, env={**os.environ, **SECRETS})

        break_off(gateway, agree(gateway, at, SIX_YEARS, "shred", tag))
        gateway.start()
        for place in (given, waiting):
            status, _, body = answer(gateway, place)
            assert (status, json.loads(body)["error"]["code"]) == (403, "subject_disposed") and found(body) == []
        gate.open.set()


def test_replicas_do_not_carry_out_the_same_requests(own):
    with pytest.raises(AssertionError, match="deferred"):
        def change(configuration):
            deferring(configuration)
            configuration["log"] = {"shards": {"replica": "a"}}

        with own(change):
            pass


# proves: OPS-02
def test_under_twice_the_load_whoever_is_waited_for_goes_first_and_nothing_taken_is_lost(own):
    """The vendor does four at one time, 100 ms each. Two clients that wait take half of that; what nobody waits for makes it
    twice. Who went first is counted where they come to the vendor, and where turns are given: no clock is looked at."""
    def change(configuration):
        deferring(configuration)
        configuration["vendors"][0].update(concurrency=4, batch_concurrency=3)
        configuration["reliability"]["queue_seconds"] = 600
        configuration["limits"].update(drain_seconds=1, deferred_at_once=32)

    def waited_for(gateway, count=20):
        """What two clients ask that wait."""
        def client(name):
            for number in range(count):
                assert said(gateway.post(chat(f"now {name} {word(number)}"))).startswith(f"now {name} {word(number)} by turn ")

        with ThreadPoolExecutor(2) as clients:
            list(clients.map(client, "ab"))

    def line(gateway, priority, state):
        return metric(gateway, f'cordon_vendor_priority_requests{{vendor="mock",priority="{priority}",state="{state}"}}')

    with own(change) as (gateway, vendor):
        gate = vendor.script = Gate(seconds=0.1)
        with ThreadPoolExecutor(4) as clients:
            places = dict(clients.map(lambda number: (f"later {word(number)}", later(gateway, chat(f"later {word(number)}"))), range(120)))
        # Batch requests leave a place free, also when none is answered.
        eventually(lambda: gate.inside == 3, 60)
        eventually(lambda: (line(gateway, "batch", "at_work"), line(gateway, "batch", "waiting")) == (3, 29), 60)
        # Who is waited for comes last, and goes first: of the 32 who were in the line before, fewer than half go ahead of any. Three
        # are there already; a few may come while the last who is waited for is on the way from the line to the vendor.
        with ThreadPoolExecutor(10) as clients:
            waiting = [clients.submit(gateway.post, chat(f"now c {word(number)}")) for number in range(10)]
            eventually(lambda: (line(gateway, "interactive", "at_work"), line(gateway, "interactive", "waiting")) == (1, 9), 60)
            gate.open.set()
            for one in waiting:
                assert said(one.result()).startswith("now c ")
        order = [prompt.partition(" ")[0] for prompt in gate.asked]
        last = max(place for place, word in enumerate(order) if word == "now")
        assert order[:last].count("later") < 16, order
        waited_for(gateway)
        assert metric(gateway, 'cordon_vendor_overtaken_total{vendor="mock"}') == 0

        # Some are answered; some are at the vendor, and some wait, when the process is killed.
        first = eventually(lambda: [place for place in places.values() if ask(gateway, place)[0] == 200], 60)
        early = {place: said(ask(gateway, place)) for place in first[:5]}
        gate.open.clear()
        for number in range(120, 180):
            places[f"later {word(number)}"] = later(gateway, chat(f"later {word(number)}"))
        eventually(lambda: gate.inside == 3, 60)
        assert metric(gateway, 'cordon_deferred_requests{state="waiting"}') > 0
        gateway.kill()
        gate.open.set()
        gateway.start()
        answers = {text: said(answer(gateway, place)) for text, place in places.items()}
        assert {text: words.rpartition(" by turn ")[0] for text, words in answers.items()} == {text: text for text in places}
        # What was answered before stays as it was.
        for place, words in early.items():
            assert said(ask(gateway, place)) == words
        assert {text: said(ask(gateway, place)) for text, place in places.items()} == answers
        assert metric(gateway, 'cordon_deferred_requests{state="waiting"}') == 0
        entries = gateway.entries()
        taken = [one for one in entries if one["event"] == "map.kept" and one["object"].startswith("deferred:")]
        assert {f"/v1/deferred/{one['request']}" for one in taken} == set(places.values())
        for place in places.values():
            ends = [one["outcome"] for one in entries if one["event"] == "request.closed" and one["request"] == place.rsplit("/", 1)[1]]
            assert "completed" in ends
