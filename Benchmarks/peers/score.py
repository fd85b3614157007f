"""Scores findings against marked text: letters and digits, pooled over a corpus, as `cordon evaluate` does."""

import json
import re
from dataclasses import dataclass, field

YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)")


@dataclass
class Score:
    """What was counted in one corpus."""

    marked: int = 0
    found: int = 0
    both: int = 0
    letters: int = 0
    flags: int = 0
    leaking: list = field(default_factory=list)  # of the documents with identifiers
    damaged: list = field(default_factory=list)  # of the documents without

    @property
    def recall(self):
        return self.both / self.marked if self.marked else None

    @property
    def precision(self):
        return self.both / self.found if self.found and self.marked else None

    @property
    def clean(self):
        return 1 - sum(self.leaking) / len(self.leaking) if self.leaking else None

    @property
    def damaged_share(self):
        return sum(self.damaged) / len(self.damaged) if self.damaged else None

    @property
    def flags_per_ten_thousand(self):
        return self.flags * 10_000 / self.letters


def score(corpus, findings):
    """The score of `findings`, ranges of code points for each document's id."""
    total = Score()
    for line in open(corpus, encoding="utf-8"):
        document = json.loads(line)
        count(total, document, findings[document["id"]])
    return total


def count(total, document, found):
    text, spans = document["text"], document["spans"]
    counts = [character.isalnum() for character in text]
    total.letters += sum(counts)
    for span in spans:
        if span.get("soft"):
            counts[span["start"]:span["end"]] = [False] * (span["end"] - span["start"])
        elif span["label"] == "DATE":
            for year in YEAR.finditer(text[span["start"]:span["end"]]):
                first = span["start"] + year.start()
                counts[first:first + 4] = [False] * 4
    hard = [span for span in spans if not span.get("soft")]
    inside = {index for span in hard for index in range(span["start"], span["end"])}
    gold = {index for index in inside if counts[index]}
    covered = {index for start, end in found for index in range(start, min(end, len(text))) if counts[index]}
    wrong = sum(
        not any(index in inside for index in range(start, end)) and any(counts[start:end])
        for start, end in joined(found, text))
    total.marked += len(gold)
    total.found += len(covered)
    total.both += len(gold & covered)
    total.flags += wrong
    if hard:
        total.leaking.append(bool(gold - covered))
    else:
        total.damaged.append(bool(wrong))


def joined(found, text):
    """Findings, those with nothing or one space between them as one: some engines flag words, some parts of words."""
    result = []
    for start, end in sorted(found):
        if result and (start <= result[-1][1] or text[result[-1][1]:start] == " "):
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result
