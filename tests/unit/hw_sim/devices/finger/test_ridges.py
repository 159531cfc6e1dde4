from __future__ import annotations

from padkit_sim.devices.finger import ridges_of


def test_a_seed_always_gives_the_same_finger_and_another_seed_another():
    assert ridges_of("zhang/right_index") == ridges_of("zhang/right_index")
    assert ridges_of("zhang/right_index") != ridges_of("zhang/left_index")


def test_minutiae_are_apart_and_of_both_kinds():
    ridges = ridges_of("li/left_thumb")
    places = [*ridges.endings, *ridges.forks]
    assert 25 <= len(places) <= 38
    assert ridges.endings
    assert ridges.forks
    assert all(abs(one - other) > 13 for at, one in enumerate(places) for other in places[:at])


def test_the_height_of_the_skin_is_between_valley_and_crest():
    heights = ridges_of("li/left_thumb").row([complex(x, 3) for x in range(-70, 70)])
    assert min(heights) >= -1.001
    assert max(heights) <= 1.001
    assert max(heights) - min(heights) > 1.5
