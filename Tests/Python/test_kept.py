"""Conversations that the vendor keeps: tokens go on from turn to turn, for those whose they are, while they may."""

import json
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta

import openai
import pytest
from canaries import NOTE, PLANTED, contents, found
from conftest import eventually, new_caller
from custodians import carry_out, did
from test_sdk import TOKEN
from vendor_keeping import Keeping

MODEL = "gpt-4o-mini"
SECOND = "Call Ms. Brackenridge today; new insurance member ID: ZZK551902284."
ALL = [*PLANTED, "ZZK551902284"]


def keep(configuration, seconds=3600, **more):
    configuration["use_cases"][0]["kept_by_vendor"] = {"seconds": seconds, **more}
    configuration["log"] = {"readers": ["dr-lee"]}


@contextmanager
def keeping(own, change=keep):
    with own(change) as (gateway, vendor):
        vendor.script = Keeping()
        yield gateway, vendor


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    """A gateway that the tests share, with a second caller of the same use case."""
    from conftest import running

    other = new_caller()

    def change(configuration):
        keep(configuration)
        configuration["callers"].append({**configuration["callers"][0], "id": "dr-kim", "key_hash": other.hash})
        configuration["use_cases"][1]["kept_by_vendor"] = {"seconds": 3600}

    with running(tmp_path_factory.mktemp("kept"), caller, change) as (gateway, vendor):
        yield gateway, vendor, other


@pytest.fixture
def kept(house):
    gateway, vendor, other = house
    vendor.forget().script = Keeping()
    return gateway, vendor, other


def ask(client, input, previous=None, **more):
    if previous is not None:
        more["previous_response_id"] = previous
    return client.responses.create(model=MODEL, input=input, **{"store": True, **more})


def told(vendor, number):
    return vendor.requests[number].json["input"]


def test_a_conversation_goes_on_with_its_tokens_and_comes_back_whole(kept):
    gateway, vendor, _ = kept
    client = gateway.client()
    first = ask(client, NOTE)
    second = ask(client, SECOND, first.id)
    third = ask(client, "Who was the patient?", second.id)
    assert first.output_text == NOTE and second.output_text == f"{NOTE}\n{SECOND}"
    assert third.output_text == f"{NOTE}\n{SECOND}\nWho was the patient?"
    assert found(vendor.received, ALL) == []
    # The id is the vendor's, and goes to it as it came.
    assert [request.json.get("previous_response_id") for request in vendor.requests] == [None, first.id, second.id]
    assert {first.id, second.id, third.id} == set(vendor.script.kept)
    name = TOKEN.search(told(vendor, 0))[0]
    assert name.startswith("NAME_1_") and "NAME_1" in told(vendor, 1)
    earlier = set(TOKEN.findall(told(vendor, 0)))
    new = {token for token in TOKEN.findall(told(vendor, 1)) if token.startswith("PLAN")}
    assert new and not new & earlier


def test_the_same_value_has_the_same_token_in_every_turn_and_in_every_fork(kept):
    gateway, vendor, _ = kept
    client = gateway.client()
    first = ask(client, NOTE)
    left = ask(client, f"left: {NOTE}", first.id)
    right = ask(client, "right: Dr. Lucinda Farquhar, MRN: 77120934", first.id)
    again = ask(client, NOTE, right.id)
    assert told(vendor, 1) == f"left: {told(vendor, 0)}" and told(vendor, 3) == told(vendor, 0)
    assert left.output_text == f"{NOTE}\nleft: {NOTE}"
    assert again.output_text == f"{NOTE}\nright: Dr. Lucinda Farquhar, MRN: 77120934\n{NOTE}"
    assert not set(TOKEN.findall(told(vendor, 2))) & set(TOKEN.findall(told(vendor, 1)))
    assert found(vendor.received, [*ALL, "Farquhar", "77120934"]) == []


@pytest.mark.parametrize("first_streams, second_streams", [(True, True), (False, True), (True, False)])
def test_events_are_kept_like_whole_answers(kept, first_streams, second_streams):
    gateway, vendor, _ = kept
    client = gateway.client()

    def turn(streams, input, **more):
        if not streams:
            return client.responses.create(model=MODEL, input=input, store=True, **more)
        with client.responses.stream(model=MODEL, input=input, store=True, **more) as stream:
            for _ in stream:
                pass
            return stream.get_final_response()

    first = turn(first_streams, NOTE)
    second = turn(second_streams, SECOND, previous_response_id=first.id)
    assert first.output_text == NOTE and second.output_text == f"{NOTE}\n{SECOND}"
    assert found(vendor.received, ALL) == [] and second.id in vendor.script.kept


