"""What a patient restricts is asked wherever something of the patient's goes: batches, tools, what vendors keep, a second
vendor, an answer that is given again, a gateway that was restored, a vault that was put back."""

import json
import shutil
import subprocess

import mock_vendor
import openai
import pytest
from canaries import NOTE
from conftest import chat, eventually
from custodians import did, take_in
from test_backup import age_key, escrow  # noqa: F401 (a fixture)
from test_batches import allow, lines, order, upload, with_patient
from test_consents import OTHER, PATIENT, RESTRICTED, SIGNED, add, ask, authorized_only, forget, refused, run
from test_tools import call, tool_server
from vendor_keeping import Keeping


def denied(gateway):
    return [one for one in gateway.entries() if one.get("decision") == "deny"][-1]


def test_a_batch_is_asked_for_each_line_and_again_for_what_it_holds(own):
    with own(allow) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        vendor.script = mock_vendor.batches()
        client = gateway.client()
        told = b"".join(with_patient(line, patient) for line, patient in zip(lines().splitlines(), (OTHER, PATIENT)))
        batch = client.batches.retrieve(order(client, upload(client, told)).id)
        restriction = add(gateway, RESTRICTED)
        forget(vendor)
        with pytest.raises(openai.PermissionDeniedError) as raised:
            upload(client, told)
        assert raised.value.code == "restricted_by_patient" and "line 2" in str(raised.value)
        with pytest.raises(openai.PermissionDeniedError):
            client.files.content(batch.output_file_id).read()
        assert not vendor.requests and denied(gateway)["rule"] == "restricted_by_patient"
        # What one of them restricts does not hinder the other's.
        others = b"".join(with_patient(line, OTHER) for line in lines().splitlines())
        assert upload(client, others).status == "processed"
        did(run(gateway, "revoke", restriction, said=PATIENT))
        assert client.files.content(batch.output_file_id).read()


def test_a_file_is_not_ordered_whose_patient_has_restricted_it_since(own):
    with own(allow) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        vendor.script = mock_vendor.batches()
        client = gateway.client()
        file = upload(client, b"".join(with_patient(line, PATIENT) for line in lines().splitlines()))
        add(gateway, RESTRICTED, record="consent_withheld")
        forget(vendor)
        with pytest.raises(openai.PermissionDeniedError) as raised:
            order(client, file)
        assert raised.value.code == "consent_withheld" and not vendor.requests
        # What may end, nobody restricts.
        assert client.files.delete(file.id).deleted


def test_a_tool_server_is_a_recipient_too(own):
    def change(configuration):
        vendor = configuration["vendors"][0]
        configuration["vendors"].append({
            "id": "literature", "kind": "mcp", "tools": ["find_articles"], "base_url": vendor["base_url"] + "/mcp",
            "agreement": vendor["agreement"], "region": vendor["region"]})
        configuration["use_cases"][0]["tool_servers"] = ["literature"]

    with own(change) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        vendor.script = tool_server()
        named = {"x-cordon-patient": PATIENT}
        assert "result" in call(gateway, {"about": NOTE}, "/mcp/literature", headers=named)[2]
        add(gateway, RESTRICTED, to=["literature"])
        forget(vendor)
        answer = call(gateway, {"about": NOTE}, "/mcp/literature", headers=named)[2]
        assert answer["error"]["data"]["rule"] == "restricted_by_patient" and not vendor.requests
        assert "result" in call(gateway, {"about": NOTE}, "/mcp/literature", headers={"x-cordon-patient": OTHER})[2]


def test_a_conversation_that_a_vendor_keeps_neither_goes_on_nor_is_fetched(own):
    with own(lambda configuration: configuration["use_cases"][0].update(kept_by_vendor={"seconds": 3600})) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        vendor.script = Keeping()
        client = gateway.client(default_headers={"x-cordon-patient": PATIENT})
        first = client.responses.create(model="gpt-4o-mini", input=NOTE, store=True)
        add(gateway, RESTRICTED)
        forget(vendor)
        for act in (
            lambda: client.responses.create(model="gpt-4o-mini", input="And now?", previous_response_id=first.id),
            lambda: client.responses.retrieve(first.id),
        ):
            with pytest.raises(openai.PermissionDeniedError) as raised:
                act()
            assert raised.value.code == "restricted_by_patient" and not vendor.requests
        client.responses.delete(first.id)


