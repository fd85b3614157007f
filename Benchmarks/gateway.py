"""`cordon serve` beside nginx, LiteLLM and a direct connection, all before one fast vendor, in one run."""

import http.client
import itertools
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import litellm_peer
import machine
import streams
import text

HERE = Path(__file__).resolve().parent

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log error;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  keepalive_requests 1000000;
  upstream vendor {{ server 127.0.0.1:{vendor}; keepalive 64; keepalive_requests 1000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://vendor; proxy_http_version 1.1; proxy_set_header connection ""; proxy_buffering off; }}
  }}
}}
"""


def measure(arguments):
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cordon-bench-", dir=data_home())))
        memory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cordon-bench-", dir="/dev/shm")))
        prompt = folder / "prompt.json"
        prompt.write_text(json.dumps(body(stream=False)))
        vendor = free_port()
        stack.enter_context(started([compiled_vendor(folder), str(vendor)], vendor, machine.LOAD_CORE))
        proxy = free_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, vendor=vendor, port=proxy))
        nginx = ["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
        stack.enter_context(started(nginx, proxy, machine.GATEWAY_CORE))
        targets = {"direct": (vendor, "none"), "nginx": (proxy, "none")}
        process = None
        if not arguments.without_gateway:
            for name, place in (("cordon", folder), ("cordon, log in memory", memory)):
                port, key, configuration = configured(place, vendor)
                serve = stack.enter_context(
                    started([machine.CORDON, "serve", "--config", configuration], port, machine.GATEWAY_CORE))
                process = process or serve
                targets[name] = (port, key)
            check_restored("cordon", *targets["cordon"])
        peers = with_peers(stack, folder, vendor, targets) if arguments.peers else {}
        seconds, rounds, longer = (1, 1, 1) if arguments.quick else (6, 5, 12)
        at_start = machine.resident(process.pid)[0] if process else 0
        one, sync = latencies(targets, prompt, seconds, rounds, folder)
        many = {}
        for name, target in targets.items():
            many[name] = wrk(target, prompt, 32, longer)
            # What was begun has come to its end before the next is measured on the same core.
            if name in peers:
                check_restored(name, *target)
        first = first_tokens(targets, 30 if arguments.quick else 400)
        held = {name: machine.resident(peer.pid) for name, peer in peers.items()}
        if not process:
            return report(one, many, first, sync, held)
        plain = folder / "plain.json"
        plain.write_text(json.dumps(body(stream=False, content=PLAIN)))
        many[NOTHING_TO_FIND] = wrk(targets["cordon"], plain, 32, longer)
        steady = memory_under_load(process, targets["cordon"], prompt, arguments.requests)
        return report(one, many, first, sync, held) + steadiness(at_start, steady) + slow_streams(stack, folder, arguments)


# The gateway has no way past detection: this is the nearest to one, a line in which there is nothing.
PLAIN, NOTHING_TO_FIND = "Say in one word which colour the sky has.", "cordon, nothing to find"


def with_peers(stack, folder, vendor, targets):
    """LiteLLM alone and with Presidio, each on the gateway's core: their processes, where they are installed."""
    if why := litellm_peer.missing():
        raise SystemExit(f"gateway: LiteLLM is {why}")
    peers = {}
    for name, presidio in (("LiteLLM", False), ("LiteLLM with Presidio", True)):
        port = free_port()
        command = litellm_peer.command(folder / name.replace(" ", "-"), vendor, port, presidio)
        peers[name] = stack.enter_context(started(command, port, machine.GATEWAY_CORE, litellm_peer.ENVIRONMENT, within=180))
        targets[name] = (port, litellm_peer.KEY)
        for _ in range(20):
            check_restored(name, *targets[name])
    return peers


def slow_streams(stack, folder, arguments):
    """Many slow streams through a gateway of their own, before a vendor of their own."""
    place = folder / "streams"
    place.mkdir()
    vendor = free_port()
    streams.room()
    stack.enter_context(started([folder / "vendor", str(vendor), str(streams.PAUSE)], vendor, machine.LOAD_CORE))
    port, key, configuration = configured(place, vendor)
    process = stack.enter_context(started([machine.CORDON, "serve", "--config", configuration], port, machine.GATEWAY_CORE))
    return ["", *streams.measure(process, (port, key), body(stream=True), arguments.streams).lines()]


