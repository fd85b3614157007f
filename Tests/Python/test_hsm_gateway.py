"""A gateway whose root key is in a token: it works, the key stays in the token, and without the token nothing leaves."""

import json
import os
import subprocess

import pytest
from canaries import NOTE
from conftest import SECRETS, chat, eventually, new_custodian
from paths import CORDON
from softhsm import MODULE, PIN, Token, needed

pytestmark = needed


@pytest.fixture
def hsm(own, tmp_path, monkeypatch):
    """A running gateway, its vendor, and the token that keeps its root key."""
    token = Token(tmp_path / "hsm")
    for name, value in token.environment.items():
        monkeypatch.setenv(name, value)

    def change(configuration):
        configuration["vault"] = token.settings
        (tmp_path / "cordon.yaml").write_text(json.dumps(configuration))
        people = [part for name in ("alice", "bruno") for part in ("--administrator", new_custodian(tmp_path, name)[1])]
        made = subprocess.run(
            [CORDON, "vault", "init", "--config", tmp_path / "cordon.yaml", *people], capture_output=True, text=True,
            env={**os.environ, **SECRETS})
        assert made.returncode == 0, made.stderr

    with own(change) as (gateway, vendor):
        yield gateway, vendor, token


def events(gateway):
    shown = subprocess.run(
        [CORDON, "log", "show", "--json", "--data", gateway.data], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in shown.stdout.splitlines()]


def rule(body):
    return json.loads(body)["error"]["code"]


# --- the token's own answer -------------------------------------------------------------------------------------------

CKR_ATTRIBUTE_SENSITIVE, CKR_KEY_UNEXTRACTABLE = 0x11, 0x6A
ASK = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
number, byte = ctypes.c_ulong, ctypes.c_ubyte


class Attribute(ctypes.Structure):
    _fields_ = [("type", number), ("value", ctypes.c_void_p), ("length", number)]


class Mechanism(ctypes.Structure):
    _fields_ = [("type", number), ("parameter", ctypes.c_void_p), ("length", number)]


def attribute(kind, value):
    return Attribute(kind, ctypes.cast(ctypes.pointer(value), ctypes.c_void_p), ctypes.sizeof(value))


assert library.C_Initialize(None) == 0
count = number(8)
slots = (number * 8)()
assert library.C_GetSlotList(byte(1), slots, ctypes.byref(count)) == 0
pin = sys.argv[2].encode()
for slot in slots[: count.value]:
    session = number()
    assert library.C_OpenSession(number(slot), number(6), None, None, ctypes.byref(session)) == 0
    if library.C_Login(session, number(1), pin, number(len(pin))) == 0:
        break
kind = number(4)
wanted = (Attribute * 1)(attribute(0, kind))
assert library.C_FindObjectsInit(session, wanted, number(1)) == 0
found, many = (number * 16)(), number()
assert library.C_FindObjects(session, found, number(16), ctypes.byref(many)) == 0
library.C_FindObjectsFinal(session)
for key in found[: many.value]:
    label, value = (byte * 64)(), (byte * 64)()
    flags = {name: byte(9) for name in (0x103, 0x162, 0x164, 0x165)}
    named = (Attribute * 1)(attribute(3, label))
    assert library.C_GetAttributeValue(session, number(key), named, number(1)) == 0
    for name, flag in flags.items():
        assert library.C_GetAttributeValue(session, number(key), (Attribute * 1)(attribute(name, flag)), number(1)) == 0
    read = library.C_GetAttributeValue(session, number(key), (Attribute * 1)(attribute(0x11, value)), number(1))
    # A key of the asker's own, that may wrap: would the token hand the root key out under it?
    true, length, wrapper = byte(1), number(32), number()
    made = (Attribute * 2)(attribute(0x161, length), attribute(0x106, true))
    how = Mechanism(0x1080, None, 0)
    assert library.C_GenerateKey(session, ctypes.byref(how), made, number(2), ctypes.byref(wrapper)) == 0
    out, size = (byte * 256)(), number(256)
    wraps = [
        library.C_WrapKey(session, ctypes.byref(Mechanism(way, None, 0)), wrapper, number(key), out, ctypes.byref(size))
        for way in (0x2109, 0x210A)
    ]
    library.C_DestroyObject(session, wrapper)
    print(
        bytes(label).rstrip(bytes(1)).decode(), hex(read & 0xFFFFFFFF), any(value), *(flag.value for flag in flags.values()),
        *(hex(one & 0xFFFFFFFF) for one in wraps))
