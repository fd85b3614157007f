"""LiteLLM's proxy as a peer of the gateway: one worker, with a key of its callers', before the same vendor.

It is installed by `Benchmarks/setup --peers`, pinned by hash, into .build/peers: CPython 3.11 on x86-64.
"""

import json
import shutil
from pathlib import Path

import machine

VENV = machine.ROOT / ".build/peers"
WANTED = Path(__file__).resolve().parent / "peers/requirements-gateway.txt"
KEY = "sk-bench"
# Nothing is fetched and nothing is told to anybody; else what its makers advise for production.
ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "LITELLM_LOG": "ERROR", "LITELLM_TELEMETRY": "False",
    "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false",
}


def missing():
    """Why it cannot be measured; nothing where it can."""
    ready = VENV / "ready"
    if not ready.exists():
        return "not installed: Benchmarks/setup --peers"
    if ready.read_bytes() != WANTED.read_bytes():
        return "installed from another list: Benchmarks/setup --peers"
    return None


def version():
    return next(line.split()[0] for line in WANTED.read_text().splitlines() if line.startswith("litellm=="))


def command(place, vendor, port, presidio):
    """Writes a configuration in `place`, and gives the command that serves it."""
    place.mkdir()
    configuration = {
        "model_list": [{
            "model_name": "gpt-4o-mini",
            "litellm_params": {"model": "openai/gpt-4o-mini", "api_base": f"http://127.0.0.1:{vendor}/v1", "api_key": "none"}}],
        "general_settings": {"master_key": KEY},
        "litellm_settings": {"telemetry": False},
    }
    if presidio:
        shutil.copy(WANTED.parent / "presidio_guardrail.py", place)
        configuration["guardrails"] = [{
            "guardrail_name": "presidio",
            "litellm_params": {"guardrail": "presidio_guardrail.Presidio", "mode": ["pre_call", "post_call"], "default_on": True}}]
    file = place / "config.yaml"
    file.write_text(json.dumps(configuration))
    return [VENV / "bin/litellm", "--config", file, "--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]
