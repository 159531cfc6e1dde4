"""Who the kit is while it runs: certificates are renewed, central's key and revocation lists are learned, without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import msgspec

from padkit_agent.core.clock import Clock
from padkit_agent.observe import Log
from padkit_agent.uplink.courier import Courier
from padkit_agent.uplink.folder import KitFolder, tls_serial
from padkit_contract import pem
from padkit_contract.contact import ContactReply
from padkit_contract.enrol import Papers
from padkit_contract.errors import ContractError
from padkit_contract.issue import Name
from padkit_contract.messages import RENEW, Outcome
from padkit_contract.party import PEER, REVOCATION_LISTS, Party
from padkit_contract.revocation import newer_lists
from padkit_contract.x509 import Certificate, Role, Usage, load_certificate
from padkit_sdk.errors import PadkitError, Refused

LOOK_S = 3600.0
ASK_S = 30.0
REST = 3  # a certificate is renewed when less than a third of its life is left

Adopt = Callable[[Party], Awaitable[None]]


class Keyring:
    """Keeps the kit's folder current. `adopt` is told of each new party; whoever seals or opens uses it from then on."""

    def __init__(
        self,
        folder: KitFolder,
        party: Party,
        courier: Courier,
        clock: Clock,
        *,
        random_bytes: Callable[[int], bytes],
        adopt: Adopt,
        log: Log,
    ) -> None:
        self._folder = folder
        self.party = party
        self._courier = courier
        self._clock = clock
        self._random_bytes = random_bytes
        self._adopt = adopt
        self._log = log
        self._renewing = asyncio.Lock()
        self._turn = asyncio.Lock()  # of who changes the folder

    async def run(self) -> None:
        """Renew in time, until cancelled."""
        while True:
            if self.due():
                try:
                    await self.renew()
                except (PadkitError, ContractError, OSError) as exc:
                    self._log.error("identity.not_renewed", why=str(exc))
            await self._clock.sleep(LOOK_S)

    def due(self) -> bool:
        """Tell whether less than a third of a certificate's life is left."""
        now = self._now()
        certificates = (self.party.sign.certificate, self.party.encrypt.certificate)
        return any(now > it.not_after - (it.not_after - it.not_before) / REST for it in certificates)

    async def renew(self) -> None:
        """Get certificates for new keys, signed for with the old ones.

        Raises:
            Refused: ``renew.silent``: no answer, the same keys are asked for again later; ``renew.refused``; ``papers.*``.
        """
        async with self._renewing:
            name = Name(self.party.entity, self.party.name)
            serial = tls_serial(self._folder.path)
            requests = await asyncio.to_thread(self._folder.draft, name, self._random_bytes, serial)
            reply = await self._courier.ask(RENEW, requests, timeout_s=ASK_S)
            if reply is None:
                raise Refused("renew.silent", "central gave no answer; it is tried again")
            if reply.outcome is not Outcome.OK:
                raise Refused("renew.refused", f"central says {reply.code}: {reply.message}")
            try:
                papers = msgspec.convert(reply.fields.get("papers"), Papers)
            except msgspec.ValidationError as exc:
                raise Refused("papers.form", f"central's answer makes no sense: {exc}") from exc
            now = self._now()
            async with self._turn:
                party = await asyncio.to_thread(self._folder.take, papers, name, now, same_root=True)
                await self._use(party)
            self._log.info("identity.renewed", until=f"{party.sign.certificate.not_after:%F}")

    async def heard(self, told: ContactReply) -> None:
        """Learn from a contact what central's newest key is, and what was taken back."""
        await self.learn(told.encrypt_certificate, told.revocation_lists)

    async def learn(self, certificate: str, revocation_lists: str = "") -> None:
        """Take in central's newest encryption certificate and newer revocation lists (PEM); empty: nothing to learn."""
        async with self._turn:
            try:
                files = {**self._newer_peer(certificate), **self._newer_lists(revocation_lists)}
            except (ContractError, Refused) as exc:
                self._log.error("identity.not_learned", code=exc.reason, why=str(exc))
                return
            if not files:
                return
            for file, text in files.items():
                await asyncio.to_thread(self._folder.write, file, text)
            await self._use(await asyncio.to_thread(self._folder.load))
            self._log.info("identity.learned", files=" ".join(sorted(files)))

    def _newer_peer(self, text: str) -> dict[str, str]:
        held = self.party.peer.certificate if self.party.peer else None
        if not text or held is None:
            return {}
        new: Certificate = load_certificate(text)
        if new == held:
            return {}
        if (new.entity, new.name) != (held.entity, held.name):
            raise Refused("peer.name", f"{new.entity}/{new.name} is not {held.entity}/{held.name}; the old key is kept")
        if new.not_before < held.not_before:
            raise Refused("peer.older", f"made {new.not_before:%F %T}, ours {held.not_before:%F %T}; ours is kept")
        if self.party.trust.check(new, Usage.KEY_ENCIPHERMENT, self._now()).role is not Role.SERVICE:
            raise Refused("peer.role", f"{new.name} is no service; the old key is kept")
        return {PEER: pem.write(pem.CERTIFICATE, new.der)}

    def _newer_lists(self, text: str) -> dict[str, str]:
        if not text:
            return {}
        trust, held = self.party.trust, self.party.trust.revocation_lists
        lists = newer_lists(held, pem.read(pem.REVOCATION_LIST, text), (*trust.roots, *trust.authorities), trust.suite)
        if set(lists) == set(held):
            return {}
        return {REVOCATION_LISTS: "".join(pem.write(pem.REVOCATION_LIST, it) for it in lists)}

    async def _use(self, party: Party) -> None:
        self.party = party
        await self._adopt(party)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock.now_s(), UTC)
