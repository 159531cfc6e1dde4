"""The core bank's audit list: all accounts, blocks, refusals and fences, as the compare and people read it. No I/O here."""

from __future__ import annotations

from collections.abc import Mapping

from padkit_sim.neighbours.books import Account, Books, SerialPage

Line = dict[str, str | int]


def audit(books: Books) -> Mapping[str, list[Line]]:
    """Return the list; card numbers are whole in it, identity numbers masked."""
    return {
        "accounts": [_account(account) for account in books.accounts.values()],
        "blocked": [{"card_no": block.card_no.digits, "reason": block.reason} for block in books.blocked.values()],
        "refusals": [line for key, page in books.pages.items() for line in _refusals(key, page)],
        "fences": [
            {"entity": entity, "serial": serial, "closed_attempts": page.closed}
            for (entity, serial), page in books.pages.items()
            if page.closed
        ],
    }


def _account(account: Account) -> Line:
    return {
        "entity": account.entity,
        "serial": account.serial,
        "attempt": account.attempt,
        "card_no": account.card_no.digits,
        "acct_no": account.acct_no,
        "cust_no": account.cust_no,
        "acct_class": account.acct_class,
        "cert_no_masked": account.cert_no_masked,
        "open_date": account.open_date.isoformat(),
        "core_serial": account.core_serial,
        "state": account.state.value,
    }


def _refusals(key: tuple[str, str], page: SerialPage) -> list[Line]:
    entity, serial = key
    return [
        {
            "entity": entity,
            "serial": serial,
            "attempt": done.attempt,
            "service": done.service.value,
            "resp_code": done.answer.resp_code,
            "resp_msg": done.answer.resp_msg,
        }
        for done in page.results.values()
        if not done.answer.ok
    ]
