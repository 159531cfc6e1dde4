"""The passcode of a kit's holder: kept as PBKDF2-HMAC-SM3 with a salt, checked on the kit, never sent anywhere."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from padkit_contract.errors import Invalid
from padkit_contract.messages import Holder

ITERATIONS = 200_000
MOST_ITERATIONS = 2_000_000
SHORTEST, LONGEST = 6, 128
SALT_SIZE, HASH_SIZE = 16, 32


def make_holder(name: str, passcode: str, salt: bytes, iterations: int = ITERATIONS) -> Holder:
    """Return what central keeps and gives to the kit. Raises `Invalid` ``passcode.length``, ``passcode.name``."""
    if not SHORTEST <= len(passcode) <= LONGEST:
        raise Invalid("passcode.length", f"{len(passcode)} characters; {SHORTEST} to {LONGEST} are taken")
    if not name or len(name) > LONGEST:
        raise Invalid("passcode.name", f"name of {len(name)} characters; give the holder's name")
    return Holder(name, salt.hex(), iterations, _derived(passcode, salt, iterations).hex())


def is_holders(holder: Holder, passcode: str) -> bool:
    """Tell whether `passcode` is the holder's, in a time that does not depend on it. It takes tens of milliseconds."""
    if holder.iterations > MOST_ITERATIONS or len(passcode) > LONGEST:
        return False
    derived = _derived(passcode, bytes.fromhex(holder.salt), max(1, holder.iterations))
    return hmac.compare_digest(derived.hex(), holder.hash)


def _derived(passcode: str, salt: bytes, iterations: int) -> bytes:
    return PBKDF2HMAC(hashes.SM3(), HASH_SIZE, salt, iterations).derive(passcode.encode("utf-8", "surrogatepass"))
