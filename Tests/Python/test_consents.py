"""The register of consents: authorizations that a request takes, and restrictions that stop it."""

import json
import os
import subprocess
import threading

import mock_vendor
import pytest
from canaries import NOTE, found
from conftest import SECRETS, chat, day, eventually
from custodians import did, key_file, take_in
from paths import CORDON
from test_policy_gateway import evaluate, someone, with_policies

PATIENT, OTHER = "Patient/4711", "Patient/4712"
SIGNED = {
    "patient": PATIENT, "record": "authorization", "to": ["mock"], "purposes": ["TREAT"], "classes": ["notes"],
    "description": "the notes of the outpatient visits of this year", "by": ["Harbor Hospital"],
    "purpose": "a summary for the patient", "expires": day(30), "signed": {"on": day(-2), "by": "patient"},
    "states": ["revocation", "conditioning", "redisclosure"],
}
RESTRICTED = {"patient": PATIENT, "record": "restriction", "to": ["mock"]}
# What an authorization has to have (45 CFR 164.508(c)(1), (2)), and how it lacks it.
ELEMENTS = {
    "(c)(1)(i)": {"description": None}, "(c)(1)(ii)": {"by": None}, "(c)(1)(iii)": {"to": None},
    "(c)(1)(iv)": {"purpose": None}, "(c)(1)(v)": {"expires": None},
    "(c)(1)(vi)": {"signed": {"on": day(-2), "by": "representative"}},
    "(c)(2)(i)": {"states": ["conditioning", "redisclosure"]}, "(c)(2)(ii)": {"states": ["revocation", "redisclosure"]},
    "(c)(2)(iii)": {"states": ["revocation", "conditioning"]},
}


def run(gateway, *arguments, said="", by="olga"):
    return subprocess.run(
        [CORDON, "consent", *arguments, "--as", key_file(gateway, by), "--config", gateway.folder / "cordon.yaml"],
        input=said, capture_output=True, text=True, env={**os.environ, **SECRETS})


def add(gateway, form, /, **changes):
    """The id of a new record."""
    whole = {name: value for name, value in {**form, **changes}.items() if value is not None}
    return did(run(gateway, "add", "-", said=json.dumps(whole))).split()[-1]


def forget(vendor):
    """Has the vendor forget what it got, and answer as before."""
    script = vendor.script
    vendor.forget().script = script


def ask(gateway, patient=PATIENT, text=NOTE, **headers):
    named = {"x-cordon-patient": patient} if patient else {}
    status, _, body = gateway.post(chat(text), headers={**named, **headers})
    return status, json.loads(body)


def refused(gateway, vendor, rule, *said, patient=PATIENT, **headers):
    """A request is refused by the rule, nothing reaches the vendor, and the log has the rule and nothing of the patient."""
    forget(vendor)
    status, body = ask(gateway, patient, **headers)
    message = body["error"]["message"]
    assert status == 403 and f"`{rule}`" in message and all(one in message for one in said), body
    assert not vendor.requests and PATIENT not in message and not found(message.encode())
    entry = [one for one in gateway.entries() if one.get("decision") == "deny"][-1]
    assert entry["rule"] == rule and PATIENT not in json.dumps(entry)
    return message


def uncovered(gateway, vendor, reason, words):
    """A caller is told that no authorization covers it, in one sentence, and the log why."""
    message = refused(gateway, vendor, "authorization_missing", "45 CFR 164.508")
    assert "no authorization of the patient in force covers vendor `mock` and purpose `TREAT`" in message and words not in message
    entry = [one for one in gateway.entries() if one.get("decision") == "deny"][-1]
    assert entry["object"] == reason
    assert "because       the patient" in (told := did(gateway.cordon("explain", entry["request"]))) and words in told
    assert json.loads(did(gateway.cordon("explain", entry["request"], "--json")))["reason"] == reason


def authorized_only(configuration):
    """What leaves, leaves because the patient has authorized it."""
    configuration["routes"] = [{
        "id": "R-1", "use_cases": ["summarize", "research"], "vendors": ["mock"], "owner": "privacy-office", "purpose": "TREAT",
        "basis": "authorization", "justification": "Summaries that patients ask for", "expires": day(60)}]


