"""The SQL of a dbt model rendered without dbt: its own macros and the product's as dbt has them, the rest stands in.

dbt takes seconds to start and stops at the first error. Here a model becomes SQL in milliseconds, with a mark at each
line that says which line of the file it came from. What needs a database or a run (`run_query`, incremental models) is
not there.
"""

import importlib.util
import os
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jinja2
from jinja2.sandbox import SandboxedEnvironment

_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+)\s*\(.*?\{%-?\s*endmacro\s*-?%\}", re.DOTALL)
_DBT_MACROS = ("global_project/macros/utils", "global_project/macros/adapters/timestamps.sql", "duckdb/macros/utils")
_MARK = "/*@{}*/"
MARK = re.compile(r"/\*@(\d+)\*/")
_TYPES = {"string": "TEXT", "integer": "INT", "bigint": "BIGINT", "timestamp": "TIMESTAMP", "float": "FLOAT"}


class RenderError(Exception):
    """A model's Jinja cannot be rendered. `line` is the line of the file, where it is known."""

    def __init__(self, message: str, line: int | None) -> None:
        super().__init__(message)
        self.line = line


class _Returned(Exception):  # noqa: N818 - how dbt's macros return a value that is no text
    def __init__(self, value: object) -> None:
        super().__init__("a macro returned")
        self.value = value


class Macros:
    """The macros that models may call, by name; each is compiled when it is called first."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.texts = dict(dbt_macros())
        for file in files:
            self.texts |= {found[1]: found[0] for found in _MACRO.finditer(file.read_text(encoding="utf-8"))}


@lru_cache
def dbt_macros() -> dict[str, str]:
    """Return the texts of dbt's own macros that SQL is written with, by name, for DuckDB."""
    spec = importlib.util.find_spec("dbt")
    texts: dict[str, str] = {}
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for name in _DBT_MACROS:
            path = Path(place) / "include" / name
            for file in [path] if path.is_file() else sorted(path.glob("*.sql")):
                texts |= {found[1]: found[0] for found in _MACRO.finditer(file.read_text(encoding="utf-8"))}
    return texts


class Renderer:
    """Renders models. `ref` and `source` are called with the names that a model says, and return what stands for it."""

    def __init__(
        self,
        macros: Macros,
        ref: Callable[..., str],
        source: Callable[[str, str], str],
        variables: dict[str, Any] | None = None,
    ) -> None:
        self._macros = macros
        self._environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined, extensions=["jinja2.ext.do"])
        self._compiled: dict[str, Callable[..., object]] = {}
        self._environment.globals.update(self._stand_ins(ref, source, variables or {}))
        for name in macros.texts:
            self._environment.globals[name] = self._macro(name)

    def render(self, text: str, name: str) -> str:
        """Return the SQL of a model's text, with marks of the lines; `name` is its file. Raises `RenderError`."""
        try:
            return self._template(marked(text), name).render()
        except jinja2.TemplateSyntaxError as error:
            raise RenderError(f"this is not sound Jinja: {error.message}", error.lineno) from error
        except Exception as error:
            raise RenderError(_told(error), _line_in(error, name)) from error

    def _template(self, text: str, name: str) -> jinja2.Template:
        code = self._environment.compile(text, name=name, filename=name)
        return jinja2.Template.from_code(self._environment, code, self._environment.make_globals(None))

    def _macro(self, name: str) -> Callable[..., object]:
        def call(*arguments: object, **named: object) -> object:
            if name not in self._compiled:
                template = self._template(self._macros.texts[name], f"macro {name}")
                self._compiled[name] = getattr(template.module, name)
            try:
                return self._compiled[name](*arguments, **named)
            except _Returned as returned:
                return returned.value

        return call

    def _stand_ins(
        self, ref: Callable[..., str], source: Callable[[str, str], str], variables: dict[str, Any]
    ) -> dict[str, object]:
        names = _Names(self._environment)
        return {
            "ref": ref,
            "source": source,
            "config": _Config(),
            "var": lambda name, *default: variables[name] if name in variables else _default(f"var {name}", default),
            "env_var": lambda name, *default: os.environ.get(name) or _default(f"environment variable {name}", default),
            "return": _return,
            "is_incremental": lambda: False,
            "execute": False,
            "target": SimpleNamespace(name="dev", schema="main", type="duckdb"),
            "adapter": SimpleNamespace(dispatch=names.dispatch, quote=lambda name: f'"{name}"'),
            "api": SimpleNamespace(
                Column=SimpleNamespace(
                    translate_type=lambda kind: _TYPES.get(kind.lower(), kind),
                    numeric_type=lambda name, precision, scale: f"{name}({precision}, {scale})",
                )
            ),
            "exceptions": SimpleNamespace(raise_compiler_error=_refuse, warn=lambda _: ""),
            "dbt": names,
            "tieout": names,
        }


class _Names:
    """`dbt.name(…)`, `tieout.name(…)` and `adapter.dispatch('name')(…)`: the macros by their names."""

    def __init__(self, environment: jinja2.Environment) -> None:
        self._environment = environment

    def dispatch(self, name: str, _package: str | None = None) -> object:
        for prefix in ("duckdb", "default"):
            if (found := self._environment.globals.get(f"{prefix}__{name}")) is not None:
                return found
        raise LookupError(f"no macro is called {name}")

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or name not in self._environment.globals:
            raise AttributeError(f"no macro is called {name}")
        return self._environment.globals[name]


class _Config:
    """`config(…)` says nothing to the SQL."""

    def __call__(self, *_: object, **__: object) -> str:
        return ""

    def get(self, _name: str, default: object = None, **__: object) -> object:
        return default


def marked(text: str) -> str:
    """Return a model's text with a mark at the start of each line that is not within Jinja, a text or a comment."""
    lines = []
    inside: str | None = None
    for number, line in enumerate(text.split("\n"), start=1):
        lines.append(line if inside else _MARK.format(number) + line)
        inside = _inside_after(line, inside)
    return "\n".join(lines)


_OPENS = {"{{": "}}", "{%": "%}", "{#": "#}", "/*": "*/", "'": "'", '"': '"'}


def _inside_after(line: str, inside: str | None) -> str | None:
    """Return what a line leaves open: the mark that closes it, or None."""
    place = 0
    while place < len(line):
        two, one = line[place : place + 2], line[place]
        if inside:
            if line.startswith(inside, place):
                place += len(inside)
                inside = None
                continue
        elif two == "--":
            return None
        elif two in _OPENS or one in _OPENS:
            opened = two if two in _OPENS else one
            inside = _OPENS[opened]
            place += len(opened)
            continue
        place += 1
    return inside


def _return(value: object = None) -> None:
    raise _Returned(value)


def _default(what: str, default: tuple[object, ...]) -> object:
    if not default:
        raise LookupError(f"there is no {what}")
    return default[0]


def _refuse(message: str) -> None:
    raise LookupError(message)


def _told(error: Exception) -> str:
    if isinstance(error, jinja2.UndefinedError):
        return f"{error.message}; a macro is one of dbt's, the product's or of macros/"
    return str(error) or type(error).__name__


def _line_in(error: BaseException, file: str) -> int | None:
    trace, line = error.__traceback__, None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line
