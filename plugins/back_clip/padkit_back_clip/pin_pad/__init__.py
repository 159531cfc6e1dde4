"""The PIN keypad of a back-clip: a ZT588 (证通) and its like, protocol A."""

from padkit_back_clip.pin_pad.driver import Zt588

__all__ = ["Zt588"]
