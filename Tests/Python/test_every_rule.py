"""Every rule that refuses, and for each a request to a running gateway that it refuses."""

import json
import os
import re
import subprocess
import threading
from dataclasses import dataclass

import mock_vendor
import pytest
from agreements import agreement
from canaries import NOTE, found
from conftest import SECRETS, chat, day, eventually, new_caller, running
from custodians import agreed, did
from paths import CORDON, ROOT
from test_attestation import BAD, confidential  # noqa: F401 (a fixture)
from test_subjects import PATIENT, SIX_YEARS, agree, break_off, later  # noqa: F401 (a fixture)
from test_tools import tool_server
from vendor_keeping import Keeping

RULES = re.findall(
    r'^    case \w+ = "(\w+)"$', (ROOT / "Sources/Gateway/Admission/Refusal.swift").read_text(), re.M)
IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}


@dataclass
class House:
    """A gateway whose use cases each lack one thing, and its vendor."""

    gateway: object
    vendor: object
    hasty: object
    crowd: object

    def ask(self, use_case="good", text=NOTE, path="/v1/chat/completions", headers=None, key=None, **more):
        body = more.pop("body", None) or chat(text, **more)
        fields = {"x-cordon-use-case": use_case, **(headers or {})}
        if key:
            fields["authorization"] = f"Bearer {key.key}"
        return self.gateway.post(body, path, fields)


def rule(answer):
    """The rule that an answer names; None when it names none."""
    data = json.loads(answer[2])
    error = data.get("error", {})
    named = re.search(r"`(\w+)`", error.get("message", "").partition("refused by rule ")[2])
    return error.get("data", {}).get("rule") or (named and named[1]) or error.get("code")


def without(agreement, *names):
    return {name: value for name, value in agreement.items() if name not in names}


def lacking(hasty, crowd):
    """One vendor and one use case for each thing that can be missing."""
    def change(configuration):
        mock = configuration["vendors"][0]
        good, agreement = without(mock, "agreement"), mock["agreement"]
        usual = {"purpose": "TREAT", "models": ["gpt-4o-mini"], "vendor": "mock", "restore": "all"}
        place = {"kind": "mcp", "tools": ["find_articles"], "base_url": mock["base_url"] + "/mcp",
                 "agreement": agreement, "region": mock["region"]}
        vendors = {
            "no_baa": {},
            "baa_not_in_force": {"agreement": {**agreement, "signed": day(-300), "expires": day(-1)}},
            "training_not_prohibited": {"agreement": {**agreement, "prohibits_training": False}},
            "region_not_approved": {"agreement": agreement, "region": "eu-west"},
            "claude": {"agreement": agreement, "kind": "anthropic"},
            "narrow": {"agreement": agreement, "concurrency": 1, "queue": 0},
            "failing": {"agreement": agreement},
            "slow": {"agreement": agreement},
            "unrouted": {"agreement": agreement},
        }
        # What is in the registry, not in the short form of the configuration.
        registered = ["service_not_covered", "purpose_not_permitted", "subcontractor_not_covered", "environment_mismatch",
                      "region_not_covered", "data_class_not_covered", "zero_retention_not_attested"]
        configuration["vendors"] += [{**good, "id": name, **more} for name, more in vendors.items()]
        configuration["vendors"] += [{**good, "id": name} for name in registered]
        configuration["vendors"].append({**place, "id": "literature"})
        cases = {
            "good": {"tool_servers": ["literature"]},
            "known_not_accepted": {"known": "refuse"},
            "party_required": {"requires": ["patient"]},
            "too_much_kept": {"kept_by_vendor": {"seconds": 3600}},
            "route_expired": {}, "no_route": {"vendor": "unrouted"},
            "rate_limited": {}, "queue_full": {"deferred": {}},
            "zero_retention_not_attested": {"vendor": "zero_retention_not_attested", "retention": "zero"},
            "local": {"models": ["loopback"], "vendor": "inside"},
            "waits": {"criticality": "routine"},
        }
        for name in [*vendors, *registered]:
            cases.setdefault(name, {"vendor": name})
        cases.pop("unrouted")
        configuration["use_cases"] = [{**usual, "id": name, **more} for name, more in cases.items()]
        routed = [name for name in cases if name not in ("route_expired", "no_route")]
        route = {"owner": "privacy-office", "purpose": "TREAT", "basis": "treatment", "justification": "Summaries", "expires": day(30)}
        configuration["routes"] = [
            {**route, "id": "R-1", "use_cases": routed, "vendors": [
                one["id"] for one in configuration["vendors"] if one["id"] not in ("inside", "unrouted")]},
            {**route, "id": "R-2", "use_cases": ["route_expired"], "vendors": ["mock"], "expires": day(-1)}]
        configuration["callers"] = [
            {**configuration["callers"][0], "use_cases": list(cases)},
            {"id": "hasty", "key_hash": hasty.hash, "use_cases": ["good"]},
            {"id": "crowd", "key_hash": crowd.hash, "use_cases": ["good"]}]
        configuration["sensitive"] = {"classes": ["hiv"]}
        configuration["rate_limits"] = [
            {"per": "caller", "only": ["hasty"], "requests": 1, "seconds": 3600},
            {"per": "vendor", "only": ["slow"], "requests": 1, "seconds": 3600}]
        configuration["reliability"] = {"breaker": {"requests": 2, "rest_seconds": 600}}
        configuration["vault"] = {"new_subjects_per_day": 2}
        configuration["log"] = {"readers": ["crowd"]}
        configuration["limits"].update(kept_maps=1, deferred_requests=0, vendor_silence_seconds=60)
        configuration["emergency"] = {"vendor": "inside", "model": "loopback"}

    return change


