"""What each role may read of what vendors keep, in a gateway with the hospital's policies: a use case is a data set, its callers are assigned."""

import json

import mock_vendor
import openai
import pytest
from canaries import NOTE, found
from conftest import new_caller, running
from test_batches import lines, upload
from test_kept import ask
from vendor_keeping import Keeping

# Who acts in which role, and which data sets they are assigned: the PHI of a cohort, and what is of nobody.
PEOPLE = {
    "scientist": ("data-scientist", ["cohort"]), "other-scientist": ("data-scientist", ["open"]),
    "researcher": ("ai-researcher", ["open", "cohort"]), "administrator": ("system-administrator", ["open", "cohort"]),
}
OPEN = "Which bone heals the slowest?"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A gateway, its vendor, and a key of each of the people."""
    keys = {name: new_caller() for name in PEOPLE}

    def change(configuration):
        use_case = {**configuration["use_cases"][0], "purpose": "HRESCH", "restore": "none", "kept_by_vendor": {}}
        configuration["use_cases"] = [{**use_case, "id": "cohort"}, {**use_case, "id": "open"}]
        configuration["callers"] = [
            {"id": name, "key_hash": keys[name].hash, "use_cases": sets, "roles": [role], "attests": ["mfa", "managed_device"]}
            for name, (role, sets) in PEOPLE.items()]
        configuration["environment"] = "test"
        configuration["policy"] = {
            "set": "hospital", "unsigned": "accept", "data_classes": {"cohort": ["limited", "diagnoses"], "open": ["deidentified"]}}

    with running(tmp_path_factory.mktemp("tiers"), keys["scientist"], change) as (gateway, vendor):
        clients = {
            name: openai.OpenAI(base_url=f"{gateway.origin}/v1", api_key=caller.key, max_retries=0) for name, caller in keys.items()}
        yield gateway, vendor, clients, keys


def reading(house, who, path, use_case):
    """What somebody is answered who reads that: the status and the code of the error."""
    gateway, vendor, _, keys = house
    asked = len(vendor.requests)
    status, _, body = gateway.send(
        "GET", path, headers={"authorization": f"Bearer {keys[who].key}", "x-cordon-use-case": use_case})
    if status != 200:
        assert len(vendor.requests) == asked and found(body) == []
        error = json.loads(body)["error"]
        return status, error["code"], error["message"]
    return status, None, body.decode()


# What no policy permits, or one forbids.
BY_POLICY = [(403, "not_permitted_by_policy"), (403, "forbidden_by_policy")]


# proves: ACC-04
def test_roles_end_where_their_data_ends(house):
    gateway, vendor, clients, _ = house
    vendor.script = mock_vendor.batches()
    file = upload(clients["scientist"])
    content = f"/v1/files/{file.id}/content"
    # Who is assigned the data set reads it.
    assert reading(house, "scientist", content, "cohort")[0] == 200
    for path in (content, f"/v1/files/{file.id}", "/v1/files/file-0000000000/content"):
        status, code, message = reading(house, "researcher", path, "cohort")
        assert (status, code) == (403, "not_permitted_by_policy") and "researcher-asks-deidentified" in message
        # Of a data set that they are not assigned nobody learns more than that.
        assert reading(house, "other-scientist", path, "cohort")[:2] == (403, "use_case_not_granted")
        assert reading(house, "administrator", path, "cohort")[:2] in BY_POLICY
    refused = [entry for entry in gateway.entries() if entry["event"] == "request.refused" and entry["caller"] == "researcher"]
    assert [entry["rule"] for entry in refused] == ["not_permitted_by_policy"] * 3

    vendor.script = Keeping()
    # The text of a prompt, kept at the vendor: for those who asked, and not for those who run the house.
    kept = ask(clients["scientist"], NOTE, extra_headers={"x-cordon-use-case": "cohort"})
    for path in (f"/v1/responses/{kept.id}/input_items", f"/v1/responses/{kept.id}"):
        assert reading(house, "scientist", path, "cohort")[0] == 200
        for use_case in ("cohort", "open"):
            assert reading(house, "administrator", path, use_case)[:2] in BY_POLICY


# proves: ACC-04
def test_a_researcher_has_what_is_of_nobody(house):
    _, vendor, clients, _ = house
    researcher = {"extra_headers": {"x-cordon-use-case": "open"}}
    vendor.script = mock_vendor.batches()
    file = upload(clients["researcher"], lines([OPEN], ["one"]))
    assert reading(house, "researcher", f"/v1/files/{file.id}/content", "open")[0] == 200
    with pytest.raises(openai.PermissionDeniedError) as raised:
        upload(clients["researcher"])
    assert raised.value.code == "not_permitted_by_policy"
    vendor.script = Keeping()
    kept = ask(clients["researcher"], OPEN, **researcher)
    assert reading(house, "researcher", f"/v1/responses/{kept.id}/input_items", "open")[0] == 200
    with pytest.raises(openai.PermissionDeniedError) as raised:
        ask(clients["researcher"], NOTE, **researcher)
    assert raised.value.code == "not_permitted_by_policy"
    # Another's, and what never was, is one to whoever may read of that data set.
    assert reading(house, "other-scientist", f"/v1/responses/{kept.id}", "open")[0] == 404
    assert reading(house, "researcher", "/v1/responses/resp_" + "0" * 50, "open")[0] == 404


def test_what_is_to_be_deleted_asks_no_policy(house):
    gateway, vendor, clients, keys = house
    vendor.script = Keeping()
    kept = ask(clients["scientist"], NOTE, extra_headers={"x-cordon-use-case": "cohort"})
    path, headers = f"/v1/responses/{kept.id}", {"x-cordon-use-case": "cohort"}
    status, _, _ = gateway.send("DELETE", path, headers={**headers, "authorization": f"Bearer {keys['administrator'].key}"})
    assert status == 404
    status, _, _ = gateway.send("DELETE", path, headers={**headers, "authorization": f"Bearer {keys['scientist'].key}"})
    assert status == 200
