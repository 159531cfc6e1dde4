"""The flow's hand on the identity-card reader: one read becomes catalogue fields, or a hint, or a wait."""

from __future__ import annotations

from padkit_agent.core import events as ev
from padkit_agent.core.clock import Clock
from padkit_agent.core.flow import READER
from padkit_agent.core.prepare import CHIP
from padkit_agent.core.request import RESIDENT_ID
from padkit_agent.devices import Devices
from padkit_agent.flows.keeping import Caught
from padkit_agent.flows.run import NOTHING
from padkit_contract.crypto import sm3
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import DocumentKind, IdentityCard, IdentityCardReader
from padkit_sdk.secrets import HiddenBytes

READ_S = 8.0
LEASE_S = 30.0
LONG_TERM = "长期"
CHIP_PHOTO = "id_chip_photo"


async def read_identity(
    devices: Devices, flow_id: str, clock: Clock, caught: list[Caught]
) -> tuple[ev.AnyEvent, HiddenBytes]:
    """Read the card on the reader under a lease of its own; the reader is free for others afterwards.

    The second is the decoded photo for the caller's memory, empty where there is none. Record and photo are put into `caught`.
    """
    try:
        async with devices.lease(READER, owner=flow_id, purpose="read identity", ttl_s=LEASE_S) as device:
            card = await device.port(IdentityCardReader).read(fingerprint=False, timeout_s=READ_S)
    except AskAgain as exc:
        return ev.TryAgain(exc.hint), NOTHING
    except (DeviceFault, BadFrame) as exc:
        return ev.TryAgain(str(exc)), NOTHING
    except (LinkLost, OutcomeUnknown, Refused) as exc:
        return ev.DeviceAway(READER, str(exc)), NOTHING
    if card.kind is not DocumentKind.RESIDENT:
        return ev.TryAgain("idcard.kind"), NOTHING
    caught += (Caught(CHIP, READER, card.raw_text), Caught(CHIP_PHOTO, READER, card.picture))
    digest, photo = sm3(card.raw_text.data).hex(), bool(card.picture.data)
    return ev.IdentityRead(fields(card), card.module_number, digest, clock.now_s(), photo), card.picture


def fields(card: IdentityCard) -> dict[str, str]:
    """Return the catalogue's fields of a resident identity card, exactly as the chip spells them."""
    return {
        "cert_type": RESIDENT_ID,
        "cert_no": card.number.text,
        "name": card.name.text,
        "sex": card.sex,
        "nation": card.nation,
        "birth_date": card.birth_date,
        "cert_addr": card.address.text,
        "cert_issuer": card.issuer,
        "cert_start": card.valid_from,
        "cert_end": LONG_TERM if card.long_term else card.valid_to,
    }
