"""What a document says, as plain paragraphs for reading aloud: its own wording, without what was filled into its fields.

A name or number of the customer is not spoken before whoever stands around; it is on the page that he reads.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

BLOCKS: Final = frozenset(("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "div", "section"))


class _Paragraphs(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]
        self._in_body = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._in_body = self._in_body or tag == "body"
        if tag in BLOCKS:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self._in_body:
            self.found[-1] += data


def paragraphs(html: str) -> tuple[str, ...]:
    """Return the paragraphs of a typesetter's HTML in their order, blanks made one; none is empty."""
    parser = _Paragraphs()
    parser.feed(html)
    parser.close()
    told = (" ".join(it.split()) for it in parser.found)
    return tuple(it for it in told if it)