@pytest.fixture(scope="module")
def lacking_house(tmp_path_factory, caller):
    hasty, crowd = new_caller(), new_caller()
    with running(tmp_path_factory.mktemp("rules"), caller, lacking(hasty, crowd)) as (gateway, vendor):
        yield House(gateway, vendor, hasty, crowd)


@pytest.fixture
def house(lacking_house):
    lacking_house.vendor.forget().script = mock_vendor.echo
    return lacking_house


def asked(use_case=None, **more):
    """A request under the use case that is called like the rule."""
    return lambda house, name: house.ask(use_case or name, **more)


def covered(**change):
    """A request to a vendor whose agreement in the registry lacks something; a day is counted from today."""
    def ask(house, name):
        told = {member: day(value) if type(value) is int else value for member, value in change.items()}
        entry = agreement(vendor=name, id=f"BAA-{name}", **told)
        did(subprocess.run(
            [CORDON, "vendor", "add", "-", "--data", house.gateway.data, "--by", "alice"], input=json.dumps(entry),
            capture_output=True, text=True, env={**os.environ, **SECRETS}))
        eventually(lambda: rule(house.ask(name)) == name)
        return house.ask(name)
    return ask


def anthropic(**more):
    headers = {"anthropic-version": "2023-06-01", **more.pop("headers", {})}
    body = {"model": "gpt-4o-mini", "max_tokens": 9, "messages": [{"role": "user", "content": NOTE}], **more}
    return asked("claude", body=body, path="/v1/messages", headers=headers)


def responses(use_case, **more):
    return asked(use_case, body={"model": "gpt-4o-mini", "input": NOTE, **more}, path="/v1/responses")


def after_failures(house, name):
    house.vendor.script = mock_vendor.status(500)
    for _ in range(2):
        house.ask("failing", "hello")
    house.vendor.forget().script = mock_vendor.echo
    return house.ask("failing")


def while_another_is_answered(house, name):
    released = threading.Event()

    def script(request, reply):
        released.wait(60)
        mock_vendor.echo(request, reply)

    house.vendor.script = script
    first = threading.Thread(target=lambda: house.ask("narrow", "hello"))
    first.start()
    try:
        eventually(lambda: house.vendor.requests)
        answer = house.ask("narrow")
    finally:
        released.set()
        first.join(60)
    assert len(house.vendor.requests) == 1 and found(house.vendor.received) == []
    house.vendor.forget()
    return answer


def keep_one_and_ask_again(house, name):
    house.vendor.script = Keeping()
    assert responses(name, input="hello", store=True)(house, name)[0] == 200
    house.vendor.forget()
    return responses(name, store=True)(house, name)


def under(*begin, end, use_case="good"):
    """A request while somebody has stopped something."""
    def ask(house, name):
        did(house.gateway.cordon(*begin))
        try:
            return house.ask(use_case)
        finally:
            did(house.gateway.cordon(*end))
    return ask


