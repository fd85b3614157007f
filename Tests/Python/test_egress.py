"""What may leave the network: the policy that the configuration gives, held by a kernel, in namespaces of the test's own."""

import copy
import json
import os
import socket
import ssl
import subprocess
import threading

import mock_vendor
import openai
import pytest
from canaries import NOTE
from conftest import ALL_GATEWAYS, SECRETS, VENDOR_CREDENTIAL, Gateway, chat, configuration, eventually
from mock_vendor import MockVendor
from namespaces import NameServer, Namespace, needed, reaches
from paths import CORDON
from test_routes import route

APPLICATION, GATEWAY = "10.91.1.2", "10.91.2.2"
VENDOR, STRANGER, RECEIVER, RESOLVER = "10.91.3.2", "10.91.3.3", "10.91.3.4", "10.91.3.53"
VENDOR_V6 = "fd91:3::2"
NAMES = {"llm.vendor.example": VENDOR, "siem.example": RECEIVER}


def signed(folder, name, alternatives):
    """A certificate that signs itself for these names, and its key."""
    chain, key = folder / f"{name}.pem", folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
         f"/CN={name}", "-addext", f"subjectAltName={alternatives}", "-keyout", key, "-out", chain], check=True, capture_output=True)
    key.chmod(0o600)
    return chain, key


class EncryptedVendor(MockVendor):
    """The vendor of the other tests behind TLS."""

    def __init__(self, address, credentials):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(*credentials)
        super().__init__(address)

    def _serve(self, connection):
        try:
            connection.socket = self.context.wrap_socket(connection.socket, server_side=True)
        except OSError:
            connection.ended.set()
            return
        super()._serve(connection)


