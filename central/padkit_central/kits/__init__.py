"""Kits as central governs them: what they are ordered to do, and what became of it."""

from padkit_central.kits.acknowledging import Acknowledgements
from padkit_central.kits.contact import Contacts, EscrowKeys, unsealed
from padkit_central.kits.dispatch import Dispatcher, Line
from padkit_central.kits.governing import Governing
from padkit_central.kits.ordering import Ordering
from padkit_central.kits.papers import ApprovalPaper, OrderPaper, UnlockPaper, sign_paper
from padkit_central.kits.room import Around, CommandRoom, command_room
from padkit_central.kits.sealing import Sealer
from padkit_central.kits.unlocking import UnlockCode, Unlocking
from padkit_central.kits.views import KitView, OrderView, TargetView

__all__ = [
    "Acknowledgements",
    "ApprovalPaper",
    "Around",
    "CommandRoom",
    "Contacts",
    "Dispatcher",
    "EscrowKeys",
    "Governing",
    "KitView",
    "Line",
    "OrderPaper",
    "OrderView",
    "Ordering",
    "Sealer",
    "TargetView",
    "UnlockCode",
    "UnlockPaper",
    "Unlocking",
    "command_room",
    "sign_paper",
    "unsealed",
]
