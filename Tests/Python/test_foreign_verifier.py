"""A program that has never heard of Cordon checks its log, its receipts and its witnesses' work."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import foreign_verifier
import pytest
from conftest import SECRETS, chat, eventually
from paths import CORDON, ROOT
from witness import Witness

VERIFIER = Path(__file__).with_name("foreign_verifier.py")


def cordon(*arguments):
    return subprocess.run(
        [CORDON, "log", *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **SECRETS})


def verify(*arguments):
    return subprocess.run([sys.executable, VERIFIER, *map(str, arguments)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory, caller):
    """A data directory whose gateway has stopped, and its verifier key: over 256 entries."""
    from conftest import running

    folder = tmp_path_factory.mktemp("made")
    with running(folder, caller) as (gateway, _):
        for _ in range(140):
            assert gateway.post(chat("hello"))[0] == 200
        gateway.stop()
        return gateway.data, cordon("key", "--data", gateway.data).stdout.strip()


@pytest.fixture
def copied(made, tmp_path):
    shutil.copytree(made[0], tmp_path / "data")
    return tmp_path / "data", made[1]


def test_foreign_code_checks_the_whole_log(made):
    data, vkey = made
    verified = verify(data / "log", vkey)
    assert verified.returncode == 0, verified.stderr
    assert int(verified.stdout.split()[0]) > 256


def test_foreign_code_checks_the_log_while_it_grows(own):
    with own() as (gateway, _):
        vkey = cordon("key", "--data", gateway.data).stdout.strip()
        for _ in range(10):
            gateway.post(chat("hello"))
            # A tile is never missing that the checkpoint needs.
            verified = verify(gateway.data / "log", vkey)
            assert verified.returncode == 0, verified.stderr


def test_foreign_code_finds_every_file_that_was_changed(copied):
    data, vkey = copied
    files = [data / "log/checkpoint", *(path for path in (data / "log/tile").rglob("*") if path.is_file())]
    needed = 0
    for file in files:
        content = file.read_bytes()
        for changed in (content[:-1], bytes([content[0] ^ 1]) + content[1:], content[:-9] + bytes([content[-9] ^ 1]) + content[-8:]):
            file.write_bytes(changed)
            stale = verify(data / "log", vkey).returncode == 0
            # A partial tile of an older checkpoint is needed by none now.
            assert not stale or ".p" in str(file)
            needed += not stale
        file.write_bytes(content)
    assert needed >= 3 * 6
    assert verify(data / "log", vkey).returncode == 0
    other = cordon("key", "--data", data).stdout.strip().replace("cordon.invalid", "cordon.example")
    assert verify(data / "log", other).returncode != 0


def test_foreign_code_checks_a_receipt(copied, tmp_path):
    data, vkey = copied
    receipt, entry = tmp_path / "receipt.tlog-proof", tmp_path / "entry"
    for index in (0, 1, 255, 256):
        made = cordon("receipt", index, "--data", data, "--output", receipt, "--entry", entry)
        assert made.returncode == 0, made.stderr
        assert verify(data / "log", vkey, receipt, entry).stdout.splitlines()[1].startswith(f"entry {index} of ")
        checked = cordon("receipt", "--check", receipt, "--entry", entry, "--key", vkey)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    content, original = receipt.read_bytes(), entry.read_bytes()
    for place in range(0, len(content), 7):
        receipt.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert verify(data / "log", vkey, receipt, entry).returncode != 0, place
    receipt.write_bytes(content)
    entry.write_bytes(original + b" ")
    assert verify(data / "log", vkey, receipt, entry).returncode != 0
    assert cordon("receipt", "--check", receipt, "--entry", entry, "--key", vkey).returncode == 1


def test_the_code_on_the_page_about_the_format_checks_a_receipt(copied, tmp_path):
    data, vkey = copied
    page = {}
    exec(re.search(r"```python\n(.*?)```", (ROOT / "Docs/log.md").read_text(encoding="utf-8"), re.DOTALL)[1], page)
    receipt, entry = tmp_path / "receipt", tmp_path / "entry"
    for index in (0, 100, 256):
        cordon("receipt", index, "--data", data, "--output", receipt, "--entry", entry)
        texts = receipt.read_bytes(), entry.read_bytes(), vkey, foreign_verifier.is_signed
        assert page["check_receipt"](*texts)[0] == index
        for place in range(2):
            with pytest.raises((ValueError, IndexError)):
                page["check_receipt"](*(text + b"x" if at == place else text for at, text in enumerate(texts)))


def test_tiles_are_made_anew_with_the_same_bytes(copied):
    data, vkey = copied
    shutil.rmtree(data / "log/tile")
    assert verify(data / "log", vkey).returncode != 0
    rebuilt = cordon("rebuild", "--data", data)
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert verify(data / "log", vkey).returncode == 0


def test_witnesses_cosign_a_log_that_grows_and_find_one_that_was_rolled_back(own, tmp_path):
    with own() as (gateway, _):
        data = gateway.data
        vkey = cordon("key", "--data", data).stdout.strip()
        witnesses = [Witness(f"w{number}.example", vkey, bytes([number]) * 32) for number in range(2)]
        try:
            for witness in witnesses:
                added = cordon("witness", "add", witness.url, witness.vkey, "--data", data)
                assert added.returncode == 0, added.stderr
            for _ in range(3):
                gateway.post(chat("hello"))
                before = witnesses[0].size
                eventually(lambda: int((data / "log/checkpoint").read_text().split("\n")[1]) > before)
                pushed = cordon("witness", "push", "--data", data)
                assert pushed.returncode == 0, pushed.stdout + pushed.stderr
            assert witnesses[0].size == witnesses[1].size > before
            gateway.stop()
            receipt, entry = tmp_path / "receipt", tmp_path / "entry"
            cordon("receipt", 1, "--data", data, "--output", receipt, "--entry", entry)
            checked = cordon(
                "receipt", "--check", receipt, "--entry", entry, "--key", vkey,
                *(part for witness in witnesses for part in ("--witness", witness.vkey)))
            assert checked.returncode == 0 and "cosigned by 2" in checked.stdout

            witnesses[1].close()
            pushed = cordon("witness", "push", "--seconds", 4, "--data", data)
            assert pushed.returncode == 69 and "w1.example: it did not answer" in pushed.stdout
            witnesses[0].answer = 409, "text/x.tlog.size", b"1000000\n"
            pushed = cordon("witness", "push", "--seconds", 4, "--data", data)
            assert pushed.returncode == 1 and "rolled back" in pushed.stdout
            witnesses[0].answer = 422, "text/plain", b""
            pushed = cordon("witness", "push", "--seconds", 4, "--data", data)
            assert pushed.returncode == 1 and "forked" in pushed.stdout
        finally:
            witnesses[0].close()
