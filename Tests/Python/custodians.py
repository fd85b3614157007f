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


def take_in(gateway, name, *roles):
    """A new person of the vault with these roles."""
    public = new_custodian(gateway.folder, name)[1].partition("=")[2]
    return carry_out(gateway, "add_custodian", name, key=public, roles=",".join(roles))
