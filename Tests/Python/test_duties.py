"""Duties that one person must not have together: whoever tries it is refused, and the log says so. And who may read what."""

import json
import os
import re
import subprocess

import pytest
from conftest import SECRETS, chat, eventually, new_caller, new_custodian, running
from custodians import approve, did, key_file, proposed, take_in
from paths import CORDON, ROOT
from test_every_policy import dataset
from test_policy_gateway import NOTE, RESEARCH, classes, evaluate, someone, thing, with_policies
from test_reload import reloaded
from vendor_keeping import Keeping

ROLES = re.findall(r'"([\w-]+)"', re.search(
    r"entity Role enum \[(.*?)\]", (ROOT / "Sources/EmbeddedPolicies/hospital.cedarschema").read_text(), re.S)[1])
# Who keeps the keys reads no data, who audits does nothing else, who reviews does not ask.
DATA = {"clinician", "data-scientist", "ai-researcher", "reviewer", "privacy-officer"}
CONFLICTS = {
    "keys-and-data": {frozenset(("system-administrator", role)) for role in DATA},
    "auditor-and-anything": {frozenset(("auditor", role)) for role in ROLES if role != "auditor"},
    "reviewer-and-asker": {frozenset(("reviewer", role)) for role in ("clinician", "data-scientist")},
}
PAIRS = [(first, second) for first in ROLES for second in ROLES if first != second]
# Of the custodians of the vault (NIST SP 800-57 part 2).
CUSTODY = [("log_administrator", "key_administrator"), ("log_administrator", "auditor"), ("key_administrator", "key_user"),
           ("key_administrator", "revealer"), ("privacy_officer", "key_administrator"), ("privacy_officer", "log_administrator")]


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    with running(tmp_path_factory.mktemp("duties"), caller, with_policies) as pair:
        yield pair


def grant(gateway, role, *held, by="boss", to="joe"):
    status, _, body = gateway.post({
        "subject": someone("security-engineer", name=by), "action": {"name": "grant-role"}, "resource": someone(*held, name=to),
        "context": {"role": {"type": "Role", "id": role}, "circumstances": {"mfa": True}}}, path="/access/v1/evaluation")
    assert status == 200
    return json.loads(body)


def decided(gateway, since):
    return [one for one in gateway.entries(since) if one["event"] == "access.decided"]


# proves: ACC-03
def test_each_pair_of_roles_that_exclude_each_other_is_not_granted_and_the_log_says_so(house):
    gateway, _ = house
    began = len(gateway.entries())
    for role, held in PAIRS:
        rules = {rule for rule, pairs in CONFLICTS.items() if frozenset((role, held)) in pairs}
        answer = grant(gateway, role, held)
        assert answer["decision"] is not bool(rules), (role, held, answer)
        if rules:
            assert set(answer["context"]["policies"]) == rules, (role, held, answer)
    told = [(one["decision"], set(one["policy"].split("+")), one["object"]) for one in decided(gateway, began)]
    expected = []
    for pair in PAIRS:
        rules = {rule for rule, pairs in CONFLICTS.items() if frozenset(pair) in pairs}
        expected.append(("deny" if rules else "allow", rules or {"role-is-granted"}, "grant-role"))
    assert told == expected and sum(decision == "deny" for decision, _, _ in told) == 28


# proves: ACC-03
@pytest.mark.parametrize("first, second", sorted(
    {tuple(sorted(pair)) for pairs in CONFLICTS.values() for pair in pairs}))
