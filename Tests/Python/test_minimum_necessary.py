"""Minimum necessary (45 CFR 164.502(b), 164.514(d)): of the elements of FHIR resources those go to the vendor that are named."""

import json
import re

import pytest
from conftest import chat
from custodians import did
from test_policy_gateway import with_policies
from test_vendors import of

ALLOWED = [
    "gender", "birthDate", "maritalStatus", "deceasedBoolean", "multipleBirthBoolean", "communication", "active",
    "generalPractitioner", "managingOrganization", "language", "implicitRules", "meta"]
OTHERS = [
    "id", "identifier", "name", "telecom", "address", "photo", "contact", "link", "text", "extension", "modifierExtension",
    "contained", "_birthDate", "_gender", "race", "ethnicity", "religion", "occupation", "education", "employer", "nextOfKin",
    "insurance", "guarantor", "disability", "veteranStatus", "citizenship", "mothersMaidenName", "birthPlace"]


def patient():
    """A patient with 40 elements beside what it is, of which 12 may go."""
    elements = {name: f"value-of-{name}" for name in [*ALLOWED, *OTHERS]}
    assert len(elements) == 40 and len(ALLOWED) == 12
    order = [name for pair in zip(OTHERS, [*ALLOWED, *[None] * 16]) for name in pair if name]
    return {"resourceType": "Patient", **{name: elements[name] for name in order}}


def limiting(configuration):
    """A use case for treatment that shares twelve elements of a patient."""
    use_case = configuration["use_cases"][0]
    assert use_case["purpose"] == "TREAT"
    use_case["contract"] = {
        "shares": ["messages", "input", "max_tokens", "tools", "temperature"], "retains": [],
        "fhir": [f"Patient.{name}" for name in ALLOWED] + ["Observation.code.text"]}


def told(vendor):
    """What the last request to the vendor said."""
    return vendor.requests[-1].json["messages"][-1]["content"]


def reached(vendor):
    """The elements of the patient in it."""
    return json.loads(re.search(r"\{.*\}", told(vendor), re.S)[0])


# proves: IOC-09
@pytest.mark.parametrize("stream", [False, True])
def test_of_forty_elements_of_a_resource_the_twelve_that_the_route_allows_reach_the_vendor(own, stream):
    with own(limiting) as (gateway, vendor):
        status, headers, body = gateway.post(chat(f"Summarise this patient:\n{json.dumps(patient(), indent=1)}\nThank you.", stream=stream))
        assert status == 200, body
        sent = reached(vendor)
        assert set(sent) == {"resourceType", *ALLOWED} and len(sent) == 13
        for name in OTHERS:
            assert f"value-of-{name}\"".encode() not in vendor.received.replace(b"\\", b""), name
        assert told(vendor).startswith("Summarise this patient:\n{") and told(vendor).endswith("}\nThank you.")
        # The ratio is reported: in the log, in what is said of the request, and over all of them.
        opened, = of(gateway, "request.opened")
        assert (opened["elements_shared"], opened["elements_dropped"]) == (12, 28)
        said = did(gateway.cordon("explain", headers["x-request-id"]))
        assert "12 of 40 elements of FHIR resources were shared (30 %)" in said
        page = gateway.get("/metrics")[2].decode()
        assert 'cordon_elements_total{result="shared"} 12' in page and 'cordon_elements_total{result="dropped"} 28' in page
        # Whatever says what a resource holds, the log does not.
        assert "maritalStatus" not in json.dumps(gateway.entries())


