"""The signing screen: areas that do not overlap, words on it, the document's hash."""

from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_sdk.ports import PadLanguage
from padkit_signature_pad.layout import Area, Layout

HASH = bytes(range(32))


@pytest.fixture(params=[(800, 480), (320, 200), (640, 480)], ids=str)
def pad(request, geometry):
    width, height = request.param
    return replace(geometry, width_px=width, height_px=height)


def test_every_place_is_in_one_area_or_in_the_strip(pad):
    layout = Layout(pad)
    for y in range(0, pad.height_px, 7):
        for x in range(0, pad.width_px, 7):
            assert sum(place.holds(x, y) for place in layout.areas.values()) == (y >= layout.strip)


def test_digitiser_coordinates_are_scaled_to_areas(pad):
    layout = Layout(pad)
    assert layout.at(pad.max_x, pad.max_y) is Area.CONFIRM
    assert layout.at(0, pad.max_y) is Area.CANCEL
    assert layout.at(pad.max_x // 2, pad.max_y) is Area.REDO
    assert layout.at(pad.max_x // 2, pad.max_y // 2) is Area.INK
    assert layout.at(0, 0) is None


def test_the_screen_differs_by_document_and_by_language(pad):
    layout = Layout(pad)
    screens = {
        layout.picture(document, language, b"")
        for document in (HASH, bytes(32))
        for language in (PadLanguage.CHINESE, PadLanguage.ENGLISH)
    }
    assert len(screens) == 4
    assert all(len(screen) == pad.width_px * pad.height_px * 3 for screen in screens)
    assert all(screen.count(0) > 1000 for screen in screens)


def test_the_ink_area_shows_the_background(pad):
    layout = Layout(pad)
    grey = bytes([200]) * (pad.width_px * pad.height_px * 3)
    screen = layout.picture(HASH, PadLanguage.CHINESE, grey)
    start, end = (row * pad.width_px * 3 for row in (layout.ink.y1, layout.ink.y2 + 1))
    assert set(screen[start:end]) == {200}
