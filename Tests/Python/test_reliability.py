"""Vendors that fail, requests that come twice, traces: the running gateway before vendors on sockets."""

import copy
import json
import subprocess
import threading
import time

import mock_vendor
import pytest
from canaries import NOTE, contents
from conftest import SECRETS, chat, day, eventually
from mock_vendor import MockVendor
from paths import CORDON


def second_vendor(configuration, url, **more):
    """Adds a vendor that is asked when the first fails."""
    vendor = copy.deepcopy(configuration["vendors"][0])
    vendor.update(id="second", base_url=url, **more)
    configuration["vendors"].append(vendor)
    configuration["use_cases"][0]["fallbacks"] = [{"vendor": "second", "models": {"gpt-4o-mini": "medium-3"}}]


@pytest.fixture
def other():
    vendor = MockVendor()
    yield vendor
    vendor.close()


def test_another_vendor_answers_while_the_first_is_down(own, other):
    def change(configuration):
        second_vendor(configuration, other.url)
        # One that is down is not waited for.
        configuration["limits"].update(vendor_silence_seconds=120)

    with own(change) as (gateway, vendor):
        vendor.close()
        status, _, body = gateway.post(chat(NOTE))
        assert status == 200
        assert json.loads(body)["choices"][0]["message"]["content"] == NOTE
        assert other.requests[-1].json["model"] == "medium-3"
        assert b"Brackenridge" not in other.received
        assert gateway.cordon("log", "verify").returncode == 0


def test_a_vendor_without_an_agreement_in_force_gets_nothing_when_the_first_is_down(own, other):
    lapsed = {"id": "BAA-2", "signed": day(-300), "expires": day(-1), "prohibits_training": True}
    with own(lambda configuration: second_vendor(configuration, other.url, agreement=lapsed)) as (gateway, vendor):
        vendor.script = mock_vendor.status(503)
        status, headers, body = gateway.post(chat(NOTE))
        assert status == 503 and headers["retry-after"] == "30"
        error = json.loads(body)["error"]
        assert error["code"] == "no_vendor_available" and "please try again" in error["message"]
        assert other.connections == []


def test_a_hanging_vendor_is_left_within_the_deadline(own, other):
    def change(configuration):
        second_vendor(configuration, other.url)
        configuration["reliability"] = {"deadline_seconds": 2}
        configuration["limits"]["vendor_silence_seconds"] = 120

    with own(change) as (gateway, vendor):
        vendor.script = other.script = mock_vendor.silent(300)
        assert gateway.post(chat(NOTE))[0] == 503


def test_a_busy_vendor_is_waited_for_and_its_queue_is_bounded(own):
    def change(configuration):
        configuration["vendors"][0].update(concurrency=1, queue=1)
        configuration["limits"]["vendor_silence_seconds"] = 120

    with own(change) as (gateway, vendor):
        released = threading.Event()

        def script(request, reply):
            released.wait(60)
            mock_vendor.echo(request, reply)

        vendor.script = script
        answers = []
        clients = [threading.Thread(target=lambda: answers.append(gateway.post(chat("hello")))) for _ in range(5)]
        for client in clients:
            client.start()
        try:
            eventually(lambda: len(answers) == 3)
        finally:
            released.set()
        for client in clients:
            client.join(60)
        assert sorted(answer[0] for answer in answers) == [200, 200, 503, 503, 503]
        turned_away = [answer for answer in answers if answer[0] == 503]
        assert all(answer[1]["retry-after"] == "5" and b"vendor_busy" in answer[2] for answer in turned_away)


def test_a_repeated_request_gets_the_same_answer_and_the_vendor_is_asked_once(own):
    with own(lambda configuration: configuration["use_cases"][0].update(caching="allowed")) as (gateway, vendor):
        key = {"idempotency-key": "stainless-python-retry-1"}
        first = gateway.post(chat(NOTE), headers=key)
        again = gateway.post(chat(NOTE), headers=key)
        assert first[0] == again[0] == 200 and first[2] == again[2]
        assert again[1]["idempotent-replayed"] == "true" and again[1]["x-request-id"] != first[1]["x-request-id"]
        assert len(vendor.requests) == 1
        other = gateway.post(chat("something else"), headers=key)
        assert other[0] == 409 and other[1]["x-should-retry"] == "false"
        assert len(vendor.requests) == 1
        entries = [entry for entry in gateway.entries() if entry.get("request") == again[1]["x-request-id"]]
        assert [entry["event"] for entry in entries] == ["request.opened", "request.closed"]
        assert all(entry["rule"] == "idempotent_repeat" and "vendor" not in entry for entry in entries)
        # In memory only.
        assert not [path for path, content in contents(gateway.data) if b"Brackenridge" in content]


