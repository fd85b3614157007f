"""A token of SoftHSM's that can be pulled out and put back."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "a-users-pin"
needed = pytest.mark.skipif(
    not (MODULE.exists() and shutil.which("softhsm2-util")), reason="SoftHSM is not installed: Scripts/setup installs it")


class Token:
    """A token with the label `cordon`, in a folder of its own."""

    def __init__(self, folder):
        self.folder = folder / "tokens"
        self.folder.mkdir(parents=True)
        self.configuration = folder / "softhsm2.conf"
        self.configuration.write_text(f"directories.tokendir = {self.folder}\nobjectstore.backend = file\nslots.removable = true\n")
        self.pin_file = folder / "pin"
        self.pin_file.write_text(f"{PIN}\n")
        self.environment = {"SOFTHSM2_CONF": str(self.configuration)}
        self.run("softhsm2-util", "--init-token", "--free", "--label", "cordon", "--so-pin", "12345678", "--pin", PIN)

    def run(self, *command):
        return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, **self.environment})

    def pull(self):
        """Takes the token away: the module finds none of its files any more."""
        self.folder.rename(self.folder.with_name("elsewhere"))
        self.folder.mkdir()

    def put_back(self):
        self.folder.rmdir()
        self.folder.with_name("elsewhere").rename(self.folder)

    @property
    def settings(self):
        """The section `vault` of a configuration whose root key is in this token."""
        return {
            "provider": "pkcs11", "key": "cordon-root", "cache_seconds": 2,
            "pkcs11": {"module": str(MODULE), "token": "cordon", "pin": {"file": str(self.pin_file)}},
        }
