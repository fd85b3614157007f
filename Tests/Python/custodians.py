"""What two people do together with a gateway's vault."""

import re

from conftest import new_custodian


def key_file(gateway, name):
    """The key file of a person of the vault."""
    return gateway.folder / f"{name}.key"


def did(result):
    """The output of a command that went well."""
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def proposed(gateway, operation, object, by="alice", **parameters):
    """The id of a new proposal."""
    settings = [part for name, value in parameters.items() for part in ("--set", f"{name}={value}")]
    output = did(gateway.cordon("vault", "propose", operation, object, *settings, "--as", key_file(gateway, by)))
    return re.match(r"proposal (\w+)", output)[1]


def approve(gateway, proposal, by="bruno"):
    return gateway.cordon("vault", "approve", proposal, "--yes", "--as", key_file(gateway, by))


def agreed(gateway, operation, object, **parameters):
    """The id of a proposal that both administrators signed."""
    proposal = proposed(gateway, operation, object, **parameters)
    did(approve(gateway, proposal))
    return proposal


def carry_out(gateway, operation, object, **parameters):
    """What both administrators agree to, done."""
    return did(gateway.cordon("vault", "carry-out", agreed(gateway, operation, object, **parameters)))


def give_up(gateway, log, reason, *shown):
    """Two people give a log up: nothing is done before both have signed, and nothing is left to give up after."""
    proposal = proposed(gateway, "give_up_root", log, reason=reason)
    told = did(gateway.cordon("vault", "proposals"))
    assert all(f"how        {part}" in told for part in (f"reason={reason}", *shown)), told
    assert gateway.cordon("vault", "carry-out", proposal).returncode != 0
    assert approve(gateway, proposal, by="alice").returncode != 0
    did(approve(gateway, proposal))
    done = gateway.cordon("vault", "carry-out", proposal)
    assert done.returncode == 0 and "given up: " in done.stderr, done.stderr
    assert gateway.cordon("vault", "carry-out", proposal).returncode != 0
    nothing = gateway.cordon(
        "vault", "propose", "give_up_root", log, "--set", f"reason={reason}", "--as", key_file(gateway, "alice"))
    assert nothing.returncode == 66 and "nothing to give up" in nothing.stderr, nothing.stderr
    return proposal


def take_in(gateway, name, *roles):
    """A new person of the vault with these roles."""
    public = new_custodian(gateway.folder, name)[1].partition("=")[2]
    return carry_out(gateway, "add_custodian", name, key=public, roles=",".join(roles))
