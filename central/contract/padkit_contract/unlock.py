"""Unlocking a kit without network: the challenge it shows, and the code that two people at central give for it.

The challenge is read over the telephone: 20 characters of Crockford's base 32 and one that finds every wrong character and
every two that changed places. It holds 64 bits of chance, the kit's count of challenges, and a tag of the kit and the lock
that it is for. The code proves the kit's escrow key over all of them; who may ask for one is central's matter.
"""

from __future__ import annotations

from dataclasses import dataclass

from padkit_contract.crypto.symmetric import hmac_sm3, sm3
from padkit_contract.errors import Invalid

KEY_SIZE = 32
NONCE_SIZE = 8
CODE_DIGITS = 8
VALID_S = 600  # how long a kit takes the code of one challenge

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
HEARD = str.maketrans("ILO", "110", "- \t")  # what people write instead, and what they put between
SIZE = 20  # characters before the check
GROUP = 4
TAG_BITS, COUNTER_BITS, NONCE_BITS = 20, 16, 64
FIELD = 0b100101  # x^5 + x^2 + 1, primitive: powers of x weigh the characters of the check
LABEL = b"padkit unlock v1"


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. `tag` names kit and lock (`tag_of`), `counter` counts the kit's challenges modulo 65536."""

    tag: int
    counter: int
    nonce: bytes

    def text(self) -> str:
        """Return what the kit shows: six groups, ``4F0C-…-7``."""
        value = (self.tag << COUNTER_BITS | self.counter) << NONCE_BITS | int.from_bytes(self.nonce, "big")
        digits = [value >> 5 * place & 31 for place in reversed(range(SIZE))]
        shown = "".join(DIGITS[digit] for digit in (*digits, _check(digits)))
        return "-".join(shown[at : at + GROUP] for at in range(0, len(shown), GROUP))

    def is_for(self, entity: str, kit: str, cause: str) -> bool:
        """Tell whether this is about `kit`, locked by `cause` (a command's id, ``lease`` or ``lost``)."""
        return self.tag == tag_of(entity, kit, cause)


def new_challenge(entity: str, kit: str, cause: str, counter: int, nonce: bytes) -> Challenge:
    """Return the `counter`th challenge of `kit`, locked by `cause`; `nonce` are `NONCE_SIZE` bytes of chance."""
    if len(nonce) != NONCE_SIZE:
        raise Invalid("challenge.nonce", f"{len(nonce)} bytes, {NONCE_SIZE} needed")
    return Challenge(tag_of(entity, kit, cause), counter % (1 << COUNTER_BITS), nonce)


def tag_of(entity: str, kit: str, cause: str) -> int:
    """Return the 20 bits by which a challenge names its kit and lock."""
    return int.from_bytes(sm3(_bound(b"tag", entity.encode(), kit.encode(), cause.encode()))[:3], "big") >> 4


def read_challenge(text: str) -> Challenge:
    """Read what somebody heard or typed: case, hyphens, blanks, I, L and O do not matter.

    Raises `Invalid` ``challenge.length``, ``challenge.character`` or ``challenge.check``, saying what to do.
    """
    heard = text.upper().translate(HEARD) if len(text) <= 4 * SIZE else text
    if len(heard) != SIZE + 1:
        raise Invalid("challenge.length", f"{len(heard)} characters, {SIZE + 1} needed; read all groups again")
    digits = [DIGITS.find(character) for character in heard]
    if -1 in digits:
        place = digits.index(-1)
        raise Invalid(
            "challenge.character", f"{heard[place]!r} at place {place + 1} is none of {DIGITS}; read it again"
        )
    if _check(digits[:SIZE]) != digits[SIZE]:
        raise Invalid("challenge.check", "a character is wrong or two changed places; compare with the kit's screen")
    value = 0
    for digit in digits[:SIZE]:
        value = value << 5 | digit
    nonce = (value & (1 << NONCE_BITS) - 1).to_bytes(NONCE_SIZE, "big")
    head = value >> NONCE_BITS
    return Challenge(head >> COUNTER_BITS, head & (1 << COUNTER_BITS) - 1, nonce)


def unlock_code(key: bytes, entity: str, kit: str, challenge: Challenge) -> str:
    """Return the code of `CODE_DIGITS` digits that lifts the lock `challenge` is about, once. `key` is the kit's escrow key.

    Raises `Invalid` ``escrow.size``.
    """
    if len(key) != KEY_SIZE:
        raise Invalid("escrow.size", f"{len(key)} bytes, {KEY_SIZE} needed; let the kit reach central once")
    numbers = challenge.tag.to_bytes(3, "big") + challenge.counter.to_bytes(2, "big")
    proof = hmac_sm3(key, _bound(b"code", entity.encode(), kit.encode(), numbers, challenge.nonce))
    return f"{int.from_bytes(proof[:16], 'big') % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def _bound(*parts: bytes) -> bytes:
    """Join `parts` behind the label so that no two lists of parts give the same bytes."""
    return LABEL + b"".join(len(part).to_bytes(2, "big") + part for part in parts)


def _check(digits: list[int]) -> int:
    """Return the sum of all digits in GF(32), each times its own power of x: no wrong digit, no exchange of two is missed."""
    total, weighed = 0, 0
    for digit in digits:  # Horner's rule: multiply the sum by x, add the next
        total ^= digit
        weighed = total << 1
        total = weighed ^ FIELD if weighed & 32 else weighed
    return total
