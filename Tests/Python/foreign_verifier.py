"""Checks a log and a receipt with nothing but the Python standard library and the published formats.

    foreign_verifier.py LOG VKEY [RECEIPT ENTRY]      LOG is a log's directory, or the HTTP address of one

Formats: RFC 6962 (tree), RFC 8032 (Ed25519), C2SP signed-note, tlog-checkpoint, tlog-tiles and tlog-proof.
"""

import base64
import hashlib
import sys
import urllib.request
from pathlib import Path

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def need(holds, what):
    if not holds:
        raise ValueError(what)


def decoded(text):
    """Bytes from base64, of which there is one spelling only."""
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, "base64")
    return data


def add(a, b):
    """The sum of two points of edwards25519 in extended coordinates (RFC 8032, section 5.1.4)."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def point(bytes32):
    y, sign = int.from_bytes(bytes32, "little") & (1 << 255) - 1, bytes32[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    need(y < P and x * x % P == square and (x or not sign), "a point of the curve")
    return (x if x & 1 == sign else P - x), y, 1, (x if x & 1 == sign else P - x) * y % P


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signed(key, message, signature):
    s = int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    left, right = times(s, BASE), add(point(signature[:32]), times(k, point(key)))
    return len(signature) == 64 and s < Q and all(
        (left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


def checkpoint(note, vkey):
    """The size and root of a signed checkpoint; the log is the one that the verifier key names."""
    name, key_hash, key = vkey.split("+", 2)
    key = decoded(key)
    need(key[0] == 1 and hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_hash, "vkey")
    text, signatures = note[: note.rindex(b"\n\n") + 1], note[note.rindex(b"\n\n") + 2 :]
    need(signatures.endswith(b"\n"), "end of the note")
    lines = [line.split(" ") for line in signatures[:-1].decode().split("\n")]
    ours = [decoded(line[2]) for line in lines if line[0] == "\u2014" and line[1] == name]
    need(any(is_signed(key[1:], text, one[4:]) for one in ours if one[:4].hex() == key_hash), "signature")
    origin, size, root = text.decode().split("\n")[:3]
    need(origin == name, "origin")
    return int(size), decoded(root)


def leaf(entry):
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def tree(hashes):
    """The root over these hashes (RFC 6962, section 2.1)."""
    if len(hashes) < 2:
        return hashes[0] if hashes else hashlib.sha256().digest()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return node(tree(hashes[:half]), tree(hashes[half:]))


def tile(fetch, level, index, width):
    """A tile, or the beginning of the wider one that has taken its place since."""
    path, rest = f"{index % 1000:03}", index // 1000
    while rest:
        path, rest = f"x{rest % 1000:03}/{path}", rest // 1000
    try:
        return fetch(f"tile/{level}/{path}" + (f".p/{width}" if width < 256 else ""))
    except OSError:
        content, end = fetch(f"tile/{level}/{path}"), 0
        for _ in range(width):
            end += 32 if level != "entries" else 2 + int.from_bytes(content[end : end + 2], "big")
        return content[:end]


def check_log(fetch, vkey):
    """Checks the checkpoint, every bundle and every tile; the number of entries."""
    size, root = checkpoint(fetch("checkpoint"), vkey)
    hashes, level = [], 0
    for start in range(0, size, 256):
        bundle, end = tile(fetch, "entries", start // 256, min(256, size - start)), 0
        while end < len(bundle):
            length = int.from_bytes(bundle[end : end + 2], "big")
            hashes.append(leaf(bundle[end + 2 : end + 2 + length]))
            end += 2 + length
        need(end == len(bundle) and len(hashes) == min(start + 256, size), f"bundle of entry {start}")
    need(tree(hashes) == root, "root")
    while hashes:
        for start in range(0, len(hashes), 256):
            part = hashes[start : start + 256]
            need(tile(fetch, level, start // 256, len(part)) == b"".join(part), f"tile {level}/{start // 256}")
        hashes = [tree(hashes[start : start + 256]) for start in range(0, len(hashes) // 256 * 256, 256)]
        level += 1
    return size


def check_receipt(receipt, entry, vkey):
    """Checks that the entry is in the log; its index and the size of the log."""
    head, note = receipt.split(b"\n\n", 1)
    lines = head.decode().split("\n")
    need(lines.pop(0) == "c2sp.org/tlog-proof@v1", "header")
    lines = lines[lines[0].startswith("extra ") :]
    index, proof = int(lines[0].removeprefix("index ")), [decoded(line) for line in lines[1:]]
    size, root = checkpoint(note, vkey)
    need(0 <= index < size, "index")
    hash, place, last = leaf(entry), index, size - 1  # RFC 9162, section 2.1.3.2
    for sibling in proof:
        need(last, "length of the proof")
        if place & 1 or place == last:
            hash = node(sibling, hash)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            hash = node(hash, sibling)
        place, last = place >> 1, last >> 1
    need(last == 0 and hash == root, "proof")
    return index, size


def fetch_from(place):
    if not place.startswith(("http://", "https://")):
        return lambda path: Path(place, path).read_bytes()
    return lambda path: urllib.request.urlopen(f"{place.rstrip('/')}/{path}").read()


if __name__ == "__main__":
    try:
        print(check_log(fetch_from(sys.argv[1]), sys.argv[2]), "entries")
        if len(sys.argv) > 3:
            print("entry %d of %d" % check_receipt(*(Path(p).read_bytes() for p in sys.argv[3:5]), sys.argv[2]))
    except (OSError, ValueError, IndexError) as error:  # of which the errors of HTTP and of base64 are kinds
        sys.exit(f"NOT VERIFIED: {error!r}")
