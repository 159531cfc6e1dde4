"""The layers of a sitting: each is fed with every observation and says at the end what it held. Pure: no clock, no pixels."""

from padkit_liveness.layers.base import Found, Layer
from padkit_liveness.layers.camera import Camera
from padkit_liveness.layers.challenge import Challenge
from padkit_liveness.layers.continuity import Continuity
from padkit_liveness.layers.flash import Flash
from padkit_liveness.layers.head import HeadInFrame
from padkit_liveness.layers.passive import Passive

__all__ = ["Camera", "Challenge", "Continuity", "Flash", "Found", "HeadInFrame", "Layer", "Passive"]
