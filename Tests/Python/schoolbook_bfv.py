"""Reads and writes Cordon's encrypted tables by the definition of the scheme, with big integers.

It shares nothing with `Sources/EncryptedComputation` but the form of the files: polynomials are multiplied as whole
numbers (Kronecker's substitution), residues are put together by the Chinese remainder theorem, and noise is the exact
rational distance. AES and ChaCha20 are `openssl`'s.
"""

import hashlib
import hmac
import math
import secrets
import struct
import subprocess
from base64 import b64decode
from dataclasses import dataclass
from fractions import Fraction

SETS = {
    1: (4096, [34359697409, 34359451649], 1073692673),
    2: (8192, [9007199254429697, 9007199254364161, 9007199254331393], 4294475777),
    3: (8192, [9007199254429697, 9007199254364161, 9007199254331393], 1125899906826241),
}


def stream(cipher, key, iv, text):
    arguments = ["openssl", "enc", f"-{cipher}", "-K", key.hex(), "-iv", iv.hex()]
    return subprocess.run(arguments, input=text, capture_output=True, check=True).stdout


def hkdf(secret, salt, purpose):
    pseudorandom = hmac.digest(salt, secret, "sha256")
    return hmac.digest(pseudorandom, purpose + b"\x01", "sha256")


def opened_age(file, passphrase):
    """The text of an age file under a passphrase (c2sp.org/age), of one chunk; its tags are not checked."""
    head, payload = file.split(b"\n---", 1)
    _, _, salt, factor = head.split(b"\n")[1].split(b" ")
    wrapped = b64decode(head.split(b"\n")[2] + b"=" * 3)
    salt = b"age-encryption.org/v1/scrypt" + b64decode(salt + b"=" * 3)
    wrapping = hashlib.scrypt(passphrase, salt=salt, n=1 << int(factor), r=8, p=1, maxmem=1 << 30, dklen=32)
    file_key = stream("chacha20", wrapping, b"\x01" + bytes(15), wrapped[:-16])
    payload = payload.split(b"\n", 1)[1]
    key = hkdf(file_key, payload[:16], b"payload")
    return stream("chacha20", key, b"\x01" + bytes(3) + bytes(11) + b"\x01", payload[16:-16])


