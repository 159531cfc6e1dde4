from __future__ import annotations

from padkit_sdk.ports import Check, SelfTest

GOOD = Check("box.answers", passed=True, seen="P")
BAD = Check("box.sensors", passed=False, seen="N 12")


def test_a_device_is_fit_when_every_check_passed():
    assert SelfTest((GOOD,)).passed
    assert not SelfTest((GOOD, BAD)).passed


def test_a_self_test_without_checks_found_nothing_wrong():
    assert SelfTest(()).passed
