"""The flow's hand on the signature pad: what the customer writes is bound to the digest of what was read, and kept at once."""

from __future__ import annotations

from collections.abc import Callable

from padkit_agent.core import events as ev
from padkit_agent.core.actions import SignDocument
from padkit_agent.core.flow import SIGN_PAD, Flow
from padkit_agent.devices import Devices, RoomEvent
from padkit_agent.flows.overhearing import overheard
from padkit_agent.flows.papers import Papers
from padkit_sdk.errors import AskAgain, BadFrame, DeviceFault, LinkLost, OutcomeUnknown, Refused
from padkit_sdk.ports import PadLanguage, Signature, SignaturePad
from padkit_sdk.signature import BINDING_SCHEME, binding_of

SIGN_S = 120.0
LEASE_S = SIGN_S + 10.0
HEARD = frozenset({"signature.pen_down", "signature.redo", "signature.nothing_written"})
UNBOUND = "signature.binding"


async def sign_document(
    devices: Devices, papers: Papers, flow: Flow, wanted: SignDocument, tell: Callable[[str], None]
) -> ev.AnyEvent:
    """Have the customer sign, unless a signature under this digest is kept already and only its row was lost.

    `tell` is given what the pad says meanwhile. Raises `Refused` ``file.*``, `StoreUnavailable`.
    """
    if (before := await papers.signed(flow)) is not None:
        return before
    try:
        await papers.read(flow)
    except Refused as exc:
        return ev.DocumentNotSet(f"{exc.reason}: {exc}")
    signature = await _captured(devices, flow, wanted, tell)
    return await papers.keep(flow, signature) if isinstance(signature, Signature) else signature


async def _captured(
    devices: Devices, flow: Flow, wanted: SignDocument, tell: Callable[[str], None]
) -> Signature | ev.AnyEvent:
    def hear(event: RoomEvent) -> None:
        if event.name in HEARD:
            tell(event.name)

    digest = bytes.fromhex(wanted.digest)
    try:
        async with devices.lease(SIGN_PAD, owner=flow.id, purpose=f"sign {wanted.document}", ttl_s=LEASE_S) as device:
            with overheard(devices, SIGN_PAD, hear):
                pad = device.port(SignaturePad)
                signature = await pad.sign(digest, language=PadLanguage(wanted.language), timeout_s=SIGN_S)
    except AskAgain as exc:
        return ev.TryAgain(exc.hint)
    except DeviceFault as exc:
        return ev.TryAgain(exc.fault)
    except (LinkLost, BadFrame, OutcomeUnknown, Refused) as exc:
        return ev.DeviceAway(SIGN_PAD, str(exc))
    return signature if _bound(signature, digest) else ev.TryAgain(UNBOUND)


def _bound(signature: Signature, digest: bytes) -> bool:
    """Whether the points that came are bound to what was read, as we reckon it ourselves."""
    made = binding_of(digest, signature.series)
    return signature.binding_scheme == BINDING_SCHEME and (signature.document_hash, signature.binding) == (digest, made)
