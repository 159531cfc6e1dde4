"""Which user may decide on a case: his standing, his level, and whom he reports to. No I/O, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from padkit_central.business.authorising_rules import person
from padkit_central.store import UserRole, UserRow
from padkit_contract.errors import Invalid

RISKS = ("R1", "R2", "R3", "R4")


def check_stands(users: Iterable[UserRow], who: str) -> UserRow:
    """Return the user `who`, an authoriser in service.

    Raises `Invalid` ``auth.no_user``, ``auth.disabled``, ``auth.role``.
    """
    user = next((it for it in users if it.key == person(who)), None)
    if user is None:
        raise Invalid("auth.no_user", f"{who} is no user of this entity; add him: padkit-central user put")
    if user.disabled:
        raise Invalid("auth.disabled", f"{who} is disabled; another authoriser, or padkit-central user enable")
    if user.role is not UserRole.AUTHORISER:
        raise Invalid("auth.role", f"{who} is {user.role.value}; only an authoriser looks at requests")
    return user


def check_decides(users: Collection[UserRow], who: str, barred: Iterable[str], risk: str) -> None:
    """Hold `who` against a case of `risk` (``R1`` to ``R4``) in which the `barred` took part.

    Raises `Invalid` ``auth.level``, ``auth.reports_to`` (also over others between them), and as `check_stands`.
    """
    user = check_stands(users, who)
    if risk not in RISKS[: user.level]:
        raise Invalid("auth.level", f"{who} has level {user.level}, the case is {risk}; one of a higher level decides")
    kept_out, by_key = {person(it) for it in barred}, {it.key: it for it in users}
    seen: set[str] = set()
    above = person(user.reports_to)
    while above and above not in seen:
        if above in kept_out:
            raise Invalid("auth.reports_to", f"{who} reports to somebody who took part in this case; another decides")
        seen.add(above)
        above = person(by_key[above].reports_to) if above in by_key else ""
