"""The map of what protects each store and operation, and the gaps that a configuration opens."""

import json
import subprocess

import pytest
from paths import CORDON, ROOT

REFERENCE = (ROOT / "Examples/cordon.yaml").read_text()


def protection(folder, configuration, *arguments):
    (folder / "cordon.yaml").write_text(configuration)
    return subprocess.run([CORDON, "protection", *arguments], cwd=folder, capture_output=True, text=True)


def places(result):
    return {(one["class"], one["operation"], one["place"]): one for one in json.loads(result.stdout)["places"]}


def gaps(result):
    return {place: one["gap"] for (_, _, place), one in places(result).items() if one["gap"]}


# proves: ENC-05
def test_each_store_and_operation_has_its_mechanism_and_the_reference_has_no_gap(tmp_path):
    printed = protection(tmp_path, REFERENCE)
    assert printed.returncode == 0 and printed.stdout.endswith("\ngaps: none\n"), printed
    listed = places(protection(tmp_path, REFERENCE, "--json"))
    mechanisms = {place: " + ".join(one["mechanisms"]) for (_, _, place), one in listed.items()}
    assert all(mechanisms.values())
    for place, mechanism in {
        "log: sealed parts of entries, and blobs": "aes-256-gcm", "log: entries": "signature",
        "vault: values of tokens": "aes-256-gcm", "vault: maps of what vendors keep": "aes-256-gcm", "vault: blind indexes of tokens": "keyed-hash",
        "vault: root key": "argon2id-file", "vault: keys of tenants, subjects and stores": "aes-key-wrap",
        "vault: what patients authorize and restrict": "aes-256-gcm",
        "backups": "age", "escrow": "age", "keys of 1 callers": "keyed-hash", "callers and the gateway": "loopback",
        "credential of vendor `example-vendor`": "environment", "model `inside`": "process",
        "vendor `example-vendor`": "de-identification + tls", "requests and answers in work": "process",
        "sums, scores and lookups elsewhere": "encrypted-computation", "commands of administrators": "process",
    }.items():
        assert mechanisms[place] == mechanism, place
    # Storage and transit by AES, processing elsewhere by ciphertexts: the layers of the strategy.
    assert {operation for content, operation, _ in listed if content == "phi"} == {"at_rest", "in_transit", "to_vendor", "in_use"}


@pytest.mark.parametrize("receiver, gap", [
    ("syslog+tls://audit.example:6514", False), ("syslog+tcp://audit.example:601", True),
    ("syslog+udp://audit.example:514", True), ("syslog+tcp://127.0.0.1:601", False),
])
def test_an_export_without_tls_is_a_gap_unless_it_stays_on_the_machine(tmp_path, receiver, gap):
    result = protection(tmp_path, f"{REFERENCE}\nlog:\n  export: [{{id: siem, format: ocsf, to: '{receiver}'}}]\n", "--json")
    assert result.returncode == (1 if gap else 0)
    assert set(gaps(result)) == ({"log export `siem`"} if gap else set())
    assert places(result)[("metadata", "in_transit", "log export `siem`")]["source"] == "log.export[0].to"


def test_what_nobody_can_search_is_a_gap_on_its_way_to_a_vendor(tmp_path):
    open_to_images = REFERENCE.replace("    # uninspected: [image]", "    uninspected: [image]")
    result = protection(tmp_path, open_to_images)
    assert result.returncode == 1 and "gaps: 1\n" in result.stdout
    assert "phi to_vendor: image of use case `research` to vendor `example-vendor` (`use_cases[1].uninspected`): needs" in result.stdout


def test_files_that_others_may_read_are_gaps(tmp_path):
    secret = tmp_path / "vendor.key"
    configuration = REFERENCE.replace("environment: EXAMPLE_VENDOR_KEY", f"file: {secret}")
    named = f"credential of vendor `example-vendor`, `{secret}`"
    assert set(gaps(protection(tmp_path, configuration, "--json"))) == {named}
    secret.write_text("key")
    secret.chmod(0o644)
    assert set(gaps(protection(tmp_path, configuration, "--json"))) == {named}
    secret.chmod(0o600)
    assert protection(tmp_path, configuration).returncode == 0
    (tmp_path / "cordon-data").mkdir(mode=0o755)
    assert set(gaps(protection(tmp_path, configuration, "--json"))) == {"data directory `cordon-data`"}


def test_a_listener_or_a_vendor_without_tls_is_no_gap_but_no_configuration_at_all(tmp_path):
    for wrong in (REFERENCE.replace("address: 127.0.0.1", "address: 0.0.0.0"), REFERENCE.replace("https://llm.", "http://llm.")):
        assert protection(tmp_path, wrong).returncode == 78


def test_a_site_asks_for_more_by_rules_of_its_own(tmp_path):
    (tmp_path / "rules.yaml").write_text("keys: {at_rest: [pkcs11-token, aes-key-wrap, age]}\nphi: {in_transit: [tls]}\n")
    result = protection(tmp_path, REFERENCE, "--policy", "rules.yaml", "--json")
    assert result.returncode == 1
    assert gaps(result) == {
        "vault: root key": "needs pkcs11-token, or aes-key-wrap, or age", "callers and the gateway": "needs tls"}
    for rules, why in (
        ("keys: {at_rest: [rot13]}", "no mechanism is called `rot13`"), ("secrets: {}", "a class is one of"),
        ("keys: {asleep: []}", "an operation is one of"), ("[]", "a mapping of classes is expected"),
    ):
        (tmp_path / "rules.yaml").write_text(rules)
        refused = protection(tmp_path, REFERENCE, "--policy", "rules.yaml")
        assert refused.returncode == 78 and why in refused.stderr, refused.stderr
