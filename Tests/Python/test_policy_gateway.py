"""Policies in a running gateway: what is not permitted, and the way of a set through two people into force."""

import json
import os
import re
import shutil
import subprocess

import pytest
from conftest import SECRETS, chat, eventually, running
from custodians import approve, did, key_file
from paths import CORDON, ROOT

NOTE = "Patient John Abernathy, MRN 4471-20, seen 03/02/2026 for chest pain."
HOSPITAL = ROOT / "Sources/EmbeddedPolicies/hospital.cedar"
USER, TREAT, RESEARCH = "lee@clinic.example", "TREAT", "HRESCH"
CONTEXT = {"purpose": TREAT, "classes": [{"type": "DataClass", "id": "notes"}],
           "circumstances": {"mfa": True, "managedDevice": True}}


def with_policies(configuration, **policy):
    """The hospital's policies, a clinician's caller, and one of each other role."""
    configuration["environment"] = "test"
    configuration["policy"] = {"set": "hospital", "unsigned": "accept", "asked_by": ["dr-lee"], **policy}
    caller = configuration["callers"][0]
    caller |= {"roles": ["clinician"], "attests": ["mfa", "managed_device", "consents"]}
    for use_case in configuration["use_cases"]:
        if use_case["restore"] == "all":
            use_case |= {"phi_in_output": "authorised", "approval": "APR-1"}


def ask(gateway, text=NOTE, use_case="summarize", **headers):
    named = {"x-cordon-use-case": use_case, **{f"x-cordon-{name}": value for name, value in headers.items()}}
    status, _, body = gateway.post(chat(text), headers=named)
    return status, json.loads(body)


def evaluate(gateway, subject, action, resource, **context):
    status, _, body = gateway.post(
        {"subject": subject, "action": {"name": action}, "resource": resource, "context": {**CONTEXT, **context}},
        path="/access/v1/evaluation")
    return status, json.loads(body)


def someone(*roles, name="ann", kind="Person", **properties):
    return {"type": kind, "id": name, "properties": {"roles": list(roles), **properties}}


def thing(kind, name="it", **properties):
    return {"type": kind, "id": name, "properties": properties}


def classes(*names):
    return {"classes": [{"type": "DataClass", "id": name} for name in names]}


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    with running(tmp_path_factory.mktemp("policies"), caller, with_policies) as pair:
        yield pair


def test_what_nothing_permits_names_the_nearest_permit_and_what_fails(house):
    gateway, _ = house
    status, body = ask(gateway, use_case="research", confidentiality="R")
    assert status == 200, body
    status, body = evaluate(
        gateway, someone("clinician"), "ask", {"type": "Route", "id": "summarize/mock/gpt-4o-mini"}, purpose="HMARKT")
    assert status == 200 and not body["decision"] and body["context"]["policies"] == []
    said = body["context"]["reason_admin"]["en"]
    assert "nearest, `clinician-asks-for-treatment`" in said and 'context.purpose is "HMARKT"' in said


@pytest.mark.parametrize("case", [
    {"set": "permit (principal, action, resource) when { context.nothing };", "says": "attribute that the type does not have"},
    {"set": "permit (principal, action, resource", "says": "unexpected end of the text"},
])
def test_a_set_that_is_not_good_is_refused_at_the_start_and_by_a_reload(own, tmp_path, case):
    path = tmp_path / "set.cedar"
    path.write_text('@id("all") permit (principal, action, resource);')
    with own(lambda one: with_policies(one, set=str(path))) as (gateway, _):
        assert ask(gateway)[0] == 200
        path.write_text(case["set"])
        env = {**os.environ, **SECRETS}
        config = gateway.folder / "cordon.yaml"
        reloaded = subprocess.run([CORDON, "reload", "--config", config], capture_output=True, text=True, env=env)
        assert reloaded.returncode == 78 and case["says"] in reloaded.stderr, reloaded.stderr
        assert ask(gateway)[0] == 200, "the old set stays"
        refused = [one for one in gateway.entries() if one["event"] == "configuration.refused"][-1]
        assert refused["decision"] == "deny"
        gateway.stop()
        started = subprocess.run([CORDON, "serve", "--config", config], capture_output=True, text=True, env=env, timeout=60)
        assert started.returncode == 78 and case["says"] in started.stderr, started.stderr
        path.write_text('@id("all") permit (principal, action, resource);')
        gateway.start()


