"""Kits as central governs them: what they are ordered to do, and what became of it."""

from padkit_central.kits.acknowledging import Acknowledgements
from padkit_central.kits.authorising import AuthLine, Authorising, AuthView, ShownContent
from padkit_central.kits.codes import make_code
from padkit_central.kits.contact import Contacts, EscrowKeys, unsealed
from padkit_central.kits.dispatch import Admit, Dispatcher, Line
from padkit_central.kits.enrolment import Enrolment
from padkit_central.kits.governing import Governing
from padkit_central.kits.kept import KeptPapers
from padkit_central.kits.keys import KitKeys
from padkit_central.kits.news import News
from padkit_central.kits.ordering import Ordering
from padkit_central.kits.papers import (
    AnyPaper,
    ApprovalPaper,
    AuthorisePaper,
    OrderPaper,
    UnlockPaper,
    check_text,
    sign_paper,
)
from padkit_central.kits.register import IdentityRoom, identity_room
from padkit_central.kits.risk_watch import RiskWatch
from padkit_central.kits.room import Around, CommandRoom, command_room
from padkit_central.kits.sealing import Sealer
from padkit_central.kits.standings import Standings
from padkit_central.kits.unlocking import UnlockCode, Unlocking
from padkit_central.kits.views import KitView, OrderView, TargetView

__all__ = [
    "Acknowledgements",
    "Admit",
    "AnyPaper",
    "ApprovalPaper",
    "Around",
    "AuthLine",
    "AuthView",
    "AuthorisePaper",
    "Authorising",
    "CommandRoom",
    "Contacts",
    "Dispatcher",
    "Enrolment",
    "EscrowKeys",
    "Governing",
    "IdentityRoom",
    "KeptPapers",
    "KitKeys",
    "KitView",
    "Line",
    "News",
    "OrderPaper",
    "OrderView",
    "Ordering",
    "RiskWatch",
    "Sealer",
    "ShownContent",
    "Standings",
    "TargetView",
    "UnlockCode",
    "UnlockPaper",
    "Unlocking",
    "check_text",
    "command_room",
    "identity_room",
    "make_code",
    "sign_paper",
    "unsealed",
]
