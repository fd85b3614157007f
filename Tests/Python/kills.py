"""Commands that are killed at every step."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import SECRETS
from paths import CORDON


def preloaded(folder):
    """The library that kills a process before a change of its files."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("there is no C compiler")
    library = folder / "killed_at.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).parent / "killed_at.c", "-ldl"], check=True)
    return library


def killer(folder):
    """Runs `cordon` on a data directory and kills it before a change of its files: how many changes it had begun, and the rest."""
    library = preloaded(folder)

    def run(data, at, *arguments):
        count = data.parent / f"{data.name}.count"
        count.write_bytes(b"")
        ended = subprocess.run(
            [CORDON, *arguments, "--data", data], capture_output=True, text=True,
            env={**os.environ, **SECRETS, "LD_PRELOAD": str(library), "KILL_UNDER": f"{data}/", "KILL_AT": str(at), "KILL_COUNT": str(count)})
        return count.stat().st_size, ended

    return run


def cordon_on(data, *arguments):
    """Runs a command of the binary on a data directory."""
    return subprocess.run([CORDON, *arguments, "--data", data], capture_output=True, text=True, env={**os.environ, **SECRETS})