"""


# proves: ENC-09
def test_the_gateway_works_on_a_token_that_never_gives_its_root_key_away(hsm):
    gateway, vendor, token = hsm
    for stream in (False, True):
        status, _, body = gateway.post(chat(NOTE, stream=stream), headers={"x-cordon-patient": "Patient/QZ-1"})
        assert status == 200 and b"Brackenridge" in body
    assert b"Brackenridge" not in vendor.received and vendor.received

    # The owner of the PIN asks the module itself, as any program may: for the value, and for the key under another key.
    asked = token.run("python3", "-c", ASK, str(MODULE), PIN).stdout.split()
    label, read, any_byte, sensitive, extractable, never_extractable, always_sensitive, *wraps = asked
    assert label == "cordon-root"
    assert int(read, 16) == CKR_ATTRIBUTE_SENSITIVE and any_byte == "False"
    assert (sensitive, extractable, never_extractable, always_sensitive) == ("1", "0", "1", "1")
    assert all(int(one, 16) == CKR_KEY_UNEXTRACTABLE for one in wraps), wraps
    # What lies in the data directory has no key file: nothing but the token unwraps.
    assert not list(gateway.data.rglob("vault.key"))


def test_without_its_token_the_gateway_fails_closed_and_recovers_by_itself(hsm):
    gateway, vendor, token = hsm
    assert gateway.post(chat(NOTE))[0] == 200
    process = gateway.process.pid
    token.pull()
    try:
        # Keys that are in memory serve on for their lifetime of 2 seconds, and not for the minute of the usual one.
        eventually(lambda: gateway.post(chat("hello"))[0] == 503, within=30)
        before = len(vendor.received)
        for stream in (False, True):
            for _ in range(5):
                status, headers, body = gateway.post(
                    chat(NOTE, stream=stream), headers={"x-cordon-patient": "Patient/QZ-1", "x-cordon-user": "u"})
                assert (status, rule(body)) == (503, "keys_unavailable") and b"Brackenridge" not in body
        assert len(vendor.received) == before
        status, _, body = eventually(lambda: (answer := gateway.get("/readyz"))[0] == 503 and answer)
        assert json.loads(body)["vault"] == "unavailable" and json.loads(body)["status"] == "not ready"
        assert gateway.get("/healthz")[0] == 200
        assert b"cordon_key_failures_total 0" not in gateway.get("/metrics")[2]
        # The log, whose key is in memory for the process's life, says both.
        names = [entry["event"] for entry in events(gateway)]
        assert "provider.lost" in names and "provider.recovered" not in names
        refused = [entry for entry in events(gateway) if entry["event"] == "request.refused"]
        assert len(refused) >= 10 and {entry["rule"] for entry in refused} == {"keys_unavailable"}
    finally:
        token.put_back()
    assert eventually(lambda: gateway.post(chat(NOTE))[0] == 200, within=60)
    assert eventually(lambda: gateway.get("/readyz")[0] == 200)
    assert b"Brackenridge" not in vendor.received and len(vendor.received) > before
    assert gateway.process.pid == process and gateway.process.poll() is None
    assert eventually(lambda: "provider.recovered" in [entry["event"] for entry in events(gateway)])
    verified = subprocess.run([CORDON, "log", "verify", "--data", gateway.data], capture_output=True, text=True)
    assert verified.returncode == 0, verified.stderr
