"""Cards on the road: reservations and the kits' ledgers. A card that is missing is blocked at once."""

from __future__ import annotations

from padkit_central.business.ask import Ask, read_request
from padkit_central.business.ports import Bank
from padkit_central.business.stock import check_named, check_reservation, check_usable
from padkit_central.observe import Log
from padkit_central.store import OpenCase, StockCard, Store
from padkit_contract.errors import Invalid
from padkit_contract.messages import CardState, LedgerUpload, Outcome, Reply, Request, decode

FIELDS = frozenset({"card_no", "voucher_serial", "voucher_batch"})
MAX_EVENTS = 1000
MAX_SEQ = 1 << 53


class Ledger:
    """Keeps central's view of every card of every slip."""

    def __init__(self, store: Store, bank: Bank, log: Log) -> None:
        self._store = store
        self._bank = bank
        self._log = log

    async def reserve(self, ask: Ask) -> Reply:
        """Answer `CARD_RESERVE`: the card is one of this kit's, unissued, and nobody else's."""
        request = read_request(ask)
        card_no = _card_no(request)

        def check(card: StockCard | None) -> None:
            usable = check_usable(card, ask.kit)
            check_named(usable, request.fields)
            check_reservation(usable, request.serial)

        await self._store.reserve(ask.entity, card_no, request.serial, check)
        card = await self._store.card(ask.entity, card_no)
        assert card is not None
        fields = {"card_no": card_no, "voucher_serial": card.voucher, "voucher_batch": card.batch}
        return Reply(Outcome.OK, fields={**fields, "card_product": card.product})

    async def book(self, ask: Ask) -> Reply:
        """Answer `CARD_LEDGER`: book what came, say which numbers are missing, block what is lost."""
        events = decode(ask.payload, LedgerUpload).events
        if len(events) > MAX_EVENTS:
            raise Invalid("ledger.size", f"{len(events)} events, at most {MAX_EVENTS}; split them")
        for event in events:
            if not 1 <= event.seq <= MAX_SEQ:
                raise Invalid("ledger.seq", f"{event.seq}: events count from 1")
        booked = await self._store.book(ask.entity, ask.kit, events)
        for rule, seqs in (("ledger.conflict", booked.conflicts), ("ledger.stranger", booked.strangers)):
            for event in (event for event in events if event.seq in seqs):
                await self._open_case(ask, rule, event.seq, event.voucher)
        if any(event.state is CardState.MISSING for event in events):
            await self.block_missing()
        return Reply(Outcome.OK, fields={"have": booked.have, "missing": list(booked.missing)})

    async def block_missing(self) -> None:
        """Block every card that a ledger calls missing and the core has not blocked yet, and open its case."""
        for card in await self._store.to_block():
            case_id = f"missing:{card.batch}:{card.voucher}"
            reason = "card missing by the kit's ledger; blocked in the core"
            at = self._store.now()
            await self._store.open_case(OpenCase(card.entity, card.kit, case_id, reason, at, voucher=card.voucher))
            ended = await self._bank.block(card, "missing")
            self._log.warning("card.missing", kit=card.kit, voucher=card.voucher, block=ended.state.value)

    async def _open_case(self, ask: Ask, rule: str, seq: int, voucher: str) -> None:
        detail = {
            "ledger.conflict": "this number came before with another content",
            "ledger.stranger": "this card is on no slip of the kit",
        }[rule]
        case_id = f"{rule}:{seq}"
        self._log.warning(rule, kit=ask.kit, seq=seq, voucher=voucher)
        await self._store.open_case(
            OpenCase(ask.entity, ask.kit, case_id, rule, self._store.now(), voucher=voucher, detail=detail)
        )


def _card_no(request: Request) -> str:
    for name in request.fields.keys() - FIELDS:
        raise Invalid("field.unknown", f"{name[:64]}: not part of a reservation; leave it out")
    card_no = request.fields.get("card_no")
    if not isinstance(card_no, str) or not card_no:
        raise Invalid("field.missing", "card_no: required; fill it in")
    return card_no