def test_a_set_is_in_force_when_two_people_have_adopted_it(own, tmp_path):
    folder = tmp_path / "site"
    with own(with_policies) as (gateway, _):
        did(subprocess.run([CORDON, "policy", "init", folder], capture_output=True, text=True))
        config = gateway.folder / "cordon.yaml"
        env = {**os.environ, **SECRETS}

        def run(*arguments):
            return subprocess.run([CORDON, *map(str, arguments)], capture_output=True, text=True, env=env)

        def adopt(policies):
            made = did(run("policy", "propose", "--policies", policies, "--config", config, "--as", key_file(gateway, "alice")))
            proposal = re.search(r"proposal (\w+)", made)[1]
            assert run("vault", "carry-out", proposal, "--config", config).returncode != 0, "one person is not two"
            did(approve(gateway, proposal))
            did(run("vault", "carry-out", proposal, "--config", config))
            return proposal

        first = adopt(folder)
        gateway.configuration["policy"] = {"set": "adopted", "asked_by": ["dr-lee"]}
        gateway.write_configuration()
        did(run("reload", "--config", config))
        assert ask(gateway)[0] == 200
        opened = [one for one in gateway.entries() if one["event"] == "request.opened"][-1]
        assert opened["policy_adoption"] == first
        adopted = eventually(lambda: [one for one in gateway.entries() if one["event"] == "policy.adopted"])[-1]
        assert adopted["after"] == opened["policy_set"] and len(adopted["people"]) == 2 and adopted["approval"] == first

        # The same file, changed by one person, is none of the house's.
        hospital = folder / "hospital.cedar"
        hospital.write_text(hospital.read_text().replace('["TREAT", "ETREAT"].contains(context.purpose)', "false"))
        gateway.configuration["policy"] = {"set": str(folder)}
        gateway.write_configuration()
        refused = run("reload", "--config", config)
        assert refused.returncode == 78 and "two people have not adopted this set" in refused.stderr, refused.stderr
        assert ask(gateway)[0] == 200

        # Nor does one person go back to a set that nobody adopted, or to none, by a reload or a start.
        for policy in ({"set": "hospital", "unsigned": "accept"}, {"set": str(folder), "unsigned": "accept"}, None):
            gateway.configuration.pop("policy", None)
            if policy:
                gateway.configuration["policy"] = policy
            gateway.write_configuration()
            refused = run("reload", "--config", config)
            assert refused.returncode == 78 and "two people have" in refused.stderr, refused.stderr
            assert "two people have" in run("serve", "--config", config).stderr
            assert ask(gateway)[0] == 200
        gateway.configuration["policy"] = {"set": str(folder)}
        gateway.write_configuration()

        # What it would change is known before.
        told = run("policy", "simulate", "--config", config, "--proposed", folder, "--days", "7")
        assert told.returncode == 1 and "dr-lee (clinician) loses ask on summarize/mock/gpt-4o-mini" in told.stdout, told
        assert re.search(r"(\d+) requests of the last 7 days: 0 gained, \1 lost", told.stdout), told.stdout

        second = adopt(folder)
        did(run("reload", "--config", config))
        status, body = ask(gateway)
        assert status == 403 and body["error"]["code"] == "not_permitted_by_policy", body
        refused = [one for one in gateway.entries() if one["event"] == "request.refused"][-1]
        assert refused["policy_adoption"] == second

        # What was adopted cannot be changed in the data directory either.
        kept = gateway.data / "policies" / f"{refused['policy_set']}.json"
        kept.write_text(kept.read_text().replace("forbid", "permit"))
        gateway.configuration["policy"] = {"set": "adopted"}
        gateway.write_configuration()
        altered = run("reload", "--config", config)
        assert altered.returncode == 78 and "is not what its hash says" in altered.stderr, altered.stderr


def test_a_reload_is_refused_while_the_vault_cannot_say_what_was_adopted(own, tmp_path):
    with own(with_policies) as (gateway, _):
        key = gateway.data / "keys" / "vault.key"

        def reload():
            return subprocess.run(
                [CORDON, "reload", "--config", gateway.folder / "cordon.yaml"], capture_output=True, text=True,
                env={**os.environ, **SECRETS})

        did(reload())
        # What it has in memory it forgets as soon as it is locked.
        did(gateway.cordon("vault", "lock", "--by", "oncall"))
        key.rename(tmp_path / "vault.key")
        refused = eventually(lambda: (one := reload()).returncode and one)
        said = "which policies two people have adopted, the vault"
        assert said in refused.stderr and "no configuration comes into force" in refused.stderr, refused.stderr
        (tmp_path / "vault.key").rename(key)
        did(reload())


def test_the_log_is_asked_again_under_another_set_as_far_back_as_is_said(own, tmp_path):
    if not shutil.which("faketime"):
        pytest.skip("there is no faketime")
    proposed = tmp_path / "proposed.cedar"
    proposed.write_text(re.sub(r'DataClass::"imaging", DataClass::"notes", ', "", HOSPITAL.read_text()))
    with own(with_policies) as (gateway, _):
        for _ in range(3):
            assert ask(gateway)[0] == 200
        assert ask(gateway, restricted="true")[0] == 403

        def simulate(day, days):
            return subprocess.run(
                ["faketime", "-f", f"+{day}d", CORDON, "policy", "simulate", "--config", gateway.folder / "cordon.yaml",
                 "--proposed", proposed, "--days", days],
                capture_output=True, text=True, env={**os.environ, **SECRETS})

        week, later = simulate(6, "7"), simulate(6, "1")
        lost = "dr-lee (clinician) loses ask on summarize/mock/gpt-4o-mini with notes, as nothing permits it"
        assert week.returncode == 1, week.stderr
        assert week.stdout.splitlines() == [f"{lost}, 3 requests", "4 requests of the last 7 days: 0 gained, 3 lost"]
        assert later.returncode == 0 and later.stdout.splitlines() == ["0 requests of the last day: 0 gained, 0 lost"]