# proves: IOC-09
def test_a_purpose_of_treatment_does_not_lift_the_limit_on_a_call_to_a_vendor(own):
    """The exemption is for disclosures to, and requests by, a provider for treatment (45 CFR 164.502(b)(2)(i))."""
    def change(configuration):
        limiting(configuration)
        with_policies(configuration)
        # As wide as the policies go for a clinician who treats: they permit the class, and the elements stay limited.
        configuration["policy"]["data_classes"] = {"summarize": ["demographics"], "research": ["billing"]}
        configuration["use_cases"][1]["contract"] = configuration["use_cases"][0]["contract"]

    with own(change) as (gateway, vendor):
        for purpose in ("TREAT", "ETREAT"):
            gateway.configuration["use_cases"][0]["purpose"] = purpose
            gateway.stop()
            gateway.start()
            vendor.forget()
            assert gateway.post(chat(json.dumps(patient())))[0] == 200
            assert set(reached(vendor)) == {"resourceType", *ALLOWED}
            opened = of(gateway, "request.opened")[-1]
            assert opened["purpose"] == purpose and (opened["elements_shared"], opened["elements_dropped"]) == (12, 28)
        # Nor does it widen the classes of data: what treatment does not need does not go at all.
        vendor.forget()
        status, _, body = gateway.post(chat(json.dumps(patient())), headers={"x-cordon-use-case": "research"})
        error = json.loads(body)["error"]
        assert (status, error["code"]) == (403, "not_permitted_by_policy") and vendor.requests == []
        assert "`clinician-asks-for-treatment`" in error["message"] and "billing" in error["message"]


def test_the_limit_holds_wherever_a_resource_stands_and_what_cannot_be_read_does_not_go(own):
    with own(limiting) as (gateway, vendor):
        whole = json.dumps(patient())
        bundle = json.dumps({"resourceType": "Bundle", "entry": [{"resource": patient()}, {"resource": {
            "resourceType": "Observation", "code": {"text": "Hb", "coding": []}, "note": "value-of-note"}}]})
        call = {"id": "call_1", "type": "function", "function": {"name": "find", "arguments": json.dumps({"about": patient()})}}
        messages = [
            [{"role": "user", "content": [{"type": "text", "text": whole}]}],
            [{"role": "user", "content": bundle}],
            [{"role": "user", "content": "hello"}, {"role": "assistant", "content": None, "tool_calls": [call]},
             {"role": "tool", "tool_call_id": "call_1", "content": whole}],
        ]
        for asked in messages:
            vendor.forget()
            assert gateway.post({"model": "gpt-4o-mini", "messages": asked})[0] == 200, asked
            for name in (*OTHERS, "note"):
                assert f"value-of-{name}\"".encode() not in vendor.received.replace(b"\\", b""), name
            assert b"value-of-maritalStatus" in vendor.received
        vendor.forget()
        markup = '<Patient xmlns="http://hl7.org/fhir"><name><family value="Gonzalez"/></name></Patient>'
        for text in ("{'resourceType': 'Patient', 'name': 'Gonzalez'}", whole[:-4], markup, markup.replace('"', "'"),
                     markup.replace("xmlns", "xmlns:f").replace("Patient", "f:Patient"), json.dumps({"body": markup}),
                     json.dumps({"a": json.dumps({"body": markup})}), json.dumps({"resourceType": patient()}),
                     '{"\\u0072esourceType": "Patient"} {\'resourceType\': \'Patient\', \'name\': \'Gonzalez\'}'):
            status, _, body = gateway.post(chat(text))
            error = json.loads(body)["error"]
            assert status == 400 and "a FHIR resource in it cannot be read" in error["message"] and "Gonzalez" not in error["message"]
        assert vendor.requests == []
        # What a tool is given may have a member of that name, and is no resource.
        parameters = {"type": "object", "required": ["resourceType", "name"], "properties": {
            "resourceType": {"type": "string"}, "name": {"type": "string"}, "gender": {"type": "string"}}}
        tools = [{"type": "function", "function": {"name": "find", "description": "Finds by resourceType.", "parameters": parameters}}]
        assert gateway.post({**chat("hello"), "tools": tools})[0] == 200
        assert vendor.requests[-1].json["tools"] == tools
        # Without resources nothing is counted, and another use case has no limit.
        assert gateway.post(chat("hello"))[0] == 200
        assert (of(gateway, "request.opened")[-1]["elements_shared"], of(gateway, "request.opened")[-1]["elements_dropped"]) == (0, 0)
        assert gateway.post(chat(whole), headers={"x-cordon-use-case": "research"})[0] == 200
        assert "elements_shared" not in of(gateway, "request.opened")[-1] and b"value-of-religion" in vendor.received