def with_a_file_for_the_stops(house, name):
    folder = house.gateway.data / "kill"
    aside = folder.with_name("kill.aside")
    if folder.exists():
        folder.rename(aside)
    folder.write_text("")
    try:
        return house.ask()
    finally:
        folder.unlink()
        if aside.exists():
            aside.rename(folder)


def while_the_vault_is_locked(house, name):
    did(house.gateway.cordon("vault", "lock"))
    try:
        return house.ask()
    finally:
        did(house.gateway.cordon("vault", "unlock", "--proposal", agreed(house.gateway, "unlock", "vault")))


def of_another_tool(house, name):
    house.vendor.script = tool_server()
    return house.gateway.post(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "send_mail", "arguments": {"to": NOTE}}},
        "/mcp/literature")


def of_a_session_of_nobodys(house, name):
    return house.gateway.post(
        {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "find_articles", "arguments": {"to": NOTE}}},
        "/mcp/literature", {"mcp-session-id": "s-1"})


def with_new_people(house, name):
    for number in range(2):
        assert house.ask(text="hello", key=house.crowd, headers={"x-cordon-patient": f"Patient/{number}"})[0] == 200
    house.vendor.forget()
    return house.ask(key=house.crowd, headers={"x-cordon-patient": "Patient/9"})


# The request that each rule refuses, of the house in which one thing is missing in each use case.
TRIPPED = {
    "use_case_not_granted": asked("billing"),
    "model_not_allowed": asked("good", model="gpt-9"),
    "no_baa": asked(), "baa_not_in_force": asked(), "training_not_prohibited": asked(), "region_not_approved": asked(),
    "service_not_covered": covered(services={"models": ["gpt-9"]}),
    "purpose_not_permitted": covered(purposes=["HPAYMT"]),
    "subcontractor_not_covered": covered(subcontractors=[{"name": "cloud"}]),
    "environment_mismatch": covered(environment="test"),
    "region_not_covered": covered(regions=["us-west"]),
    "data_class_not_covered": covered(data_classes=["DATE"]),
    "zero_retention_not_attested": covered(zero_retention_attested=1),
    "no_route": asked(), "route_expired": asked(),
    "sensitive_inside_only": asked("good", headers={"x-cordon-sensitivity": "hiv"}),
    "stopped_by_operator": under("kill", "mock", "--by", "alice", end=("kill", "mock", "--lift", "--by", "alice")),
    "stops_unreadable": with_a_file_for_the_stops,
    "operation_not_offered": asked(
        "claude", body={"model": "gpt-4o-mini", "input": NOTE}, path="/v1/embeddings"),
    "not_translated": asked("claude", logprobs=True),
    "kept_by_vendor": responses("good", store=True),
    "too_much_kept": keep_one_and_ask_again,
    "vendor_tool": anthropic(tools=[{"type": "web_search_20250305", "name": "web_search"}]),
    "unknown_session": of_a_session_of_nobodys,
    "tool_not_allowed": of_another_tool,
    "feature_not_allowed": anthropic(headers={"anthropic-beta": "files-api-2025-04-14"}),
    "uninspectable_content": asked("good", body=chat([{"type": "text", "text": NOTE}, IMAGE])),
    "known_not_accepted": asked(cordon={"known": {"people": [{"names": ["Ottoline Brackenridge"]}]}}),
    "party_required": asked(),
    "too_many_subjects": with_new_people,
    "log_not_readable": lambda house, name: house.gateway.get(
        "/log/checkpoint", {"authorization": f"Bearer {house.gateway.caller.key}"}),
    "keys_unavailable": while_the_vault_is_locked,
    "emergency_mode": under(
        "emergency", "begin", "--reason", "INC-7", "--by", "alice", end=("emergency", "end", "--by", "alice"),
        use_case="waits"),
    "vendor_busy": while_another_is_answered,
    "queue_full": asked(headers={"prefer": "respond-async"}),
    "vendor_resting": after_failures,
    "rate_limited": lambda house, name: (
        house.ask(text="hello", key=house.hasty), house.vendor.forget(), house.ask(key=house.hasty))[-1],
    "vendor_rate_limited": lambda house, name: (
        house.ask("slow", "hello"), house.vendor.forget(), house.ask("slow"))[-1],
}

