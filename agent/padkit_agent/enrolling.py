"""What `padkit-agent enrol` does: a composition root of its own, for a kit that has no certificates yet."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from padkit_agent.config import Settings
from padkit_agent.store import sole_owner
from padkit_agent.store.vault import check_not_erased
from padkit_agent.uplink import KitFolder, enrol_kit
from padkit_contract.crypto import choose_suite
from padkit_contract.errors import ContractError
from padkit_contract.issue import Name
from padkit_contract.keyfile import read_password
from padkit_sdk.errors import Refused


def enrol(settings: Settings, url: str, code: str, *, replace: bool, tell: Callable[[str], None]) -> None:
    """Enrol the kit of `settings`; it can run when this returns.

    Raises:
        Refused: ``vault.erased``: the kit was wiped, and its marker lies there; ``keys.exist``: the kit has keys, and
            `replace` is not said; ``kit.busy``: its agent runs; what `enrol_kit` raises.
        LinkLost: no answer; the same again goes on.
    """
    keys = settings.keys
    check_not_erased(keys.data_key)
    if keys.folder.exists() and not replace:
        raise Refused("keys.exist", f"{keys.folder} holds this kit's keys; --replace makes new ones, and ends the old")
    try:
        suite = choose_suite(allow_pure=keys.allow_pure, library=keys.libcrypto, log=_silent)
        folder = KitFolder(keys.folder, suite, read_password(keys.password_file))
    except ContractError as exc:
        raise Refused(exc.reason, f"keys of kit {settings.kit.id}: {exc}; see [keys] in the settings") from exc
    name = Name(settings.kit.entity, settings.kit.id)
    settings.store.path.parent.mkdir(parents=True, exist_ok=True)
    with sole_owner(settings.store.path):
        folder.recover()
        party = asyncio.run(
            enrol_kit(
                folder, name, url, code, now=datetime.fromtimestamp(time.time(), UTC),
                random_bytes=secrets.token_bytes, tell=tell,
            )
        )  # fmt: skip
    tell(f"kit {party.name} of {party.entity} is enrolled until {party.sign.certificate.not_after:%F}")


def _silent(_event: str, /, **_fields: str) -> None:
    """Log nothing: the command says what there is to say."""
