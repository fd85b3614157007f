"""Starts the built binary with a configuration and a data directory of its own, before a vendor that keeps every byte."""

import copy
import datetime
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anthropic
import openai
import pytest
from canaries import contents, found
from mock_vendor import MockVendor
from paths import CORDON
from ports import free_port

VENDOR_CREDENTIAL = "sk-vendor-3f9c1e7a5b2d4860"
PASSPHRASE = "opal-verandah-nineteen-larch"
SECRETS = {"VENDOR_KEY": VENDOR_CREDENTIAL, "CORDON_VAULT_PASSPHRASE": PASSPHRASE}


def pytest_runtest_setup():
    """No test goes over midnight in UTC, when what it calls today is yesterday: one that begins just before it waits."""
    left = 86_400 - time.time() % 86_400
    if left < 120:
        time.sleep(left + 1)


def day(offset):
    """The day in UTC that many days from today, as the configuration writes it."""
    return (datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=offset)).isoformat()


@dataclass
class Caller:
    """A caller's key, and the hash of it that a configuration holds."""

    key: str
    hash: str


def new_caller():
    output = subprocess.run([CORDON, "key", "new"], capture_output=True, text=True, check=True).stdout
    key = re.search(r"\bcordon_sk_\w+", output)[0]
    return Caller(key, re.search(r"key_hash: *\"?([^\s\"]+)", output)[1])


def new_custodian(folder, name):
    """A custodian's key file, and NAME=KEY with the public half."""
    made = subprocess.run([CORDON, "vault", "custodian", "key", name], capture_output=True, text=True, check=True)
    key = folder / f"{name}.key"
    key.write_text(made.stdout)
    return key, re.search(r"^public (\S+)$", made.stderr, re.M)[1]


def new_vault(folder, data):
    """The ceremony with which a vault begins; the key files of its two administrators stay in the folder."""
    people = [new_custodian(folder, name)[1] for name in ("alice", "bruno")]
    administrators = [argument for person in people for argument in ("--administrator", person)]
    subprocess.run(
        [CORDON, "vault", "init", "--data", data, *administrators], check=True, capture_output=True,
        env={**os.environ, **SECRETS})


def new_certificate(folder):
    """A certificate for this machine, signed by itself, and its private key, as the configuration names them."""
    certificate, key = folder / "chain.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate],
        check=True, capture_output=True)
    key.chmod(0o600)
    return {"certificate": str(certificate), "key": str(key)}


@dataclass
class Gateway:
    """A running `cordon serve`, or one that ran."""

    folder: Path
    configuration: dict
    caller: Caller
    process: subprocess.Popen | None = None
    metrics: list = field(default_factory=list)
    handshakes: int = 0

    @property
    def port(self):
        return self.configuration["listen"]["port"]

    @property
    def origin(self):
        return f"{'https' if self.trust else 'http'}://127.0.0.1:{self.port}"

    @property
    def trust(self):
        """What its certificate is checked by; None where it has none."""
        files = self.configuration["listen"].get("tls")
        return ssl.create_default_context(cafile=files["certificate"]) if files else None

    @property
    def data(self):
        return Path(self.configuration["data"])

    @property
    def output(self):
        return (self.folder / "output").read_bytes()

    def write_configuration(self):
        """JSON is YAML too; the files that people write are tried in `test_configuration.py`."""
        (self.folder / "cordon.yaml").write_text(json.dumps(self.configuration, indent=2))

    def start(self, within=120, preexec_fn=None):
        self.write_configuration()
        if not (self.data / "vault").exists():
            new_vault(self.folder, self.data)
        with open(self.folder / "output", "ab") as output:
            self.process = subprocess.Popen(
                [CORDON, "serve", "--config", self.folder / "cordon.yaml", "--log-level", "debug"], stdin=subprocess.DEVNULL, stdout=output,
                stderr=output, preexec_fn=preexec_fn,
                env={**os.environ, **SECRETS, "SWIFT_BACKTRACE": "enable=yes"})
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"the gateway ended: {self.output.decode()}"
            try:
                if self.get("/healthz")[0] == 200:
                    return self
            except OSError:
                time.sleep(0.02)
        raise AssertionError(f"the gateway did not answer: {self.output.decode()}")

    def stop(self, within=120):
        """Asks it to end, and gives its exit status."""
        if self.process and self.process.poll() is None:
            try:
                self.metrics.append(self.get("/metrics")[2])
            except OSError:
                pass
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(within)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise
        return self.process.returncode if self.process else None

    def kill(self):
        self.process.kill()
        self.process.wait()

    def client(self, max_retries=0, timeout=60, **options):
        """The official client."""
        base = f"{self.origin}/v1"
        return openai.OpenAI(base_url=base, api_key=self.caller.key, max_retries=max_retries, timeout=timeout, **options)

    def anthropic(self, max_retries=0, timeout=60, **options):
        """The official client of Anthropic's."""
        return anthropic.Anthropic(
            base_url=self.origin, api_key=self.caller.key, max_retries=max_retries, timeout=timeout, **options)

    def get(self, path, headers=None):
        return self.send("GET", path, headers=headers)

    def post(self, body, path="/v1/chat/completions", headers=None):
        """Posts bytes, or a value as JSON, with the caller's key: the status, the headers and the body."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        fields = {"authorization": f"Bearer {self.caller.key}", "content-type": "application/json", **(headers or {})}
        return self.send("POST", path, data, fields)

    def send(self, method, path, body=None, headers=None, timeout=60):
        if trust := self.trust:
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout, context=trust)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.connect()
            self.handshakes += 1
            connection.request(method, path, body, headers or {})
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def connect(self, timeout=60):
        return socket.create_connection(("127.0.0.1", self.port), timeout=timeout)

    def cordon(self, *arguments):
        """Runs another command of the binary on this gateway's data."""
        return subprocess.run(
            [CORDON, *arguments, "--data", self.data], capture_output=True, text=True, env={**os.environ, **SECRETS})

    def entries(self, since=0):
        """The entries of the log from that one on, in their order."""
        shown = self.cordon("log", "show", "--json")
        assert shown.returncode == 0, shown.stderr
        return [json.loads(line) for line in shown.stdout.splitlines()][since:]

    def of_requests(self, since=0):
        """The entries of requests alone: an alert is raised anew when the last one like it is some minutes old."""
        return [entry for entry in self.entries(since) if entry["event"].startswith("request.")]