def report(one, many, first, sync, held):
    direct = one["direct"]
    lines = ["one connection: milliseconds a request (medians over rounds that take turns)", ""]
    rows = [("", "p50", "p99", "added p50", "added p99")]
    for name, run in one.items():
        rows.append((name, f"{run.p50:.3f}", f"{run.p99:.3f}", f"{run.p50 - direct.p50:.3f}", f"{run.p99 - direct.p99:.3f}"))
    lines += machine.table(rows)
    lines += ["", f"making 400 appended bytes durable in the same folder (fdatasync), between the rounds, median: {sync:.3f} ms"]
    if "cordon" in one:
        added = one["cordon"].p50 - direct.p50
        in_memory = one["cordon, log in memory"].p50 - direct.p50
        lines += [
            f"the log's two fsyncs: {2 * sync:.3f} ms by that; {added - in_memory:.3f} ms by what a log in memory saves",
            f"added p50 beyond them: {added - 2 * sync:.3f} ms; {in_memory:.3f} ms  (wanted: <= 0.8 ms)",
        ]
    lines += ["", f"32 connections: what is measured on core {machine.GATEWAY_CORE}, load and vendor on core {machine.LOAD_CORE}", ""]
    rows = [("", "requests/s", "p50 ms", "p99 ms", "errors")]
    for name, run in many.items():
        rows.append((name, f"{run.rate:.0f}", f"{run.p50:.2f}", f"{run.p99:.2f}", run.errors))
    lines += [*machine.table(rows), "(wanted: cordon >= 3,000 requests/s with 0 errors)"]
    if NOTHING_TO_FIND in many:
        lines += ["(wanted of a pass-through: >= 15,000 requests/s. There is none: every text is searched. Above is a prompt of one line)"]
    lines += ["", "time to first token of a stream, one connection, milliseconds", ""]
    rows = [("", "p50", "p99", "added p50")]
    for name, times in first.items():
        p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99) - 1]
        rows.append((name, f"{p50:.3f}", f"{p99:.3f}", f"{p50 - statistics.median(first['direct']):.3f}"))
    lines += [*machine.table(rows), "(wanted: added <= 1.5 ms, the log's first fsync included in what is shown)"]
    if held:
        lines += ["", f"the peers: {litellm_peer.version()}, one worker each; Presidio in its process, with en_core_web_md"]
        lines += [f"resident memory of {name}, MB: {now:.0f} now, {most:.0f} at most" for name, (now, most) in held.items()]
    return lines


def steadiness(at_start, steady):
    lines = ["", f"resident memory of cordon, MB: {at_start:.0f} at the start; then after thousands of requests", ""]
    rows = [("thousand requests", *(f"{done / 1000:.0f}" for done, *_ in steady))]
    rows.append(("resident", *(f"{now:.0f}" for _, now, *_ in steady)))
    _, _, most, failed = steady[-1]
    return lines + [*machine.table(rows), f"most at any time: {most:.0f} MB; errors: {failed}  (wanted: <= 150 MB and flat)"]


class Load:
    """What wrk measured, in milliseconds and requests a second."""

    def __init__(self, printed):
        requests, microseconds, self.errors, p50, p99, _ = map(int, re.search(r"RESULT (.*)", printed)[1].split())
        self.requests, self.rate = requests, requests / (microseconds / 1e6)
        self.p50, self.p99 = p50 / 1e3, p99 / 1e3


def wrk(target, prompt, connections, seconds):
    port, key = target
    command = ["taskset", "-c", machine.LOAD_CORE, "wrk", "-t", "1", "-c", str(connections), "-d", f"{seconds}s", "--timeout", "10s",
               "-s", str(HERE / "chat.lua"), f"http://127.0.0.1:{port}/v1/chat/completions"]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env={**os.environ, "PROMPT": str(prompt), "KEY": key})
    return Load(run.stdout)


