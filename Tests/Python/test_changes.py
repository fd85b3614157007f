"""Every change and every deletion of what is stored is an entry, with codes of what was and of what is."""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest
from agreements import add, agreement, terminate, without_agreement
from canaries import NOTE
from conftest import SECRETS, chat, eventually
from custodians import agreed, approve, did, key_file, proposed, take_in
from paths import CORDON
from test_subjects import PATIENT, SIX_YEARS, agree, later  # noqa: F401 (a fixture)
from witness import Witness

HASH = re.compile(r"[0-9a-f]{64}")


def leaves():
    """Every command of `cordon`, as the program itself lists them."""
    shown = subprocess.run([CORDON, "--experimental-dump-help"], capture_output=True, text=True, check=True)

    def walk(command, path):
        below = [one for one in command.get("subcommands", []) if one["commandName"] != "help"]
        for one in below:
            yield from walk(one, [*path, one["commandName"]])
        if not below:
            yield " ".join(path)

    return set(walk(json.loads(shown.stdout)["command"], []))


def cordon(gateway, *arguments, text=None):
    return subprocess.run(
        [CORDON, *map(str, arguments)], input=text, capture_output=True, text=True, env={**os.environ, **SECRETS})


class Verbs:
    """Commands that write, each tried with the entry that it has to make."""

    def __init__(self, gateway):
        self.gateway, self.tried = gateway, set()

    def wrote(self, verb, event, act, before=True, after=True, method=None):
        """What the command made: an entry of this event with a code of what was, of what is, and how it was removed."""
        since = len(self.gateway.entries())
        result = act()
        if isinstance(result, subprocess.CompletedProcess):
            did(result)

        def entry():
            made = [one for one in self.gateway.entries(since) if one["event"] == event]
            return next((one for one in reversed(made) if "before" in one or "after" in one), None)

        found = eventually(entry, within=20)
        assert ("before" in found, "after" in found) == (before, after), (verb, found)
        assert all(HASH.fullmatch(found[side]) for side in ("before", "after") if side in found)
        assert found.get("before") != found.get("after") and found.get("method") == method, (verb, found)
        self.tried.add(verb)
        return found


# What makes no entry: it changes nothing that Cordon keeps.
READS = {
    # It answers, or writes a file of the caller's own.
    "redact", "scan", "deid compare", "evaluate score", "evaluate spot-check draw", "evaluate spot-check result",
    "policy check", "policy authorize", "policy explain", "policy test", "policy simulate", "policy replay", "policy diff", "policy measure",
    "policy corpus", "policy init", "train tagger", "train synthesize", "key new", "vault custodian key", "vault status", "vault proposals",
    "vault check-provider", "vault measure", "subject show", "subject certificate", "token scopes", "token list", "token note",
    "kept list",
    "vendor list", "vendor check", "vendor template", "explain", "log verify", "log show", "log search", "log prove",
    "log receipt", "log export", "log copy", "log version", "log witness list", "log key", "log measure", "log interactions",
    "compute keys", "compute encrypt", "compute sum", "compute count", "compute score", "compute query", "compute lookup",
    "compute decrypt", "compute show", "bench crypto", "protection", "evidence verify", "evidence unsecured",
    "safeguards template", "safeguards check", "safeguards matrix", "egress report",
    "egress policy", "egress contacted",
    "emergency status", "grant list", "grant unused",
    # They are entries as accesses: a person read something.
    "subject report", "token reveal", "consent list", "consent check", "consent behind",
    # A gateway of its own, in a folder of its own.
    "demo",
}

# What is tried in another test, with the entry that it makes there.
ELSEWHERE = {
    # `log.recovered`, at the next opening: Tests/LedgerTests/TornEndTests.swift.
    "log fsck",
    # `evidence.made`, with the hash of what was written: test_evidence.py.
    "evidence encryption",
    # `safeguard.decided`: test_safeguards.py.
    "safeguards adopt",
    # `shard.checkpoint` in the root log: test_shards.py.
    "log shards",
    # test_what_is_deleted_says_how_and_the_log_still_verifies, below.
    "subject shred", "token dispose",
    # `subject.resumed`: test_subjects.py.
    "subject resume",
    # `consent.settled`: test_consents_everywhere.py.
    "consent settle",
    # `grant.settled`: test_grants.py.
    "grant settle",
    # `map.deleted`: test_kept.py.
    "kept delete", "kept repair",
}


