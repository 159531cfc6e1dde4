"""One-time codes for check-out: made once, said once, kept only as the key made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from padkit_central.kits.keys import moment
from padkit_central.store import EnrolCode, IdentityBook, KitState
from padkit_contract import enrol
from padkit_contract.errors import Invalid
from padkit_contract.peers import NAME


async def make_code(
    book: IdentityBook,
    entity: str,
    kit: str,
    *,
    made_by: str,
    hours: float,
    code_id: str,
    now: datetime,
    random_bytes: Callable[[int], bytes],
) -> str:
    """Return a new code for a kit, to be read out; the one before it ends.

    Raises `Invalid` ``kit.name`` or, for a suspended kit, ``identity.suspended``.
    """
    if NAME.fullmatch(kit) is None:
        raise Invalid("kit.name", f"{kit[:64]!r}: 1 to 32 letters, digits or _ . - are wanted")
    if any(it.state is KitState.SUSPENDED for it in await book.register(entity, kit)):
        raise Invalid("identity.suspended", f"{kit}: two people clear it first, `padkit-central kit clear`")
    code = enrol.make_code(random_bytes)
    key = enrol.mac_key(entity, kit, code)
    end = moment(now + timedelta(hours=hours))
    await book.put_code(EnrolCode(entity, kit, code_id, key, made_by, moment(now), end))
    return code
