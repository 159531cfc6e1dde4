"""Who looks for a kind of wire is found by entry point and asked for a while."""

from __future__ import annotations

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from padkit_sdk import Pcsc, Refused
from padkit_sdk.conformance import sighted as module
from padkit_sdk.conformance.port import Trees, find_port
from padkit_sdk.conformance.sighted import sighted

WIRE = SimpleNamespace(name="Reader (R-1) 00 00", path="Reader (R-1) 00 00", serial="R-1")


async def sees_one(matches, tell):
    tell(())
    tell((WIRE,))
    await asyncio.Event().wait()


async def sees_none(matches, tell):
    tell(())
    await asyncio.Event().wait()


async def refuses(matches, tell):
    raise Refused("link.missing", "no library")


@pytest.fixture
def looks(monkeypatch):
    """Have `name` of this module look for readers; "" for nobody."""

    def put(name):
        entries = [EntryPoint("pcsc", f"{__name__}:{name}", "padkit.sights")] if name else []
        monkeypatch.setattr(module, "entry_points", lambda **which: entries)
        monkeypatch.setattr(module, "LOOK_S", 0.01 if name == "sees_none" else 5.0)

    return put


async def test_the_first_seen_are_told_also_inside_a_loop(looks):
    looks("sees_one")
    assert sighted("pcsc", [Pcsc("")]) == (WIRE,)


def test_nothing_in_time_is_nothing(looks):
    looks("sees_none")
    assert sighted("pcsc", [Pcsc("")]) == ()


def test_what_the_looker_refuses_is_refused(looks):
    looks("refuses")
    with pytest.raises(Refused, match="no library"):
        sighted("pcsc", [Pcsc("")])


def test_without_a_looker_it_is_said_what_to_install(looks):
    looks("")
    with pytest.raises(Refused, match="padkit-agent"):
        sighted("pcsc", [Pcsc("")])


def test_a_reader_is_a_port_by_its_name(looks, tmp_path):
    looks("sees_one")
    trees = Trees(tmp_path, tmp_path)
    for given in ("", WIRE.name):
        port = find_port([Pcsc("Reader")], given, trees)
        assert (str(port.path), port.serial, port.match) == (WIRE.path, "R-1", Pcsc("Reader", serial="R-1"))
    with pytest.raises(Refused, match="--padkit-port"):
        find_port([Pcsc("Other")], "", trees)
    assert find_port([Pcsc("Other")], "Other 00 00", trees).path == Path("Other 00 00")
