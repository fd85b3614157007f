"""A vendor in confidential compute proves what runs on its machine before it gets a word, and goes on proving it."""

import json
import re
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from attested_vendor import MEASUREMENT, PATH, AttestedVendor, Verifier
from canaries import NOTE, found
from conftest import chat, eventually
from mock_vendor import dripping
from test_reload import reload as reread
from test_vendors import code, of


@pytest.fixture
def confidential(own, tmp_path):
    """Starts a gateway before a vendor that has to prove itself: `with confidential(**settings) as (gateway, vendor)`."""
    @contextmanager
    def start(**settings):
        verifier = Verifier(tmp_path)
        verifier.write(tmp_path / "verifier.jwks")
        vendor = AttestedVendor(tmp_path, verifier)
        def change(configuration):
            configuration["vendors"][0].update(base_url=vendor.url, attestation={
                "path": PATH, "issuer": "https://verifier.example", "keys": str(tmp_path / "verifier.jwks"),
                "measurements": [MEASUREMENT.upper()], "authorities": str(vendor.authorities), **settings})
        try:
            with own(change) as (gateway, _):
                yield gateway, vendor
        finally:
            vendor.close()
    return start


def counted(gateway, result):
    return int(re.search(rf'^cordon_attestations_total{{result="{result}"}} (\d+)$', gateway.get("/metrics")[2].decode(), re.M)[1])


def test_a_vendor_that_proves_itself_is_asked_and_its_evidence_is_asked_for_once(confidential):
    with confidential() as (gateway, vendor):
        for stream in (False, True, False):
            status, _, body = gateway.post(chat(NOTE, stream=stream))
            assert status == 200, body
        assert len(vendor.requests) == 3 and len(vendor.asked) == 1
        assert found(vendor.received) == []
        # The question for evidence has a fresh nonce, and neither a credential nor a word of a request.
        asked = vendor.asked[0]
        assert asked.body == b"" and "authorization" not in asked.headers
        assert re.fullmatch(PATH.replace(".", r"\.") + r"\?nonce=[\w-]{43}", asked.path)
        assert counted(gateway, "accepted") == 1


BAD = {
    "bad signature": (lambda v: lambda nonce: v.good(nonce)[:-4] + b"AAAA", "attestation_not_genuine"),
    "another verifier's key": (lambda v: lambda nonce: Verifier(v.folder, "other").token(v.claims(nonce), {"kid": "v1"}), "attestation_not_genuine"),
    "algorithm none": (lambda v: lambda nonce: v.verifier.token(v.claims(nonce), {"alg": "none"}), "attestation_not_genuine"),
    "the public key as a secret": (lambda v: lambda nonce: v.verifier.token(v.claims(nonce), {"alg": "HS256"}), "attestation_not_genuine"),
    "an unknown key": (lambda v: lambda nonce: v.verifier.token(v.claims(nonce), {"kid": "v2"}), "attestation_not_genuine"),
    "another issuer": (lambda v: lambda nonce: v.good(nonce, iss="https://verifier.evil"), "attestation_not_genuine"),
    "no token": (lambda v: lambda nonce: b"<html>", "attestation_not_genuine"),
    "expired": (lambda v: lambda nonce: v.good(nonce, exp=int(time.time()) - 1), "attestation_expired"),
    "too old": (lambda v: lambda nonce: v.good(nonce, iat=int(time.time()) - 3601), "attestation_expired"),
    "from tomorrow on": (lambda v: lambda nonce: v.good(nonce, nbf=int(time.time()) + 86400), "attestation_expired"),
    "without an end": (lambda v: lambda nonce: v.good(nonce, exp=None), "attestation_expired"),
    "another measurement": (lambda v: lambda nonce: v.good(nonce, measurement="b6" * 48), "attestation_measurement"),
    "no measurement": (lambda v: lambda nonce: v.good(nonce, measurement=None), "attestation_measurement"),
    "a replayed nonce": (lambda v: lambda nonce: v.good("c2V2ZW50ZWVuIHJhbmRvbSBieXRlcyBub2JvZHkga25vd3M"), "attestation_replayed"),
    "debugging enabled": (lambda v: lambda nonce: v.good(nonce, dbgstat="enabled"), "attestation_debuggable"),
    "debugging unsaid": (lambda v: lambda nonce: v.good(nonce, dbgstat=None), "attestation_debuggable"),
    "not affirmed": (lambda v: lambda nonce: v.good(nonce, **{"ear.status": "contraindicated"}), "attestation_not_affirmed"),
    "nothing of its status": (lambda v: lambda nonce: v.good(nonce, **{"ear.status": None}), "attestation_not_affirmed"),
    "not bound": (lambda v: lambda nonce: v.good(nonce, tls_spki_sha256=None), "attestation_not_bound"),
    "bound to another key": (lambda v: lambda nonce: v.good(nonce, tls_spki_sha256="00" * 32), "attestation_not_bound"),
}


