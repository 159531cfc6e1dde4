"""Driver of signature pads of the Wacom STU family."""

from padkit_signature_pad.plugin import open_stu, padkit_drivers

__all__ = ["open_stu", "padkit_drivers"]
