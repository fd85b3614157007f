"""Tokens of the vault and the way back: one person with a reason, or two; every attempt an entry, no value kept in the clear."""

import json
import os
import re
import subprocess
import time

import pytest
from canaries import NOTE, PLANTED, contents, found
from conftest import SECRETS
from custodians import agreed, approve, did, key_file, take_in
from paths import CORDON


@pytest.fixture(scope="module")
def house(tmp_path_factory, caller):
    """A running gateway whose vault has two revealers, an auditor and a scope of each policy."""
    from conftest import running

    with running(tmp_path_factory.mktemp("tokens"), caller) as (gateway, _):
        take_in(gateway, "rosa", "revealer")
        take_in(gateway, "otto", "auditor")
        take_in(gateway, "greta", "log_administrator")
        for scope, policy in (("daily", "single"), ("release", "dual")):
            did(gateway.cordon("token", "create", scope, "--policy", policy))
        yield gateway


def tokenised(gateway, scope, text=NOTE):
    """The text with tokens, and the tokens in it."""
    result = subprocess.run(
        [CORDON, "deid", "text", "--tokens", "vault", "--scope", scope, "--data", gateway.data], input=text,
        capture_output=True, text=True, env={**os.environ, **SECRETS})
    return did(result), re.findall(r"\b[A-Z_]+_[B-DF-HJ-NP-TV-XZ]{16}\b", result.stdout)


def reveal(gateway, *arguments, by="rosa"):
    return gateway.cordon("token", "reveal", *arguments, "--as", key_file(gateway, by))


def token_events(gateway, since=0):
    return [entry for entry in gateway.entries(since) if entry["event"].startswith("token")]


def test_a_text_with_tokens_has_no_identifier_and_the_same_value_has_the_same_token(house):
    text, tokens = tokenised(house, "daily")
    assert found(text.encode()) == [] and len(tokens) > 5
    assert tokenised(house, "daily")[1] == tokens
    assert not set(tokens) & set(tokenised(house, "release")[1])


def test_one_revealer_turns_one_token_of_a_daily_scope_back_with_a_reason(house):
    _, tokens = tokenised(house, "daily")
    since = len(house.entries())
    note = "call Thaddeus Brackenridge back"
    values = [did(reveal(house, token, "--scope", "daily", "--reason", "treatment", "--note", note)).strip() for token in set(tokens)]
    assert any("Brackenridge" in value for value in values) and "219-09-4417" in values
    entries = token_events(house, since)
    assert [(entry["event"], entry["purpose"], len(entry["people"])) for entry in entries] == [
        ("token.revealed", "treatment", 1)] * len(set(tokens))
    assert all(len(entry["parts"]) == 1 for entry in entries)
    assert found(json.dumps(entries).encode()) == []


@pytest.mark.parametrize("by, scope, reason", [
    ("alice", "daily", "treatment"), ("greta", "daily", "treatment"), ("otto", "daily", "treatment"),
    ("rosa", "release", "treatment"), ("rosa", "daily", "other"),
], ids=["a key administrator", "a log administrator", "an auditor", "one person of a dual scope", "no note"])
def test_a_reveal_that_is_not_allowed_gives_nothing_and_is_recorded(house, by, scope, reason):
    _, tokens = tokenised(house, scope)
    since = len(house.entries())
    refused = reveal(house, tokens[0], "--scope", scope, "--reason", reason, by=by)
    assert refused.returncode != 0 and refused.stdout == "" and found(refused.stderr.encode()) == []
    entry, = token_events(house, since)
    assert (entry["event"], entry["decision"]) == ("token.refused", "deny") and entry["rule"]