def test_a_conversation_holds_what_its_turns_held_where_there_are_no_policies(own):
    with own(lambda configuration: configuration["use_cases"][0].update(kept_by_vendor={"seconds": 3600})) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        vendor.script = Keeping()
        client = gateway.client(default_headers={"x-cordon-patient": PATIENT})
        first = client.responses.create(model="gpt-4o-mini", input="She is HIV positive, on antiretroviral therapy.", store=True)
        other = client.responses.create(model="gpt-4o-mini", input="She sprained an ankle.", store=True)
        add(gateway, RESTRICTED, classes=["hiv"])
        forget(vendor)
        for act in (
            lambda: client.responses.create(model="gpt-4o-mini", input="And the dose?", previous_response_id=first.id),
            lambda: client.responses.retrieve(first.id),
        ):
            with pytest.raises(openai.PermissionDeniedError) as raised:
                act()
            assert raised.value.code == "restricted_by_patient" and not vendor.requests
        client.responses.retrieve(other.id)


def test_a_batch_of_patients_who_authorized_it_is_polled_and_fetched_without_naming_them(own):
    def change(configuration):
        allow(configuration)
        authorized_only(configuration)

    with own(change) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        signed = add(gateway, SIGNED)
        vendor.script = mock_vendor.batches()
        client = gateway.client()
        told = b"".join(with_patient(line, PATIENT) for line in lines().splitlines())
        batch = client.batches.retrieve(order(client, upload(client, told)).id)
        assert client.files.content(batch.output_file_id).read()
        did(run(gateway, "revoke", signed, said=PATIENT))
        for act in (lambda: client.batches.retrieve(batch.id), lambda: client.files.content(batch.output_file_id).read()):
            with pytest.raises(openai.PermissionDeniedError) as raised:
                act()
            assert raised.value.code == "authorization_missing"


def test_another_vendor_is_asked_where_one_is_restricted(own):
    def change(configuration):
        configuration["vendors"].append({**configuration["vendors"][0], "id": "second"})
        configuration["use_cases"][0]["fallbacks"] = [{"vendor": "second"}]

    with own(change) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        add(gateway, RESTRICTED)
        assert ask(gateway)[0] == 200
        passed, opened = [one for one in gateway.entries() if one["event"] in ("request.refused", "request.opened")][-2:]
        assert (passed["rule"], passed["vendor"], opened["vendor"]) == ("restricted_by_patient", "mock", "second")
        add(gateway, RESTRICTED, to=["caller:dr-lee"])
        refused(gateway, vendor, "restricted_by_patient")


def test_an_answer_is_not_given_again_that_is_restricted_by_now(own):
    with own(lambda configuration: configuration["use_cases"][0].update(caching="allowed")) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        once = {"idempotency-key": "once"}
        assert [ask(gateway, **once)[0] for _ in range(2)] == [200, 200] and len(vendor.requests) == 1
        first = add(gateway, RESTRICTED)
        refused(gateway, vendor, "restricted_by_patient", **once)
        did(run(gateway, "revoke", first, said=PATIENT))
        assert ask(gateway, **once)[0] == 200 and not vendor.requests


def test_a_patient_whom_a_contract_keeps_out_of_the_log_is_asked_all_the_same(own):
    contract = {"shares": ["messages"], "retains": []}
    with own(lambda configuration: configuration["use_cases"][0].update(contract=contract)) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        assert ask(gateway)[0] == 200
        add(gateway, RESTRICTED)
        refused(gateway, vendor, "restricted_by_patient")
        forget(vendor)
        status, _, body = gateway.post(chat(NOTE, cordon={"patient": PATIENT}))
        assert status == 403 and "restricted_by_patient" in json.loads(body)["error"]["message"] and not vendor.requests


def test_a_restriction_is_in_a_backup_and_in_force_after_the_restore(own, tmp_path, age_key):  # noqa: F811
    identity, recipient = age_key
    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        record = add(gateway, RESTRICTED)
        keys, archive, target = tmp_path / "keys.age", tmp_path / "data.age", tmp_path / "restored"
        did(escrow(gateway, keys, recipient))
        did(gateway.cordon("backup", "--to", archive, "--recipient", recipient, "--config", gateway.folder / "cordon.yaml"))
        opened = subprocess.run(["age", "-d", "-i", identity, archive], capture_output=True, check=True).stdout
        # The log tells of a record by its name; what it says is sealed.
        assert PATIENT.encode() not in opened and record.encode() in opened and b'"record":"restriction"' not in opened
        did(gateway.cordon(
            "restore", archive, "--into", target, "--identity", identity, "--escrow", keys, "--escrow-identity", identity))
        gateway.stop()
        gateway.configuration["data"] = str(target)
        gateway.write_configuration()
        gateway.start()
        # What was changed after the backup was made nobody knows here: an officer says that the register counts.
        behind(gateway, vendor, PATIENT)
        behind(gateway, vendor, OTHER)
        told = run(gateway, "behind")
        assert told.returncode == 1 and "restored" in told.stdout
        assert run(gateway, "settle", "0123456789abcdef").returncode == 66
        did(run(gateway, "settle", word(told)))
        refused(gateway, vendor, "restricted_by_patient")
        assert ask(gateway, OTHER)[0] == 200
        kept = json.loads(did(run(gateway, "list", "--json", said=PATIENT)))
        assert kept["id"] == record
        assert gateway.post(chat("hello"))[0] == 200


