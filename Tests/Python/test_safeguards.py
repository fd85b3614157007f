"""`cordon safeguards`: what was decided about each addressable specification, with its reason and its evidence."""

import json
import re
import subprocess

import pytest
from conftest import day
from custodians import did
from paths import CORDON
from test_vendors import of

ENCRYPTION = "164.312(a)(2)(iv)"


def cordon(*arguments):
    return subprocess.run([CORDON, "safeguards", *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture
def addressable():
    """The paragraphs that the template has."""
    return re.findall(r"specification: (\S+)", did(cordon("template")))


def decision(paragraph, **change):
    made = {
        "specification": paragraph, "decision": "implemented", "rationale": None, "alternative": None, "owner": "security officer",
        "decided": day(-30), "review": day(300), "evidence": ["policy SEC-7"], **change}
    return {name: value for name, value in made.items() if value is not None}


def write(path, decisions):
    """JSON is YAML too."""
    path.write_text(json.dumps({"safeguards": decisions}, indent=1))
    return path


# proves: ENC-14
def test_an_alternative_without_its_reason_is_rejected_and_the_matrix_shows_decision_and_evidence(own, addressable, tmp_path):
    assert len(addressable) == 22 and ENCRYPTION in addressable
    record = tmp_path / "record.yaml"
    decisions = {paragraph: decision(paragraph) for paragraph in addressable}

    for kind, more in (("alternative", {"alternative": "disks that encrypt themselves"}), ("not_reasonable", {})):
        decisions[ENCRYPTION] = decision(ENCRYPTION, decision=kind, **more)
        write(record, [*decisions.values()])
        for result in (cordon("check", record), cordon("adopt", record, "--data", tmp_path)):
            assert result.returncode == 65
            index = addressable.index(ENCRYPTION)
            assert re.search(rf"line \d+: `safeguards\[{index}\]\.rationale`: is missing", result.stderr)
    assert not (tmp_path / "safeguards.yaml").exists()

    alternative = decision(
        ENCRYPTION, decision="alternative", rationale="the disks of the cluster encrypt themselves", alternative="disks that encrypt themselves",
        evidence=["certificate FIPS-4711", "ticket 88"])
    decisions[ENCRYPTION] = alternative
    write(record, [*decisions.values()])
    assert did(cordon("check", record)) == "22 decisions, 0 findings\n"
    with own() as (gateway, _):
        did(gateway.cordon("safeguards", "adopt", record, "--by", "alice"))
        rows = [json.loads(line) for line in did(gateway.cordon("safeguards", "matrix", "--json")).splitlines()]
        assert [row["law"] for row in rows].count("required") == 20 and len(rows) == 42
        row = next(row for row in rows if row["specification"] == ENCRYPTION)
        assert {name: row[name] for name in alternative if name != "specification"} == {
            name: value for name, value in alternative.items() if name != "specification"}
        text = did(gateway.cordon("safeguards", "matrix"))
        shown = text[text.index(ENCRYPTION) :].split("\n164")[0]
        assert shown.splitlines()[0] == f"{ENCRYPTION} Encryption and decryption (addressable): alternative"
        assert "evidence: certificate FIPS-4711; ticket 88" in shown and "because: the disks of the cluster" in shown


def test_what_is_overdue_undecided_or_due_soon_is_found(addressable, tmp_path):
    record = write(tmp_path / "record.yaml", [decision(paragraph) for paragraph in addressable[:-1]])
    missing = cordon("check", record)
    assert missing.returncode == 1 and f"{addressable[-1]} Encryption: undecided: nothing was decided\n" in missing.stdout
    decisions = [decision(paragraph) for paragraph in addressable]
    decisions[0]["review"] = day(-2)
    overdue = cordon("check", write(record, decisions))
    assert overdue.returncode == 1
    assert overdue.stdout.startswith(f"{addressable[0]} Authorization and/or supervision: review_overdue: ") and "2 days overdue" in overdue.stdout
    decisions[0]["review"] = day(20)
    assert cordon("check", write(record, decisions)).returncode == 3
    assert cordon("check", record, "--within", 10).returncode == 0
    assert cordon("check", record, "--within", 10, "--rules", "nprm-2025").returncode == 0
    decisions[0].update(decision="not_reasonable", rationale="one person does all the work")
    assert cordon("check", write(record, decisions), "--within", 10).returncode == 0
    proposed = cordon("check", record, "--within", 10, "--rules", "nprm-2025")
    assert proposed.returncode == 1 and "not_implemented" in proposed.stdout
    assert cordon("check", tmp_path / "none.yaml").returncode == 66


# proves: CLM-05
def test_what_is_addressable_is_required_under_the_rules_that_were_proposed(addressable, tmp_path):
    write(tmp_path / "safeguards.yaml", [decision(ENCRYPTION, decision="not_reasonable", rationale="one person does all the work")])

    def laws(*rules):
        rows = [json.loads(line) for line in did(cordon("matrix", "--json", "--data", tmp_path, *rules)).splitlines()]
        return {row["specification"]: (row["law"], row["finding"]) for row in rows}
    now, proposed = laws(), laws("--rules", "nprm-2025")
    assert {name for name, (law, _) in now.items() if law == "addressable"} == set(addressable)
    assert [law for law, _ in proposed.values()] == ["required"] * 42
    assert now[ENCRYPTION][1] is None and proposed[ENCRYPTION][1] == "not_implemented"


def test_each_decision_that_changes_is_recorded_and_what_was_decided_before_stays(own, addressable, tmp_path):
    record = tmp_path / "record.yaml"
    decisions = {paragraph: decision(paragraph) for paragraph in addressable}
    with own() as (gateway, _):
        did(gateway.cordon("safeguards", "adopt", write(record, [*decisions.values()]), "--by", "alice"))
        first = of(gateway, "safeguard.decided")
        assert len(first) == 22 and all(entry["people"] == first[0]["people"] for entry in first)
        former = record.read_bytes()
        decisions[ENCRYPTION] = decision(ENCRYPTION, decision="not_reasonable", rationale="Theodora Wexelblat said so")
        did(gateway.cordon("safeguards", "adopt", write(record, [*decisions.values()]), "--by", "bruno"))
        changed = of(gateway, "safeguard.decided")[22:]
        assert [entry["object"] for entry in changed] == ["164.312-a-2-iv:not_reasonable"]
        was = next(entry for entry in first if entry["object"].startswith("164.312-a-2-iv:"))
        assert all("before" not in entry for entry in first)
        assert changed[0]["before"] == was["after"] != changed[0]["after"]
        assert changed[0]["people"] != first[0]["people"]
        kept = [path for path in gateway.data.glob("safeguards.yaml.*") if path.read_bytes() == former]
        assert len(kept) == 1
        # Adopting the same again changes nothing and is no event.
        did(gateway.cordon("safeguards", "adopt", record, "--by", "bruno"))
        assert len(of(gateway, "safeguard.decided")) == 23
        assert b"Wexelblat" not in json.dumps(gateway.entries()).encode()
