"""The card reader: a CCID device on USB, and bank cards to put into it."""

from padkit_sim.devices.card_reader.faults import FAULTS, NAMES
from padkit_sim.devices.card_reader.hands import HANDS
from padkit_sim.devices.card_reader.reader import CardReader, CardReaderSettings
from padkit_sim.devices.card_reader.slot import TALKS, ReaderCard

__all__ = ["FAULTS", "HANDS", "NAMES", "TALKS", "CardReader", "CardReaderSettings", "ReaderCard"]