# proves: CNS-02
def test_a_request_takes_an_authorization_that_lacks_nothing_and_is_neither_revoked_nor_expired(own):
    with own(authorized_only) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        uncovered(gateway, vendor, "authorization_absent", "has authorized nothing")
        refused(gateway, vendor, "authorization_missing", "names no patient", patient=None)
        # One that lacks an element is none, and which it lacks is said.
        for paragraph, lacking in ELEMENTS.items():
            whole = {name: value for name, value in {**SIGNED, **lacking}.items() if value is not None}
            told = run(gateway, "add", "-", said=json.dumps(whole))
            assert told.returncode == 65 and f"45 CFR 164.508{paragraph} is missing" in told.stderr, told.stderr
            assert told.stderr.count("is missing") == 1 and PATIENT not in told.stderr
        refused(gateway, vendor, "authorization_missing")

        first = add(gateway, SIGNED)
        assert ask(gateway)[0] == 200 and len(vendor.requests) == 1
        refused(gateway, vendor, "authorization_missing", patient=OTHER)
        # Revoked: the next request is refused, by a gateway that goes on running.
        assert f"ended {first}: revoked" in did(run(gateway, "revoke", first, said=PATIENT))
        uncovered(gateway, vendor, "authorization_revoked", "was revoked")
        # Expired: the same.
        add(gateway, SIGNED, signed={"on": day(-9), "by": "patient"}, expires=day(-1))
        uncovered(gateway, vendor, "authorization_expired", "has expired")
        # One that expires with an event holds until somebody says that it has come.
        event = add(gateway, SIGNED, expires=None, expires_when="the end of the treatment")
        assert ask(gateway)[0] == 200
        did(run(gateway, "revoke", event, "--because", "event", said=PATIENT))
        uncovered(gateway, vendor, "authorization_over_by_event", "has expired with its event")
        # For another recipient, another purpose and other data it is none.
        for narrower in ({"to": ["inside"]}, {"purposes": ["HRESCH"]}, {"classes": ["imaging"]}):
            add(gateway, SIGNED, **narrower)
            refused(gateway, vendor, "authorization_missing")
        add(gateway, SIGNED, signed={"on": day(-2), "by": "representative", "authority": "health care proxy"})
        assert ask(gateway)[0] == 200
        assert gateway.cordon("log", "verify").returncode == 0


# proves: CNS-03
@pytest.mark.parametrize("kind, rule, paragraph", [
    ("restriction", "restricted_by_patient", "164.522(a)(1)(iii)"),
    ("paid_in_full", "restricted_paid_in_full", "164.522(a)(1)(vi)"),
    ("consent_withheld", "consent_withheld", "164.506(b)"),
])
def test_what_a_patient_restricts_stops_the_recipient_and_the_use_that_it_names(own, kind, rule, paragraph):
    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        assert ask(gateway)[0] == 200
        restriction = add(gateway, RESTRICTED, record=kind)
        refused(gateway, vendor, rule, paragraph, "vendor `mock`")
        # `cordon explain` names the kind as well, and nothing of the patient.
        request = [one for one in gateway.entries() if one.get("rule") == rule][-1]["request"]
        told = did(gateway.cordon("explain", request))
        assert rule in told and PATIENT not in told
        # Others of the patient's recipients, and others' requests to this one, go on.
        local = gateway.post(
            {**chat(NOTE), "model": "loopback"}, headers={"x-cordon-use-case": "local", "x-cordon-patient": PATIENT})
        assert local[0] == 200
        assert ask(gateway, OTHER)[0] == 200
        did(run(gateway, "revoke", restriction, said=PATIENT))
        assert ask(gateway)[0] == 200

        # A use is restricted by its purpose, with all that is a kind of it; and one that is excepted goes on.
        add(gateway, RESTRICTED, record=kind, to=["*"], purposes=["HRESCH"])
        assert ask(gateway)[0] == 200
        add(gateway, RESTRICTED, record=kind, to=["caller:dr-lee"], **{"except": [{"to": ["*"], "purposes": ["TREAT"]}]})
        assert ask(gateway)[0] == 200
        add(gateway, RESTRICTED, record=kind, to=["*"], classes=["psychotherapy"])
        assert ask(gateway)[0] == 200
        vendor.forget()
        status, body = ask(gateway, text="Psychotherapy notes of John: process notes kept apart from the record.")
        assert status == 403 and rule in body["error"]["message"] and not vendor.requests


def consent(**changes):
    """A Consent as FHIR R4's own examples have it: not to this organisation."""
    return {
        "resourceType": "Consent", "id": "not-org", "status": "active",
        "scope": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": PATIENT}, "dateTime": "2025-11-18",
        "policyRule": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}]},
        "provision": {"type": "deny", "actor": [{
            "role": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "code": "PRCP"}]},
            "reference": {"reference": "Organization/ai"}}],
            "action": [{"coding": [{"code": "access"}]}, {"coding": [{"code": "correct"}]}]},
        **changes}


