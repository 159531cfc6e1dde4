"""The kit data key as it lies on the disk: wrapped by the device key and by any k of the machine's n traits. No I/O here.

    R  32 random bytes, encrypted to the device key
    T  16 random bytes, shared k of n; each share sealed under PBKDF2-HMAC-SM3(HMAC-SM3(R, kind and value of a trait), salt)
    K  the kit data key, sealed under HMAC-SM3(R || T); everything else in the file is bound in

R is part of each trait's password: who has only the disk cannot even try serial numbers without the device key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import msgspec

from padkit_agent.store.vault.device import SECRET_SIZE, DeviceKey
from padkit_agent.store.vault.sealing import KEY_SIZE, NONCE_SIZE
from padkit_agent.store.vault.sharing import combine, split
from padkit_agent.store.vault.traits import Trait
from padkit_contract.crypto import gcm_open, gcm_seal, hmac_sm3
from padkit_contract.crypto.symmetric import TAG_SIZE, pbkdf2_sm3
from padkit_sdk.errors import Refused

MAX_FILE = 16_384
MAX_SHARES = 8
FEWEST = 2  # traits to bind to, and to open with
ITERATIONS = 10_000  # a share opens in some 6 ms; four to six are opened at a start
MAX_ITERATIONS = 200_000
SALT_SIZE = 16
MARK_SIZE = 16
WORDS = b"padkit kit data key 1"

RandomBytes = Callable[[int], bytes]
Sized = Annotated[bytes, msgspec.Meta(max_length=1024)]


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One share of T, which a trait of this kind opens."""

    kind: Annotated[str, msgspec.Meta(max_length=64)]
    salt: Annotated[bytes, msgspec.Meta(min_length=SALT_SIZE, max_length=SALT_SIZE)]
    sealed: Sized


class Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file. Share i has number i + 1; threshold 0 and no shares: bound to the device key alone."""

    magic: Literal["padkit-data-key"]
    version: Literal[1]
    device: Annotated[str, msgspec.Meta(max_length=64)]
    secret: Sized
    threshold: Annotated[int, msgspec.Meta(ge=0, le=MAX_SHARES)]
    iterations: Annotated[int, msgspec.Meta(ge=1, le=MAX_ITERATIONS)]
    shares: Annotated[tuple[Share, ...], msgspec.Meta(max_length=MAX_SHARES)]
    sealed: Sized = b""


class _Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    mark: bytes


class _Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Annotated[bytes, msgspec.Meta(min_length=KEY_SIZE, max_length=KEY_SIZE)]
    marks: tuple[_Mark, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The kit data key, and how the machine differs from the one it was wrapped on."""

    key: bytes = field(repr=False)
    gone: tuple[str, ...]
    come: tuple[str, ...]
    bound: bool


def threshold_of(traits: int) -> int:
    """Return how many of so many traits must be there: one may be lost of up to 4, two of more, and never fewer than 2 count."""
    return max(FEWEST, traits - (1 if traits <= 4 else 2))


def wrap(
    key: bytes,
    device: DeviceKey,
    traits: Sequence[Trait],
    random_bytes: RandomBytes,
    *,
    iterations: int = ITERATIONS,
) -> bytes:
    """Return the file's bytes; no traits: bound to the device key alone."""
    chosen = traits[:MAX_SHARES]
    root, shared = random_bytes(SECRET_SIZE), random_bytes(KEY_SIZE) if chosen else b""
    threshold = threshold_of(len(chosen)) if chosen else 0
    parts = split(shared, threshold, len(chosen), random_bytes) if chosen else {}
    shares = []
    for (number, part), trait in zip(parts.items(), chosen, strict=True):
        salt = random_bytes(SALT_SIZE)
        shares.append(
            Share(trait.kind, salt, _seal(_share_key(root, trait, salt, iterations), number, part, random_bytes))
        )
    head = Wrapped("padkit-data-key", 1, device.id, device.wrap(root), threshold, iterations, tuple(shares))
    body = _Body(key, tuple(_Mark(it.kind, _mark(key, it)) for it in chosen))
    nonce = random_bytes(NONCE_SIZE)
    sealed = nonce + gcm_seal(_top_key(root, shared), nonce, _bound(head), msgspec.json.encode(body))
    return msgspec.json.encode(msgspec.structs.replace(head, sealed=sealed)) + b"\n"


