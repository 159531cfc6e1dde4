"""Revocation lists that are put beside a running central count for its operators and its kits."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from padkit_central.ca.authority import Authority
from padkit_central.ca.revocation import Revocations as CaRevocations
from padkit_central.ca.revocation import install_lists
from padkit_central.ca.shelf import Means, Shelf
from padkit_central.commands.admin import AdminRefused
from padkit_central.kits import revocations
from padkit_central.kits.news import News
from padkit_central.kits.revocations import Revocations
from padkit_contract import pem
from padkit_contract.commands import Notify
from padkit_contract.crypto import Suite
from padkit_contract.party import load_trust
from padkit_contract.x509 import Usage, load_certificate

SOON_S = 30.0


@pytest.fixture
def means(parties: Path, suite: Suite) -> Means:
    return Means(suite, (parties / "password").read_bytes(), datetime.now(UTC), os.urandom)


@pytest.fixture
def folder(parties: Path, tmp_path: Path) -> Path:
    """A central's folder of our own: lists that are put there are nobody else's."""
    return Path(shutil.copytree(parties / "central", tmp_path / "central"))


@pytest.fixture
def revoke(parties: Path, means: Means, folder: Path) -> Any:
    """Return what revokes the certificate in a file, and puts the new lists into the folder."""

    def do(certificate: Path) -> None:
        ca = CaRevocations(Shelf(parties / "ca", means))
        ca.revoke_file(certificate, "a test")
        install_lists(folder, ca.make_lists(400))

    return do


async def test_a_revoked_operator_orders_nothing_more_from_a_running_central(
    start: Any, office_of: Any, means: Means, parties: Path, folder: Path, revoke: Any, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(revocations, "LOOK_S", 0.02)
    Authority(parties / "ca", means).issue_operator("dora", parties / "dora", password=means.password)
    async with start(party=folder) as central, office_of(central) as office:
        assert await office.state((await office.order(Notify("one"), by="dora")).command) == "queued"
        revoke(parties / "dora" / "sign.crt.pem")
        async with asyncio.timeout(SOON_S):
            while not any(line["event"] == "crl.taken" for line in central.log.lines):  # noqa: ASYNC110 - the service's own round
                await asyncio.sleep(0.01)
        with pytest.raises(AdminRefused) as caught:
            await office.order(Notify("two"), by="dora")
        assert caught.value.code == "paper.operator"
        assert await office.state((await office.order(Notify("three"), "kit-2", by="ann")).command, "kit-2") == "queued"


async def test_what_is_not_believed_changes_nothing_and_is_said_once(
    folder: Path, parties: Path, suite: Suite, revoke: Any, log: Any
) -> None:
    trust = load_trust(folder, suite)
    watch = Revocations(folder, trust, News(folder), compute=_at_once, log=log)
    revoke(parties / "kit-3" / "sign.crt.pem")
    await watch.look()
    held = trust.revocation_lists
    good = (folder / "crl.pem").read_text()
    (folder / "crl.pem").write_text(good.replace("BEGIN X509 CRL", "BEGIN SOMETHING"))
    await watch.look()
    await watch.look()
    (folder / "crl.pem").unlink()
    await watch.look()
    assert trust.revocation_lists is held
    assert [line["event"] for line in log.lines] == ["crl.taken", "crl.refused", "crl.refused"]
    gone = load_certificate((parties / "kit-3" / "sign.crt.pem").read_text())
    with pytest.raises(Exception, match="revoked"):
        trust.check(gone, Usage.SIGNATURE, datetime.now(UTC))


async def test_older_lists_do_not_come_back(folder: Path, parties: Path, suite: Suite, revoke: Any, log: Any) -> None:
    trust = load_trust(folder, suite)
    watch = Revocations(folder, trust, News(folder), compute=_at_once, log=log)
    revoke(parties / "kit-3" / "encrypt.crt.pem")
    older = (folder / "crl.pem").read_text()
    await watch.look()
    revoke(parties / "kit-3" / "sign.crt.pem")
    await watch.look()
    newest = trust.revocation_lists
    (folder / "crl.pem").write_text(older)
    await watch.look()
    assert trust.revocation_lists == newest
    assert pem.read(pem.REVOCATION_LIST, older) != newest


async def _at_once(work: Any) -> Any:
    return work()
