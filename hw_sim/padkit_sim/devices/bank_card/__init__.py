"""A PBOC debit card with its own record data. Knows nothing of the box or reader it lies in."""

from padkit_sim.devices.bank_card.card import BankCard, CardSilent, Health
from padkit_sim.devices.bank_card.faults import CARD_FAULTS, spoil
from padkit_sim.devices.bank_card.issue import CardData, luhn_digit, numbered
from padkit_sim.devices.bank_card.t0 import T0Link

__all__ = ["CARD_FAULTS", "BankCard", "CardData", "CardSilent", "Health", "T0Link", "luhn_digit", "numbered", "spoil"]
