from __future__ import annotations

import pytest

from padkit_back_clip.faults import fault_of
from padkit_back_clip.protocol import SELECT, Reply, Status

NAMED = {Status.SELF_TEST: "reader.self_test", Status.NOT_AUTHORISED: "reader.not_authorised"}
OUT_OF_PLACE = {Status.DONE, Status.FOUND, Status.UNKNOWN}


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_fault_and_keeps_its_bytes(status):
    sw = b"\x05\x05\x05" if status is Status.UNKNOWN else bytes([0, 0, status.value])
    fault = fault_of(Reply(status, sw, b""), SELECT, "clip")
    expected = "reader.unknown" if status in OUT_OF_PLACE else NAMED.get(status, "reader.refused")
    assert (fault.fault, fault.raw) == (expected, sw.hex(" ").upper())
    assert all(part in str(fault) for part in ("clip", "select card", fault.raw, ";"))
