"""What the seeing ports share: a picture as it came, which model said something, and how sharp, bright and straight it was.

Pictures show persons: they travel hidden, are decoded in the worker only, and no driver keeps one after the call.
"""

from __future__ import annotations

from dataclasses import dataclass

from padkit_sdk.secrets import HiddenBytes

MAX_PICTURE_BYTES = 3 * 1024 * 1024  # of one encoded picture; a frame between core and worker holds it
MAX_PICTURE_PIXELS = 16_000_000  # decoded; larger ones are refused by their header, before any pixel is made


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture, encoded: JPEG, PNG or WebP, told by its first bytes and never by a name.

    `source` says where it was taken, as a dotted name (``camera.document``, ``camera.face``, ``page``, ``chip``); `at_s` when,
    in seconds on the source's own steady clock: pictures of one sitting rise, their zero means nothing.
    """

    data: HiddenBytes
    source: str
    at_s: float


@dataclass(frozen=True, slots=True)
class ModelUse:
    """One model that took part: its `name`, the `sha256` of its file (hex), the `engine` that ran it with its version."""

    name: str
    sha256: str
    engine: str


Point = tuple[float, float]
"""x and y in pixels of the picture as a person sees it (EXIF orientation applied), the origin at the top left."""
