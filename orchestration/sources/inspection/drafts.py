"""The drafted files of a source system: where each belongs, its text, and writing them all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from orchestration.sources.errors import DeclarationError

_WIDTH = 118


@dataclass(frozen=True)
class Draft:
    """One drafted file. `path` is relative to the company's folder."""

    path: Path
    text: str


def scalar(value: object) -> str:
    """Return a value as YAML writes it within a line, or within braces: quoted only where it must be."""
    text = yaml.safe_dump([value], default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
    return text.strip()[1:-1]


def inline(values: dict[str, object]) -> str:
    """Return a mapping in one line: {type: INTEGER, nullable: false}."""
    return "{" + ", ".join(f"{name}: {scalar(value)}" for name, value in values.items()) + "}"


def comment(text: str, indent: int) -> list[str]:
    """Return a text as lines of comment, wrapped."""
    lines, line = [], ""
    for word in text.split():
        if line and indent + 2 + len(line) + 1 + len(word) > _WIDTH:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return [f"{' ' * indent}# {line}" for line in [*lines, line] if line]


def write_all(drafts: Sequence[Draft], root: Path) -> list[Path]:
    """Write the drafts below the company's folder and return their paths.

    Raises `DeclarationError` if one is there already; nothing is written then.
    """
    refuse_what_is_there(drafts, root)
    for draft in drafts:
        path = root / draft.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(draft.text, encoding="utf-8")
    return [root / draft.path for draft in drafts]


def refuse_what_is_there(drafts: Sequence[Draft], root: Path) -> None:
    """Raise `DeclarationError` if a file that a draft would make is there already."""
    there = [str(draft.path) for draft in drafts if (root / draft.path).exists()]
    if there:
        raise DeclarationError(
            f"{', '.join(there[:5])}{f' and {len(there) - 5} more' if len(there) > 5 else ''}: "  # noqa: PLR2004
            "already there, and nothing is overwritten. Take --name for another system, or move the files away."
        )
