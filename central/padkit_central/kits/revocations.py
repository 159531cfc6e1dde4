"""The service's own revocation lists, read again when the file changes: who was taken back is believed no longer, at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from padkit_central.business import Compute
from padkit_central.kits.news import News
from padkit_central.observe import Log
from padkit_contract import party, pem
from padkit_contract.errors import CryptoUnfit
from padkit_contract.revocation import newer_lists
from padkit_contract.trust import Trust

LOOK_S = 5.0
Seen = tuple[int, int, int]  # what changes when a file is replaced: inode, size, moment


class Revocations:
    """Takes what `padkit-central ca crl --install` puts into the service's folder; what is not believed changes nothing."""

    def __init__(self, folder: Path, trust: Trust, news: News, *, compute: Compute, log: Log) -> None:
        self._file = folder / party.REVOCATION_LISTS
        self._trust = trust
        self._news = news
        self._compute = compute
        self._log = log
        self._seen: Seen | None = None

    async def run(self, pause: Callable[[float], Awaitable[None]]) -> None:
        """Look again and again."""
        while True:
            await self.look()
            await pause(LOOK_S)

    async def look(self) -> None:
        """Take newer lists, if there are any. Without a file those held stay: taking one away gives nobody back."""
        try:
            seen = _seen(self._file)
            if seen == self._seen:
                return
            self._seen = seen
            held = self._trust.revocation_lists
            lists = await self._compute(self._newest)
        except (OSError, CryptoUnfit) as exc:
            self._log.error("crl.refused", file=str(self._file), why=str(exc))
            return
        if set(lists) != set(held):
            self._trust.renew(lists)
            self._news.renew(lists)
            self._log.info("crl.taken", lists=len(lists))

    def _newest(self) -> tuple[bytes, ...]:
        trust = self._trust
        offered = pem.read(pem.REVOCATION_LIST, pem.text_of(self._file))
        return newer_lists(trust.revocation_lists, offered, (*trust.roots, *trust.authorities), trust.suite)


def _seen(file: Path) -> Seen | None:
    try:
        it = file.stat()
    except FileNotFoundError:
        return None
    return it.st_ino, it.st_size, it.st_mtime_ns
