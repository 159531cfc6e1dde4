"""Messages hold what the other side needs, and nothing that can be printed by accident."""

from __future__ import annotations

import msgspec

from padkit_agent.plugins import messages


def test_every_message_has_a_tag_of_its_own():
    union = (*messages.ToWorker.__args__, *messages.FromWorker.__args__)
    tags = [kind.__struct_config__.tag for kind in union]
    assert len(set(tags)) == len(union) == 16


def test_every_message_is_frozen():
    for kind in (*messages.ToWorker.__args__, *messages.FromWorker.__args__):
        assert issubclass(kind, msgspec.Struct)
        assert kind.__struct_config__.frozen
