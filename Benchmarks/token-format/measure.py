#!/usr/bin/env python3
"""Compares forms of session tokens over the channels that text takes on its way to a model and back.

usage: measure.py [OUTPUT]

Needs the packages of requirements.txt beside it. A channel passes when every token comes out as it went in. Random
choices have a fixed seed; the same packages give the same figures.
"""

import csv
import html
import html.parser
import io
import json
import random
import re
import shlex
import sqlite3
import string
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree

import markdown
import markdown_it
import mistune
import yaml

CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
SUBJECTS = [("NAME", 1, ""), ("NAME", 1, "B"), ("DATE", 12, ""), ("FACILITY", 2, ""), ("MRN", 104, "")]


def check(kind, index, form):
    return "".join(random.Random(f"{kind}{index}{form}").choices(CONSONANTS, k=3))


FORMATS = {
    "[[NAME_1]]": lambda kind, index, form: f"[[{kind}_{index}{form}]]",
    "<NAME_1>": lambda kind, index, form: f"<{kind}_{index}{form}>",
    "⟦NAME_1⟧": lambda kind, index, form: f"⟦{kind}_{index}{form}⟧",
    "{{NAME_1}}": lambda kind, index, form: f"{{{{{kind}_{index}{form}}}}}",
    "NAME-1-KTQ": lambda kind, index, form: f"{kind}-{index}{form}-{check(kind, index, form)}",
    "NAME_1_KTQ": lambda kind, index, form: f"{kind}_{index}{form}_{check(kind, index, form)}",
}

RENDERERS = {
    "Markdown": markdown.markdown,
    "mistune": mistune.html,
    "markdown-it-py": markdown_it.MarkdownIt().render,
}

MARKDOWN_PLACES = [
    "seen by {t} today", "**{t}** and *{t}*", "- {t}\n- {t}", "# {t}\n\n{t}", "[{t}](https://a.example/{t})",
    "[see](https://a.example/?q={t})", "{t}{t}", "({t})", "_{t}_ {t}'s", "{t}_{t}", "> {t}", "1. {t} 2. {t}",
]


class Text(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)

    def handle_starttag(self, tag, attributes):
        self.parts += [value or "" for name, value in attributes if name == "href"]


def text_of(document):
    reader = Text()
    reader.feed(document)
    reader.close()
    return "".join(reader.parts)


def json_bytes(token):
    return token in json.dumps({"content": f"see {token}."})


def json_in_json(token):
    return token in json.dumps({"arguments": json.dumps({"who": token})})


def url_quoting(token):
    return urllib.parse.quote(token, safe="") == token and urllib.parse.quote_plus(token) == token


def url_parsing(token):
    parts = urllib.parse.urlsplit(f"https://a.example/{token}?q={token}#{token}")
    return parts.path == f"/{token}" and parts.query == f"q={token}" and parts.fragment == token


def url_in_text(token):
    found = re.search(r"https?://[^\s<>\"'()\[\]{}]+", f"open https://a.example/{token}/x now")
    return found is not None and token in found[0]


def rendering(render):
    def passes(token):
        for place in MARKDOWN_PLACES:
            source = place.replace("{t}", token)
            if text_of(render(source)).count(token) < source.count(token):
                return False
        return True

    return passes


def html_escaping(token):
    return html.escape(token) == token


def html_unescaped(token):
    return token in text_of(f"<p>seen by {token} today</p>")


def xml_unescaped(token):
    try:
        return xml.etree.ElementTree.fromstring(f'<a b="{token}">{token}</a>').text == token
    except xml.etree.ElementTree.ParseError:
        return False


def yaml_plain(token):
    try:
        return yaml.safe_load(f"who: {token}\nlist: [{token}, x]\n") == {"who": token, "list": [token, "x"]}
    except yaml.YAMLError:
        return False


def csv_bare(token):
    output = io.StringIO()
    csv.writer(output).writerow([token, "x"])
    return output.getvalue() == f"{token},x\r\n"


def sql_literal(token):
    return sqlite3.connect(":memory:").execute(f"select '{token}'").fetchone()[0] == token


def sql_identifier(token):
    try:
        return sqlite3.connect(":memory:").execute(f"select 1 as {token}").description[0][0] == token
    except sqlite3.Error:
        return False


def shell_bare(token):
    result = subprocess.run(["sh", "-c", f"printf %s {token}"], capture_output=True, text=True, cwd="/")
    return result.returncode == 0 and result.stdout == token


def shell_quoting(token):
    return shlex.quote(token) == token


def python_format(token):
    try:
        return token in f"seen by {token}".format() and token in string.Template(f"by {token}").substitute()
    except (KeyError, ValueError, IndexError):
        return False


def mustache(token):
    return "{{" not in token


def ascii_only(token):
    return token.isascii()


def one_word(token):
    return re.fullmatch(r"\w+", token) is not None