def test_what_is_kept_can_be_seen_again_and_deleted(kept):
    gateway, vendor, _ = kept
    client = gateway.client()
    first = ask(client, NOTE)
    second = ask(client, SECOND, first.id)
    seen = client.responses.retrieve(second.id, include=["message.output_text.logprobs"])
    assert seen.output_text == second.output_text and seen.id == second.id
    assert vendor.requests[-1].path.endswith("?include%5B%5D=message.output_text.logprobs")
    items = list(client.responses.input_items.list(second.id, limit=50, order="asc").data)
    assert [item.content[0].text for item in items] == [NOTE, SECOND]
    assert len(client.responses.input_items.list(second.id, limit=1).data) == 1
    client.responses.delete(second.id)
    assert second.id not in vendor.script.kept and first.id in vendor.script.kept
    for act in (client.responses.retrieve, client.responses.delete, client.responses.input_items.list):
        with pytest.raises(openai.NotFoundError) as raised:
            act(second.id)
        assert raised.value.code == "response_not_found"
    with pytest.raises(openai.BadRequestError) as raised:
        ask(client, "go on", second.id)
    assert raised.value.code == "previous_response_not_found"
    assert ask(client, "go on", first.id).output_text == f"{NOTE}\ngo on"
    asked = [entry for entry in gateway.entries() if entry.get("operation", "").startswith("responses.") and entry["event"] == "request.opened"]
    assert [entry["operation"] for entry in asked[-4:]] == [
        "responses.retrieve", "responses.input_items", "responses.input_items", "responses.delete"]
    deleted = [entry for entry in gateway.entries() if entry["event"] == "map.deleted"]
    assert deleted[-1]["object"] == asked[-1]["object"] and deleted[-1]["before"] and deleted[-1]["method"] == "overwrite"
    assert second.id not in json.dumps(deleted + asked)


@pytest.mark.parametrize("query", [
    "stream=true", "include=Ottoline%20Brackenridge", "limit=101", "after=MariaGonzalez", "order=Ottoline", "who=Ottoline",
])
def test_nothing_that_could_be_somebody_goes_out_in_an_address(kept, query):
    gateway, vendor, _ = kept
    first = ask(gateway.client(), "hello")
    requests = len(vendor.requests)
    for path in (f"/v1/responses/{first.id}", f"/v1/responses/{first.id}/input_items"):
        status, _, body = gateway.get(f"{path}?{query}", {"authorization": f"Bearer {gateway.caller.key}"})
        assert status == 400 and b"Ottoline" not in body and b"Maria" not in body
    assert len(vendor.requests) == requests


def test_another_caller_use_case_or_person_finds_what_a_made_up_id_finds(kept):
    gateway, vendor, other = kept
    client = gateway.client()
    first = ask(client, NOTE, extra_headers={"x-cordon-user": "lee@clinic.example", "x-cordon-patient": "Patient/4711"})
    requests = len(vendor.requests)
    stranger = openai.OpenAI(base_url=f"{gateway.origin}/v1", api_key=other.key, max_retries=0)
    mine = {"x-cordon-user": "lee@clinic.example", "x-cordon-patient": "Patient/4711"}
    answers = set()
    for who, id, headers in [
        (client, "resp_" + "0" * 50, mine), (stranger, first.id, mine), (client, first.id, {**mine, "x-cordon-use-case": "research"}),
        (client, first.id, {**mine, "x-cordon-user": "kim@clinic.example"}), (client, first.id, {**mine, "x-cordon-patient": "Patient/4712"}),
        (client, first.id, {}),
    ]:
        with pytest.raises(openai.BadRequestError) as raised:
            ask(who, "go on", id, extra_headers=headers)
        with pytest.raises(openai.NotFoundError) as unseen:
            who.responses.retrieve(id, extra_headers=headers)
        answers.add((raised.value.response.text, unseen.value.response.text))
    assert len(answers) == 1 and len(vendor.requests) == requests
    assert ask(client, "go on", first.id, extra_headers=mine).output_text == f"{NOTE}\ngo on"


