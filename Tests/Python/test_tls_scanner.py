"""What a scanner finds at the gateway's TLS listener, and what the log says of each session."""

import json
import re
import socket
import ssl
import subprocess
from collections import Counter

import pytest
from conftest import chat, eventually

SPOKEN = re.compile(r"TLSv1\.[23]/TLS_\w+")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    chain, key = folder / "chain.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-out", chain, "-keyout", key], check=True, capture_output=True)
    return chain, key


@pytest.fixture
def listener(own, certificate):
    """A gateway behind TLS."""
    chain, key = certificate

    def secure(change=None):
        def all_changes(configuration):
            configuration["listen"]["tls"] = {"certificate": str(chain), "key": str(key)}
            if change:
                change(configuration)

        return own(all_changes)

    return secure


def client(certificate, **options):
    """Settings of a client that believes the certificate, and may be as weak as the library lets it be."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificate[0])
    for name, value in options.items():
        if name == "ciphers":
            context.set_ciphers(value)
        else:
            setattr(context, name, value)
    return context


def ask(gateway, context, request=b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"):
    """One session with one request: version, suite and the answer."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as secure:
            secure.sendall(request)
            answer = b""
            while piece := secure.recv(65536):
                answer += piece
            return secure.version(), secure.cipher()[0], answer


def openssl(gateway, *options):
    """What `openssl s_client` says of one attempt: the version and the suite, or None where there is no session."""
    tried = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{gateway.port}", "-brief", *options], input=b"", capture_output=True, timeout=120)
    text = (tried.stdout + tried.stderr).decode()
    version, suite = re.search(r"Protocol version: (\S+)", text), re.search(r"Ciphersuite: (\S+)", text)
    return (version[1], suite[1]) if version and suite and tried.returncode == 0 else None


def sessions(gateway):
    return [entry for entry in gateway.entries() if entry["event"] == "tls.opened"]


# proves: ENC-02
def test_a_scanner_finds_no_weak_protocol_or_suite_and_the_log_has_every_session(listener, certificate):
    with listener() as (gateway, _):
        # Weak versions, each with everything that OpenSSL still knows.
        weakest = "ALL:COMPLEMENTOFALL:@SECLEVEL=0"
        for version in ("-tls1", "-tls1_1"):
            assert openssl(gateway, version, "-cipher", weakest) is None
        for version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            with pytest.raises((ssl.SSLError, ConnectionError, OSError)):
                ask(gateway, client(certificate, minimum_version=ssl.TLSVersion.TLSv1, maximum_version=version, ciphers=weakest))

        # Every suite of TLS 1.2 that the scanner has, one at a time.
        listed = subprocess.run(["openssl", "ciphers", "-tls1_2", "-s", weakest], capture_output=True, text=True, check=True)
        spoken, tried = [], 0
        for suite in listed.stdout.strip().split(":"):
            tried += 1
            if found := openssl(gateway, "-tls1_2", "-cipher", f"{suite}:@SECLEVEL=0"):
                spoken.append(found[1])
        assert tried > 40, tried
        assert sorted(spoken) == ["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-RSA-CHACHA20-POLY1305"]
        suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]
        for suite in suites:
            assert openssl(gateway, "-tls1_3", "-ciphersuites", suite) == ("TLSv1.3", suite)
        assert openssl(gateway, "-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256") is None
        # Clients that ask for a group which the server wants named again, and those that offer everything.
        assert openssl(gateway, "-groups", "P-384:P-256") is not None
        assert openssl(gateway) is not None

        # Plaintext: nothing comes back that is an answer.
        with gateway.connect() as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            answer = b""
            try:
                while piece := plain.recv(4096):
                    answer += piece
            except ConnectionError:
                pass
            assert not answer.startswith(b"HTTP") and b"status" not in answer

        # The log: as many sessions as there were, each with version and suite.
        names = {"ECDHE-RSA-AES128-GCM-SHA256": "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                 "ECDHE-RSA-AES256-GCM-SHA384": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                 "ECDHE-RSA-CHACHA20-POLY1305": "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"}
        opened = Counter([f"TLSv1.2/{names[suite]}" for suite in spoken] + [f"TLSv1.3/{suite}" for suite in suites])
        total = opened.total() + 2 + gateway.handshakes
        logged = eventually(lambda: (found := sessions(gateway)) and len(found) >= total and found)
        assert len(logged) == total
        assert all(SPOKEN.fullmatch(entry["object"]) and entry["client"] == "127.0.0.1" for entry in logged)
        assert opened <= Counter(entry["object"] for entry in logged)
        page = ask(gateway, client(certificate), b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")[2].decode()
        counted = sum(int(line.split()[-1]) for line in page.splitlines() if line.startswith("cordon_tls_sessions_total{"))
        assert counted == len(logged) + 1
        refused = int(re.search(r"^cordon_tls_refused_total (\d+)$", page, re.M)[1])
        assert refused >= tried - len(spoken)


def test_requests_and_streams_go_through_a_session_that_the_log_has_before_them(listener, certificate):
    with listener() as (gateway, vendor):
        for stream in (False, True):
            body = json.dumps(chat("hello", stream=stream)).encode()
            head = (
                f"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {gateway.caller.key}\r\n"
                f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n").encode()
            version, suite, answer = ask(gateway, client(certificate), head + body)
            assert answer.startswith(b"HTTP/1.1 200") and version == "TLSv1.3"
            entries = gateway.entries()
            opened = max(at for at, entry in enumerate(entries) if entry["event"] == "request.opened")
            before = [entry for entry in entries[:opened] if entry["event"] == "tls.opened"]
            assert before and before[-1]["object"] == f"{version}/{suite}"
