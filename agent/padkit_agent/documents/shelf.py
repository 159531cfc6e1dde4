"""The templates of a folder: ID/VERSION/ holds `template.toml` and a text for each language, the folder itself the layouts.

What is digested is what is set: the text is read once and kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from padkit_agent.documents.template import Template, read_template
from padkit_contract.crypto import sm3
from padkit_sdk.errors import Refused

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A template with its texts. `sources` are Typst, by language; `sm3` is the digest of all its files, in hex."""

    template: Template
    sources: dict[str, bytes] = field(repr=False)
    sm3: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """All templates by id and version."""

    sheets: dict[tuple[str, int], Sheet]

    def newest(self) -> list[Sheet]:
        """The newest version of each document, in the order of their ids."""
        return [self.find(name) for name in sorted({name for name, _ in self.sheets})]

    def find(self, name: str, version: int | None = None) -> Sheet:
        """Return the template `name`, the newest without `version`.

        Raises:
            Refused: ``document.unknown`` when there is none.
        """
        versions = sorted(it for known, it in self.sheets if known == name)
        if not versions or (version is not None and version not in versions):
            known = ", ".join(f"{id_} {it}" for id_, it in sorted(self.sheets))
            wanted = ascii(name if version is None else f"{name} {version}")[:60]
            raise Refused("document.unknown", f"document {wanted} is none of this kit's; give one of {known}")
        return self.sheets[name, versions[-1] if version is None else version]


def open_shelf(folder: Path = TEMPLATES) -> Shelf:
    """Read all templates of `folder`.

    Raises:
        Refused: ``document.template`` when one makes no sense or lacks a file.
    """
    sheets = (_read(folder, head) for head in sorted(folder.glob("*/*/template.toml")))
    return Shelf({(it.template.id, it.template.version): it for it in sheets})


def _read(folder: Path, head: Path) -> Sheet:
    where = f"{head.parent.parent.name}/{head.parent.name}"
    try:
        first = head.read_bytes()
        template = read_template(first.decode(), where)
        layout = (folder / Path(template.layout).name).read_bytes()
        texts = {it: (head.parent / f"{it}.typ").read_bytes() for it in template.languages}
    except (OSError, UnicodeDecodeError) as exc:
        raise Refused("document.template", f"document template {where}: {exc}; install the agent again") from exc
    if where != f"{template.id}/{template.version}":
        told = f"its folder is {where}, and it calls itself {template.id}/{template.version}; name them alike"
        raise Refused("document.template", f"document template {where}: {told}")
    files = {"template.toml": first, template.layout: layout, **{f"{it}.typ": text for it, text in texts.items()}}
    return Sheet(template, {it: layout + b"\n" + text for it, text in texts.items()}, _digest(files))


def _digest(files: dict[str, bytes]) -> str:
    parts = (name.encode() + b"\0" + len(files[name]).to_bytes(8, "big") + files[name] for name in sorted(files))
    return sm3(b"".join(parts)).hex()
