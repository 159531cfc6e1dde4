from __future__ import annotations

from padkit_liveness.layers.passive import Passive
from padkit_sdk.ports import LayerState


def fed(frames, *, available=True):
    layer = Passive(0.5, available=available)
    for frame in frames:
        layer.feed(frame)
    return layer.found()


def test_without_models_it_is_not_available(script):
    found = fed([script.frame()], available=False)
    assert (found.state, found.reasons) == (LayerState.NOT_AVAILABLE, ("passive.no_model",))


def test_the_median_decides(script):
    scores = [0.9, 0.9, 0.1, 0.9, 0.2]
    assert fed(script.frame(passive=score) for score in scores).state is LayerState.PASSED
    found = fed(script.frame(passive=1 - score) for score in scores)
    assert (found.state, found.reasons) == (LayerState.FAILED, ("passive.score",))


def test_few_frames_say_nothing(script):
    found = fed([*(script.frame(passive=1.0) for _ in range(4)), *(script.frame() for _ in range(20))])
    assert (found.state, found.reasons) == (LayerState.INCONCLUSIVE, ("passive.few_frames",))