# proves: ENC-03
@pytest.mark.parametrize("evidence, rule", BAD.values(), ids=BAD)
def test_a_vendor_with_bad_evidence_is_refused_and_gets_no_byte_of_a_request(confidential, evidence, rule):
    with confidential() as (gateway, vendor):
        vendor.evidence = evidence(vendor)
        for stream in (False, True):
            status, headers, body = gateway.post(chat(NOTE, stream=stream))
            assert (status, code(body), headers["x-should-retry"]) == (403, rule, "false")
        assert vendor.requests == [] and found(vendor.received) == []
        refused = of(gateway, "request.refused")
        assert [(entry["rule"], entry["vendor"], entry["status"]) for entry in refused] == [(rule, "mock", 403)] * 2
        assert of(gateway, "request.opened") == []
        assert counted(gateway, "accepted") == 0
        # Other vendors are none the worse, and this one is asked again when its evidence is good.
        others = gateway.post({**chat("hello"), "model": "loopback"}, headers={"x-cordon-use-case": "local"})
        assert others[0] == 200
        vendor.evidence = vendor.good
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)


def test_a_vendor_that_gives_no_evidence_is_refused_for_now(confidential):
    with confidential() as (gateway, vendor):
        def missing(request, reply):
            vendor.requests.remove(request)
            reply.whole(b"no such page", status=404)
        vendor._script = missing
        status, headers, body = gateway.post(chat(NOTE))
        assert (status, code(body), "x-should-retry" in headers) == (503, "attestation_unavailable", False)
        assert vendor.requests == [] and found(vendor.received) == []
        assert counted(gateway, "unavailable") == 1


def test_evidence_is_renewed_before_it_ends_and_running_answers_go_on(confidential):
    with confidential(max_age_seconds=16) as (gateway, vendor):
        vendor.script = dripping("The patient is well. " * 8, 0.1)
        status, _, body = gateway.post(chat("hello", stream=True))
        assert status == 200 and b"[DONE]" in body
        assert len(vendor.asked) >= 2
        nonces = {request.path for request in vendor.asked}
        assert len(nonces) == len(vendor.asked)


@pytest.mark.parametrize("change, rule", [
    ({"measurement": "b6" * 48}, "attestation_measurement"), ({"exp": 1}, "attestation_expired"),
    (None, "attestation_unavailable"),
], ids=["another measurement", "expired", "none"])
def test_a_running_answer_is_stopped_when_the_vendor_cannot_prove_itself_any_more(confidential, change, rule):
    with confidential(max_age_seconds=3) as (gateway, vendor):
        # It would go on for minutes.
        vendor.script = dripping("The patient is well. " * 100, 0.1)
        ends = []
        asking = threading.Thread(target=lambda: ends.append(gateway.post(chat("hello", stream=True))))
        asking.start()
        assert eventually(lambda: vendor.requests)
        vendor.evidence = (lambda nonce: vendor.good(nonce, **change)) if change else (lambda nonce: time.sleep(30) or b"")
        asking.join(120)
        (status, _, body), = ends
        assert status == 200 and b"[DONE]" not in body
        assert json.loads(body.split(b"data: ")[-1])["error"]["code"] in (rule, "attestation_expired", "attestation_unavailable")
        closed = of(gateway, "request.closed")[-1]
        assert closed["outcome"] == "withheld" and closed["rule"].startswith("attestation_")
        vendor.forget()
        assert gateway.post(chat(NOTE))[0] in (403, 503) and vendor.requests == []