def tries(gateway, folder):
    """Every command that writes, with the names of those that were tried."""
    verbs = Verbs(gateway)
    config = gateway.folder / "cordon.yaml"
    start = gateway.entries()
    assert "after" in next(one for one in start if one["event"] == "server.started")
    eventually(lambda: [one for one in gateway.entries() if one["event"] == "vault.created" and "after" in one])
    verbs.tried |= {"serve", "vault init"}

    verbs.wrote("vendor add", "agreements.changed", lambda: add(gateway))
    verbs.wrote("vendor terminate", "agreements.changed", lambda: terminate(gateway))
    verbs.wrote("kill", "traffic.stopped", lambda: gateway.cordon("kill", "mock", "--by", "alice"), before=False)
    verbs.wrote(
        "kill", "traffic.resumed", lambda: gateway.cordon("kill", "mock", "--lift", "--by", "alice"), after=False,
        method="unlink")

    verbs.wrote(
        "emergency begin", "emergency.begun", lambda: gateway.cordon("emergency", "begin", "--by", "alice"), before=False)
    verbs.wrote(
        "emergency end", "emergency.ended", lambda: gateway.cordon("emergency", "end", "--by", "alice"), after=False,
        method="unlink")

    grant = "caller:dr-lee/use-case:research"
    verbs.wrote("grant remove", "grant.removed", lambda: gateway.cordon("grant", "remove", grant, "--by", "alice"), before=False)
    verbs.wrote(
        "grant restore", "grant.restored", lambda: gateway.cordon("grant", "restore", grant, "--by", "alice"), after=False,
        method="unlink")

    gateway.configuration["use_cases"][0]["restore"] = "none"
    gateway.write_configuration()
    verbs.wrote("reload", "configuration.loaded", lambda: cordon(gateway, "reload", "--config", config))

    take_in(gateway, "olga", "privacy_officer")
    restriction = json.dumps({"patient": PATIENT, "record": "restriction", "to": ["inside"], "classes": ["hiv"]})
    officer = ("--as", key_file(gateway, "olga"), "--config", config)
    made = []
    verbs.wrote(
        "consent add", "consent.recorded",
        lambda: made.append(did(cordon(gateway, "consent", "add", "-", *officer, text=restriction)).split()[-1]), before=False)
    verbs.wrote("consent revoke", "consent.ended", lambda: cordon(gateway, "consent", "revoke", made[0], *officer, text=PATIENT))
    denied = json.dumps({
        "resourceType": "Consent", "id": "c-1", "status": "active", "subject": {"reference": PATIENT}, "decision": "permit",
        "provision": [{"securityLabel": [{"code": "HIV"}]}]})
    verbs.wrote("consent import", "consent.recorded", lambda: cordon(gateway, "consent", "import", "-", *officer, text=denied))

    proposals = []
    made = verbs.wrote(
        "vault propose", "proposal.made", lambda: proposals.append(proposed(gateway, "rotate_tenant", "tenant")),
        before=False)
    signed = verbs.wrote("vault approve", "proposal.approved", lambda: approve(gateway, proposals[0]))
    assert signed["before"] == made["after"]
    verbs.wrote("vault rotate", "key.rotated", lambda: gateway.cordon("vault", "rotate", "--proposal", proposals[0]))
    verbs.wrote("vault carry-out", "custodian.added", lambda: take_in(gateway, "rosa", "revealer"))
    verbs.wrote(
        "policy propose", "proposal.made",
        lambda: gateway.cordon("policy", "propose", "--as", key_file(gateway, "alice")), before=False)
    verbs.wrote(
        "vault custodian add", "proposal.made",
        lambda: gateway.cordon(
            "vault", "custodian", "add", "petra", "--public-key", public(gateway, "petra"), "--role", "auditor", "--as",
            key_file(gateway, "alice")),
        before=False)

    verbs.wrote("token create", "subject.created", lambda: gateway.cordon("token", "create", "daily"), before=False)
    issued = verbs.wrote(
        "deid text", "tokens.issued",
        lambda: cordon(
            gateway, "deid", "text", "--tokens", "vault", "--scope", "daily", "--data", gateway.data, text=NOTE))
    assert issued["object"] == "daily"
    tokens = re.findall(r"\b[A-Z_]+_[B-DF-HJ-NP-TV-XZ]{16}\b", did(gateway.cordon("token", "list", "--scope", "daily")))
    verbs.wrote(
        "token propose-reveal", "proposal.made",
        lambda: gateway.cordon(
            "token", "propose-reveal", tokens[0], "--scope", "daily", "--reason", "study", "--as",
            key_file(gateway, "rosa")),
        before=False)

    gateway.post(chat("hello"), headers={"x-cordon-patient": PATIENT})
    tag = next(one["tags"][0] for one in gateway.entries() if one["event"] == "request.opened")
    holds = [agreed(gateway, "place_hold", tag)]
    verbs.wrote("subject hold", "hold.placed", lambda: gateway.cordon("subject", "hold", "--proposal", holds[0]))
    release = agreed(gateway, "release_hold", holds[0])
    verbs.wrote("subject release", "hold.released", lambda: gateway.cordon("subject", "release", "--proposal", release))

    verbs.wrote("vault lock", "vault.locked", lambda: gateway.cordon("vault", "lock", "--by", "alice"), before=False)
    unlock = agreed(gateway, "unlock", "vault")
    verbs.wrote(
        "vault unlock", "vault.unlocked", lambda: gateway.cordon("vault", "unlock", "--proposal", unlock), after=False,
        method="unlink")
    destroy = agreed(gateway, "destroy", "tenant/1")
    verbs.wrote(
        "vault destroy", "key.destruction_scheduled",
        lambda: gateway.cordon("vault", "destroy", "--proposal", destroy))

    vkey = did(gateway.cordon("log", "key")).strip()
    witness = Witness("w1.example", vkey, bytes([1]) * 32)
    try:
        verbs.wrote(
            "log witness add", "witnesses.changed",
            lambda: gateway.cordon("log", "witness", "add", witness.url, witness.vkey, "--by", "alice"), before=False)
        verbs.wrote(
            "log witness push", "witnesses.changed",
            lambda: gateway.cordon("log", "witness", "push", "--by", "alice"), before=False)
    finally:
        witness.close()

    if shutil.which("age-keygen"):
        identity = folder / "age.key"
        subprocess.run(["age-keygen", "-o", identity], capture_output=True, check=True)
        recipient = re.search(r"age1\w+", identity.read_text())[0]
        keys, archive = folder / "keys.age", folder / "data.age"
        verbs.wrote(
            "escrow", "key.exported",
            lambda: gateway.cordon(
                "escrow", "--to", keys, "--recipient", recipient, "--proposal", agreed(gateway, "export", "escrow", recipients=recipient)),
            before=False)
        verbs.wrote(
            "backup", "backup.made", lambda: gateway.cordon("backup", "--to", archive, "--recipient", recipient),
            before=False)
        verbs.wrote(
            "restore", "restore.drilled",
            lambda: gateway.cordon(
                "restore", archive, "--drill", "--identity", identity, "--escrow", keys, "--escrow-identity", identity),
            before=False)
    else:
        verbs.tried |= {"escrow", "backup", "restore"}

    gateway.stop()
    verbs.wrote(
        "log rebuild", "log.rebuilt",
        lambda: (shutil.rmtree(gateway.data / "log" / "tile"), gateway.cordon("log", "rebuild", "--by", "alice"))[1],
        before=False, method="unlink")
    secret = folder / "passphrase"
    secret.write_text("another verandah of larches")
    verbs.wrote(
        "vault passphrase", "key.file_sealed",
        lambda: gateway.cordon("vault", "passphrase", "--new-passphrase-file", secret))
    return verbs.tried