# Rules that need a gateway of their own: what proves itself wrongly, and what the tests below ask.
ATTESTED = {rule: evidence for evidence, rule in reversed(BAD.values())} | {"attestation_unavailable": None}
APART = {"low_confidence", "subject_disposed"}
# What patients restrict and authorize: `test_consents.py` has a request refused by each.
CONSENTS = {"restricted_by_patient", "restricted_paid_in_full", "consent_withheld", "authorization_missing", "register_behind"}
# What was removed or has ended, and what of that cannot be read: `test_grants.py` has a request refused by each.
GRANTS = {"grant_lapsed", "grants_unreadable"}
# Policies, by which `test_every_policy.py` has a request refused for each that forbids.
POLICIES = {"decisions_not_allowed", "forbidden_by_policy", "not_permitted_by_policy", "obligation_unmet"}
# A reader that fails is none that a configuration makes: `RequestDetectionTests.swift` has a gateway ask one.
ELSEWHERE = {"detection_unavailable"}
# Failures of Cordon's own, which close the way as well, and what may be asked again a little later.
STATUS = {
    "rate_limited": 429, "vendor_rate_limited": 429, "stops_unreadable": 503, "keys_unavailable": 503, "emergency_mode": 503,
    "vendor_busy": 503, "vendor_resting": 503, "queue_full": 503, "attestation_unavailable": 503,
    # As the protocol of tool servers has it: the one is told as 404, the other within an answer.
    "unknown_session": 404, "tool_not_allowed": 200,
}


def test_every_rule_is_in_a_table():
    assert len(RULES) > 50 and sorted(RULES) == sorted([*TRIPPED, *ATTESTED, *APART, *CONSENTS, *GRANTS, *POLICIES, *ELSEWHERE])


def is_refused(answer, name, gateway, vendor):
    """The answer names the rule, the vendor got nothing, and the log has it."""
    assert rule(answer) == name and answer[0] == STATUS.get(name, 403), answer
    assert found(answer[2]) == [] and found(vendor.received) == [] and vendor.requests == []
    refused = [one for one in gateway.entries() if one.get("decision") == "deny"][-1]
    assert refused["rule"] == name, refused


# proves: IOC-02
@pytest.mark.parametrize("name", TRIPPED)
def test_each_rule_has_a_request_that_it_refuses_and_the_answer_names_it(house, name):
    is_refused(TRIPPED[name](house, name), name, house.gateway, house.vendor)


# proves: IOC-02
@pytest.mark.parametrize("name", ATTESTED)
def test_each_rule_about_evidence_has_a_vendor_that_it_refuses(confidential, name):
    with confidential() as (gateway, vendor):
        evidence = ATTESTED[name]
        vendor.evidence = evidence(vendor) if evidence else lambda nonce: b""
        if not evidence:
            vendor._script = lambda request, reply: (vendor.requests.remove(request), reply.whole(b"", status=404))
        is_refused(gateway.post(chat(NOTE)), name, gateway, vendor)


# proves: IOC-02
def test_what_is_found_with_little_confidence_is_refused_where_the_site_accepts_none(own):
    def change(configuration):
        configuration["detection"] = {"confidence_floor": 100, "below_floor": "block"}

    with own(change) as (gateway, vendor):
        is_refused(gateway.post(chat(NOTE)), "low_confidence", gateway, vendor)


# proves: IOC-02
def test_a_request_about_somebody_whose_records_are_being_disposed_of_is_refused(later):
    gateway, tag, _, at = later
    break_off(gateway, agree(gateway, at, SIX_YEARS, "shred", tag))
    gateway.start()
    answer = gateway.post(chat(NOTE), headers={"x-cordon-patient": PATIENT})
    assert rule(answer) == "subject_disposed" and answer[0] == 403 and found(answer[2]) == []
    refused = [one for one in gateway.entries() if one.get("decision") == "deny"][-1]
    assert refused["rule"] == "subject_disposed"


# proves: IOC-02
def test_what_no_rule_refuses_goes_on(house):
    status, _, body = house.ask()
    assert status == 200 and json.loads(body)["choices"][0]["message"]["content"] == NOTE
    assert len(house.vendor.requests) == 1 and found(house.vendor.received) == []