def test_a_configuration_in_which_somebody_has_both_roles_is_refused_and_the_log_says_so(house, first, second):
    gateway, _ = house
    usual = gateway.configuration["callers"][0]["roles"]
    began = len(gateway.entries())
    gateway.configuration["callers"][0]["roles"] = [first, second]
    gateway.write_configuration()
    try:
        refused = subprocess.run(
            [CORDON, "reload", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True, env={**os.environ, **SECRETS})
    finally:
        gateway.configuration["callers"][0]["roles"] = usual
        gateway.write_configuration()
    assert refused.returncode == 78 and "may not act as" in refused.stderr, refused.stderr
    assert any(f"policy `{rule}`" in refused.stderr for rule in CONFLICTS)
    entry, = [one for one in gateway.entries(began) if one["event"] == "configuration.refused"]
    assert entry["decision"] == "deny"


# proves: ACC-03
@pytest.mark.parametrize("policy, action, resource", [
    ("own-policy", "approve-policy", thing("PolicyVersion", author={"type": "Person", "id": "ann"})),
    ("own-answer", "review", thing("Answer", asker={"type": "Person", "id": "ann"})),
    ("own-role", "grant-role", someone("security-engineer")),
])
def test_nobody_approves_reviews_or_grants_what_is_their_own_and_the_log_says_so(house, policy, action, resource):
    gateway, _ = house
    began = len(gateway.entries())
    subject = someone("reviewer" if action == "review" else "security-engineer")
    if action == "review":
        status, body = evaluate(gateway, subject, action, resource)
    else:
        more = {"role": {"type": "Role", "id": "privacy-officer"}} if action == "grant-role" else {}
        status, _, data = gateway.post({
            "subject": subject, "action": {"name": action}, "resource": resource,
            "context": {**more, "circumstances": {"mfa": True}}}, path="/access/v1/evaluation")
        body = json.loads(data)
    assert status == 200 and body["decision"] is False and policy in body["context"]["policies"], body
    entry, = decided(gateway, began)
    assert (entry["decision"], entry["object"]) == ("deny", action) and policy in entry["policy"]


# proves: ACC-03
def test_who_proposes_a_set_of_policies_does_not_approve_it_and_the_log_says_so(own):
    with own() as (gateway, _):
        began = len(gateway.entries())
        made = did(gateway.cordon("policy", "propose", "--as", key_file(gateway, "alice")))
        proposal = re.search(r"proposal (\w+)", made)[1]
        refused = approve(gateway, proposal, by="alice")
        assert refused.returncode != 0 and "same person" in refused.stderr, refused.stderr
        assert gateway.cordon("vault", "carry-out", proposal).returncode != 0
        told = eventually(lambda: [one for one in gateway.entries(began) if one["event"] == "proposal.refused"])
        made, = [one for one in gateway.entries(began) if one["event"] == "proposal.made"]
        assert told[0]["object"] == proposal and told[0]["people"] == made["people"]
        # Another person may.
        did(approve(gateway, proposal))


# proves: ACC-03
def test_no_custodian_has_duties_that_exclude_each_other_and_the_log_says_who_tried(own):
    with own() as (gateway, _):
        take_in(gateway, "carol", "auditor")
        for number, (first, second) in enumerate(CUSTODY):
            began = len(gateway.entries())
            public = new_custodian(gateway.folder, f"dora{number}")[1].partition("=")[2]
            for arguments in (
                ("add_custodian", f"dora{number}", "--set", f"key={public}", "--set", f"roles={first},{second}"),
                ("set_roles", "carol", "--set", f"roles={second},{first}"),
            ):
                refused = gateway.cordon("vault", "propose", *arguments, "--as", key_file(gateway, "alice"))
                assert refused.returncode != 0 and "no person may have these roles together" in refused.stderr, refused.stderr
            told = eventually(lambda: (all_of := [
                one for one in gateway.entries(began) if one["event"] == "proposal.refused"]) and len(all_of) == 2 and all_of)
            assert all(one["people"] for one in told)


# proves: ACC-03
def test_who_runs_the_logs_machine_takes_part_in_no_decision_and_the_log_says_who_tried(own):
    with own() as (gateway, _):
        take_in(gateway, "lars", "log_administrator")
        proposal = proposed(gateway, "rotate_tenant", "tenant")
        began = len(gateway.entries())
        refused = approve(gateway, proposal, by="lars")
        assert refused.returncode != 0 and "log administrator" in refused.stderr, refused.stderr
        made = gateway.cordon("vault", "propose", "rotate_tenant", "tenant", "--as", key_file(gateway, "lars"))
        assert made.returncode != 0 and "log administrator" in made.stderr, made.stderr
        told = eventually(lambda: (all_of := [
            one for one in gateway.entries(began) if one["event"] == "proposal.refused"]) and len(all_of) == 2 and all_of)
        assert told[0]["object"] == proposal


NOTES = dataset("notes", "diagnoses", assigned=[])


@pytest.mark.parametrize("role, action, resource, purpose, held, is_allowed", [
    # An AI researcher reads what is de-identified, and nothing else; and trains nothing.
    ("ai-researcher", "read", dataset("deidentified", assigned=[]), RESEARCH, "deidentified", True),
    ("ai-researcher", "read", NOTES, RESEARCH, "notes", False),
    ("ai-researcher", "read", dataset("notes"), RESEARCH, "notes", False),
    ("ai-researcher", "read", dataset("limited"), RESEARCH, "limited", False),
    ("ai-researcher", "train", dataset("deidentified"), RESEARCH, "deidentified", False),
    # A data scientist reads and trains on the data sets that they were assigned.
    ("data-scientist", "read", dataset("notes"), RESEARCH, "notes", True),
    ("data-scientist", "train", dataset("notes"), RESEARCH, "notes", True),
    ("data-scientist", "read", NOTES, RESEARCH, "notes", False),
    ("data-scientist", "train", NOTES, RESEARCH, "notes", False),
    ("data-scientist", "export", dataset("notes"), RESEARCH, "notes", False),
    # A system administrator operates the machines and manages the keys, and reads no data.
    ("system-administrator", "read", dataset("deidentified"), RESEARCH, "deidentified", False),
    ("system-administrator", "read-conversation", thing("Conversation", asker={"type": "Person", "id": "joe"}), "HOPERAT", "notes", False),
    ("system-administrator", "read-conversation", thing("Conversation", asker={"type": "Person", "id": "ann"}), "TREAT", "notes", False),
    ("system-administrator", "operate", thing("System"), None, None, True),
    ("system-administrator", "manage-keys", thing("KeyRing"), None, None, True),
    # Whose it is: the conversation's own clinician, and the privacy officer who looks into something.
    ("clinician", "read-conversation", thing("Conversation", asker={"type": "Person", "id": "ann"}), "TREAT", "notes", True),
    ("privacy-officer", "read-conversation", thing("Conversation", asker={"type": "Person", "id": "joe"}), "HOPERAT", "notes", True),
])
def test_each_tier_reads_what_it_is_there_for_and_nothing_else(house, role, action, resource, purpose, held, is_allowed):
    gateway, _ = house
    began = len(gateway.entries())
    context = {"circumstances": {"mfa": True, "managedDevice": True}}
    if purpose:
        context |= {"purpose": purpose, **classes(held)}
    properties = {"environment": "production"}
    status, _, data = gateway.post({
        "subject": someone(role, **properties), "action": {"name": action}, "resource": resource, "context": context},
        path="/access/v1/evaluation")
    body = json.loads(data)
    assert status == 200 and body["decision"] is is_allowed, body
    entry, = decided(gateway, began)
    assert (entry["decision"], entry["object"]) == ("allow" if is_allowed else "deny", action)


@pytest.fixture(scope="module")
def tiers(tmp_path_factory, caller):
    """A gateway with one caller of each tier."""
    keys = {role: new_caller() for role in ("ai-researcher", "data-scientist", "system-administrator")}

    def change(configuration):
        with_policies(configuration)
        first = configuration["callers"][0]
        configuration["use_cases"].append({
            **configuration["use_cases"][1], "id": "study", "purpose": "HRESCH", "kept_by_vendor": {"seconds": 3600}})
        first["use_cases"].append("study")
        configuration["use_cases"][0]["kept_by_vendor"] = {"seconds": 3600}
        configuration["log"] = {"readers": ["dr-lee"]}
        configuration["callers"] += [
            {**first, "id": role, "key_hash": key.hash, "roles": [role]} for role, key in keys.items()]

    with running(tmp_path_factory.mktemp("tiers"), caller, change) as (gateway, vendor):
        yield gateway, vendor, keys


def through(gateway, key, text, use_case="study", method="POST", path="/v1/chat/completions", body=None):
    fields = {"authorization": f"Bearer {key.key}", "x-cordon-use-case": use_case, "content-type": "application/json"}
    status, _, data = gateway.send(method, path, json.dumps(body or chat(text)).encode() if method == "POST" else None, fields)
    return status, data


def test_what_each_tier_sends_to_a_model_is_held_to_the_same_bounds(tiers):
    gateway, vendor, keys = tiers
    assert through(gateway, keys["ai-researcher"], "What is a fever?")[0] == 200
    vendor.forget()
    for role, use_case in [
        ("ai-researcher", "study"), ("data-scientist", "study"), ("system-administrator", "study"),
        ("system-administrator", "summarize"), ("ai-researcher", "summarize"), ("data-scientist", "summarize"),
    ]:
        status, data = through(gateway, keys[role], NOTE, use_case)
        assert status == 403 and json.loads(data)["error"]["code"] in ("forbidden_by_policy", "not_permitted_by_policy"), (role, data)
    assert through(gateway, keys["system-administrator"], "What is a fever?")[0] == 403
    assert vendor.requests == []


def test_who_runs_the_machines_reads_no_text_of_a_conversation(tiers):
    """Where the text of prompts can be read at all: what a vendor keeps, the log, and the tokens of the vault."""
    gateway, vendor, keys = tiers
    vendor.forget().script = Keeping()
    status, data = through(
        gateway, gateway.caller, None, "summarize", path="/v1/responses", body={"model": "gpt-4o-mini", "input": NOTE, "store": True})
    assert status == 200, data
    kept = json.loads(data)["id"]
    assert through(gateway, gateway.caller, None, "summarize", "GET", f"/v1/responses/{kept}")[0] == 200
    vendor.forget().script = Keeping()
    administrator = keys["system-administrator"]
    for path in (f"/v1/responses/{kept}", f"/v1/responses/{kept}/input_items"):
        status, data = through(gateway, administrator, None, "summarize", "GET", path)
        assert status in (403, 404) and b"Abernathy" not in data, (path, data)
    for path in ("/log/checkpoint", "/phi-map"):
        status, data = through(gateway, administrator, None, "summarize", "GET", path)
        assert status == 403 and json.loads(data)["error"]["code"] == "log_not_readable", data
    # Nor does who had it kept, as soon as they are that.
    usual = gateway.configuration["callers"][0]["roles"]
    gateway.configuration["callers"][0]["roles"] = ["system-administrator"]
    reloaded(gateway)
    try:
        for path in (f"/v1/responses/{kept}", f"/v1/responses/{kept}/input_items"):
            status, data = through(gateway, gateway.caller, None, "summarize", "GET", path)
            error = json.loads(data)["error"]
            assert (status, error["code"]) == (403, "forbidden_by_policy"), data
            assert "`administrators-and-auditors-see-no-data`" in error["message"] and b"Abernathy" not in data
    finally:
        gateway.configuration["callers"][0]["roles"] = usual
        reloaded(gateway)
    assert vendor.requests == []
    # Who has the machine and its passphrase is told of a request what was decided, and none of its words.
    request = [one for one in gateway.entries() if one["event"] == "request.opened"][-1]["request"]
    told = did(gateway.cordon("explain", request)) + did(gateway.cordon("log", "show", "--json"))
    for word in ("Abernathy", "4471-20", "chest pain"):
        assert word not in told