class Ring:
    """Z[X]/(X^N + 1) and its residues."""

    def __init__(self, number):
        self.number = number
        self.degree, self.primes, self.t = SETS[number]
        self.q = math.prod(self.primes)

    def root(self, prime):
        order = 2 * self.degree
        for base in range(2, prime):
            root = pow(base, (prime - 1) // order, prime)
            if pow(root, order // 2, prime) == prime - 1:
                return root

    def places(self):
        """The exponent at which each place has its value."""
        bits = self.degree.bit_length() - 1
        return [2 * int(f"{place:0{bits}b}"[::-1], 2) + 1 for place in range(self.degree)]

    def values(self, polynomial, prime):
        """The polynomial's values at the odd powers of the root, in the order of the places."""
        psi, coefficients, power = self.root(prime), [], 1
        for coefficient in polynomial:
            coefficients.append(coefficient * power % prime)
            power = power * psi % prime
        even = fourier(coefficients, psi * psi % prime, prime)
        return [even[exponent // 2] for exponent in self.places()]

    def polynomial(self, values, prime):
        psi = self.root(prime)
        even = [0] * self.degree
        for exponent, value in zip(self.places(), values):
            even[exponent // 2] = value
        scaled = fourier(even, pow(psi, -2, prime), prime)
        inverse, back, power = pow(self.degree, -1, prime), pow(psi, -1, prime), 1
        polynomial = []
        for coefficient in scaled:
            polynomial.append(coefficient * inverse * power % prime)
            power = power * back % prime
        return polynomial

    def joined(self, residues):
        """The polynomial modulo q of its values modulo each prime."""
        parts = [self.polynomial(values, prime) for values, prime in zip(residues, self.primes)]
        shares = [(self.q // prime) * pow(self.q // prime, -1, prime) for prime in self.primes]
        return [sum(map(int.__mul__, shares, coefficients)) % self.q for coefficients in zip(*parts)]

    def product(self, left, right):
        """The product modulo X^N + 1 and q, by one multiplication of whole numbers."""
        width = (2 * self.q.bit_length() + self.degree.bit_length() + 7) // 8
        whole = [int.from_bytes(b"".join(c.to_bytes(width, "little") for c in side), "little") for side in (left, right)]
        digits = (whole[0] * whole[1]).to_bytes(2 * width * self.degree, "little")
        terms = [int.from_bytes(digits[place : place + width], "little") for place in range(0, len(digits), width)]
        return [(low - high) % self.q for low, high in zip(terms, terms[self.degree :])]

    def scaled(self, numbers):
        """The plaintext with these numbers in its slots, times q / t and rounded."""
        plain = self.polynomial([number % self.t for number in numbers] + [0] * (self.degree - len(numbers)), self.t)
        return [(2 * self.q * c + self.t) // (2 * self.t) % self.q for c in plain]


def fourier(values, root, prime):
    if len(values) == 1:
        return values
    even, odd = fourier(values[::2], root * root % prime, prime), fourier(values[1::2], root * root % prime, prime)
    low, high, power = [], [], 1
    for a, b in zip(even, odd):
        low.append((a + power * b) % prime)
        high.append((a - power * b) % prime)
        power = power * root % prime
    return low + high


class Reader:
    def __init__(self, file):
        content, digest = file[:-32], file[-32:]
        assert hashlib.sha256(content).digest() == digest and content[:8] == b"cordonHE" and content[8] == 1
        self.kind, self.ring = content[9], Ring(int.from_bytes(content[10:12], "little"))
        self.key, self.rest = content[12:28], content[28:]

    def take(self, count):
        assert len(self.rest) >= count
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def number(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize(form)))[0]

    def residues(self):
        result = []
        for prime in self.ring.primes:
            bits = prime.bit_length()
            whole = int.from_bytes(self.take(self.ring.degree * bits // 8), "little")
            text = f"{whole:0{self.ring.degree * bits}b}"
            result.append([int(text[len(text) - bits * (i + 1) : len(text) - bits * i], 2) for i in range(self.ring.degree)])
        return result

    def drawn(self):
        """The residues that a seed stands for."""
        words = iter(struct.iter_unpack("<Q", stream("aes-256-ctr", self.take(32), bytes(16), bytes(16 * 8 * self.ring.degree))))
        result = []
        for prime in self.ring.primes:
            mask, values = (1 << prime.bit_length()) - 1, []
            while len(values) < self.ring.degree:
                word = next(words)[0] & mask
                if word < prime:
                    values.append(word)
            result.append(values)
        return result


@dataclass
class Column:
    name: str
    kind: int
    count: int
    decimals: int
    bounds: tuple
    ciphertexts: list
    seeded: bool


def table(file):
    """The columns of a file, each ciphertext as (declared noise, first part, second part)."""
    reader = Reader(file)
    assert reader.kind == 3
    columns = []
    for _ in range(reader.number("H")):
        name = reader.take(reader.number("B")).decode()
        kind, count, decimals, *bounds = (reader.number(form) for form in ("B", "Q", "B", "q", "q"))
        ciphertexts, seeded = [], False
        for _ in range(1 if kind in (2, 4) else -(-count // reader.ring.degree)):
            noise, seeded = reader.number("d"), reader.number("B") == 1
            second = reader.drawn() if seeded else reader.residues()
            first = reader.residues()
            ciphertexts.append((noise, reader.ring.joined(first), reader.ring.joined(second)))
        columns.append(Column(name, kind, count, decimals, tuple(bounds), ciphertexts, seeded))
    assert not reader.rest
    return reader.ring, columns


def secret(file):
    """The secret polynomial of an opened key file."""
    reader = Reader(file)
    assert reader.kind == 4 and len(reader.rest) == reader.ring.degree
    return [coefficient - 1 for coefficient in reader.rest]


def decrypt(ring, ciphertext, secret):
    """The numbers in the slots, and the largest noise."""
    _, first, second = ciphertext
    # c0 + c1 s with s + 1, whose coefficients are not negative.
    product = ring.product(second, [c + 1 for c in secret])
    ones = ring.product(second, [1] * ring.degree)
    phase = [(a + b - c) % ring.q for a, b, c in zip(first, product, ones)]
    plain = [(2 * ring.t * x + ring.q) // (2 * ring.q) for x in phase]
    noise = max(abs(Fraction(ring.q * m, ring.t) - x) for m, x in zip(plain, phase))
    values = ring.values([m % ring.t for m in plain], ring.t)
    return [value - ring.t if value > ring.t // 2 else value for value in values], noise


def encrypted_by_public_key(file, name, numbers, bounds):
    """A table of one column, by a contributor who has only the public key."""
    reader = Reader(file)
    assert reader.kind == 1
    ring = reader.ring
    mask = ring.joined(reader.drawn())
    body = ring.joined(reader.residues())

    def error():
        return [(secrets.randbits(21).bit_count() - secrets.randbits(21).bit_count()) for _ in range(ring.degree)]

    u = [secrets.randbelow(3) - 1 for _ in range(ring.degree)]

    def times_u(polynomial):
        product = ring.product(polynomial, [c + 1 for c in u])
        return [(a - b) % ring.q for a, b in zip(product, ring.product(polynomial, [1] * ring.degree))]

    first = [(a + b + c) % ring.q for a, b, c in zip(times_u(body), error(), ring.scaled(numbers))]
    second = [(a + b) % ring.q for a, b in zip(times_u(mask), error())]
    content = b"cordonHE" + bytes([1, 3]) + struct.pack("<H", ring.number) + reader.key + struct.pack("<H", 1)
    content += bytes([len(name)]) + name.encode() + struct.pack("<BQBqq", 1, len(numbers), 0, *bounds)
    content += struct.pack("<dB", 21.0 * (2 * ring.degree + 1) + 1, 0)
    for polynomial in (second, first):
        for prime in ring.primes:
            bits = prime.bit_length()
            values = ring.values([c % prime for c in polynomial], prime)
            whole = int("".join(f"{value:0{bits}b}" for value in reversed(values)), 2)
            content += whole.to_bytes(ring.degree * bits // 8, "little")
    return content + hashlib.sha256(content).digest()
