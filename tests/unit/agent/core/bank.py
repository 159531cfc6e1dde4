"""The bank of the model world: at most one success per serial, first results again, a fence that closes attempts."""

from __future__ import annotations

from dataclasses import dataclass, field

from padkit_agent.core.events import Answered
from padkit_contract.messages import Outcome


@dataclass
class Account:
    serial: str
    card_no: str
    live: bool = True


@dataclass
class ModelBank:
    """Core and central in one: what a flow can learn of them."""

    accounts: dict[str, Account] = field(default_factory=dict)
    results: dict[tuple[str, int], Answered] = field(default_factory=dict)
    fences: dict[str, int] = field(default_factory=dict)
    reversed_by: dict[str, str] = field(default_factory=dict)
    blocked: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    executed: list[tuple[str, int, str]] = field(default_factory=list)

    def live(self, card_no: str) -> bool:
        return any(account.live and account.card_no == card_no for account in self.accounts.values())

    def open_account(self, serial: str, attempt: int, card_no: str) -> Answered:
        if known := self.results.get((serial, attempt)):
            return known
        if attempt <= self.fences.get(serial, 0):
            return Answered(Outcome.NOT_EXECUTED, "4091", "behind the fence")
        if serial in self.accounts:
            answer = Answered(Outcome.REFUSED, "1001", "this serial has succeeded")
        elif card_no in self.blocked or self.live(card_no):
            answer = Answered(Outcome.REFUSED, "1002", "card number in use")
        else:
            self.accounts[serial] = Account(serial, card_no)
            self.executed.append((serial, attempt, card_no))
            answer = Answered(Outcome.OK, "0000", fields={"core_serial": f"C-{serial}"})
        self.results[serial, attempt] = answer
        return answer

    def carry_out(self, serial: str, attempt: int) -> Answered:
        """Do what a function without a card of the stock asks, once a serial."""
        if known := self.results.get((serial, attempt)):
            return known
        if attempt <= self.fences.get(serial, 0):
            return Answered(Outcome.NOT_EXECUTED, "4091", "behind the fence")
        assert serial not in self.done, "done twice"
        self.done.add(serial)
        answer = self.results[serial, attempt] = Answered(Outcome.OK, "0000", fields={"core_serial": f"C-{serial}"})
        return answer

    def refuse(self, serial: str, attempt: int, outcome: Outcome, code: str) -> Answered:
        """Say no before anything is booked; `NOT_EXECUTED` lets the next attempt be made."""
        return self.results.setdefault((serial, attempt), Answered(outcome, code, "no"))

    def inquire(self, serial: str, attempt: int, *, fence: bool) -> Answered:
        if serial in self.accounts or serial in self.done:
            return Answered(Outcome.OK, "0000", fields={"core_serial": f"C-{serial}"})
        if serial in self.reversed_by:
            return Answered(Outcome.OK, "0000", fields={"core_serial": f"C-{serial}"})
        if known := self.results.get((serial, attempt)):
            return known
        if fence:
            self.fences[serial] = max(attempt, self.fences.get(serial, 0))
        return Answered(Outcome.NOT_FOUND, final=fence)

    def reverse(self, serial: str, attempt: int, original: str) -> Answered:
        if attempt <= self.fences.get(serial, 0):
            return Answered(Outcome.NOT_EXECUTED, "4091", "behind the fence")
        account = self.accounts.get(original)
        if account is None:
            return Answered(Outcome.REFUSED, "1003", "no such account")
        account.live = False
        self.reversed_by[serial] = original
        return Answered(Outcome.OK, "0000")