def test_a_request_that_runs_is_not_run_twice(own):
    with own(lambda configuration: configuration["limits"].update(vendor_silence_seconds=120)) as (gateway, vendor):
        released = threading.Event()
        vendor.script = lambda request, reply: (released.wait(60), mock_vendor.echo(request, reply))
        key, answers = {"idempotency-key": "k"}, []
        client = threading.Thread(target=lambda: answers.append(gateway.post(chat("hello"), headers=key)))
        client.start()
        eventually(lambda: vendor.requests)
        status, headers, body = gateway.post(chat("hello"), headers=key)
        released.set()
        assert status == 409 and headers["retry-after"] == "1" and b"idempotency_key_in_use" in body
        client.join(60)
        assert answers[0][0] == 200 and len(vendor.requests) == 1


def test_a_failed_request_frees_its_key(own):
    with own() as (gateway, vendor):
        vendor.script = mock_vendor.status(500)
        assert gateway.post(chat("hello"), headers={"idempotency-key": "k"})[0] == 500
        vendor.script = mock_vendor.echo
        assert gateway.post(chat("hello"), headers={"idempotency-key": "k"})[0] == 200


def test_traces_go_to_the_collector_with_no_content(own, other):
    bodies = []
    other.script = lambda request, reply: (bodies.append(request.json), reply.whole(b"{}"))
    collector = other.url.removesuffix("/v1")

    def change(configuration):
        configuration["telemetry"] = {"endpoint": collector, "tell_vendors": True}

    with own(change) as (gateway, vendor):
        parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        gateway.post(chat(NOTE), headers={"traceparent": parent})
        def spans():
            all_of = [span for body in bodies for span in body["resourceSpans"][0]["scopeSpans"][0]["spans"]]
            return {span["kind"]: span for span in all_of}

        eventually(lambda: {2, 3} <= spans().keys())
        server, client = spans()[2], spans()[3]
        assert server["traceId"] == client["traceId"] == "0af7651916cd43dd8448eb211c80319c"
        assert server["parentSpanId"] == "b7ad6b7169203331" and client["parentSpanId"] == server["spanId"]
        attributes = {a["key"]: list(a["value"].values())[0] for a in client["attributes"]}
        assert attributes["gen_ai.operation.name"] == "chat" and attributes["gen_ai.request.model"] == "gpt-4o-mini"
        assert attributes["gen_ai.usage.input_tokens"] == "11" and attributes["gen_ai.usage.output_tokens"] == "7"
        assert client["name"] == "chat gpt-4o-mini" and server["name"] == "POST /v1/chat/completions"
        assert int(client["endTimeUnixNano"]) >= int(client["startTimeUnixNano"])
        assert "Brackenridge" not in json.dumps(bodies) and NOTE[:20] not in json.dumps(bodies)
        told = vendor.requests[-1].headers["traceparent"]
        assert told == f"00-{client['traceId']}-{client['spanId']}-01"


def test_a_collector_that_hangs_holds_up_nothing(own, other):
    held = threading.Event()
    other.script = lambda request, reply: (held.set(), reply.wait_for_hangup(300))

    def change(configuration):
        configuration["telemetry"] = {"endpoint": other.url.removesuffix("/v1")}

    with own(change) as (gateway, vendor):
        # Before and after the collector has got something and says nothing; it would for minutes.
        for _ in range(20):
            assert gateway.post(chat("hello"))[0] == 200
        assert held.wait(60)
        began = time.monotonic()
        for _ in range(20):
            assert gateway.post(chat("hello"))[0] == 200
        assert time.monotonic() - began < 60
        assert "traceparent" not in vendor.requests[-1].headers
        other.close()


def test_lines_for_operators_are_json_when_asked_for(own):
    with own() as (gateway, vendor):
        gateway.stop()
        with open(gateway.folder / "lines", "wb") as lines:
            process = subprocess.Popen(
                [CORDON, "serve", "--config", gateway.folder / "cordon.yaml", "--log-format", "json", "--log-level", "info"],
                stderr=lines, stdout=subprocess.DEVNULL, env={"PATH": "/usr/bin:/bin", **SECRETS})

        def up():
            try:
                return gateway.get("/healthz")[0] == 200
            except OSError:
                return False

        try:
            eventually(up)
        finally:
            process.terminate()
            process.wait(120)
        read = [json.loads(line) for line in (gateway.folder / "lines").read_text().splitlines()]
        assert read and all({"time", "level", "message"} <= line.keys() for line in read)
