"""The road to central: sealed envelopes over mutual TLS, an outbox that loses nothing, questions that may go unanswered."""

from padkit_agent.uplink.contact import Contacts
from padkit_agent.uplink.courier import Courier
from padkit_agent.uplink.enrolling import enrol_kit
from padkit_agent.uplink.evidence import Uploader
from padkit_agent.uplink.folder import KitFolder
from padkit_agent.uplink.keyring import Keyring
from padkit_agent.uplink.orders import Orders
from padkit_agent.uplink.sealer import Sealer
from padkit_agent.uplink.secrecy import Secrecy
from padkit_agent.uplink.timekeeper import Timekeeper, clock_of, reader
from padkit_agent.uplink.wire import Wire

__all__ = [
    "Contacts",
    "Courier",
    "Keyring",
    "KitFolder",
    "Orders",
    "Sealer",
    "Secrecy",
    "Timekeeper",
    "Uploader",
    "Wire",
    "clock_of",
    "enrol_kit",
    "reader",
]
