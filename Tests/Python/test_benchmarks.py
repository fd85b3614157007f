"""That each benchmark still runs and finds what it measures whole. Nothing here says how fast anything is."""

import ast
import os
import re
import shutil
import subprocess
import sys

import pytest
from paths import ROOT

NGINX = shutil.which("nginx") or (os.path.exists("/usr/sbin/nginx") and "/usr/sbin/nginx")
NEEDED = {
    "nginx": NGINX, "wrk": shutil.which("wrk"), "taskset": shutil.which("taskset"), "openssl": shutil.which("openssl"),
    "a C compiler": shutil.which("cc") or shutil.which("clang"),
}
# The command, what has to be there, and what it has to say.
COMMANDS = {
    "gateway": (["Benchmarks/run", "gateway", "--quick", "--streams", "20"], ["nginx", "wrk", "taskset", "a C compiler"],
                r"\nwhole and as they were said: 20 of 20\n"),
    "redact": (["Benchmarks/run", "redact", "--quick"], ["taskset"], r"\n2 MB of notes in one file, best of 1 +\d"),
    "crypto": (["Benchmarks/run", "crypto", "--quick"], ["openssl"], r"\n  OpenSSL .* GB/s"),
    "policy": (["Benchmarks/policy"], [], r"\n120 policies, .*\np50 \d"),
    "growth": ([sys.executable, "Benchmarks/growth.py", "--units", "2"], [], r"2 units, \d+ grow faster"),
    "faults": ([sys.executable, "Benchmarks/faults.py", "--seconds", "3", "--connections", "8"], [], r"\nfound +0 +nothing"),
}


@pytest.fixture(scope="module")
def running(built, tmp_path_factory):
    """All of them at once: they wait more than they compute, and none is asked how long it took."""
    folder, started = tmp_path_factory.mktemp("benchmarks"), {}
    for name, (command, needs, _) in COMMANDS.items():
        if any(not NEEDED[need] for need in needs):
            continue
        with open(folder / name, "wb") as output:
            started[name] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    yield folder, started
    for process in started.values():
        if process.poll() is None:
            # It ends what it started itself.
            process.terminate()
            process.wait(60)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_benchmark_runs(running, name):
    _, needs, says = COMMANDS[name]
    if absent := [need for need in needs if not NEEDED[need]]:
        pytest.skip(f"not here: {', '.join(absent)} (Benchmarks/setup)")
    folder, started = running
    status = started[name].wait(1200)
    output = (folder / name).read_text()
    assert status == 0 and re.search(says, output), output


def test_what_takes_long_or_needs_an_installation_of_its_own_can_be_read():
    files = [*(ROOT / "Benchmarks").rglob("*.py"), ROOT / "Benchmarks/peers/measure", ROOT / "Benchmarks/run"]
    files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(ROOT).parts)]
    assert len(files) > 12
    for file in files:
        ast.parse(file.read_text(), str(file))
    for script in ("ledger", "policy", "setup"):
        subprocess.run(["bash", "-n", ROOT / "Benchmarks" / script], check=True)


def test_peers_that_are_not_installed_are_named(built, tmp_path):
    script = "import sys, pathlib; sys.path.insert(0, 'Benchmarks'); import litellm_peer as p; p.VENV = pathlib.Path(sys.argv[1]); print(p.missing())"
    said = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "not installed: Benchmarks/setup --peers\n"
    (tmp_path / "ready").write_text("another list")
    said = subprocess.run([sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "installed from another list: Benchmarks/setup --peers\n"