def file_name(token):
    return re.fullmatch(r"[A-Za-z0-9._-]+", token) is not None


CHANNELS = {
    "JSON, bytes unchanged": json_bytes,
    "JSON inside JSON, bytes unchanged": json_in_json,
    "URL quoting": url_quoting,
    "URL parsing": url_parsing,
    "URL found in running text": url_in_text,
    **{f"Markdown to HTML, {name}": rendering(render) for name, render in RENDERERS.items()},
    "HTML escaping, bytes unchanged": html_escaping,
    "HTML without escaping": html_unescaped,
    "XML without escaping": xml_unescaped,
    "YAML plain scalar": yaml_plain,
    "CSV field": csv_bare,
    "SQL literal": sql_literal,
    "SQL identifier": sql_identifier,
    "shell word, not quoted": shell_bare,
    "shell quoting": shell_quoting,
    "str.format and string.Template": python_format,
    "Mustache and Jinja templates": mustache,
    "file name": file_name,
    "ASCII": ascii_only,
    "one word for a double click": one_word,
}


def wrong_person(make):
    """Of single wrong characters in a token: the share that makes it the token of somebody else."""
    known = {make("NAME", index, form): (index, form) for index in range(1, 51) for form in ("", "B")}
    source = random.Random(1)
    alphabet = string.ascii_uppercase + string.digits
    wrong = 0
    trials = 200_000
    tokens = sorted(known)
    for _ in range(trials):
        token = source.choice(tokens)
        places = [place for place, letter in enumerate(token) if letter.isalnum()]
        place = source.choice(places)
        altered = token[:place] + source.choice(alphabet) + token[place + 1 :]
        wrong += altered != token and altered in known
    return wrong / trials


PROSE = """Restrained driver struck on the driver's side. Airbags deployed, no loss of consciousness, self-extricated.
Past history: Hashimoto thyroiditis, Crohn disease on adalimumab. Levothyroxine 88 mcg daily, no known allergies.
BP 128/74, HR 102, SpO2 98 % on air. Tender over the mid left clavicle, skin intact, radial pulse 2+. Imaging: no acute
injury. [ ] Follow up in one week, sling, ice, acetaminophen 1 g every 8 hours. Plan: <2 g sodium, {see order set}.
"""


def holding(make):
    """At a cut anywhere in prose: the mean of the bytes held back, and of all cuts the share where any are."""
    tokens = [make(*subject) for subject in SUBJECTS]
    beginnings = {token[:count].lower() for token in tokens for count in range(1, len(token))}
    longest = max(map(len, beginnings))
    held = []
    for cut in range(1, len(PROSE)):
        tails = (PROSE[cut - count : cut].lower() for count in range(min(longest, cut), 0, -1))
        held.append(max((len(tail.encode()) for tail in tails if tail in beginnings), default=0))
    return sum(held) / len(held), sum(count > 0 for count in held) / len(held), max(len(t.encode()) for t in tokens) - 1


def main(arguments):
    lines = []
    width = max(map(len, CHANNELS)) + 2
    lines.append(" " * width + "  ".join(f"{name:>10}" for name in FORMATS))
    totals = dict.fromkeys(FORMATS, 0)
    for channel, passes in CHANNELS.items():
        row = []
        for name, make in FORMATS.items():
            passed = all(passes(make(*subject)) for subject in SUBJECTS)
            totals[name] += passed
            row.append("yes" if passed else "no")
        lines.append(f"{channel:<{width}}" + "  ".join(f"{cell:>10}" for cell in row))
    lines.append("")

    def row(title, cells):
        lines.append(f"{title:<{width}}" + "  ".join(f"{cell:>10}" for cell in cells))

    row(f"channels passed, of {len(CHANNELS)}", totals.values())
    row("bytes of the first name's token", [len(make("NAME", 1, "").encode()) for make in FORMATS.values()])
    row("wrong person after one wrong letter", [f"{wrong_person(make):.2%}" for make in FORMATS.values()])
    held = [holding(make) for make in FORMATS.values()]
    row("held back at a cut, mean bytes", [f"{mean:.3f}" for mean, _, _ in held])
    row("cuts where something is held back", [f"{share:.1%}" for _, share, _ in held])
    row("held back at most, bytes", [most for _, _, most in held])
    lines.append("")
    versions = ", ".join(f"{name} {module.__version__}" for name, module in
                         [("Markdown", markdown), ("mistune", mistune), ("markdown-it-py", markdown_it), ("PyYAML", yaml)])
    lines.append(f"Python {sys.version.split()[0]}, {versions}")
    report = "\n".join(lines) + "\n"
    print(report, end="")
    if arguments:
        with open(arguments[0], "w", encoding="utf-8") as output:
            output.write(report)


if __name__ == "__main__":
    main(sys.argv[1:])
