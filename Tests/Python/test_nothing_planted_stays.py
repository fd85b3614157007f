"""After everything else: the planted identifiers are nowhere that Cordon or a vendor keeps bytes."""

import json
import os
import time

import pytest
from conftest import planted_stays


# proves: IOC-15
@pytest.mark.last
def test_no_planted_identifier_is_in_any_byte_that_was_written_printed_or_sent(findings_of_others):
    own = planted_stays()
    reports = [own, *of_others(findings_of_others)]
    assert [report["found"] for report in reports] == [[]] * len(reports)
    assert sum(report["gateways"] for report in reports) > 0, "no gateway ran"
    assert sum(report["searched"] for report in reports) > 10_000


def of_others(folder, within=1800):
    """What each other process that runs tests found, once it has ended."""
    missing = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)) - 1
    deadline = time.monotonic() + within
    while len(list(folder.glob("*.json"))) < missing:
        assert time.monotonic() < deadline, "a process that runs tests has not said what it found"
        time.sleep(0.2)
    return [json.loads(file.read_text()) for file in folder.glob("*.json")]