def test_a_connection_to_another_machine_gets_no_byte_until_that_machine_has_proved_itself(confidential):
    with confidential() as (gateway, vendor):
        assert gateway.post(chat("hello"))[0] == 200
        # Another machine answers under the same name, with a certificate of the same authorities.
        before = vendor.spki
        vendor.present("second")
        vendor.hang_up()
        vendor.forget()
        vendor.evidence = lambda nonce: vendor.good(nonce, tls_spki_sha256=before)
        time.sleep(0.2)
        status, _, body = gateway.post(chat(NOTE))
        assert status != 200 and vendor.requests == [] and found(vendor.received) == []
        vendor.evidence = vendor.good
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)
        assert found(vendor.received) == []


def test_keys_that_cannot_be_used_keep_the_gateway_from_starting(confidential, tmp_path):
    with pytest.raises(AssertionError, match=r"attestation\.keys"):
        with confidential(keys=str(tmp_path / "missing.jwks")):
            pass


def trusted(gateway):
    return [entry for entry in of(gateway, "configuration.loaded") if entry["object"] == "attestation:mock"]


def test_a_change_of_what_is_trusted_is_in_the_log_before_it_counts(confidential, tmp_path):
    with confidential(max_age_seconds=2) as (gateway, vendor):
        assert gateway.post(chat("hello"))[0] == 200
        started, = trusted(gateway)
        assert started["vendor"] == "mock" and "before" not in started
        # The files say something else, and nobody has read them again: who was trusted is.
        keys, authorities = (Path(gateway.configuration["vendors"][0]["attestation"][name]) for name in ("keys", "authorities"))
        before, certificates = keys.read_bytes(), authorities.read_bytes()
        Verifier(tmp_path, "v2").write(keys)
        authorities.write_bytes(b"")
        asked = len(vendor.asked)
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200 and len(vendor.asked) > asked + 1)
        assert trusted(gateway) == [started]
        # Files that are none are refused, and change nothing.
        refused = reread(gateway)
        assert refused.returncode == 78 and "attestation.authorities" in refused.stderr
        authorities.write_bytes(certificates)
        assert trusted(gateway) == [started] and gateway.post(chat("hello"))[0] == 200
        assert reread(gateway).returncode == 0
        changed = trusted(gateway)[1]
        assert changed["before"] == started["after"] != changed["after"]
        status, _, body = gateway.post(chat(NOTE))
        assert (status, code(body)) == (403, "attestation_not_genuine")
        keys.write_bytes(before)
        assert reread(gateway).returncode == 0
        assert trusted(gateway)[2]["after"] == started["after"]
        assert eventually(lambda: gateway.post(chat("hello"))[0] == 200)


def test_a_refused_reload_leaves_a_vendor_that_proved_itself_as_it_was(confidential):
    with confidential() as (gateway, vendor):
        def reload(measurements=None, **others):
            proofs = {"attestation": {**kept, "measurements": measurements}} if measurements else {}
            gateway.configuration["vendors"][0] = {**plain, **proofs}
            gateway.configuration = {**usual, "vendors": gateway.configuration["vendors"], **others}
            gateway.write_configuration()
            return reread(gateway).returncode

        usual = dict(gateway.configuration)
        plain = dict(gateway.configuration["vendors"][0])
        kept = plain.pop("attestation")
        assert gateway.post(chat(NOTE))[0] == 200
        for measurements in (None, ["b6" * 48]):
            assert reload(measurements, detection={"site_lists": "nowhere"}) == 78
            assert gateway.post(chat(NOTE))[0] == 200 and len(vendor.asked) == 1
        # One that is taken counts at once.
        assert reload(["b6" * 48]) == 0
        status, _, body = gateway.post(chat(NOTE))
        assert (status, code(body)) == (403, "attestation_measurement")
