"""Residence permit of Hong Kong, Macao and Taiwan residents (manual 5): a citizen's layout and travel permit. 'J'."""

from __future__ import annotations

from dataclasses import replace

from padkit_back_clip.layouts.resident import read_resident
from padkit_back_clip.layouts.text import Person, TextBlock
from padkit_sdk import IdNumber
from padkit_sdk.ports import DocumentKind


def read_hmt_permit(block: TextBlock) -> Person:
    """The permit's holder; the nation field is unused. Raises like `read_resident`."""
    return replace(
        read_resident(block),
        kind=DocumentKind.HMT_PERMIT,
        nation="",
        permit_number=IdNumber(block.text("travel permit number", (220, 18))),
        issue_count=block.text("number of issues", (238, 4)),
    )