def chat(text, **more):
    """The body of a request with one user message."""
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}


def configuration(folder, vendor_url, caller):
    """A configuration with a use case that restores everything and one that restores nothing."""
    use_case = {"purpose": "TREAT", "models": ["gpt-4o-mini"], "vendor": "mock"}
    return {
        "listen": {"address": "127.0.0.1", "port": free_port()},
        "data": str(folder / "data"),
        "regions": ["us-east"],
        "callers": [{"id": "dr-lee", "key_hash": caller.hash, "use_cases": ["summarize", "research", "local"]}],
        "use_cases": [
            {"id": "summarize", **use_case, "restore": "all"},
            {"id": "research", **use_case, "restore": "none"},
            {"id": "local", **use_case, "models": ["loopback"], "vendor": "inside", "restore": "all"},
        ],
        "vendors": [
            {
                "id": "mock", "kind": "openai", "base_url": vendor_url, "credential": {"environment": "VENDOR_KEY"},
                "region": "us-east",
                "agreement": {"id": "BAA-1", "signed": day(-30), "expires": day(300), "prohibits_training": True},
            },
            {"id": "inside", "kind": "loopback"},
        ],
        # Many tests let the same vendor fail on purpose.
        "reliability": {"breaker": {"requests": 100000}},
        "limits": {"vendor_silence_seconds": 6, "request_seconds": 2, "idle_seconds": 3, "drain_seconds": 5},
    }


ALL_GATEWAYS = []
ALL_VENDORS = []


def planted_stays():
    """Where the gateways and vendors of this process have bytes of what was planted, and how much was searched."""
    places, searched = [], 0
    for gateway in ALL_GATEWAYS:
        if gateway.process.poll() is None:
            gateway.metrics.append(gateway.get("/metrics")[2])
        parts = {"output": gateway.output, **{f"metrics {index}": page for index, page in enumerate(gateway.metrics)}}
        parts |= {str(path): str(path).encode() + content for path, content in contents(gateway.data)}
        for place, data in parts.items():
            secrets = [secret for secret in (gateway.caller.key, VENDOR_CREDENTIAL) if secret.encode() in data]
            places += [f"{place}: {value}" for value in [*found(data), *secrets]]
            searched += len(data)
    for vendor in ALL_VENDORS:
        for record in [*vendor.history, vendor.received]:
            places += [f"a vendor: {value}: {around(record, value)}" for value in found(record)]
            places += ["a vendor: a caller's key" for gateway in ALL_GATEWAYS if gateway.caller.key.encode() in record]
    return {"gateways": len(ALL_GATEWAYS), "searched": searched, "found": places}


