"""The machine that a result belongs to, and what the system says of a process."""

import os
import platform
import re
import subprocess
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORDON = ROOT / ".build/release/cordon"
SECRETS = {"CORDON_VAULT_PASSPHRASE": "a passphrase for measurements only"}
RESULTS = ROOT / "Benchmarks/Results"
GATEWAY_CORE, LOAD_CORE = ("0", "1") if (os.cpu_count() or 1) > 1 else ("0", "0")


def description():
    """The lines that head a result."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    commit = output("git", "-C", ROOT, "rev-parse", "--short", "HEAD")
    dirty = "" if not output("git", "-C", ROOT, "status", "--porcelain", "--", "Sources", "Package.swift") else ", with uncommitted changes"
    return [
        f"date      {date.today().isoformat()}",
        f"machine   {processor[1] if processor else platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}",
        f"load      {os.getloadavg()[0]:.2f} at the start (1 minute)",
        f"cordon    commit {commit}{dirty}, {output('swiftc', '--version').splitlines()[0]}, release",
    ]


def output(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() or "unknown"
    except OSError:
        return "unknown"


def vault(place):
    """Makes the vault of the data in `place`, of two people who are nobody."""
    people = []
    for name in ("one", "two"):
        made = subprocess.run([CORDON, "vault", "custodian", "key", name], capture_output=True, text=True, check=True)
        people += ["--administrator", re.search(r"^public (\S+)$", made.stderr, re.M)[1]]
    subprocess.run(
        [CORDON, "vault", "init", "--data", place / "data", *people], check=True, capture_output=True,
        env={**os.environ, **SECRETS})


def resident(pid):
    """The resident memory of a process in MB, now and at most so far."""
    status = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(rf"{name}:\s*(\d+)", status)[1]) / 1000 for name in ("VmRSS", "VmHWM"))


def sync_milliseconds(folder, times=100):
    """How long appending 400 bytes and making them durable takes in a folder, so many times."""
    file = os.open(Path(folder) / "sync-probe", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    taken = []
    for _ in range(times):
        os.write(file, b"x" * 400)
        began = time.perf_counter()
        os.fdatasync(file)
        taken.append((time.perf_counter() - began) * 1e3)
    os.close(file)
    os.unlink(Path(folder) / "sync-probe")
    return taken


def table(rows):
    """Rows of cells as aligned text; the first row is the head."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for index, row in enumerate(rows):
        cells = [str(row[0]).ljust(widths[0]), *(str(cell).rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells).rstrip())
        if index == 0:
            lines.append("  ".join("-" * width for width in widths))
    return lines


def publish(name, lines):
    """Prints a result and keeps it in the repository."""
    text = "\n".join(lines) + "\n"
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{date.today().isoformat()}-{name}.txt").write_text(text)