def unwrap(raw: bytes, device: DeviceKey, traits: Sequence[Trait]) -> Opened:
    """Return what `wrap` wrote.

    Raises `Refused`: ``vault.key`` damaged, ``vault.device_key`` wrapped for another, ``vault.other_machine`` too many
    traits are not this machine's.
    """
    file = _read(raw)
    if file.device != device.id:
        raise Refused(
            "vault.device_key",
            f"kit data key: wrapped for device key {file.device}, this one is {device.id}; restore both files of one kit",
        )
    try:
        root = device.unwrap(file.secret)
    except ValueError as exc:
        raise _damaged("its wrapped secret does not open") from exc
    shared = _shared(file, root, traits)
    try:
        plain = gcm_open(_top_key(root, shared), file.sealed[:NONCE_SIZE], _bound(file), file.sealed[NONCE_SIZE:])
        body = msgspec.json.decode(plain, type=_Body)
    except (ValueError, msgspec.MsgspecError) as exc:
        raise _damaged("its sealed part does not open") from exc
    return _compared(body, traits)


def _read(raw: bytes) -> Wrapped:
    if len(raw) > MAX_FILE:
        raise _damaged(f"more than {MAX_FILE} bytes")
    try:
        file = msgspec.json.decode(raw, type=Wrapped)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise _damaged(str(exc)) from exc
    bound = (FEWEST if file.shares else 0) <= file.threshold <= len(file.shares)
    if not bound or len(file.sealed) < NONCE_SIZE + TAG_SIZE:
        raise _damaged(f"threshold {file.threshold} of {len(file.shares)} shares, {len(file.sealed)} bytes sealed")
    return file


def _damaged(why: str) -> Refused:
    return Refused("vault.key", f"kit data key: not a key file of this version, or damaged ({why}); restore the file")


def _shared(file: Wrapped, root: bytes, traits: Sequence[Trait]) -> bytes:
    """Return T, opening no more shares than needed."""
    found: dict[int, bytes] = {}
    missing: list[str] = []
    for number, share in enumerate(file.shares, 1):
        if len(found) == file.threshold:
            break
        part = _part(number, share, root, traits, file.iterations)
        if part is None:
            missing.append(share.kind)
        else:
            found[number] = part
    if len(found) < file.threshold:
        raise Refused(
            "vault.other_machine",
            f"kit data key: this disk was made for another machine ({len(found)} of the {file.threshold} hardware traits needed"
            f" are here; not recognised: {', '.join(missing)}); put the disk back, or enrol this machine as a new kit",
        )
    return combine(found) if found else b""


def _part(number: int, share: Share, root: bytes, traits: Sequence[Trait], iterations: int) -> bytes | None:
    for trait in traits:
        if trait.kind == share.kind:
            key = _share_key(root, trait, share.salt, iterations)
            try:
                part = gcm_open(key, share.sealed[:NONCE_SIZE], _number(number), share.sealed[NONCE_SIZE:])
            except ValueError:
                continue
            return part if len(part) == KEY_SIZE else None
    return None


def _compared(body: _Body, traits: Sequence[Trait]) -> Opened:
    now = {_mark(body.key, it): it.kind for it in traits}
    then = {it.mark: it.kind for it in body.marks}
    gone = tuple(kind for mark, kind in then.items() if mark not in now)
    come = tuple(kind for mark, kind in list(now.items())[:MAX_SHARES] if mark not in then)
    return Opened(body.key, gone, come, bound=bool(body.marks))


def _share_key(root: bytes, trait: Trait, salt: bytes, iterations: int) -> bytes:
    return pbkdf2_sm3(hmac_sm3(root, _name(trait)), salt, iterations)


def _top_key(root: bytes, shared: bytes) -> bytes:
    return hmac_sm3(root + shared, WORDS)[:KEY_SIZE]


def _mark(key: bytes, trait: Trait) -> bytes:
    return hmac_sm3(key, b"mark " + _name(trait))[:MARK_SIZE]


def _name(trait: Trait) -> bytes:
    return f"{trait.kind}\0{trait.value}".encode()


def _number(number: int) -> bytes:
    return b"share %d" % number


def _seal(key: bytes, number: int, part: bytes, random_bytes: RandomBytes) -> bytes:
    nonce = random_bytes(NONCE_SIZE)
    return nonce + gcm_seal(key, nonce, _number(number), part)


def _bound(file: Wrapped) -> bytes:
    return msgspec.json.encode(msgspec.structs.replace(file, sealed=b""))