def around(record, value):
    """What stands around a value, so that its request can be told."""
    at = max(0, record.lower().find(value.lower().encode()))
    return record[max(0, at - 400) : at + 400].decode(errors="replace")


@pytest.fixture(scope="session", autouse=True)
def findings_of_others(tmp_path_factory):
    """Where each of several processes that run tests says at its end what it found of what was planted."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if worker else base) / "planted"
    folder.mkdir(exist_ok=True)
    yield folder
    if worker:
        unfinished = folder / f"{worker}.unfinished"
        unfinished.write_text(json.dumps(planted_stays()))
        unfinished.rename(folder / f"{worker}.json")


@pytest.fixture(scope="session")
def built():
    """The binary; a checkout that was not built has nothing to test."""
    assert CORDON.exists(), f"{CORDON} is missing: run `make build`"
    return CORDON


@pytest.fixture(scope="session")
def caller(built):
    return new_caller()


@contextmanager
def running(folder, caller, change=None, data=None):
    """A gateway of its own with its own vendor, stopped and checked at the end; `change` edits the configuration."""
    mock = MockVendor()
    ALL_VENDORS.append(mock)
    gateway = Gateway(folder, copy.deepcopy(configuration(folder, mock.url, caller)), caller)
    if change:
        change(gateway.configuration)
    ALL_GATEWAYS.append(gateway)
    try:
        yield gateway.start(), mock
    finally:
        mock.close()
        try:
            gateway.stop()
        finally:
            if gateway.process and gateway.process.poll() is None:
                gateway.kill()


@pytest.fixture(scope="session")
def shared(tmp_path_factory, caller):
    """One gateway for all tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("shared"), caller) as pair:
        yield pair


@pytest.fixture
def gateway(shared):
    return shared[0]


@pytest.fixture
def vendor(shared):
    """The shared gateway's vendor, with a clean record and the script that says back what it is told."""
    return shared[1].forget()


def speak_every_dialect(configuration):
    """Adds a vendor that speaks Anthropic's dialect, a use case for it, and the models of the other operations."""
    configuration["vendors"].append({**configuration["vendors"][0], "id": "claude", "kind": "anthropic"})
    summarize = configuration["use_cases"][0]
    summarize["models"] += ["text-embedding-3-small", "omni-moderation-latest", "gpt-3.5-turbo-instruct"]
    configuration["use_cases"].append(
        {**summarize, "id": "claude", "vendor": "claude", "models": ["claude-sonnet-5"]})
    configuration["callers"][0]["use_cases"].append("claude")


@pytest.fixture(scope="session")
def every_dialect(tmp_path_factory, caller):
    with running(tmp_path_factory.mktemp("dialects"), caller, speak_every_dialect) as pair:
        yield pair


@pytest.fixture
def polyglot(every_dialect):
    """One gateway before vendors of both dialects, and their clean record: `gateway, vendor = polyglot`."""
    gateway, vendor = every_dialect
    return gateway, vendor.forget()


@pytest.fixture(scope="session")
def encrypted(tmp_path_factory, caller):
    """A gateway under TLS before vendors of both dialects."""
    folder = tmp_path_factory.mktemp("encrypted")

    def change(configuration):
        speak_every_dialect(configuration)
        configuration["listen"]["tls"] = new_certificate(folder)
        configuration["limits"]["idle_seconds"] = 60

    with running(folder, caller, change) as pair:
        yield pair


@pytest.fixture
def own(tmp_path, caller):
    """Starts a gateway of the test's own: `with own(change) as (gateway, vendor)`."""
    return lambda change=None: running(tmp_path, caller, change)


def eventually(condition, within=60):
    """Waits until the condition holds, and gives what it gave."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def pytest_configure(config):
    config.addinivalue_line("markers", "last: runs after all other tests, over what they left")


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.get_closest_marker("last") is not None)


@pytest.fixture
def failing_sync(tmp_path, monkeypatch):
    """A library that makes `fdatasync` of a segment fail while the file that this gives exists, and counts the calls."""
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        pytest.skip("there is no C compiler")
    library = tmp_path / "failing_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).parent / "failing_sync.c", "-ldl"], check=True)
    monkeypatch.setenv("FAIL_SYNC_WHEN", str(tmp_path / "failing"))
    monkeypatch.setenv("FAIL_SYNC_COUNT", str(tmp_path / "calls"))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    return tmp_path / "failing", tmp_path / "calls"