def public(gateway, name):
    from conftest import new_custodian

    return new_custodian(gateway.folder, name)[1].partition("=")[2]


# proves: AUD-24
def test_every_command_that_writes_makes_an_entry_of_what_was_and_what_is(own, tmp_path):
    with own() as (gateway, _):
        tried = tries(gateway, tmp_path)
        # A command that nobody has thought about is in neither list.
        assert tried | READS | ELSEWHERE == leaves()
        assert not tried & READS and not tried & ELSEWHERE
        assert gateway.cordon("log", "verify").returncode == 0


# proves: AUD-05
def test_what_was_agreed_before_stays_readable_and_in_the_tree(own):
    with own(without_agreement) as (gateway, _):
        did(add(gateway))
        first = (gateway.data / "agreements.yaml").read_bytes()
        did(add(gateway, breach_report_hours=24))
        did(terminate(gateway))
        changed = [one for one in gateway.entries() if one["event"] == "agreements.changed"]
        assert len(changed) == 3
        # Each begins with what the one before it ended with, and each state is in the tree twice.
        assert [one["before"] for one in changed[1:]] == [one["after"] for one in changed[:-1]]
        assert changed[0]["after"] == hashlib.sha256(first).hexdigest()
        for entry in changed:
            version = gateway.data / "agreements" / f"{entry['after']}.yaml"
            assert hashlib.sha256(version.read_bytes()).hexdigest() == entry["after"]
        before = did(gateway.cordon("vendor", "list", "--version", changed[0]["after"], "--json"))
        now = did(gateway.cordon("vendor", "list", "--json"))
        assert json.loads(before)["state"] == "in force" and json.loads(now)["state"] == "terminated"
        taken = [one for one in gateway.entries()
                 if one["event"] == "configuration.loaded" and one["object"].startswith("agreements:")]
        assert taken and taken[-1]["after"] == changed[-1]["after"]
        # A version that somebody wrote over is not shown for what it was.
        path = gateway.data / "agreements" / f"{changed[0]['after']}.yaml"
        path.write_bytes(path.read_bytes().replace(b"72", b"24"))
        assert gateway.cordon("vendor", "list", "--version", changed[0]["after"]).returncode == 65
        assert gateway.cordon("log", "verify").returncode == 0


