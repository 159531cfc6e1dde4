from __future__ import annotations

from dataclasses import replace

import pytest

from padkit_liveness.layers.camera import Camera
from padkit_sdk.ports import LayerState


def fed(frames):
    layer = Camera()
    for frame in frames:
        layer.feed(frame)
    return layer.found()


def test_a_sensor_passes(script):
    assert fed(script.frame(same_noise=0.02) for _ in range(40)).state is LayerState.PASSED


def test_a_frame_that_a_driver_gave_twice_is_forgiven(script):
    assert (
        fed(script.frame(digest=b"a" if number in (3, 4) else None) for number in range(40)).state is LayerState.PASSED
    )


@pytest.mark.parametrize("every", [1, 3, 7])
def test_repeated_frames_fail_wherever_they_come_from(script, every):
    found = fed(script.frame(digest=bytes([number // every % 7])) for number in range(40))
    assert (found.state, found.reasons[0]) == (LayerState.FAILED, "camera.repeated_frames")


def test_the_same_noise_in_each_frame_fails(script):
    found = fed(script.frame(same_noise=0.4) for _ in range(40))
    assert (found.state, found.reasons) == (LayerState.FAILED, ("camera.same_noise",))


def test_times_of_a_file_are_a_sign_that_decides_nothing(script):
    even = (replace(script.frame(), at_s=number / 15) for number in range(40))
    found = fed(even)
    assert (found.state, found.reasons) == (LayerState.INCONCLUSIVE, ("camera.even_times",))


def test_even_times_with_lost_frames_are_even(script):
    even = (replace(script.frame(), at_s=number / 15) for number in range(40) if number % 9)
    assert fed(even).reasons == ("camera.even_times",)


def test_few_frames_say_nothing(script):
    assert fed(script.frame() for _ in range(9)).state is LayerState.INCONCLUSIVE