# proves: DID-26
def test_a_token_of_a_released_data_set_takes_two_people_and_gives_a_single_value(house):
    _, tokens = tokenised(house, "release")
    alone = reveal(house, tokens[0], "--scope", "release", "--reason", "study")
    assert alone.returncode != 0 and alone.stdout == ""
    since = len(house.entries())
    proposal = re.match(r"proposal (\w+)", did(house.cordon(
        "token", "propose-reveal", tokens[0], "--scope", "release", "--reason", "study", "--note", "answer to 4417",
        "--as", key_file(house, "rosa"))))[1]
    assert reveal(house, "--proposal", proposal).returncode != 0
    assert approve(house, proposal, by="rosa").returncode != 0
    assert approve(house, proposal, by="greta").returncode != 0
    assert "answer to 4417" in did(house.cordon("token", "note", proposal, "--as", key_file(house, "otto")))
    did(approve(house, proposal, by="otto"))
    # Exactly the tokens that were signed for, exactly once.
    assert reveal(house, tokens[1], "--proposal", proposal).returncode != 0
    values = did(reveal(house, "--proposal", proposal)).splitlines()
    assert len(values) == 1 and found(values[0].encode(), PLANTED)
    assert reveal(house, "--proposal", proposal).returncode != 0
    revealed, = [entry for entry in token_events(house, since) if entry["event"] in ("token.revealed", "tokens.revealed")]
    assert revealed["purpose"] == "study" and len(set(revealed["people"])) == 2


def test_many_tokens_take_two_people_even_of_a_daily_scope(house):
    tokens = sorted(set(tokenised(house, "daily")[1]))[:4]
    assert reveal(house, *tokens, "--scope", "daily", "--reason", "treatment").returncode == 2
    (house.folder / "tokens").write_text("\n".join(tokens) + "\n")
    proposal = re.match(r"proposal (\w+)", did(house.cordon(
        "token", "propose-reveal", "--from", house.folder / "tokens", "--scope", "daily", "--reason", "correction",
        "--as", key_file(house, "rosa"))))[1]
    did(approve(house, proposal, by="otto"))
    assert reveal(house, *tokens[:3], "--proposal", proposal).returncode != 0
    values = did(reveal(house, "--from", house.folder / "tokens", "--proposal", proposal)).splitlines()
    assert sorted(value.split("\t")[0] for value in values) == tokens


def test_lists_show_tokens_and_never_values(house):
    tokens = tokenised(house, "daily")[1]
    listed = did(house.cordon("token", "list", "--scope", "daily"))
    assert set(tokens) <= set(re.findall(r"\S+", listed))
    assert found((listed + did(house.cordon("token", "scopes"))).encode()) == []


def test_no_value_lies_in_a_file_of_the_vault(house):
    tokenised(house, "daily")
    for path, content in contents(house.data):
        assert found(content, [*PLANTED, "answer to 4417"]) == [], path


def test_a_locked_vault_gives_no_value_and_no_token(own):
    with own() as (gateway, _):
        take_in(gateway, "rosa", "revealer")
        did(gateway.cordon("token", "create", "daily", "--policy", "single"))
        tokens = tokenised(gateway, "daily")[1]
        did(gateway.cordon("vault", "lock"))
        assert reveal(gateway, tokens[0], "--scope", "daily", "--reason", "treatment").returncode != 0
        made = subprocess.run(
            [CORDON, "deid", "text", "--tokens", "vault", "--scope", "daily", "--data", gateway.data], input=NOTE,
            capture_output=True, text=True, env={**os.environ, **SECRETS})
        assert made.returncode == 69 and made.stdout == "" and found(made.stderr.encode()) == []
        did(gateway.cordon("vault", "unlock", "--proposal", agreed(gateway, "unlock", "vault")))
        assert tokenised(gateway, "daily")[1] == tokens


def test_a_value_that_the_log_cannot_take_note_of_is_not_shown(own):
    with own() as (gateway, _):
        take_in(gateway, "rosa", "revealer")
        did(gateway.cordon("token", "create", "daily", "--policy", "single"))
        token = tokenised(gateway, "daily")[1][0]
        gateway.process.send_signal(19)  # stopped: it has the log, and takes no event up
        try:
            refused = reveal(gateway, token, "--scope", "daily", "--reason", "treatment")
        finally:
            gateway.process.send_signal(18)
            # The tick that it missed comes now. A stop at the moment of a tick may block it for good (AsyncAlgorithms' `merge` keeps its
            # lock over a suspension, and both threads wait for it): that is not what is tried here.
            time.sleep(0.5)
        assert refused.returncode != 0 and refused.stdout == ""
