from __future__ import annotations

import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padkit_agent.store.vault.sharing import combine, split

COUNTS = st.integers(1, 8).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n)))


@given(secret=st.binary(min_size=1, max_size=16), counts=COUNTS, chance=st.randoms(use_true_random=False))
def test_any_k_of_n_shares_give_the_secret_back(secret: bytes, counts: tuple[int, int], chance: object) -> None:
    threshold, count = counts
    shares = split(secret, threshold, count, chance.randbytes)  # type: ignore[attr-defined]
    for chosen in itertools.combinations(shares, threshold):
        assert combine({number: shares[number] for number in chosen}) == secret


@given(chosen=st.sets(st.integers(1, 5), min_size=2, max_size=2), secret=st.integers(0, 255), other=st.integers(0, 255))
def test_fewer_shares_fit_every_secret(chosen: set[int], secret: int, other: int) -> None:
    """With two of three, each candidate for the secret has exactly one third share that would prove it."""
    shares = split(bytes([secret]), 3, 5, os.urandom)
    held = {number: shares[number] for number in chosen}
    third = next(iter(set(shares) - chosen))
    assert sum(combine({**held, third: bytes([guess])}) == bytes([other]) for guess in range(256)) == 1


def test_shares_are_as_long_as_the_secret_and_numbered_from_one() -> None:
    shares = split(b"sixteen bytes ..", 3, 5, os.urandom)
    assert list(shares) == [1, 2, 3, 4, 5]
    assert {len(share) for share in shares.values()} == {16}


def test_a_wrong_share_gives_another_secret() -> None:
    shares = split(b"secret", 2, 3, os.urandom)
    assert combine({1: shares[1], 3: shares[2]}) != b"secret"


@pytest.mark.parametrize(("threshold", "count"), [(0, 3), (4, 3), (2, 256)])
def test_impossible_counts_are_refused(threshold: int, count: int) -> None:
    with pytest.raises(ValueError, match="shares; 1 to 255"):
        split(b"secret", threshold, count, os.urandom)


@pytest.mark.parametrize("shares", [{}, {0: b"a"}, {256: b"a"}, {1: b"a", 2: b"ab"}])
def test_what_cannot_be_shares_of_one_secret_is_refused(shares: dict[int, bytes]) -> None:
    with pytest.raises(ValueError, match="no shares"):
        combine(shares)
