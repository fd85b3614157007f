"""What the documentation may not say, and what it must be able to show."""

import re
import subprocess

import pytest
from paths import ROOT

PAGES = [
    path for path in (*ROOT.glob("*.md"), *ROOT.glob("Docs/**/*.md"), *ROOT.glob("Examples/**/*"), ROOT / "NOTICE")
    if path.is_file() and path.name not in ("requirements.md", "requirements-status.md")
]


def hits(pattern):
    text = {path: path.read_text(encoding="utf-8") for path in PAGES}
    return [(path.name, match[0]) for path, page in text.items() for match in re.finditer(pattern, page, re.IGNORECASE)]


# proves: CLM-01
def test_no_page_gives_the_old_cap_on_fines_as_current():
    assert hits(r"\$ ?1[.,]5 ?(m\b|million)|1[.,]500[.,]000") == []


# proves: CLM-02
def test_no_page_repeats_a_figure_that_has_no_source():
    claims = [
        r"breach(es)?[^.\n]{0,60}\b70 ?%", r"\b70 ?%[^.\n]{0,60}breach", r"\b58 ?%[^.\n]{0,60}(RBAC|role|access)",
        r"\b(55|77) ?%[^.\n]{0,60}(third|vendor|part(y|ies))", r"\b(30|50) ?%[^.\n]{0,60}audit", r"\b65 ?%[^.\n]{0,60}UCSD|UCSD",
        r"\$ ?9[.,]23", r"\b75 ?%[^.\n]{0,60}(by 20\d\d|forecast|Gartner)",
    ]
    assert [hit for claim in claims for hit in hits(claim)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


def test_every_target_of_the_makefile_that_the_guide_names_is_there():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`", "".join(page.read_text(encoding="utf-8") for page in PAGES)))
    assert named <= targets


def test_setup_does_nothing_the_second_time():
    first, second = (subprocess.run([ROOT / "Scripts/setup"], capture_output=True, text=True) for _ in range(2))
    assert (first.returncode, second.returncode, second.stdout) == (0, 0, "")