def test_results_of_tools_go_on_from_the_call_that_the_vendor_keeps(kept):
    gateway, vendor, _ = kept
    client = gateway.client()
    first = ask(client, NOTE)
    output = {"type": "function_call_output", "call_id": "call_9fJq2TzK4bX7mW1c", "output": json.dumps({"phone": "(360) 555-0142"})}
    second = ask(client, [output], first.id)
    sent = told(vendor, 1)[0]
    assert sent["call_id"] == output["call_id"] and json.loads(sent["output"])["phone"] in TOKEN.findall(told(vendor, 0))
    assert second.output_text == f"{NOTE}\n{output['output']}"


def test_what_the_use_case_does_not_restore_stays_a_token_throughout(kept):
    gateway, vendor, _ = kept
    client = gateway.client(default_headers={"x-cordon-use-case": "research"})
    first = ask(client, NOTE)
    name = TOKEN.search(first.output_text)[0]
    second = ask(client, f"What of {name}?", first.id)
    assert told(vendor, 1) == f"What of {name}?" and name in second.output_text
    assert found(second.output_text.encode()) == [] and ask(client, NOTE, second.id) and told(vendor, 2) == told(vendor, 0)


@pytest.mark.parametrize("more", [{"conversation": "conv_1"}, {"background": True, "store": False}, {"prompt": {"id": "pmpt_1"}}])
def test_what_nobody_can_follow_is_refused_all_the_same(kept, more):
    gateway, vendor, _ = kept
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(gateway.client(), NOTE, **more)
    assert raised.value.code == "kept_by_vendor" and vendor.received == b""


def test_an_answer_made_in_the_background_is_fetched_when_it_is_ready(kept):
    gateway, vendor, _ = kept
    client = gateway.client()
    begun = ask(client, NOTE, background=True)
    assert begun.status == "queued" and begun.output == [] and found(vendor.received) == []
    assert client.responses.retrieve(begun.id).output_text == NOTE
    assert client.responses.cancel(begun.id).status == "cancelled"
    assert ask(client, SECOND, begun.id).output_text == f"{NOTE}\n{SECOND}"


@pytest.mark.parametrize("stops", [False, True], ids=["goes on", "stops"])
def test_an_answer_whose_client_has_gone_is_deleted_where_it_is_kept(own, stops):
    """Also by a gateway that is told to stop meanwhile: it waits for that."""
    def change(configuration):
        keep(configuration)
        configuration["limits"].update(vendor_silence_seconds=60, drain_seconds=60)

    with keeping(own, change) as (gateway, vendor):
        keeps, slow = vendor.script, threading.Event()

        def script(request, reply):
            slow.wait(60) if request.head.startswith(b"POST") else time.sleep(1)
            keeps(request, reply)

        vendor.script = script
        connection = gateway.connect()
        body = json.dumps({"model": MODEL, "input": NOTE, "store": True}).encode()
        head = f"POST /v1/responses HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {gateway.caller.key}\r\ncontent-length: {len(body)}\r\n\r\n"
        connection.sendall(head.encode() + body)
        eventually(lambda: vendor.requests)
        connection.close()
        # Nothing says that the gateway has noticed: it is told by its system at once.
        time.sleep(1)
        slow.set()
        if stops:
            eventually(lambda: len(vendor.requests) == 2)
            assert gateway.stop() == 0
        eventually(lambda: len(vendor.requests) == 2 and not keeps.kept)
        closed = eventually(lambda: [e for e in gateway.entries() if e["event"] == "request.closed"][1:] and gateway.entries())
        ends = [(e["operation"], e["outcome"]) for e in closed if e["event"] == "request.closed"]
        assert ends == [("responses", "client_disconnected"), ("responses.delete", "completed")]
        assert found(vendor.received) == []
        if stops:
            assert [e["event"] for e in gateway.entries()][-1] == "server.stopped"


def test_a_request_that_does_not_say_declines_unless_the_use_case_takes_the_custom(kept, own):
    gateway, vendor, _ = kept
    gateway.client().responses.create(model=MODEL, input="hello")
    assert vendor.requests[-1].json["store"] is False
    with keeping(own, lambda configuration: keep(configuration, unsaid="keep")) as (gateway, vendor):
        client = gateway.client()
        first = client.responses.create(model=MODEL, input=NOTE)
        assert "store" not in vendor.requests[-1].json
        assert client.responses.create(model=MODEL, input="go on", previous_response_id=first.id).output_text == f"{NOTE}\ngo on"


