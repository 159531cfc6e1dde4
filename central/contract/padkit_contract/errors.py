"""What the contract refuses with; `reason` is a stable dotted name, the message is for the local log only."""

from __future__ import annotations


class ContractError(Exception):
    """Base of the contract's errors; `reason` names the rule that refused."""

    def __init__(self, reason: str, message: str = "") -> None:
        super().__init__(f"{reason}: {message}" if message else reason)
        self.reason = reason


class EnvelopeRefused(ContractError):
    """An envelope that cannot be believed. Outside it is always the same answer; inside `reason` says which check."""


class Invalid(ContractError):
    """A business message that does not fit the catalogue: the message says which field, which value, what next."""


class KeySilent(ContractError):
    """A hardware key gave no answer. Nothing is wrong with the message: keep it, and do the same again later."""


class CryptoUnfit(ContractError):
    """The crypto backend failed its self-test or a key is not usable; nothing is signed or opened."""