def behind(gateway, vendor, patient):
    """The register is behind the log, so nothing about this patient goes on."""
    forget(vendor)
    status, body = ask(gateway, patient)
    assert status == 503 and "`register_behind`" in body["error"]["message"] and not vendor.requests, body
    assert patient not in json.dumps(body)


def word(told):
    return told.stdout.split()[-1]


def put_back(gateway, kept):
    """The vault's file as it was once, under the log of today."""
    gateway.stop()
    vault = gateway.data / "vault"
    for file in vault.glob("vault.sqlite*"):
        file.unlink()
    for file in kept.iterdir():
        shutil.copy(file, vault)
    gateway.start()


def keep(gateway, folder):
    gateway.stop()
    folder.mkdir()
    for file in (gateway.data / "vault").glob("vault.sqlite*"):
        shutil.copy(file, folder)
    gateway.start()


def test_an_older_file_of_the_vault_neither_authorizes_again_nor_forgets_a_restriction(own, tmp_path):
    with own(authorized_only) as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        revoked = add(gateway, SIGNED)
        third = "Patient/4713"
        add(gateway, SIGNED, patient=OTHER)
        add(gateway, SIGNED, patient=third)
        assert ask(gateway)[0] == ask(gateway, OTHER)[0] == ask(gateway, third)[0] == 200
        kept = tmp_path / "kept"
        keep(gateway, kept)
        # One revokes, one restricts, of the third nothing changes, and a fourth is new.
        did(run(gateway, "revoke", revoked, said=PATIENT))
        restricted = add(gateway, RESTRICTED, patient=OTHER)
        refused(gateway, vendor, "authorization_missing")
        refused(gateway, vendor, "restricted_by_patient", patient=OTHER)

        put_back(gateway, kept)
        behind(gateway, vendor, PATIENT)
        behind(gateway, vendor, OTHER)
        assert ask(gateway, third)[0] == 200
        entry = [one for one in gateway.entries() if one.get("decision") == "deny"][-1]
        assert entry["rule"] == "register_behind" and OTHER not in json.dumps(entry)
        told = run(gateway, "behind")
        assert told.returncode == 1 and PATIENT not in told.stdout and OTHER not in told.stdout
        assert f"ended {revoked}" in told.stdout and f"recorded {restricted}" in told.stdout
        assert len(told.stdout.splitlines()) == 3
        # Recording anew is not yet to say that nothing else is lacking; who has seen less than there is says nothing.
        did(run(gateway, "revoke", revoked, said=PATIENT))
        add(gateway, RESTRICTED, patient=OTHER)
        behind(gateway, vendor, PATIENT)
        assert run(gateway, "settle", word(told)).returncode == 66
        behind(gateway, vendor, OTHER)
        settled = word(run(gateway, "behind"))
        did(run(gateway, "settle", settled))
        refused(gateway, vendor, "authorization_missing")
        refused(gateway, vendor, "restricted_by_patient", patient=OTHER)
        entry = eventually(lambda: [one for one in gateway.entries() if one["event"] == "consent.settled"])[-1]
        assert entry["object"] == settled and len(entry["people"]) == 1
        assert did(run(gateway, "behind")) == "the register has all that the log says of it\n"
        # It is settled, also for the gateway that comes after.
        gateway.stop()
        gateway.start()
        refused(gateway, vendor, "restricted_by_patient", patient=OTHER)
        assert gateway.cordon("log", "verify").returncode == 0


def test_where_a_patient_is_gone_with_what_was_restricted_nobody_passes_for_one_without_a_register(own, tmp_path):
    with own() as (gateway, vendor):
        take_in(gateway, "olga", "privacy_officer")
        known = "Patient/4713"
        add(gateway, RESTRICTED, patient=known, classes=["hiv"])
        kept = tmp_path / "kept"
        keep(gateway, kept)
        add(gateway, RESTRICTED)
        put_back(gateway, kept)
        # The vault has nobody of this reference, and nobody knows any more who it was.
        for patient in (PATIENT, OTHER, PATIENT):
            behind(gateway, vendor, patient)
        assert ask(gateway, known)[0] == ask(gateway, f"{known}/_history/2")[0] == 200
        add(gateway, RESTRICTED)
        told = run(gateway, "behind")
        assert "nobody has this tag" in told.stdout
        did(run(gateway, "settle", word(told)))
        refused(gateway, vendor, "restricted_by_patient")
        assert ask(gateway, OTHER)[0] == 200
