"""The two ends at work: sealing, opening, and what the opener says no with."""

from __future__ import annotations

from typing import Any

import pytest
from ends import Ends, chance, make_ends
from pki import Pki

from padkit_contract.context import Context
from padkit_contract.envelope import Identity, Opened, Recipient, open_envelope, seal
from padkit_contract.errors import EnvelopeRefused
from padkit_contract.profiles import Profile

PAYLOAD = '{"business":"ACC-01","customer":"张三"}'.encode()


class Talk(Ends):
    """A kit and a service that write to each other."""

    def context(self, recipient: Recipient | None = None, /, **changes: object) -> Context:
        """Return the context of a message to `recipient` (central if left out), `changes` made to it."""
        named = {} if recipient is None else {"key": recipient.key_id, "recipient": recipient.name}
        return super().context(**(named | changes))

    def sealed(
        self,
        payload: bytes = PAYLOAD,
        *,
        sender: Identity | None = None,
        to: Recipient | None = None,
        profile: Profile = Profile.A,
        **changes: object,
    ) -> bytes:
        """Return what `sender` (the kit) seals for `to` (central), the context changed by `changes`."""
        recipient = to or self.central
        context = self.context(recipient, **changes)
        sender, now = sender or self.kit, self.pki.now
        return seal(payload, context, sender=sender, recipient=recipient, random_bytes=chance, now=now, profile=profile)

    def opened(self, envelope: bytes, **changes: Any) -> Opened:
        """Return what central finds."""
        given: dict[str, Any] = {"own": [self.service_receives], "trust": self.trust, "now": self.pki.now}
        return open_envelope(envelope, **(given | changes))

    def refused(self, envelope: bytes, **changes: Any) -> str:
        """Return why central does not believe it."""
        with pytest.raises(EnvelopeRefused) as refused:
            self.opened(envelope, **changes)
        return refused.value.reason


def make_talk(pki: Pki) -> Talk:
    """Return fresh keys for both sides, certified by `pki`."""
    ends = make_ends(pki)
    return Talk(pki, ends.kit, ends.kit_receives, ends.service, ends.service_receives, ends.trust)
