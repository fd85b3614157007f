"""The log over HTTP: for those who may read it, checked there by foreign code; receipts; reading is an entry."""

import json
import subprocess
import sys
from pathlib import Path

import foreign_verifier
import pytest
from conftest import chat, eventually, new_caller
from custodians import did

VERIFIER = Path(__file__).with_name("foreign_verifier.py")


def readable(readers):
    return lambda configuration: configuration.update(log={"readers": readers})


def checkpoint_of(gateway, over):
    """Waits until the published checkpoint covers more than that many entries."""
    return eventually(lambda: int((gateway.data / "log/checkpoint").read_text().split("\n")[1]) > over)


def readings(gateway):
    return [entry for entry in gateway.entries() if entry["event"] == "log.read"]


def test_foreign_code_that_knows_an_address_and_a_key_checks_the_whole_log(own):
    with own(readable("anyone")) as (gateway, vendor):
        for _ in range(140):
            gateway.post(chat("hello"))
        checkpoint_of(gateway, len(gateway.entries()) - 1)
        vkey = did(gateway.cordon("log", "key")).strip()
        address = f"http://127.0.0.1:{gateway.port}/log"
        checked = subprocess.run([sys.executable, VERIFIER, address, vkey], capture_output=True, text=True, timeout=600)
        assert checked.returncode == 0, checked.stderr
        assert int(checked.stdout.split()[0]) > 280
        # What is served is what lies on the disk, byte for byte.
        for path, kind in [("tile/0/000", "octet"), ("tile/entries/000", "octet")]:
            status, headers, body = gateway.get(f"/log/{path}")
            assert (status, body) == (200, (gateway.data / "log" / path).read_bytes())
            assert "immutable" in headers["cache-control"] and kind in headers["content-type"]
        status, headers, body = gateway.get("/log/checkpoint")
        assert status == 200 and headers["content-type"].startswith("text/plain") and headers["cache-control"] == "no-store"
        assert foreign_verifier.checkpoint(body, vkey)[0] > 280
        # One entry for all that one reader read in a minute.
        assert [(entry["decision"], "caller" in entry) for entry in readings(gateway)] == [("allow", False)]


def test_nobody_reads_the_log_unless_the_configuration_says_so(gateway, vendor):
    for path in ("checkpoint", "tile/0/000", "tile/entries/000", "", "nothing"):
        assert gateway.get(f"/log/{path}")[0] == 404
    assert readings(gateway) == []


def test_only_the_callers_that_are_named_read_the_log_and_each_refusal_is_recorded(own):
    reader, other = new_caller(), new_caller()

    def change(configuration):
        readable(["auditor"])(configuration)
        configuration["callers"] += [
            {"id": name, "key_hash": caller.hash, "use_cases": ["summarize"]}
            for name, caller in (("auditor", reader), ("nurse", other))]

    with own(change) as (gateway, vendor):
        gateway.post(chat("hello"))
        checkpoint_of(gateway, len(gateway.entries()) - 1)

        def read(key, path="checkpoint"):
            return gateway.get(f"/log/{path}", {"authorization": f"Bearer {key}"} if key else None)

        assert read(None)[0] == 401
        assert read("cordon_sk_wrong")[0] == 401
        for key in (other.key, gateway.caller.key):
            status, _, body = read(key)
            assert (status, json.loads(body)["error"]["code"]) == (403, "log_not_readable")
        assert read(reader.key)[0] == 200
        assert read(reader.key, "tile/9/000")[0] == 404
        assert read(reader.key)[0] == 200
        assert [entry["caller"] for entry in readings(gateway)] == ["auditor"]
        refused = [entry for entry in gateway.entries() if entry.get("rule") == "log_not_readable"]
        assert [entry["caller"] for entry in refused] == ["nurse", "dr-lee"]


@pytest.mark.parametrize("path", [
    "../vault/vault.sqlite", "../../cordon.yaml", "tile/../../keys/vault.key", "%2e%2e/vault/vault.sqlite",
    "tile/%2e%2e/%2e%2e/vault/vault.sqlite", "/etc/passwd", "//etc/passwd", "segments/00000000000000000000.seg",
    "blobs/", "witnesses", "cosigned", "emergency", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/000/..",
    "tile/0/000%00", "checkpoint/", "checkpoint%00", "tile/entries/000.p/0", "tile/0/000.p/257", "tile/-1/000",
    "tile/00/000", "tile/0/1000", "tile/0/x000/000", "..\\vault\\vault.sqlite", "?checkpoint",
])
def test_nothing_but_the_log_is_served(served, path):
    assert served.get(f"/log/{path}")[0] in (400, 404)


@pytest.fixture(scope="module")
def served(tmp_path_factory, caller):
    from conftest import running

    with running(tmp_path_factory.mktemp("served"), caller, readable("anyone")) as (gateway, _):
        for _ in range(140):
            gateway.post(chat("hello"))
        yield gateway


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_the_log_is_not_written_over_http(served, method):
    before = (served.data / "log/checkpoint").read_bytes()
    assert served.send(method, "/log/checkpoint", b"x")[0] == 405
    assert foreign_verifier.checkpoint(before, did(served.cordon("log", "key")).strip())


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_has_a_receipt_that_checks_without_the_log(own, stream, tmp_path):
    with own() as (gateway, vendor):
        requests = [gateway.post(chat("hello", stream=stream))[1]["x-request-id"] for _ in range(5)]
        receipt, entry = tmp_path / "receipt", tmp_path / "entry"
        vkey = did(gateway.cordon("log", "key")).strip()
        size = len(gateway.entries())
        checkpoint_of(gateway, size - 1)
        for request in requests:
            did(gateway.cordon("log", "receipt", "--request", request, "--output", receipt, "--entry", entry))
            named = json.loads(entry.read_bytes())
            assert (named["request"], named["event"]) == (request, "request.closed")
            index, covered = foreign_verifier.check_receipt(receipt.read_bytes(), entry.read_bytes(), vkey)
            assert index < covered and covered >= size
            assert json.loads(entry.read_bytes()) == {
                name: value for name, value in gateway.entries()[index].items() if name != "index"}
        assert gateway.cordon("log", "receipt", "--request", "f" * 32).returncode != 0


def test_a_receipt_of_one_request_is_none_of_another(own, tmp_path):
    with own() as (gateway, vendor):
        first, second = (gateway.post(chat("hello"))[1]["x-request-id"] for _ in range(2))
        vkey = did(gateway.cordon("log", "key")).strip()
        checkpoint_of(gateway, len(gateway.entries()) - 1)
        for name, request in (("a", first), ("b", second)):
            did(gateway.cordon(
                "log", "receipt", "--request", request, "--output", tmp_path / name, "--entry", tmp_path / f"{name}.json"))
        with pytest.raises(ValueError):
            foreign_verifier.check_receipt((tmp_path / "a").read_bytes(), (tmp_path / "b.json").read_bytes(), vkey)
