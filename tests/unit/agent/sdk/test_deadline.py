from __future__ import annotations

import pytest

from padkit_sdk.deadline import Deadline


def test_a_deadline_is_spent_once():
    now_s = [10.0]
    deadline = Deadline.after(3.0, lambda: now_s[0])
    assert deadline.left_s() == pytest.approx(3.0)
    assert deadline.at_most(2.0) == pytest.approx(2.0)
    now_s[0] = 11.5
    assert deadline.at_most(2.0) == pytest.approx(1.5)
    now_s[0] = 20.0
    assert deadline.left_s() == 0.0
