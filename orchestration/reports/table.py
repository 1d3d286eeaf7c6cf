"""A printed table: text in cells, the exact value behind each number. The template draws it and decides nothing."""

from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.variance import Effect
from orchestration.reports import formats

MARKS = {Effect.GOOD: "▲", Effect.BAD: "▼", Effect.NEUTRAL: ""}
"""Favourable and unfavourable, readable without colour; the number's own sign gives the direction."""


@dataclass(frozen=True)
class Cell:
    """One cell. `value` is the exact number behind `text`, empty for words; `mark` stands after the text."""

    text: str
    css: str = ""
    value: str = ""
    mark: str = ""
    label: str = ""
    svg: str = ""
    small: str = ""


@dataclass(frozen=True)
class Head:
    """A column's heading; `group` headings that are equal and side by side are drawn as one above them."""

    text: str
    group: str = ""
    css: str = "n"


@dataclass(frozen=True)
class Row:
    """One row; `css` gives its rank, such as `total`."""

    cells: tuple[Cell, ...]
    css: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its title block: what and unit, when and comparison. `notes` are printed below it."""

    title: str
    subtitle: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    css: str = ""

    @property
    def groups(self) -> tuple[tuple[str, int], ...]:
        """The headings above the headings, each with the number of columns that it spans."""
        spans: list[tuple[str, int]] = []
        for head in self.heads:
            if spans and spans[-1][0] == head.group:
                spans[-1] = (head.group, spans[-1][1] + 1)
            else:
                spans.append((head.group, 1))
        return tuple(spans) if any(group for group, _ in spans) else ()


def words(text: str, css: str = "", small: str = "", label: str = "") -> Cell:
    """Return a cell of words."""
    return Cell(text, css=css, small=small, label=label)


def missing(text: str, label: str = "") -> Cell:
    """Return a cell that says what is not there."""
    return Cell(text, css="n missing", label=label)


def figure(text: str, value: Decimal | int, *, css: str = "", label: str = "", small: str = "") -> Cell:
    """Return a number's cell."""
    return Cell(text, css=f"n {css}".strip(), value=formats.exact(Decimal(value)), label=label, small=small)


def change(text: str, value: Decimal, effect: Effect, *, label: str = "", marked: bool = True, css: str = "") -> Cell:
    """Return a variance's cell, coloured and marked by its effect unless printed as zero or not to be `marked`."""
    shown = effect if marked and any(digit in text for digit in "123456789") else Effect.NEUTRAL
    return Cell(text, css=f"n {shown} {css}".strip(), value=formats.exact(value), mark=MARKS[shown], label=label)
