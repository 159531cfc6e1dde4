"""Where a face is without being looked for: for a moment where it was found, as long as the mesh sees it stay there.

The detector counts faces, so it is asked again before anybody could change places unseen, and at each doubt.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from padkit_liveness.faces import Face, Floats
from padkit_liveness.mesh import PRESENT, Mesh

FOLLOWED_S = 0.2  # two frames of twelve a second
MOVED = 0.1  # of the head's width: how far an edge of it may be from where it was when it was found


@dataclass(frozen=True, slots=True)
class Trail:
    """The one `face` of a frame that was taken at `found_s`, and its `mesh` then."""

    face: Face
    mesh: Mesh = field(repr=False)
    found_s: float

    def fresh(self, at_s: float) -> bool:
        """Whether a frame taken at `at_s` need not be searched."""
        return at_s - self.found_s <= FOLLOWED_S

    def holds(self, mesh: Mesh) -> bool:
        """Whether `mesh`, looked for at the same place in a later frame, is a face that stayed."""
        before, now = _edges(self.mesh), _edges(mesh)
        wide = float(before[2] - before[0])
        return mesh.presence >= PRESENT and float(abs(now - before).max()) <= MOVED * wide


def _edges(mesh: Mesh) -> Floats:
    """Left, top, right, bottom in pixels."""
    points = mesh.points[:, :2]
    low, up = points.min(axis=0), points.max(axis=0)
    return np.concatenate((low, up))
