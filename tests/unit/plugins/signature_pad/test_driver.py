"""What the port promises, by the driver, against the simulated pad."""

from __future__ import annotations

import asyncio

import pytest
from pad_desk import DOCUMENT, desk, points_of

from padkit_sdk import AskAgain, DeviceFault, HiddenBytes, LinkLost, Refused
from padkit_sdk.signature import PenState, binding_of

T = 20.0
MODELS = ("STU-430", "STU-530", "STU-540")


@pytest.mark.parametrize("model", MODELS)
async def test_a_signature_is_whole_and_bound_to_the_document(model):
    async with desk(model) as (place, driver):
        signature = await place.signed(driver, "sign wang", "press confirm")
        seen = place.seen()
    assert (signature.strokes, signature.lost, signature.repeated) == (4, 0, 0)
    assert signature.document_hash == DOCUMENT
    assert signature.binding == binding_of(DOCUMENT, signature.series)
    assert signature.points == len(points_of(signature)) > 150
    assert signature.duration_ms == points_of(signature)[-1].time_ms
    assert seen.blank and not seen.capturing and seen.status == "at_ease"