# proves: IOC-24
def test_memory_ends_with_its_session_and_its_time_and_is_nobody_elses(own):
    """Session end or TTL: unreadable; another user's session cannot read it; the map lists all four stores with counts."""
    mine, theirs = {"x-cordon-user": "lee@clinic.example"}, {"x-cordon-user": "kim@clinic.example"}

    def change(configuration):
        keep(configuration)
        configuration["use_cases"][0]["caching"] = "allowed"
        # What is kept in the other use case is kept for a moment.
        configuration["use_cases"][1]["kept_by_vendor"] = {"seconds": 2}

    with keeping(own, change) as (gateway, vendor):
        client, key = gateway.client(), {"authorization": f"Bearer {gateway.caller.key}"}

        def stores():
            status, _, body = gateway.get("/phi-map", key)
            assert status == 200 and found(body, ALL) == []
            return {store["store"]: store for store in json.loads(body)["stores"]}

        def is_unreadable(id, headers):
            with pytest.raises(openai.BadRequestError):
                ask(client, "go on", id, extra_headers=headers, store=False)
            with pytest.raises(openai.NotFoundError):
                client.responses.retrieve(id, extra_headers=headers)
            return True

        assert set(stores()) == {"prompts", "memory", "logs", "outputs"} and stores()["memory"]["count"] == 0
        ended = ask(client, NOTE, extra_headers={**mine, "idempotency-key": "one"})
        ask(client, SECOND, extra_headers=mine)
        counts = stores()
        assert (counts["memory"]["count"], counts["outputs"]["count"], counts["prompts"]["count"]) == (2, 1, 0)
        assert 5 < counts["logs"]["count"] <= len(gateway.entries()) and counts["memory"]["use_cases"] == {"summarize": 2}
        assert all(store["control"] and store["place"] for store in counts.values())
        # Another user's session.
        assert is_unreadable(ended.id, theirs) and is_unreadable(ended.id, {})
        # The end of the session.
        client.responses.delete(ended.id, extra_headers=mine)
        assert is_unreadable(ended.id, mine) and stores()["memory"]["count"] == 1
        # The end of its time, though the vendor has it still.
        other = {**mine, "x-cordon-use-case": "research"}
        left = ask(client, SECOND, extra_headers=other)
        time.sleep(2.1)
        assert left.id in vendor.script.kept and is_unreadable(left.id, other) and stores()["memory"]["use_cases"] == {"summarize": 1}
        gone = eventually(lambda: [one for one in gateway.entries() if one["event"] == "map.expired"])
        assert len(gone) == 1 and gone[0]["use_case"] == "research" and gone[0]["before"] and gone[0]["method"] == "overwrite"
        kept_at = next(one for one in gateway.entries() if one["event"] == "map.kept" and one["object"] == gone[0]["object"])["time"]
        assert datetime.fromisoformat(gone[0]["time"]) - datetime.fromisoformat(kept_at) >= timedelta(seconds=2)
        # The log has it first.
        eventually(lambda: stores()["memory"]["over"] == 0)
        assert gateway.get("/phi-map")[0] == 401


def test_it_outlives_a_restart_and_is_in_no_file(own):
    with keeping(own) as (gateway, vendor):
        first = ask(gateway.client(), NOTE, extra_headers={"x-cordon-patient": "Patient/QZ-88413307"})
        gateway.stop()
        gateway.start()
        patient = {"x-cordon-patient": "Patient/QZ-88413307"}
        second = ask(gateway.client(), SECOND, first.id, extra_headers=patient)
        assert second.output_text == f"{NOTE}\n{SECOND}"
        gateway.stop()
        secrets = [*ALL, first.id, second.id, "QZ-88413307", *set(TOKEN.findall(told(vendor, 0)))]
        for path, content in contents(gateway.data):
            assert found(path.name.encode() + content, secrets) == [], path
        assert found(gateway.output, secrets) == [] and found(vendor.received, ALL) == []
        assert gateway.cordon("log", "verify").returncode == 0


