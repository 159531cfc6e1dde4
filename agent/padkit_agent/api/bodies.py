"""Bodies of the local API, read strictly: unknown keys and wrong types are refused with their place."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec

from padkit_contract.messages import CardState
from padkit_sdk.errors import Refused

T = TypeVar("T")


class Begin(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Begin a flow."""

    business: str
    inputs: dict[str, Any]


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person's answer. `c3` values go to memory only and out with the one envelope they belong to."""

    what: str
    choice: str
    by: tuple[str, ...] = ()
    fields: dict[str, Any] = {}
    c3: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Answer({self.what}={self.choice})"


class Close(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Close a case; two names. `found` says where the two found its card: it goes into the ledger."""

    by: tuple[str, ...]
    found: CardState | None = None


class Dealing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Deal with what was set aside; the name of who does."""

    by: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who will be served during a visit: what the manager calls each by."""

    people: tuple[str, ...]

    def __repr__(self) -> str:
        return f"People({len(self.people)})"


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person of a visit has this flow now, or is left out."""

    flow: Annotated[str, msgspec.Meta(max_length=64)] = ""
    left_out: bool = False


class Code(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The code that central gave for the challenge, and who enters it."""

    code: str
    by: str

    def __repr__(self) -> str:
        return f"Code(by {self.by})"


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The holder proves who he is."""

    by: str
    passcode: str

    def __repr__(self) -> str:
        return f"Proof(by {self.by})"


class Wiping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Wipe on the spot; two names. `dry_run` only says what would be lost."""

    by: tuple[str, ...]
    force: bool = False
    dry_run: bool = False


class Launched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The one-time code that the page was opened with."""

    launch: str

    def __repr__(self) -> str:
        return "Launched(…)"


def read(raw: bytes, kind: type[T]) -> T:
    """Decode a body. Raises `Refused` ``body.invalid``."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as exc:
        raise Refused("body.invalid", f"{kind.__name__.lower()}: {exc}; mend the body and send it again") from exc
