"""Characters that may stand in a document: each is seen, as itself, where it was given."""

from __future__ import annotations

import pytest

from padkit_agent.documents.letters import LOOSE_SPACE, code, trouble


@pytest.mark.parametrize("character", "张𠮷𪚥㐂·Aaé9*#$\\<&“”’—（）\u3000 김ㄱ①℃\u2f00\uf9e1")
def test_what_names_and_addresses_are_written_with_is_taken(character: str) -> None:
    assert trouble(character) == ""


@pytest.mark.parametrize(
    ("character", "why"),
    [
        *((it, "a control") for it in "\x00\t\n\r\x1b\x7f\x85\u2028\u2029\ud800\U000e0fff"),
        *((it, "a control") for it in "\u00a0\u2003\u200b\u200d\ufeff\U000e0041"),
        *((it, "a control") for it in "\u202a\u202e\u2066\u2069\u200e\u3164\uffa0\u2800"),
        *((it, "private use") for it in "\ue000\U000f0000"),
        *((it, "right to left") for it in "אبܐ٣\u200f"),
        *((it, "as one character") for it in "\u0301\u20dd\ufe0f\U000e0100\u1100\u115f\u11a8"),
    ],
)
def test_what_hides_turns_or_melts_is_not_taken(character: str, why: str) -> None:
    assert why in trouble(character)


def test_a_message_names_a_character_by_its_code() -> None:
    assert code("\U000e0001") == "U+E0001"


@pytest.mark.parametrize("text", [" a", "a ", "a  b", "a \u3000b"])
def test_spaces_that_nobody_sees_are_found(text: str) -> None:
    assert LOOSE_SPACE.search(text)
    assert not LOOSE_SPACE.search("a b\u3000c")
