"""Shamir's secret sharing over GF(2^8): any k of n shares give the secret back, fewer say nothing about it. No I/O here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce

MOST = 255
POLYNOMIAL = 0x11B  # x^8 + x^4 + x^3 + x + 1, as in FIPS 197


def split(secret: bytes, threshold: int, count: int, random_bytes: Callable[[int], bytes]) -> dict[int, bytes]:
    """Return `count` shares by their number (from 1), each as long as `secret`. Raises ValueError on other counts."""
    if not 1 <= threshold <= count <= MOST:
        raise ValueError(f"{threshold} of {count} shares; 1 to {MOST}, and not more needed than made")
    higher = [random_bytes(len(secret)) for _ in range(threshold - 1)]
    return {x: bytes(map(lambda *terms: _evaluate(terms, x), secret, *higher)) for x in range(1, count + 1)}


def combine(shares: Mapping[int, bytes]) -> bytes:
    """Return the secret that the shares give together; whether they were enough, only its use can tell.

    Raises ValueError when there is none, they differ in length, or a number is out of range.
    """
    if not shares or len({len(share) for share in shares.values()}) != 1 or not all(1 <= x <= MOST for x in shares):
        raise ValueError("no shares of one secret")
    weights = {x: _weight(x, shares) for x in shares}
    columns = zip(*([_times(byte, weights[x]) for byte in share] for x, share in shares.items()), strict=True)
    return bytes(reduce(int.__xor__, column) for column in columns)


def _evaluate(coefficients: tuple[int, ...], x: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = _times(value, x) ^ coefficient
    return value


def _weight(x: int, shares: Mapping[int, bytes]) -> int:
    """Return Lagrange's factor of share `x` at 0."""
    weight = 1
    for other in shares:
        if other != x:
            weight = _times(weight, _times(other, _inverse(other ^ x)))
    return weight


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & 0x100:
            a ^= POLYNOMIAL
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """Return 1/a, which is a^254 = a^2 a^4 ... a^128."""
    result, power = 1, a
    for _ in range(7):
        power = _times(power, power)
        result = _times(result, power)
    return result