def keeping(server, kept):
    """Takes connections, and keeps what they bring."""

    def take(connection):
        try:
            while piece := connection.recv(65536):
                kept.append(piece)
        except OSError:
            pass

    def serve():
        while True:
            try:
                connection = server.accept()[0]
            except OSError:
                return
            threading.Thread(target=take, args=(connection,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()


class Site:
    """An application, a gateway and the rest of the world, each in a namespace of its own behind a router."""

    def __init__(self, folder, caller):
        self.folder = folder
        self.application, self.gateway_machine, self.world, self.router = (Namespace() for _ in range(4))
        self.router.forward()
        for number, (name, machine, hosts) in enumerate([
            ("application", self.application, [APPLICATION]), ("gateway", self.gateway_machine, [GATEWAY]),
            ("world", self.world, [VENDOR, STRANGER, RECEIVER, RESOLVER])], 1):
            self.router.cable(
                name, machine, [f"10.91.{number}.1/24", f"fd91:{number}::1/64"],
                [*(f"{host}/24" for host in hosts), f"fd91:{number}::2/64"])
        self.received, self.datagrams, self.servers = [], [], []
        self.vendor = self.world.inside(
            lambda: EncryptedVendor((VENDOR, 443), signed(folder, "vendor", "DNS:llm.vendor.example")))
        self.world.inside(self._serve)
        self.resolver = self.world.inside(lambda: NameServer(RESOLVER, NAMES))
        self.gateway = self._gateway(caller)

    def _serve(self):
        for address, family in [((STRANGER, 443), socket.AF_INET), ((VENDOR_V6, 443), socket.AF_INET6),
                                ((RECEIVER, 601), socket.AF_INET), ((VENDOR, 8080), socket.AF_INET)]:
            server = socket.create_server(address, family=family)
            self.servers.append(server)
            keeping(server, self.received if address == (RECEIVER, 601) else [])
        datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        datagrams.bind((VENDOR, 443))
        self.servers.append(datagrams)

        def take():
            try:
                while True:
                    self.datagrams.append(datagrams.recv(4096))
            except OSError:
                pass

        threading.Thread(target=take, daemon=True).start()

    def _gateway(self, caller):
        settings = copy.deepcopy(configuration(self.folder, "https://llm.vendor.example/v1", caller))
        chain, key = signed(self.folder, "gateway", f"DNS:localhost,IP:127.0.0.1,IP:{GATEWAY}")
        settings["listen"] = {"address": "0.0.0.0", "port": 8443, "tls": {"certificate": str(chain), "key": str(key)}}
        settings["routes"] = [route()]
        settings["log"] = {"export": [{"id": "siem", "format": "ocsf", "to": "syslog+tcp://siem.example:601"}]}
        settings["egress"] = {
            "gateway": [GATEWAY], "resolvers": [RESOLVER], "addresses": {name: [address] for name, address in NAMES.items()}}
        gateway = Gateway(self.folder, settings, caller)
        ALL_GATEWAYS.append(gateway)
        gateway.write_configuration()
        return gateway

    def start(self):
        """Starts the gateway, which asks the name server of this world and trusts the certificate of its vendor."""
        resolv = self.folder / "resolv.conf"
        resolv.write_text(f"nameserver {RESOLVER}\n")
        files = {"/etc/resolv.conf": resolv, "/etc/ssl/certs/ca-certificates.crt": self.folder / "vendor.pem"}
        self.gateway_machine.inside(self.gateway.start, files)

    def policy(self, *arguments):
        return written(self.gateway, *arguments)

    def ask(self, method, path, body=None, **headers):
        """A request of the application's to the gateway; every byte of the answer."""

        def send():
            with ssl.create_default_context(cafile=self.folder / "gateway.pem").wrap_socket(
                    socket.create_connection((GATEWAY, 8443), timeout=60), server_hostname=GATEWAY) as connection:
                data = json.dumps(body).encode() if body is not None else b""
                fields = {"host": f"{GATEWAY}:8443", "connection": "close", "content-length": len(data),
                          "authorization": f"Bearer {self.gateway.caller.key}", "content-type": "application/json", **headers}
                head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
                connection.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + data)
                answer = b""
                while piece := connection.recv(65536):
                    answer += piece
                return answer

        return self.application.inside(send)

    def close(self):
        try:
            self.gateway_machine.inside(self.gateway.stop)
        finally:
            if self.gateway.process and self.gateway.process.poll() is None:
                self.gateway.kill()
            self.vendor.close()
            self.resolver.close()
            for server in self.servers:
                server.close()
            for machine in (self.application, self.gateway_machine, self.world, self.router):
                machine.close()


def written(gateway, *arguments):
    made = subprocess.run(
        [CORDON, "egress", "policy", "--config", gateway.folder / "cordon.yaml", *map(str, arguments)], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.fixture
def site(tmp_path, caller):
    needed()
    made = Site(tmp_path, caller)
    try:
        yield made
    finally:
        made.close()


def sent_datagram(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.5)
        try:
            client.sendto(b"hello", address)
        except OSError:
            pass


def asks_a_name():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        try:
            client.sendto(b"\x00\x07\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x03ssn\x07example\x00\x00\x01\x00\x01", (RESOLVER, 53))
            return bool(client.recv(512))
        except OSError:
            return False


DIRECT = [(VENDOR, 443), (VENDOR, 8080), (VENDOR_V6, 443), (STRANGER, 443), (RECEIVER, 601)]


# proves: IOC-01, RES-05
def test_an_application_reaches_a_vendor_through_the_gateway_alone_and_all_that_is_contacted_is_approved(site):
    application, router, gateway = site.application, site.router, site.gateway
    # What is refused below was there before: each of these connections is made without the policy.
    # (A network of IPv6 takes a moment before it carries anything.)
    eventually(lambda: all(application.inside(lambda to=to: reaches(to)) for to in DIRECT))
    eventually(lambda: application.inside(asks_a_name))
    application.inside(lambda: sent_datagram((VENDOR, 443)))
    eventually(lambda: site.datagrams == [b"hello"])
    earlier = application.inside(lambda: socket.create_connection((STRANGER, 443), timeout=60))

    router.load(site.policy("--form", "nftables", "--at", "router"))
    site.start()
    site.resolver.asked.clear()
    client = application.inside(lambda: gateway.client(
        http_client=openai.DefaultHttpxClient(verify=ssl.create_default_context(cafile=site.folder / "gateway.pem")))
        .with_options(base_url=f"https://{GATEWAY}:8443/v1"))
    question = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": NOTE}]}
    answer = application.inside(lambda: client.chat.completions.create(**question))
    assert answer.choices[0].message.content == NOTE and len(site.vendor.requests) == 1
    assert site.vendor.requests[0].headers["authorization"] == f"Bearer {VENDOR_CREDENTIAL}"

    assert [application.inside(lambda to=to: reaches(to)) for to in DIRECT] == [False] * 5
    assert not application.inside(asks_a_name)
    application.inside(lambda: sent_datagram((VENDOR, 443)))
    direct = openai.OpenAI(base_url=f"https://{VENDOR}/v1", api_key="sk-own", max_retries=0, timeout=3)
    with pytest.raises(openai.APIConnectionError):
        application.inside(lambda: direct.chat.completions.create(**question))
    # Nor does the application get through under the gateway's address.
    application.run("ip", "address", "add", f"{GATEWAY}/32", "dev", "lo")
    assert not application.inside(lambda: reaches((VENDOR, 443), source=(GATEWAY, 0)))
    application.run("ip", "address", "delete", f"{GATEWAY}/32", "dev", "lo")
    # What had been open before is over.
    earlier.settimeout(2)
    with pytest.raises(OSError):
        for _ in range(5):
            application.inside(lambda: earlier.sendall(b"hello"))
            if not earlier.recv(1):
                raise ConnectionError
    earlier.close()
    # The gateway itself reaches nothing else.
    assert not site.gateway_machine.inside(lambda: reaches((STRANGER, 443)))
    assert not site.gateway_machine.inside(lambda: reaches((VENDOR, 8080)))
    assert site.datagrams == [b"hello"] and len(site.vendor.requests) == 1

    # No answer has the credential, whatever the vendor says.
    leak = {"error": {"message": f"Incorrect API key provided: {VENDOR_CREDENTIAL}", "type": "invalid_request_error"}}
    answers = []
    for script in (
        mock_vendor.echo, mock_vendor.status(401, json.dumps(leak).encode()), mock_vendor.status(429, json.dumps(leak).encode()),
        mock_vendor.status(500, VENDOR_CREDENTIAL.encode(), x_api_key=VENDOR_CREDENTIAL),
        mock_vendor.body(VENDOR_CREDENTIAL.encode()), mock_vendor.body(json.dumps(leak).encode()), says_its_headers,
    ):
        site.vendor.script = script
        answers += [site.ask("POST", "/v1/chat/completions", {**question, "stream": stream}) for stream in (False, True)]
    for path in ("/healthz", "/metrics", "/openapi.json", "/v1/models", "/v1/none"):
        answers.append(site.ask("GET", path))
    answers.append(site.ask("POST", "/v1/chat/completions", question, authorization="Bearer none"))
    assert all(answer.startswith(b"HTTP/1.1 ") for answer in answers)
    assert [answer for answer in answers if VENDOR_CREDENTIAL.encode() in answer] == []

    # What the kernel has seen is what the configuration names, all of it and nothing else.
    eventually(lambda: site.received)
    seen = subprocess.run(
        [CORDON, "egress", "contacted", "--config", gateway.folder / "cordon.yaml", "--sees-applications", "--json"],
        input=router.table(), capture_output=True, text=True)
    assert seen.returncode == 0, seen.stderr
    report = json.loads(seen.stdout)
    assert report["not_approved"] == []
    assert {one["destination"]: one["contacted"] for one in report["approved"]} == {
        "tcp llm.vendor.example:443": [f"tcp {VENDOR}:443"], "tcp siem.example:601": [f"tcp {RECEIVER}:601"],
        "name servers": [f"udp {RESOLVER}:53"], "the gateway": [f"tcp {GATEWAY}:8443"]}
    assert {f"tcp {host}:{port}" for host, port in DIRECT if host != VENDOR_V6} <= set(report["refused"])
    assert {f"tcp [{VENDOR_V6}]:443", f"udp {VENDOR}:443", f"udp {RESOLVER}:53"} <= set(report["refused"])
    assert set(site.resolver.asked) == set(NAMES)
    # The log agrees, of requests to models.
    logged = subprocess.run(
        [CORDON, "egress", "--config", gateway.folder / "cordon.yaml", "--json"], capture_output=True, text=True,
        env={**os.environ, **SECRETS})
    assert logged.returncode == 0, logged.stderr
    assert [one["destination"] for one in json.loads(logged.stdout)["destinations"]] == ["https://llm.vendor.example:443"]

    # A table that somebody has loosened tells what went through it.
    router.run("nft", "insert", "rule", "inet", "cordon_egress", "forward", "ip", "daddr", STRANGER, "goto", "contact")
    assert application.inside(lambda: reaches((STRANGER, 443)))
    loose = subprocess.run(
        [CORDON, "egress", "contacted", "--config", gateway.folder / "cordon.yaml", "--sees-applications"], input=router.table(),
        capture_output=True, text=True)
    assert loose.returncode == 1 and f"tcp {STRANGER}:443: NOT APPROVED" in loose.stdout


def says_its_headers(request, reply):
    """Answers with a header that has the credential of the request."""
    body = mock_vendor.completion({"role": "assistant", "content": "hello"})
    reply.whole(body, x_echo=request.headers["authorization"], openai_organization=VENDOR_CREDENTIAL)


# All at once: each waits for long where nothing answers.
CONNECT = """
for address in "$@"; do
  timeout 6 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "${address%:*}" "${address##*:}" 2>/dev/null && echo "$address" &
done
wait
"""


def reached(machine, user, *addresses):
    """Which of the addresses a process of this user gets a connection to."""
    found = machine.run(
        "setpriv", "--reuid", user, "--regid", user, "--clear-groups", "bash", "-c", CONNECT, "bash", *addresses).stdout.split()
    return [address for address in addresses if address in found]


@pytest.fixture
def pair(tmp_path, caller):
    """A machine, the world beside it, and a configuration with a vendor there and a model on the machine itself."""
    needed()
    machine, world = Namespace(), Namespace()
    world.cable("machine", machine, ["10.91.3.1/24", f"{VENDOR}/24", f"{STRANGER}/24", f"{RESOLVER}/24", "fd91:3::2/64"],
                ["10.91.3.9/24", "fd91:3::9/64"])
    settings = configuration(tmp_path, "https://llm.vendor.example/v1", caller)
    settings["vendors"].append({**settings["vendors"][0], "id": "own", "base_url": "http://127.0.0.1:11434/v1"})
    settings["listen"]["port"] = 8787
    settings["egress"] = {"addresses": {"llm.vendor.example": [VENDOR, VENDOR_V6]}, "also": [f"tcp://{RESOLVER}:53"]}
    gateway = Gateway(tmp_path, settings, caller)
    gateway.write_configuration()

    def listen(*addresses):
        return [socket.create_server(address, family=socket.AF_INET6 if ":" in address[0] else socket.AF_INET) for address in addresses]

    servers = world.inside(lambda: listen((VENDOR, 443), (VENDOR, 8787), (VENDOR_V6, 443), (STRANGER, 443), (RESOLVER, 53)))
    servers += machine.inside(lambda: listen(("127.0.0.1", 11434), ("127.0.0.1", 8787), ("127.0.0.1", 9000)))
    try:
        eventually(lambda: reached(machine, 1500, *REMOTE, *LOCAL) == REMOTE + LOCAL)
        yield machine, gateway
    finally:
        for server in servers:
            server.close()
        machine.close()
        world.close()


REMOTE = [f"{VENDOR}:443", f"{VENDOR_V6}:443", f"{STRANGER}:443", f"{VENDOR}:8787", f"{RESOLVER}:53"]
LOCAL = ["127.0.0.1:11434", "127.0.0.1:8787", "127.0.0.1:9000"]
ALLOWED, MODEL, SERVED, OTHER = REMOTE[:2], LOCAL[0], LOCAL[1], LOCAL[2]
AGREED = REMOTE[4]


def test_on_a_shared_machine_only_the_gateways_user_sends_and_asks_the_model_beside_it(pair):
    machine, gateway = pair
    machine.load(written(gateway, "--form", "nftables", "--at", "host", "--gateway-user", "1400"))
    assert reached(machine, 1400, *REMOTE, *LOCAL) == [*ALLOWED, AGREED, *LOCAL]
    assert reached(machine, 1500, *REMOTE, *LOCAL) == [AGREED, SERVED, OTHER]
    assert reached(machine, 0, *REMOTE, *LOCAL) == [AGREED, SERVED, OTHER]
    # Loaded again it is the same table, not a second one.
    machine.load(written(gateway, "--form", "nftables", "--at", "host", "--gateway-user", "1400"))
    assert reached(machine, 1400, *ALLOWED, REMOTE[2]) == ALLOWED
    # A container's packets are forwarded, past the rules for processes: none are.
    assert "policy drop" in machine.run("nft", "list", "chain", "inet", "cordon_egress", "forward").stdout


def test_a_machine_of_the_gateway_sends_to_what_is_named_and_one_of_applications_to_the_gateway(pair):
    machine, gateway = pair
    machine.load(written(gateway, "--form", "nftables", "--at", "gateway"))
    assert reached(machine, 1500, *REMOTE, *LOCAL) == [*ALLOWED, AGREED, *LOCAL]
    machine.load(written(gateway, "--form", "nftables", "--at", "applications", "--gateway", VENDOR))
    assert reached(machine, 1500, *REMOTE, *LOCAL) == [f"{VENDOR}:8787", AGREED, *LOCAL]


def test_a_host_without_addresses_is_not_reached_until_its_set_has_one(pair):
    machine, gateway = pair
    gateway.configuration["egress"] = {}
    gateway.write_configuration()
    made = subprocess.run(
        [CORDON, "egress", "policy", "--config", gateway.folder / "cordon.yaml", "--form", "nftables", "--at", "gateway"],
        capture_output=True, text=True)
    assert made.returncode == 0 and "no address is known of vendor `mock`: tcp llm.vendor.example:443" in made.stderr
    machine.load(made.stdout)
    assert reached(machine, 1500, *REMOTE) == []
    machine.run("nft", "add", "element", "inet", "cordon_egress", "to_llm_vendor_example_443_tcp_v4", f"{{ {VENDOR} }}")
    assert reached(machine, 1500, *REMOTE) == [f"{VENDOR}:443"]
    # A block counts for all that is in it.
    machine.load(written(gateway, "--form", "nftables", "--at", "gateway", "--resolve", "llm.vendor.example=10.91.3.0/30"))
    assert reached(machine, 1500, *REMOTE) == [f"{VENDOR}:443", f"{STRANGER}:443"]


@pytest.mark.parametrize("arguments", [
    ["--form", "nftables"], ["--form", "nftables", "--at", "host"], ["--form", "nftables", "--at", "router"],
    ["--form", "nftables", "--at", "gateway", "--gateway-user", "cordon"],
    ["--form", "nftables", "--at", "host", "--gateway-user", "cordon; flush ruleset"],
    ["--form", "nftables", "--at", "host", "--gateway-cgroup", 'a" accept #'],
    ["--form", "nftables", "--at", "gateway", "--resolve", "llm.vendor.example=0.0.0.0/0"],
    ["--form", "nftables", "--at", "gateway", "--resolve", "llm.vendor.example=10.0.0.1/8"],
    ["--form", "nftables", "--at", "gateway", "--resolve", "llm.vendor.example"],
    ["--form", "kubernetes", "--at", "gateway"], ["--form", "kubernetes", "--applications", "A: b"],
])
def test_what_says_no_policy_gets_none(tmp_path, caller, arguments):
    settings = configuration(tmp_path, "https://llm.vendor.example/v1", caller)
    (tmp_path / "cordon.yaml").write_text(json.dumps(settings))
    made = subprocess.run(
        [CORDON, "egress", "policy", "--config", tmp_path / "cordon.yaml", *arguments], capture_output=True, text=True)
    assert made.returncode in (2, 78) and made.stdout == "" and made.stderr