def test_asked_again_under_the_same_set_nothing_changes_and_obligations_and_identifiers_count(own, tmp_path):
    source = HOSPITAL.read_text()
    with own(with_policies) as (gateway, _):
        assert ask(gateway)[0] == 200 and ask(gateway, use_case="research")[0] == 200
        assert ask(gateway, restricted="true")[0] == 403
        assert ask(gateway, user=USER)[0] == 200

        def simulate(text):
            (tmp_path / "proposed.cedar").write_text(text)
            told = subprocess.run(
                [CORDON, "policy", "simulate", "--config", gateway.folder / "cordon.yaml", "--proposed",
                 tmp_path / "proposed.cedar", "--days", "7"], capture_output=True, text=True, env={**os.environ, **SECRETS})
            assert told.returncode in (0, 1), told.stderr
            return told.stdout.splitlines()

        assert simulate(source) == ["4 requests of the last 7 days: 0 gained, 0 lost"]
        sight = simulate(re.sub(r'@id\("clinician-sees-identifiers"\).*?;\n', "", source, flags=re.S))
        assert sight[-1] == "4 requests of the last 7 days: 0 gained, 2 lost"
        assert "dr-lee (clinician) loses see-identifiers on summarize/mock/gpt-4o-mini with notes, as nothing permits it, 1 request" in sight
        held = simulate(source.replace('@id("clinician-asks-for-treatment")', '@id("clinician-asks-for-treatment")\n@hold("review")'))
        assert held[-1] == "4 requests of the last 7 days: 0 gained, 3 lost"
        assert any(" loses ask on " in one and " by clinician-asks-for-treatment, " in one for one in held)
        # The log does not say who it was, whom this set would know.
        named = simulate(source + f'@id("lee") forbid (principal == Person::"{USER}", action, resource);\n')
        assert named == ["3 requests of the last 7 days: 0 gained, 0 lost; 1 cannot be asked again"]


def test_what_may_have_been_unread_cannot_be_asked_again_where_what_is_shown_is_redacted(own, tmp_path):
    def change(configuration):
        with_policies(configuration)
        configuration["use_cases"][0]["uninspected"] = ["image"]

    source = HOSPITAL.read_text().replace('@redact("identifiers")\n', "")
    redacting = source.replace('@id("clinician-sees-identifiers")', '@id("clinician-sees-identifiers")\n@redact("identifiers")')
    patient = source.replace('@id("clinician-sees-identifiers")\n@require("mfa")', '@id("clinician-sees-identifiers")\n@require("patient")')
    assert len({source, redacting, patient}) == 3
    with own(change) as (gateway, _):
        # The first is shown identifiers, the second is not.
        assert ask(gateway)[0] == 200 and ask(gateway, use_case="research")[0] == 200
        told = {}
        for name, text in {"plain": source, "redacting": redacting, "patient": patient}.items():
            (tmp_path / f"{name}.cedar").write_text(text)
            told[name] = subprocess.run(
                [CORDON, "policy", "simulate", "--config", gateway.folder / "cordon.yaml", "--proposed",
                 tmp_path / f"{name}.cedar", "--days", "7"], capture_output=True, text=True, env={**os.environ, **SECRETS}).stdout.splitlines()
        assert told["plain"] == ["2 requests of the last 7 days: 0 gained, 0 lost"]
        assert told["redacting"] == told["patient"] == ["1 requests of the last 7 days: 0 gained, 0 lost; 1 cannot be asked again"]


def test_a_request_without_a_key_learns_nothing_and_the_metadata_names_every_endpoint(house):
    gateway, _ = house
    status, _, body = gateway.get("/.well-known/authzen-configuration")
    said = json.loads(body)
    assert status == 200 and said["policy_decision_point"] == gateway.origin
    assert {said[name] for name in said if name != "policy_decision_point"} == {
        f"{gateway.origin}/access/v1/{path}"
        for path in ("evaluation", "evaluations", "search/subject", "search/resource", "search/action")}
    _, headers, _ = gateway.post({}, path="/access/v1/evaluation", headers={"x-request-id": "bfe9eb29-ab87"})
    assert headers["x-request-id"] == "bfe9eb29-ab87" and headers["request-id"].startswith("req_")
    for path in ("evaluation", "search/subject"):
        assert gateway.send("POST", f"/access/v1/{path}", b"{}")[0] == 401


def test_without_policies_there_is_no_decision_endpoint(gateway):
    assert gateway.post({}, path="/access/v1/evaluation")[0] == 404
    assert gateway.get("/.well-known/authzen-configuration")[0] == 404
