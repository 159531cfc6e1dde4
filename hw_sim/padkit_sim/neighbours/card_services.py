"""What the core bank does with a card that a customer holds: its PIN, its counter, its sleep. No I/O here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from padkit_sim.card_number import CardNumber
from padkit_sim.neighbours.books import PIN_TRIES, Account, AccountState, Books, person
from padkit_sim.neighbours.txn import WEAK_PIN_MARK, Code, CoreRefusal, Request, Scalar, Service, Value

RESET_LIMIT = "1000.00"  # a day, after a reset: the cool-down
PRESENT, NEW = "pin_block", "new_pin_block"


class CardRefusal(CoreRefusal):
    """The core says no, and counts: `account` is as it stands from now on."""

    def __init__(self, code: str, message: str, account: Account, *, not_executed: bool = False) -> None:
        super().__init__(code, message, not_executed=not_executed)
        self.account = account


def serve(
    service: Service, request: Request, books: Books, c3: Mapping[str, Scalar]
) -> tuple[dict[str, Value], Account]:
    """Do what is asked of a card: what is answered, and its account afterwards. Raises `CoreRefusal`, `CardRefusal`."""
    account = _account(service, request, books)
    _check_held(service, account)
    if "cert_no" in request.fields and account.person != person(request.entity, "", request.text("cert_no")):
        raise CoreRefusal(Code.OTHER_PERSON, "the card belongs to another person; let its holder come")
    match service:
        case Service.PIN_CHANGE:
            account = _new_pin(_verified(account, _block(c3, PRESENT)), _block(c3, NEW))
            return {"pin_error_left": PIN_TRIES}, account
        case Service.PIN_RESET:
            return {"card_state": "normal", "limit_day": RESET_LIMIT}, _new_pin(account, _block(c3, NEW))
        case Service.UNLOCK:
            return {"card_state": "normal", "pin_error_left": PIN_TRIES}, _unlocked(account, _block(c3, PRESENT))
        case Service.ACTIVATE:
            account = _verified(account, _block(c3, PRESENT))
            return {"acct_state": "normal"}, msgspec.structs.replace(account, held="")
    return {"card_state": account.condition}, account


def to_replace(service: Service, request: Request, books: Books, c3: Mapping[str, Scalar]) -> tuple[Account, str]:
    """Return the account whose card may be replaced, and the digest of its new PIN. Raises `CoreRefusal`, `CardRefusal`."""
    account = _account(service, request, books)
    if service is Service.REISSUE:
        if account.held != "lost" or not account.loss_no or account.loss_no != request.text("loss_no"):
            raise CoreRefusal(Code.NOT_LOST, "no formal report of loss by this number for this card; report it first")
    else:
        _check_held(service, account)
        account = _verified(account, _block(c3, PRESENT))
    return account, _new_pin(account, _block(c3, NEW)).pin


def block_digest(block: str) -> str:
    """Return what is kept of a PIN block. Blocks of format 0 are the same for the same PIN and card."""
    return hashlib.sha256(block.encode()).hexdigest()


def check_strong(block: str) -> None:
    """Refuse a weak PIN; the same serial may come again with another one."""
    if block.startswith(WEAK_PIN_MARK):
        raise CoreRefusal(Code.WEAK_PIN, "PIN too weak; let the customer choose another", not_executed=True)


def _account(service: Service, request: Request, books: Books) -> Account:
    if service is Service.ACTIVATE:
        wanted = (request.text("acct_no"), AccountState.LIVE)
        account = next((it for it in books.accounts.values() if (it.acct_no, it.state) == wanted), None)
    else:
        account = books.accounts.get(CardNumber(request.text("card_no")))
    if account is not None and account.state is AccountState.REPLACED:
        raise CoreRefusal(Code.NO_SUCH_CARD, "replaced: another card took this one's place; use that one")
    if account is None or (account.entity, account.state) != (request.entity, AccountState.LIVE):
        raise CoreRefusal(Code.NO_SUCH_CARD, "no live account of this card here; look the customer up")
    return account


def _check_held(service: Service, account: Account) -> None:
    if account.held in ("lost", "controlled"):
        raise CoreRefusal(Code.CARD_HELD, f"the card is {account.held}; a counter has to see to that first")
    if (account.held == "dormant") is not (service is Service.ACTIVATE):
        told = "the account is dormant; activate it first" if account.held else "the account is not dormant"
        raise CoreRefusal(Code.CARD_HELD if account.held else Code.NOT_DORMANT, told)
    if service is Service.UNLOCK and not account.locked:
        raise CoreRefusal(Code.NOT_LOCKED, "the card is not locked; nothing to unlock")


def _block(c3: Mapping[str, Scalar], name: str) -> str:
    block = str(c3.get(name, ""))
    if not block:
        raise CoreRefusal(Code.C3_REFUSED, f"not executed: {name} is not among the C3 fields", not_executed=True)
    return block


def _verified(account: Account, block: str) -> Account:
    """Return the account with its counter at zero, or count a wrong PIN."""
    if account.locked:
        raise CoreRefusal(Code.PIN_LOCKED, "the card is locked after three wrong PINs; unlock it, or reset the PIN")
    if account.pin == block_digest(block):
        return msgspec.structs.replace(account, wrong=0)
    counted = msgspec.structs.replace(account, wrong=account.wrong + 1)
    if counted.locked:
        told = "the PIN is wrong for the third time and the card is locked; unlock it, or reset the PIN"
        raise CardRefusal(Code.PIN_LOCKED, told, counted)
    left = PIN_TRIES - counted.wrong
    told = f"the PIN is wrong: {left} {'tries are' if left > 1 else 'try is'} left, then the card is locked"
    raise CardRefusal(Code.WRONG_PIN, told, counted, not_executed=True)


def _unlocked(account: Account, block: str) -> Account:
    if account.pin != block_digest(block):
        raise CoreRefusal(Code.PIN_LOCKED, "the PIN is wrong; the card stays locked: reset the PIN")
    return msgspec.structs.replace(account, wrong=0)


def _new_pin(account: Account, block: str) -> Account:
    check_strong(block)
    return msgspec.structs.replace(account, pin=block_digest(block), wrong=0)
