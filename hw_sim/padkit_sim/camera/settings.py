"""What a kit file says about the camera."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CameraSettings:
    """`documents` and `faces` are folders of pictures and of prepared sittings, None for none.

    `laid` names the document that lies there at the start, `sits` the sitting, `person` whose; "" nothing, nobody, anybody.
    """

    documents: Path | None = None
    faces: Path | None = None
    laid: str = ""
    sits: str = ""
    person: str = ""
