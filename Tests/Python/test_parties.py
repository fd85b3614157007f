"""Whom a request is about and for whom it is made: sealed and tagged in the log, told to no vendor, written nowhere."""

import json

import pytest
from canaries import contents, found
from conftest import chat, eventually
from custodians import did

PATIENT, USER = "Patient/QZ-88413307", "lavinia.oxbow@clinic.example"
HEADERS = {"x-cordon-patient": PATIENT, "x-cordon-user": USER}
PLANTED = [PATIENT, "88413307", USER, "lavinia", "oxbow"]


def written(gateway):
    """Every byte in the data directory and of the process's output."""
    return b"".join(str(path).encode() + content for path, content in contents(gateway.data)) + gateway.output


def entries_of(gateway, request):
    return [entry for entry in gateway.entries() if entry.get("request") == request]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("headers, member", [
    (HEADERS, None), ({}, {"patient": PATIENT, "user": USER}), (HEADERS, {"patient": PATIENT, "user": USER}),
    ({"x-cordon-patient": PATIENT}, {"user": USER}), ({"x-cordon-user": USER}, {"patient": PATIENT}),
], ids=["headers", "body", "both", "patient in a header", "user in a header"])
def test_the_parties_of_a_request_are_sealed_into_its_entry_and_told_to_nobody(gateway, vendor, stream, headers, member):
    body = chat("hello", stream=stream) | ({"cordon": member} if member else {})
    status, answered, _ = gateway.post(body, headers=headers)
    assert status == 200
    opened, closed = entries_of(gateway, answered["x-request-id"])
    assert len(opened["parts"]) == len(opened["tags"]) == 2
    assert [part["subject"] for part in opened["parts"]] == opened["tags"]
    assert closed["tags"] == opened["tags"] and closed["user"] == opened["user"] and "parts" not in closed
    assert found(vendor.received, PLANTED) == []
    assert found(written(gateway), PLANTED) == []


def test_the_same_person_has_the_same_tag_and_another_has_another(gateway, vendor):
    def tags(**named):
        _, answered, _ = gateway.post(chat("hello") | {"cordon": named})
        return entries_of(gateway, answered["x-request-id"])[0]["tags"]

    assert tags(patient=PATIENT) == tags(patient=PATIENT) != tags(patient=PATIENT + "9")
    # A patient and a member of the workforce of one name are two subjects.
    assert tags(patient=USER) != tags(user=USER)


@pytest.mark.parametrize("headers, member", [
    (HEADERS, {"patient": "Patient/other"}), (HEADERS, {"user": "other"}), ({"x-cordon-patient": ""}, None),
    ({"x-cordon-patient": "p" * 257}, None), ({}, {"patient": 7}), ({}, {"patient": ""}), ({}, {"user": "a\u0000b"}),
    ({}, {"patients": PATIENT}),
])
def test_parties_that_disagree_or_are_no_names_refuse_the_request_without_repeating_them(gateway, vendor, headers, member):
    body = chat("hello") | ({"cordon": member} if member else {})
    status, answered, content = gateway.post(body, headers=headers)
    assert status == 400 and vendor.received == b""
    assert found(content, [*PLANTED, "Patient/other"]) == []
    refusals = entries_of(gateway, answered["x-request-id"])
    assert [(entry["event"], entry["rule"]) for entry in refusals] == [("request.refused", "invalid_request")]


def test_a_use_case_that_wants_to_know_the_parties_refuses_a_request_that_does_not_say(own):
    with own(lambda configuration: configuration["use_cases"][0].update(requires=["patient", "user"])) as (gateway, vendor):
        for headers in ({}, {"x-cordon-patient": PATIENT}, {"x-cordon-user": USER}):
            status, answered, body = gateway.post(chat("hello"), headers=headers)
            assert (status, json.loads(body)["error"]["code"]) == (403, "party_required")
            refusal, = entries_of(gateway, answered["x-request-id"])
            assert (refusal["event"], refusal["rule"]) == ("request.refused", "party_required")
            assert "parts" not in refusal
        assert vendor.received == b""
        assert gateway.post(chat("hello"), headers=HEADERS)[0] == 200
        # Another use case does not ask.
        assert gateway.post(chat("hello"), headers={"x-cordon-use-case": "research"})[0] == 200
        assert found(written(gateway), PLANTED) == []


def test_every_decision_about_a_request_is_one_in_the_log_with_its_reason(own):
    with own(lambda configuration: configuration["use_cases"][1].update(requires=["patient"])) as (gateway, vendor):
        decided = []
        for headers, body in [
            ({}, chat("hello")), (HEADERS, chat("hello", stream=True)), ({"x-cordon-use-case": "research"}, chat("hello")),
            ({"x-cordon-use-case": "unknown"}, chat("hello")), ({}, {**chat("hello"), "model": "gpt-unlisted"}),
            ({}, b"no JSON"), ({"x-cordon-use-case": "local"}, {**chat("hello"), "model": "loopback"}),
            ({"x-cordon-patient": PATIENT}, chat("hello") | {"cordon": {"patient": "another"}}),
        ] * 4:
            status, answered, content = gateway.post(body, headers=headers)
            code = None if status == 200 else json.loads(content)["error"]["code"]
            decided.append((answered["x-request-id"], "allow" if status == 200 else "deny", code))
        logged = [entry for entry in gateway.entries() if entry["event"] in ("request.opened", "request.refused")]
        assert len(logged) == len(decided)
        for entry, (request, decision, code) in zip(logged, decided):
            assert (entry["request"], entry["decision"]) == (request, decision)
            assert entry.get("rule") in (None if decision == "allow" else code, "invalid_request")
            assert (entry.get("rule") is None) == (decision == "allow")


def test_the_log_is_searched_by_event_by_pseudonym_and_by_tag(own):
    with own() as (gateway, vendor):
        for index in range(6):
            gateway.post(chat("hello"), headers={"x-cordon-patient": f"Patient/{index % 3}", "x-cordon-user": USER if index < 4 else "other"})
        gateway.post(chat("hello"), headers={"x-cordon-use-case": "unknown"})
        entries = eventually(lambda: gateway.entries())
        first = next(entry for entry in entries if entry["event"] == "request.opened")

        def searched(*options):
            return [json.loads(line) for line in did(gateway.cordon("log", "search", "--json", *options)).splitlines()]

        assert len(searched("--event", "request.opened")) == 6
        assert len(searched("--event", "request.opened", "--user", first["user"])) == 4
        assert len(searched("--user", first["user"])) == 8
        patient = first["tags"][1]
        assert {entry["request"] for entry in searched("--tag", patient)} == {
            entry["request"] for entry in entries if patient in entry.get("tags", [])}
        assert len(searched("--subject-tag", patient)) == 2
        assert [entry["rule"] for entry in searched("--decision", "deny")] == ["use_case_not_granted"]
        assert did(gateway.cordon("log", "search", "--count", "--event", "request.closed")) == "6\n"
        totals = did(gateway.cordon("log", "search", "--group", "event"))
        assert "request.opened" in totals and "request.refused" in totals
        # What was found by the index is what the log has.
        whole = {entry["index"]: entry for entry in searched("--event", "request.opened")}
        assert all(entries[index]["request"] == entry["request"] for index, entry in whole.items())
