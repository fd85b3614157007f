"""What a running process has in its memory, as root reads it."""

import re
from pathlib import Path

PIECE = 1 << 24


def mappings(process):
    """The readable mappings of a process: where each begins and ends, and what it is of."""
    for line in Path(f"/proc/{process}/maps").read_text().splitlines():
        place, access, *_, name = [*line.split(None, 5), ""][:6]
        begin, end = (int(number, 16) for number in place.split("-"))
        if access[0] == "r" and name.strip() not in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
            yield begin, end, name.strip()


def occurrences(process, secrets):
    """Where each secret stands in the memory of a process: as it is, or in UTF-16."""
    found = {}
    longest = max(len(secret) for secret in secrets) * 2
    with open(f"/proc/{process}/mem", "rb", 0) as memory:
        for begin, end, name in mappings(process):
            for at in range(begin, end, PIECE):
                memory.seek(at)
                try:
                    held = memory.read(min(PIECE + longest, end - at))
                except OSError:
                    continue
                for secret in secrets:
                    for form in {secret if isinstance(secret, bytes) else secret.encode(), as_utf16(secret)}:
                        for match in re.finditer(re.escape(form), held):
                            found.setdefault(secret, []).append((at + match.start(), name))
    return found


def as_utf16(secret):
    return secret if isinstance(secret, bytes) else secret.encode("utf-16-le")
