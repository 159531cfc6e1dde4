"""The card box: a CRT-591-M001 unit with hopper, transport, contact and radio stations, gate and reject bin."""

from padkit_sim.devices.card_dispenser.box import BoxSettings, CardBox
from padkit_sim.devices.card_dispenser.faults import FAULTS, NAMES
from padkit_sim.devices.card_dispenser.hands import HANDS

__all__ = ["FAULTS", "HANDS", "NAMES", "BoxSettings", "CardBox"]