def test_an_operator_sees_counts_and_deletes(own):
    with keeping(own) as (gateway, vendor):
        client = gateway.client()
        patient = {"x-cordon-patient": "Patient/QZ-88413307"}
        first, second = ask(client, NOTE, extra_headers=patient), ask(client, SECOND)
        shown = did(gateway.cordon("kept", "list"))
        assert shown.endswith(" bytes\n") and "\n2 maps, " in shown and found(shown.encode(), [*ALL, first.id, second.id, "QZ-88413307"]) == []
        maps = [json.loads(line) for line in did(gateway.cordon("kept", "list", "--json")).splitlines()]
        assert [one["caller"] for one in maps] == ["dr-lee"] * 2 and maps[0]["kind"] == "response"
        tag, = maps[0]["subjects"]
        assert did(gateway.cordon("kept", "list", "--subject", tag)).endswith("1 maps, %d bytes\n" % maps[0]["bytes"])
        assert gateway.cordon("kept", "delete").returncode != 0
        assert gateway.cordon("kept", "delete", "0" * 32).returncode == 66
        carry_out(gateway, "place_hold", tag)
        held = gateway.cordon("kept", "delete", "--subject", tag)
        assert held.returncode == 69 and "legal hold" in held.stderr
        assert did(gateway.cordon("kept", "delete", maps[1]["code"])) == "deleted 1 maps\n"
        with pytest.raises(openai.BadRequestError):
            ask(client, "go on", second.id)
        assert ask(client, "go on", first.id, extra_headers=patient).output_text == f"{NOTE}\ngo on"
        announced, deleted = [one for one in gateway.entries() if one["event"] == "map.deleted"]
        assert announced["rule"] == "announced" and deleted["before"] == announced["before"] and deleted["method"] == "overwrite"
        assert deleted["object"] == f"response:{maps[1]['code']}" and "after" not in deleted


def test_a_lock_and_a_stop_close_the_way(own):
    with keeping(own) as (gateway, vendor):
        client = gateway.client()
        first = ask(client, NOTE)
        requests = len(vendor.requests)
        did(gateway.cordon("kill", "mock", "--reason", "INC-2026-014", "--by", "alice"))
        for act in (lambda: ask(client, "go on", first.id), lambda: client.responses.retrieve(first.id)):
            with pytest.raises(openai.PermissionDeniedError) as raised:
                act()
            assert raised.value.code == "stopped_by_operator"
        did(gateway.cordon("kill", "mock", "--lift", "--by", "alice"))
        did(gateway.cordon("vault", "lock", "--by", "oncall"))
        for act in (lambda: ask(client, "go on", first.id), lambda: client.responses.retrieve(first.id), lambda: client.responses.delete(first.id)):
            with pytest.raises(openai.InternalServerError) as raised:
                act()
            assert raised.value.status_code == 503 and raised.value.code == "keys_unavailable"
        assert len(vendor.requests) == requests


def test_what_somebody_changed_closes_its_own_way_alone_and_is_taken_out_on_record(own):
    import sqlite3

    with keeping(own) as (gateway, vendor):
        client = gateway.client()
        first, second = ask(client, NOTE), ask(client, SECOND)
        code = json.loads(did(gateway.cordon("kept", "list", "--json")).splitlines()[0])["code"]
        with sqlite3.connect(gateway.data / "vault" / "kept.sqlite") as store:
            store.execute("UPDATE kept SET expires = expires + 86400000 WHERE code = ?", [bytes.fromhex(code)])
        with pytest.raises(openai.InternalServerError) as raised:
            ask(client, "go on", first.id)
        assert raised.value.code == "keys_unavailable" and len(vendor.requests) == 2
        assert eventually(lambda: [one for one in gateway.entries() if one["event"] == "alert.raised"])
        assert ask(client, "go on", second.id).output_text == f"{SECOND}\ngo on"
        refused = gateway.cordon("kept", "delete", code)
        assert refused.returncode == 69 and "cordon kept repair" in refused.stderr
        assert did(gateway.cordon("kept", "repair", "--dry-run")) == f"altered  {code}\n"
        assert did(gateway.cordon("kept", "repair")).endswith("took out 1 maps, 0 were missing\n")
        assert did(gateway.cordon("kept", "repair")) == "nothing is wrong\n"
        announced, taken = [one for one in gateway.entries() if one["event"] == "map.deleted"]
        assert announced["rule"] == "announced" and taken["object"] == announced["object"] == f"altered:{code}"
        assert taken["before"] and taken["method"] == "overwrite"
        with pytest.raises(openai.BadRequestError):
            ask(client, "go on", first.id)
        assert ask(client, "go on", second.id).output_text == f"{SECOND}\ngo on"
