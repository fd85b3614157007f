"""What the second person is shown who has a set of policies adopted, and what cannot be adopted behind their back."""

import os
import re
import subprocess

import pytest
from conftest import SECRETS
from custodians import approve, did, key_file
from paths import CORDON, ROOT

SOURCES = ROOT / "Sources/EmbeddedPolicies"
EVERYTHING = '@id("all")\npermit (principal, action, resource);\n'


@pytest.fixture
def house(own, tmp_path):
    with own() as (gateway, _):
        yield House(gateway, tmp_path)


class House:
    def __init__(self, gateway, folder):
        self.gateway, self.folder = gateway, folder

    def file(self, name, text):
        (self.folder / name).write_text(text)
        return self.folder / name

    def propose(self, *arguments):
        """The proposal of a set, and its hash."""
        said = did(self.gateway.cordon("policy", "propose", *arguments, "--as", key_file(self.gateway, "alice")))
        return re.search(r"proposal (\w+)", said)[1], re.search(r"set (\w+)", said)[1]

    def look(self, proposal):
        return self.gateway.cordon("vault", "approve", proposal, "--as", key_file(self.gateway, "bruno"))

    def carry_out(self, proposal):
        return self.gateway.cordon("vault", "carry-out", proposal)

    def adopt(self, *arguments):
        proposal, digest = self.propose(*arguments)
        did(approve(self.gateway, proposal))
        did(self.carry_out(proposal))
        return digest


def test_the_second_person_sees_what_changes_worked_out_from_the_sets(house):
    first, digest = house.propose()
    shown = did(house.look(first))
    assert "how        instead_of=none" in shown and "nothing is signed" in shown
    assert shown.count("\n+ policy ") == len(re.findall(r"^@id", (SOURCES / "hospital.cedar").read_text(), re.M))
    did(approve(house.gateway, first))
    did(house.carry_out(first))

    source = (SOURCES / "hospital.cedar").read_text()
    less = re.sub(r'@id\("very-restricted-to-a-model"\).*?;\n', "", source, flags=re.S).replace('"HPAYMT" }', '"TREAT" }')
    schema = (SOURCES / "hospital.cedarschema").read_text() + "// é\n"
    proposal, _ = house.propose("--policies", house.file("less.cedar", less), "--schema", house.file("s", schema))
    shown = did(house.look(proposal))
    assert f"how        instead_of={digest}" in shown and "how        removed=very-restricted-to-a-model\n" in shown
    assert "how        changed=clinician-asks-for-payment\n" in shown and "how        otherwise=schema\n" in shown
    assert "- policy very-restricted-to-a-model\n" in shown and '-   when { context.confidentiality == "V" };\n' in shown
    assert '-   when { context.purpose == "HPAYMT" }\n' in shown and '+   when { context.purpose == "TREAT" }\n' in shown
    assert "+   // \\u{e9}\n" in shown
    assert "clinician-asks-for-treatment" not in shown, "what stays is not shown"


def test_no_letter_passes_for_another_and_nothing_that_is_not_seen_is_proposed(house):
    hidden = {"zero width": "// all\u200b of it\n", "direction": "// \u202egnihton\n", "control": "// \x1b[2J\n"}
    for name, comment in hidden.items():
        for options in (
            ["--policies", house.file("hidden.cedar", comment + EVERYTHING)],
            ["--policies", house.file("all.cedar", EVERYTHING), "--schema", house.file(
                "s", (SOURCES / "hospital.cedarschema").read_text() + comment)],
        ):
            refused = house.gateway.cordon("policy", "propose", *options, "--as", key_file(house.gateway, "alice"))
            assert refused.returncode != 0 and "has a character that is not seen" in refused.stderr, (name, refused)
            assert comment.strip()[3:] not in refused.stderr
    house.adopt()
    alike = (SOURCES / "hospital.cedar").read_text().replace('== "HPAYMT"', '== "HP\u0410YMT"')
    proposal, _ = house.propose("--policies", house.file("alike.cedar", alike))
    shown = did(house.look(proposal))
    assert '+   when { context.purpose == "HP\\u{410}YMT" }\n' in shown and shown.isascii()


def test_nobody_proposes_a_set_in_words_of_their_own(house):
    _, digest = house.propose("--policies", house.file("all.cedar", EVERYTHING))
    key = key_file(house.gateway, "alice")
    for arguments, words in [
        ([digest, "--set", "policies=44", "--set", "changed=clinician-asks-for-payment"], "leave out `--set`"),
        (["0" * 64], "is not in"),
        (["hospital"], "is not the hash of a set"),
    ]:
        refused = house.gateway.cordon("vault", "propose", "adopt_policy", *arguments, "--as", key)
        assert refused.returncode != 0 and words in refused.stderr, refused
    # Without words of one's own it says the same as `policy propose`.
    said = did(house.gateway.cordon("vault", "propose", "adopt_policy", digest, "--as", key))
    shown = did(house.look(re.search(r"proposal (\w+)", said)[1]))
    assert "how        policies=1\n" in shown and "+ policy all\n+   @id(\"all\")\n+   permit (\n" in shown


def test_a_set_takes_the_place_only_of_the_one_that_was_in_force_when_it_was_proposed(house):
    house.adopt()
    wide, _ = house.propose("--policies", house.file("all.cedar", EVERYTHING))
    late, _ = house.propose("--policies", house.file("all.cedar", EVERYTHING + EVERYTHING.replace("all", "more")))
    narrow, digest = house.propose(
        "--policies", house.file("none.cedar", EVERYTHING.replace("permit", "forbid").replace("all", "none")))
    for proposal in (wide, narrow):
        did(approve(house.gateway, proposal))
    did(house.carry_out(narrow))
    for refused in (house.carry_out(wide), house.look(late), approve(house.gateway, late), house.carry_out(late)):
        assert refused.returncode == 65 and "another set has come into force" in refused.stderr, refused
    following, _ = house.propose()
    assert f"how        instead_of={digest}\n" in did(house.look(following))


def test_what_is_kept_under_the_hash_is_what_is_approved(house):
    proposal, digest = house.propose()
    kept = house.gateway.data / "policies" / f"{digest}.json"
    text = kept.read_text()
    kept.write_text(text.replace("forbid (", "permit ("))
    for refused in (house.look(proposal), approve(house.gateway, proposal), house.carry_out(proposal)):
        assert refused.returncode == 65 and "is not what its hash says" in refused.stderr, refused
    kept.write_text(text)
    did(approve(house.gateway, proposal))


def test_a_set_that_the_configuration_does_not_take_is_not_approved_either(house):
    schema = (SOURCES / "hospital.cedarschema").read_text().replace('action "use-tool"', 'action "use-tools"')
    proposal, _ = house.propose("--policies", house.file("all.cedar", EVERYTHING), "--schema", house.file("s", schema))
    refused = subprocess.run(
        [CORDON, "vault", "approve", proposal, "--yes", "--config", house.gateway.folder / "cordon.yaml", "--as",
         key_file(house.gateway, "bruno")], capture_output=True, text=True, env={**os.environ, **SECRETS})
    assert refused.returncode == 65 and "`use-tool`" in refused.stderr, refused