# proves: CNS-03
def test_consents_of_fhir_are_imported_and_block_whom_they_name(own):
    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        named = ("--recipient", "Organization/ai=mock")
        # What is not understood is refused, and said; nothing of it is in the register.
        unknown = consent(provision={**consent()["provision"], "data": [{"meaning": "instance"}]})
        for wrong, said in ((unknown, "cannot be checked (data)"), (consent(status="draft"), "`status`")):
            told = run(gateway, "import", *named, "-", said=json.dumps(wrong))
            assert told.returncode == 65 and said in told.stderr and PATIENT not in told.stderr, told.stderr
        told = run(gateway, "import", "-", said=json.dumps(consent()))
        assert told.returncode == 65 and "--recipient" in told.stderr
        assert ask(gateway)[0] == 200

        lines = "\n".join(json.dumps(one) for one in (consent(), unknown))
        told = run(gateway, "import", *named, "-", said=lines)
        assert told.returncode == 65 and "resource 1: consent_withheld" in told.stdout and "resource 2: refused" in told.stderr
        refused(gateway, vendor, "consent_withheld", "164.506(b)")
        # A newer version takes the place of the older one: an inactive one ends it.
        did(run(gateway, "import", *named, "-", said=json.dumps(consent(status="inactive"))))
        assert ask(gateway)[0] == 200
        # FHIR R5: denied, but for what is excepted, in a Bundle.
        five = {
            "resourceType": "Consent", "id": "five", "status": "active", "subject": {"reference": PATIENT}, "date": "2025-11-18",
            "decision": "deny", "provision": [{"purpose": [{"code": "HPAYMT"}]}]}
        did(run(gateway, "import", "-", said=json.dumps({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": five}]})))
        refused(gateway, vendor, "consent_withheld")
        five["provision"].append({"purpose": [{"code": "TREAT"}]})
        did(run(gateway, "import", "-", said=json.dumps(five)))
        assert ask(gateway)[0] == 200
        shown = did(run(gateway, "list", said=PATIENT))
        assert shown.count("ended: superseded") == 2 and shown.count("in force") == 1


def test_an_import_brings_back_nothing_that_was_revoked_and_one_that_is_bad_stops_no_other(own):
    with own(authorized_only) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        options = ("--recipient", "Organization/ai=mock", "--states", "revocation,conditioning,redisclosure")
        signed = consent(
            id="signed", dateTime=day(-2), performer=[{"reference": PATIENT}], organization=[{"reference": "Organization/h"}],
            meta={"versionId": "2"}, policyRule={"coding": [{"code": "hipaa-auth"}]},
            provision={
                "type": "permit", "actor": [{"reference": {"reference": "Organization/ai"}}], "purpose": [{"code": "TREAT"}],
                "securityLabel": [{"code": "HIV"}], "period": {"end": day(30)}})

        def imported(*resources):
            return run(gateway, "import", *options, "-", said="\n".join(json.dumps(one) for one in resources))

        # One that is bad, and a line that is none, keep no other from being recorded.
        told = imported(consent(id="bad", status="draft"), [], signed)
        assert told.returncode == 65 and "resource 3: authorization" in told.stdout, told.stderr
        record = told.stdout.split()[-1]
        assert "unchanged" in did(imported(signed))
        told = imported({**signed, "meta": {"versionId": "1"}, "status": "inactive"})
        assert told.returncode == 65 and "newer" in told.stderr
        assert did(run(gateway, "list", said=PATIENT)).count("in force") == 1
        did(run(gateway, "revoke", record, said=PATIENT))
        assert "stays ended" in did(imported(signed))
        shown = did(run(gateway, "list", said=PATIENT))
        assert shown.count("\n") == 1 and "ended: revoked" in shown
        # A newer version that is not understood ends what the older one authorized.
        other = {**signed, "id": "other"}
        did(imported(other))
        told = imported({**other, "meta": {"versionId": "3"}, "status": "rejected"})
        assert told.returncode == 65 and "ended 1 authorizations" in told.stderr
        assert "in force" not in did(run(gateway, "list", said=PATIENT))
        history = {"resourceType": "Bundle", "type": "history", "entry": [{"resource": other}]}
        assert imported(history).returncode == 65
        events = [one for one in gateway.entries() if one["event"] in ("consent.recorded", "consent.ended")]
        assert events[0]["justification"] == f"recorded {record}" and f"ended {record}" in [one.get("justification") for one in events]
        refused(gateway, vendor, "authorization_missing")


def test_the_register_tells_policies_what_a_patient_consents_to(own):
    def change(configuration):
        with_policies(configuration)
        configuration["callers"][0]["attests"] = ["mfa", "managed_device"]

    text = "John was admitted for opioid use disorder and started on buprenorphine."
    with own(change) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        status, body = ask(gateway, text=text)
        assert status == 403 and "`substance-use-without-consent`" in body["error"]["message"]
        part2 = add(gateway, SIGNED, classes=["substance-use"], consents=["42CFR2"])
        assert ask(gateway, text=text)[0] == 200, ask(gateway, text=text)
        opened = [one for one in gateway.entries() if one["event"] == "request.opened"][-1]
        assert "42CFR2" in opened["policy_facts"]
        assert ask(gateway, OTHER, text)[0] == 403
        did(run(gateway, "revoke", part2, said=PATIENT))
        assert ask(gateway, text=text)[0] == 403
        # What a caller states it has to vouch for; and what is restricted, nobody states away.
        assert ask(gateway, text=text, **{"x-cordon-consents": "42CFR2"})[0] == 403
        add(gateway, RESTRICTED)
        refused(gateway, vendor, "restricted_by_patient", **{"x-cordon-restricted": "false"})


def test_what_fhir_says_is_the_same_reference_is_the_same_patient(own):
    server = "https://fhir.example/R4"
    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        # A record that names a version is of the patient, and so is a request that does.
        record = add(gateway, RESTRICTED, patient=f"{PATIENT}/_history/3")
        add(gateway, RESTRICTED, patient=f"HTTPS://FHIR.example:443/R4/{PATIENT}/")
        for spelling in (PATIENT, f"{PATIENT}/", f"{PATIENT}/_history/2", PATIENT.replace("a", "%61"), f"{server}/{PATIENT}",
                         f"https://fhir.example:443/R4/{PATIENT}/_history/9"):
            refused(gateway, vendor, "restricted_by_patient", patient=spelling)
        for another in (PATIENT.split("/")[1], PATIENT.lower(), f"http://fhir.example/R4/{PATIENT}", OTHER):
            assert ask(gateway, another)[0] == 200, another
        for spelling in (PATIENT, f"{PATIENT}/"):
            assert record in did(run(gateway, "list", said=spelling))
        did(run(gateway, "revoke", record, said=f"{PATIENT}/_history/5"))
        assert ask(gateway, f"{PATIENT}/")[0] == ask(gateway)[0] == 200
        refused(gateway, vendor, "restricted_by_patient", patient=f"{server}/{PATIENT}/")


def test_who_asks_for_decisions_is_told_what_the_register_has_against_them(own):
    def change(configuration):
        with_policies(configuration)
        authorized_only(configuration)

    route = {"type": "Route", "id": "summarize/mock/gpt-4o-mini"}

    def decided(gateway, patient, subject=None, **context):
        named = {"patient": patient} if patient else {}
        status, body = evaluate(gateway, subject or someone("clinician"), "ask", route, **named, **context)
        assert status == 200, body
        return body["decision"], body["context"].get("rule")

    with own(change) as (gateway, _):
        take_in(gateway, "olga", "privacy_officer")
        # The question that names nobody is for policies alone; the others are as requests would be.
        assert decided(gateway, None) == (True, None)
        assert decided(gateway, PATIENT) == (False, "authorization_missing")
        add(gateway, SIGNED)
        assert decided(gateway, PATIENT) == (True, None) and decided(gateway, f" {PATIENT} ") == (True, None)
        assert decided(gateway, OTHER) == (False, "authorization_missing")
        # What policies forbid they forbid, and are named for it.
        assert decided(gateway, PATIENT, someone("system-administrator")) == (False, None)
        add(gateway, RESTRICTED, to=["caller:dr-lee"], classes=["imaging"])
        imaging = [{"type": "DataClass", "id": "imaging"}]
        assert decided(gateway, PATIENT) == (True, None)
        assert decided(gateway, PATIENT, classes=imaging) == (False, "restricted_by_patient")
        # Many at once, each about its own patient, and those to whom it is open by a search.
        context = {"purpose": "TREAT", "classes": [{"type": "DataClass", "id": "notes"}], "circumstances": {"mfa": True, "managedDevice": True}}
        question = {"subject": someone("clinician"), "action": {"name": "ask"}, "resource": route, "context": context}
        each = [{}, *({"context": {**context, "patient": one}} for one in (PATIENT, OTHER, "", 7))]
        _, _, body = gateway.post({**question, "evaluations": each}, path="/access/v1/evaluations")
        assert [one["decision"] for one in json.loads(body)["evaluations"]] == [True, True, False, False, False]
        for patient, found in ((PATIENT, True), (OTHER, False)):
            _, _, body = gateway.post(
                {**question, "resource": {"type": "Route"}, "context": {**context, "patient": patient}},
                path="/access/v1/search/resource")
            assert (route in json.loads(body)["results"]) == found, body
        assert gateway.post(
            {**question, "context": {**context, "patient": ""}}, path="/access/v1/evaluation")[0] == 400
        entries = [one for one in gateway.entries() if one["event"] == "access.decided"]
        assert {"authorization_missing", "restricted_by_patient"} <= {one.get("rule") for one in entries}
        assert all(one["decision"] == "deny" for one in entries if "rule" in one)
        assert PATIENT not in json.dumps(entries) and OTHER not in json.dumps(entries)


def test_what_runs_is_stopped_when_its_patient_restricts_it(own):
    with own(lambda configuration: configuration["limits"].update(vendor_silence_seconds=120)) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        released = threading.Event()

        def script(request, reply):
            released.wait(120)
            mock_vendor.echo(request, reply)

        vendor.script = script
        answers = []
        running = threading.Thread(target=lambda: answers.append(ask(gateway)))
        running.start()
        try:
            eventually(lambda: vendor.requests)
            add(gateway, RESTRICTED)
            running.join(60)
            assert answers, "it goes on"
        finally:
            released.set()
            running.join(30)
        status, body = answers[0]
        assert status != 200 and "restricted_by_patient" in json.dumps(body), body
        closed = [one for one in gateway.entries() if one["event"] == "request.closed"][-1]
        assert closed["rule"] == "restricted_by_patient" and closed["outcome"] == "withheld"


def test_who_keeps_the_register_is_in_the_log_before_anything_is_read_and_others_read_nothing(own):
    with own() as (gateway, _):
        take_in(gateway, "olga", "privacy_officer")
        take_in(gateway, "petra", "auditor")
        for arguments in (("add", "-"), ("list",)):
            told = run(gateway, *arguments, said=json.dumps(RESTRICTED), by="alice")
            assert told.returncode == 69 and told.stdout == "" and "role does not allow" in told.stderr
        told = run(gateway, "add", "-", said=json.dumps(RESTRICTED), by="petra")
        assert told.returncode == 69 and told.stdout == ""
        record = add(gateway, RESTRICTED)
        assert record in did(run(gateway, "list", said=PATIENT, by="petra"))
        kept = json.loads(did(run(gateway, "list", "--json", said=PATIENT)))
        assert kept["id"] == record and kept["record"] == "restriction" and kept["to"] == ["mock"]
        told = run(gateway, "check", "--vendor", "mock", "--purpose", "TREAT", said=PATIENT)
        assert told.returncode == 1 and "restricted_by_patient" in told.stdout
        assert did(run(gateway, "check", "--vendor", "inside", "--purpose", "TREAT", said=PATIENT)) == "allowed\n"
        did(run(gateway, "revoke", record, said=PATIENT))
        assert run(gateway, "revoke", record, said=PATIENT).returncode == 66
        events = [one for one in gateway.entries() if one["event"].startswith("consent.")]
        assert [one["event"] for one in events] == [
            "consent.recorded", "consent.read", "consent.read", "consent.read", "consent.read", "consent.ended"]
        assert len({one["object"] for one in events}) == 1 and all(len(one["people"]) == 1 for one in events)
        assert events[-1]["before"] == events[0]["after"] != events[-1]["after"]
        assert PATIENT not in json.dumps(events)
        # Names that nobody has restrict nothing: they are refused.
        for wrong in ({"to": ["nobody"]}, {"purposes": ["LUNCH"]}, {"classes": ["rumours"]}, {"classes": ["laboratory"]}, {"recipient": ["mock"]}):
            told = run(gateway, "add", "-", said=json.dumps({**RESTRICTED, **wrong}))
            assert told.returncode == 65 and told.stdout == "", told.stderr


def test_a_register_that_was_changed_beside_the_vault_lets_nothing_go_on(own):
    import sqlite3

    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        add(gateway, RESTRICTED)
        refused(gateway, vendor, "restricted_by_patient")
        with sqlite3.connect(gateway.data / "vault" / "vault.sqlite") as file:
            file.execute("DELETE FROM consent")
        vendor.forget()
        status, body = ask(gateway)
        assert status == 503 and "`keys_unavailable`" in body["error"]["message"] and not vendor.requests
        assert ask(gateway, OTHER)[0] == 200
