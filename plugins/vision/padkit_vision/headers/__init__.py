"""What a picture's file says of itself, read before any pixel is made, and the part of it that makes pixels."""

from padkit_vision.headers.outline import Broken, Outline, Strange, Unfit
from padkit_vision.headers.told import outline_of

__all__ = ["Broken", "Outline", "Strange", "Unfit", "outline_of"]