# proves: AUD-05
def test_what_is_deleted_says_how_and_the_log_still_verifies(later):  # noqa: F811
    gateway, tag, _, at = later
    did(gateway.cordon("token", "create", "study"))
    did(cordon(gateway, "deid", "text", "--tokens", "vault", "--scope", "study", "--data", gateway.data, text=NOTE))
    scope = re.search(r"^study .* subject (\w+)", did(gateway.cordon("token", "scopes")), re.M)[1]
    days = SIX_YEARS + 2
    for subject in (tag, scope):
        proposal = agree(gateway, at, days, "shred", subject)
        did(at(days, "subject", "shred", "--proposal", proposal))
        certificate = json.loads(did(at(days, "subject", "certificate", subject)))
        assert certificate["statement"]["method"] == "cryptographic erase"
    did(at(days, "token", "dispose"))

    entries = [json.loads(line) for line in did(at(days, "log", "show", "--json")).splitlines()]
    for subject in (tag, scope):
        about = [one for one in entries if one.get("object") == subject and "after" in one]
        assert [one["event"] for one in about] == ["subject.created", "subject.shredded", "subject.shredded"]
        announced, done = about[1:]
        assert announced["rule"] == "announced" and "method" not in announced
        assert done["method"] == "cryptographic_erase" and done["before"] == announced["after"] != done["after"]
    announced, disposed = [one for one in entries if one["event"] == "tokens.disposed"]
    assert announced["rule"] == "announced" and disposed["method"] == "overwrite"
    assert disposed["before"] == announced["before"] != disposed["after"]
    issued = [one for one in entries if one["event"] == "tokens.issued" and "after" in one]
    assert issued[-1]["after"] == disposed["before"]
    assert at(days, "log", "verify").returncode == 0
    shown = did(at(days, "log", "search", "--event", "tokens.disposed"))
    assert f"{disposed['before'][:8]} to {disposed['after'][:8]}, overwrite" in shown
    for format in ("fhir", "ocsf", "cef", "dicom"):
        exported = did(gateway.cordon("log", "export", "--format", format))
        for said in (disposed["before"], disposed["after"], "overwrite"):
            # DICOM PS3.15 A.5 carries the details of an object in base64.
            assert (base64.b64encode(said.encode()).decode() if format == "dicom" else said) in exported


def test_a_configuration_that_is_refused_is_an_entry_with_its_rule(own):
    with own() as (gateway, _):
        good = hashlib.sha256((gateway.folder / "cordon.yaml").read_bytes()).hexdigest()
        gateway.configuration["use_cases"][0]["vendor"] = "nobody"
        gateway.write_configuration()
        bad = hashlib.sha256((gateway.folder / "cordon.yaml").read_bytes()).hexdigest()
        import signal

        gateway.process.send_signal(signal.SIGHUP)
        refused = eventually(lambda: [one for one in gateway.entries() if one["event"] == "configuration.refused"])
        assert [(one["before"], one["after"], one["rule"], one["decision"]) for one in refused] == [
            (good, bad, "unknown_reference", "deny")]
        # A registry that is none is refused the same way.
        (gateway.data / "agreements.yaml").write_text(json.dumps(agreement()))
        again = eventually(lambda: [
            one for one in gateway.entries()
            if one["event"] == "configuration.refused" and one.get("object") == "agreements"])
        assert again[0]["before"] and again[0]["rule"]


# What the list above says of a command must be true of it.
def test_no_command_is_said_to_write_and_to_read():
    assert not READS & ELSEWHERE


pytestmark = pytest.mark.usefixtures("built")


def test_what_could_not_be_recorded_is_not_changed_but_what_stops_is(own, tmp_path):
    """Without the passphrase the vault takes no event: only what has to be done in any case is done."""
    with own() as (gateway, _):
        def nobody(*arguments):
            return subprocess.run(
                [CORDON, *arguments, "--data", gateway.data, "--by", "alice"], capture_output=True, text=True,
                env={name: value for name, value in os.environ.items() if name not in SECRETS})

        def state():
            return {path: path.read_bytes() for path in gateway.data.glob("*.yaml")}

        terms = tmp_path / "terms.yaml"
        terms.write_text(json.dumps(agreement()))
        before = state()
        refused = nobody("vendor", "add", terms)
        assert refused.returncode not in (0, 64) and "passphrase" in refused.stderr and state() == before
        stopped = nobody("kill", "mock")
        assert stopped.returncode == 0 and "no event of it is in the log" in stopped.stderr
        assert gateway.post(chat("hello"))[0] == 403
        assert nobody("kill", "mock", "--lift").returncode != 0
        assert gateway.post(chat("hello"))[0] == 403
