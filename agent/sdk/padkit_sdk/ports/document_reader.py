"""The port of a document reader: one picture of a card gives its fields, each with its confidence and the rule that checked it.

Redundancy in a document checks what was read and never changes it. What fails its rule is doubtful, and a person or the
chip decides.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Protocol

from padkit_sdk.ports.device import Device
from padkit_sdk.ports.picture import ModelUse, Picture, Point
from padkit_sdk.secrets import HiddenText


class DocumentSide(enum.Enum):
    """Which side of which document a picture shows. The value is the name that labels of test pictures use."""

    ID_FRONT = "id_front"  # resident identity card, the side with the portrait
    ID_BACK = "id_back"  # resident identity card, the side with authority and validity
    HMT_PERMIT_FRONT = "hmt_permit_front"  # residence permit for Hong Kong, Macao and Taiwan residents
    FOREIGNER_FRONT = "foreigner_front"  # foreigner's permanent residence card
    BANK_CARD = "bank_card"  # number and expiry


class FieldState(enum.Enum):
    """How far the text of a field may be trusted."""

    CHECKED = "checked"  # the rule that is named holds
    READ = "read"  # no rule is there for it; the confidence is all there is
    DOUBTFUL = "doubtful"  # the rule that is named fails, also after another reading, or the confidence is too low
    MISSING = "missing"  # expected on this side, and not found


@dataclass(frozen=True, slots=True)
class DocumentField:
    """One field of the document, as it was read.

    `name` is the label's name: of a resident card ``name, sex, nation, birth, address, number`` and ``authority,
    valid_from, valid_to``; of a permit ``name, sex, birth, address, number``; of a foreigner's card ``name, english_name,
    sex, birth, nationality, number, valid_from, valid_to``; of a bank card ``number, expiry``. `text` is normalised as
    labels are: dates ``1990-01-31`` (or ``长期``), expiry ``08/31``, sex ``男`` or ``女``, numbers without blanks.
    `confidence` is 0 to 1, the least of its characters. `box` are its four corners in the picture, clockwise from the
    text's top left, empty when missing. `rule` names what decided the state: ``check_digit``, ``birth_in_number``,
    ``sex_in_number``, ``nation_list``, ``date``, ``date_order``, ``luhn``, ``length``, ``expiry``, ``confidence`` or empty.
    """

    name: str
    text: HiddenText
    confidence: float
    box: tuple[Point, ...]
    state: FieldState
    rule: str = ""


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What one picture gave.

    `corners` are those of the card, clockwise from the card's own top left; `turned` by how many degrees (0, 90, 180, 270) the
    card stands turned clockwise in the picture. `way` is ``windows`` (outline and layout held) or ``lines`` (text lines were
    looked for). `quality` are the gate's own measures by name, each 0 (worst) to 1. `models` took part.
    """

    side: DocumentSide
    fields: tuple[DocumentField, ...]
    corners: tuple[Point, ...]
    turned: int
    way: str
    quality: dict[str, float]
    models: tuple[ModelUse, ...]

    def field(self, name: str) -> DocumentField | None:
        """Return the field of that name, None when this side has none."""
        return next((field for field in self.fields if field.name == name), None)


class DocumentReader(Device, Protocol):
    """Reads documents from pictures. Two pictures at a time; others wait inside their own time."""

    async def sides(self) -> frozenset[DocumentSide]:
        """Which sides it can read. No I/O."""
        ...

    async def read(
        self, picture: Picture, *, expected: DocumentSide | None = None, timeout_s: float
    ) -> DocumentReading:
        """Read the one document in `picture`, found by itself; `expected` is what the person was asked to show.

        Raises:
            AskAgain: ``document.not_found`` (no card in it), ``document.wrong_side`` (another than `expected`), and what the
                quality gate says before anything is read: ``document.blurred``, ``document.glare``, ``document.dark``,
                ``document.too_small``, ``document.tilted``, ``document.cut_off``, ``document.screen`` (a photo of a screen),
                ``document.copy`` (a black-and-white copy). The message is one sentence for the person who holds the camera.
            Refused: ``picture.format``, ``picture.size``, ``picture.pixels``, ``picture.broken``; ``model.missing``,
                ``model.changed`` (its sha256 is not the expected one); ``reader.busy``.
            DeviceFault: ``vision.time`` (not done in `timeout_s`), ``vision.memory``, ``vision.engine``; ask again.
        """
        ...
