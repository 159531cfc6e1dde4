"""What a kit's machines found of a face or a document, as central believes it: only with a result that says yes throughout.

The kit's own word is not enough, nor are its numbers without it. Which models a bank trusts is not judged here. No I/O.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from padkit_contract.errors import Invalid
from padkit_contract.messages import EvidenceItem, Result

FACES = frozenset({"face_live", "face_match_chip", "face_match_online"})
AGREE: Mapping[str, tuple[str, ...]] = {  # fields that must agree with the chip
    "id_ocr_front": ("number", "name"),
    "id_ocr_back": ("valid_from", "valid_to"),
}
JUDGED = FACES | AGREE.keys()  # evidence types that a machine judges
SHA256 = re.compile(r"[0-9a-f]{64}")
RARE = "rare"  # characters that no recogniser knows: the chip's text settles the name


def check_result(business: str, item: EvidenceItem) -> None:
    """Raise `Invalid` ``evidence.result`` (none, or one that cannot be) or ``evidence.failed`` (it says no).

    Evidence that no machine judges has no result to check.
    """
    if item.type not in JUDGED:
        return
    where, result = f"{business}: {item.type}", item.result
    if result is None:
        raise Invalid("evidence.result", f"{where} was captured without a result; update the kit's agent")
    if not result.by or not result.rule or not result.models:
        raise Invalid("evidence.result", f"{where}: by, rule or models are missing; the kit must name who judged")
    if not all(it.name and it.engine and SHA256.fullmatch(it.sha256) for it in result.models):
        raise Invalid("evidence.result", f"{where}: a model without name, sha256 or engine; the kit must name it")
    if not result.passed:
        raise Invalid("evidence.failed", f"{where}: the kit itself says no; look at the evidence")
    if item.type in FACES:
        _check_score(where, result)
    else:
        _check_fields(where, result, AGREE[item.type])


def _check_score(where: str, result: Result) -> None:
    if not (math.isfinite(result.score) and math.isfinite(result.threshold) and result.threshold > 0):
        raise Invalid("evidence.result", f"{where}: no score, or no threshold above 0; the kit must give both")
    if result.score < result.threshold:
        told = f"{where}: score {result.score:.3f} of {result.threshold:.3f}; look at the evidence"
        raise Invalid("evidence.failed", told)


def _check_fields(where: str, result: Result, must_agree: tuple[str, ...]) -> None:
    found = {it.name: it for it in result.fields}
    if len(found) != len(result.fields) or not found.keys() >= set(must_agree):
        raise Invalid("evidence.result", f"{where}: {', '.join(must_agree)} are wanted, each once; read the side again")
    for it in result.fields:
        settled = it.chip == "same" or (it.name == "name" and it.why == RARE)
        if it.chip == "different" or (it.name in must_agree and not settled):
            raise Invalid("evidence.failed", f"{where}: {it.name[:64]} is not as in the chip; look at the evidence")
        if it.name == "number" and it.state != "checked":
            raise Invalid("evidence.failed", f"{where}: the number's check digit was not proved; read the side again")
