"""Agreements as `cordon vendor add` takes them."""

import json
import os
import subprocess

from conftest import SECRETS, day
from paths import CORDON

CLAUSES = [
    "uses", "no_other_use", "safeguards", "report", "subcontractors", "access", "amend", "accounting", "delegated",
    "books", "return", "terminate", "sec_comply", "sec_sub", "sec_report",
]


def agreement(**change):
    """The entry of a registry for the vendor `mock`, which covers what the tests' configuration asks for."""
    return {
        "vendor": "mock", "id": "BAA-7", "signed": day(-40), "effective": day(-30), "expires": day(300),
        "environment": "production", "prohibits_training": True, "zero_retention_attested": day(-30),
        "breach_report_hours": 72, "regions": ["us-east"], "services": {}, "purposes": ["TREAT"],
        "data_classes": "all", "subcontractors": [], "clauses": {clause: "p. 3" for clause in CLAUSES}, **change,
    }


def without_agreement(configuration):
    """A configuration whose vendor is covered by the registry or not at all."""
    del configuration["vendors"][0]["agreement"]


def add(gateway, *options, **change):
    """Records an agreement; JSON is YAML too."""
    return subprocess.run(
        [CORDON, "vendor", "add", "-", "--data", gateway.data, "--by", "alice", *options],
        input=json.dumps(agreement(**change)), capture_output=True, text=True, env={**os.environ, **SECRETS})


def terminate(gateway, name="BAA-7"):
    return gateway.cordon("vendor", "terminate", name, "--by", "alice")