def latencies(targets, prompt, seconds, rounds, folder):
    """One connection, each target in turn, the middle of the rounds; and what one fsync took between them."""
    runs, syncs = {name: [] for name in targets}, []
    for _ in range(rounds):
        syncs += machine.sync_milliseconds(folder)
        for name, target in targets.items():
            runs[name].append(wrk(target, prompt, 1, seconds))
    return {name: sorted(each, key=lambda run: run.p50)[len(each) // 2] for name, each in runs.items()}, statistics.median(syncs)


def first_tokens(targets, times):
    """Milliseconds from sending a request to the first text of its stream, targets in turn."""
    request = json.dumps(body(stream=True), separators=(",", ":")).encode()
    taken = {name: [] for name in targets}
    sockets = {name: socket.create_connection(("127.0.0.1", port)) for name, (port, _) in targets.items()}
    for each in sockets.values():
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    for _ in range(times):
        for name, (_, key) in targets.items():
            head = (f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
                    f"content-length: {len(request)}\r\n\r\n").encode()
            began = time.perf_counter()
            sockets[name].sendall(head + request)
            answer = b""
            while b'"content":"' not in answer:
                answer += received(sockets[name])
            taken[name].append((time.perf_counter() - began) * 1e3)
            while not answer.endswith(b"0\r\n\r\n"):
                answer += received(sockets[name])
    return taken


def received(connection):
    data = connection.recv(65536)
    if not data:
        raise SystemExit("the connection was closed in mid-stream")
    return data


def memory_under_load(process, target, prompt, requests):
    """Resident memory while so many requests are answered: (requests so far, now, most, errors so far), ten times."""
    taken, done, errors, step = [], 0, 0, max(requests // 10, 1)
    while done < requests:
        run = wrk(target, prompt, 32, 1 if requests < 10_000 else 5)
        done, errors = done + run.requests, errors + run.errors
        if done >= step * (len(taken) + 1) or done >= requests:
            taken.append((done, *machine.resident(process.pid), errors))
    return taken


def body(stream, content=None):
    messages = [{"role": "user", "content": content or text.prompt()}]
    return {"model": "gpt-4o-mini", "messages": messages, "temperature": 0.2, "stream": stream}


def check_restored(who, port, key):
    """A benchmark of something that does not do its work would be worthless."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body(stream=False)), headers)
    response = connection.getresponse()
    answer = response.read().decode()
    name = re.search(r"Patient: (\w+ \w+)", text.prompt())[1]
    restores = "the patient" if who == "LiteLLM" else name
    if response.status != 200 or f"Summary for {restores}" not in answer or "NAME_1" in answer:
        raise SystemExit(f"{who} does not restore names: {response.status} {answer[:300]}")


def configured(place, vendor):
    """Writes a configuration with its data in `place`: the port, a caller's key and the file."""
    made = subprocess.run([machine.CORDON, "key", "new"], capture_output=True, text=True, check=True).stdout
    key, hash = re.search(r"\bcordon_sk_\w+", made)[0], re.search(r"key_hash: *\"?([^\s\"]+)", made)[1]
    port = free_port()
    configuration = {
        "listen": {"address": "127.0.0.1", "port": port}, "data": str(place / "data"), "regions": ["us-east"],
        "callers": [{"id": "bench", "key_hash": hash, "use_cases": ["summarize"]}],
        "use_cases": [{"id": "summarize", "purpose": "TREAT", "models": ["gpt-4o-mini"], "vendor": "mock", "restore": "all"}],
        "vendors": [{
            "id": "mock", "kind": "openai", "base_url": f"http://127.0.0.1:{vendor}/v1", "region": "us-east",
            "agreement": {"id": "B", "signed": "2020-01-01", "expires": "2099-01-01", "prohibits_training": True}}],
    }
    file = place / "cordon.yaml"
    file.write_text(json.dumps(configuration))
    machine.vault(place)
    return port, key, file


@contextmanager
def started(command, port, core, environment=None, within=60):
    """A server on one core, until the end of the block."""
    process = subprocess.Popen(
        ["taskset", "-c", core, *command], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **(machine.SECRETS if environment is None else environment)})
    try:
        deadline = time.monotonic() + within
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{command[0]} does not listen") from None
                time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def compiled_vendor(folder):
    compiler = shutil.which("cc") or shutil.which("clang")
    subprocess.run([compiler, "-O2", "-o", folder / "vendor", HERE / "vendor.c"], check=True)
    return str(folder / "vendor")


def data_home():
    """A folder on the disk that holds the checkout: a log in memory would have no fsync to measure."""
    home = machine.ROOT / ".build"
    home.mkdir(exist_ok=True)
    return home


# Above those of the tests, and below the ports that the system gives to outgoing connections.
PORTS = itertools.cycle(30_000 + (61 * os.getpid() + turn) % 2_500 for turn in range(2_500))


def free_port():
    """A port on which nothing listens, and that is not given out again soon."""
    for port in itertools.islice(PORTS, 2_500):
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
    raise SystemExit("no port is free")
