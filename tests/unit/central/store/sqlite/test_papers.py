"""What is filed."""

from __future__ import annotations

from padkit_central.store import (
    PolicyVersion,
    Store,
)


async def test_policies_follow_each_other(store: Store) -> None:
    await store.put_policy(PolicyVersion("demo", 1, b"one", "t1"))
    await store.put_policy(PolicyVersion("demo", 2, b"two", "t2"))
    assert await store.policy("demo") == PolicyVersion("demo", 2, b"two", "t2")
    assert await store.policy("demo", 1) == PolicyVersion("demo", 1, b"one", "t1", "t2")
    assert await store.policy("other") is None
    assert [each.version for each in await store.policies("demo")] == [1, 2]
