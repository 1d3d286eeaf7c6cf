"""Whatever happens to the files: the lake's current state is their content, and every past moment is what was known then.

A state machine changes the files (add, correct, remove, restore, touch), lands them at any point, and holds the lake
against a plain model of it: a dict of files. A file of which most rows are unfit refuses the landing.
"""

import hashlib
import tempfile
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DriftError
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table

Content = tuple[str, ...]
State = dict[str, Content]

NAMES = st.sampled_from(["1.csv", "2.csv", "3.csv"])
CONTENTS = st.lists(st.sampled_from(["1", "2", "3", "unfit"]), max_size=4).map(tuple)
TABLE = {"name": "t", "description": "x", "files": "*.csv", "format": "csv", "columns": {"a": "INTEGER"}}
SAID = {"name": "s", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [TABLE]}
SYSTEM = SourceSystem.model_validate(SAID)


def is_refused(content: Content) -> bool:
    return content.count("unfit") * 2 > len(content)


def written(content: Content) -> bytes:
    return "".join(f"{line}\n" for line in ("a", *content)).encode()


def sha256(content: Content) -> str:
    return hashlib.sha256(written(content)).hexdigest()


class Landing(RuleBasedStateMachine):
    """The files and the lake below a folder of their own, and what they must be."""

    def __init__(self, parent: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=parent))
        self.lake = RawLake(self.folder / "lake")
        self.files: State = {}
        self.seen: list[tuple[str, Content]] = []
        self.known: State = {}
        self.history: list[tuple[datetime, State]] = [(datetime.now(UTC), {})]
        self.contents_landed: set[tuple[str, Content]] = set()
        self.contents_read: set[tuple[str, Content]] = set()
        self.changes = 0

    @rule(name=NAMES, content=CONTENTS)
    def add_or_correct(self, name: str, content: Content) -> None:
        (self.folder / name).write_bytes(written(content))
        self.files[name] = content
        self.seen.append((name, content))

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.files)))
        (self.folder / name).unlink()
        del self.files[name]

    @precondition(lambda self: self.seen)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        self.add_or_correct(*data.draw(st.sampled_from(self.seen)))

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def touch(self, data: st.DataObject) -> None:
        (self.folder / data.draw(st.sampled_from(sorted(self.files)))).touch()

    @precondition(lambda self: self.files)
    @rule()
    def land(self) -> None:
        refused = [name for name in sorted(self.files) if is_refused(self.files[name])]
        with pytest.raises(DriftError, match=refused[0]) if refused else nullcontext():
            land_table(SYSTEM, SYSTEM.tables[0], self.lake, self.folder)
        # A file after a refused one may have been read at the same time; no state has it yet.
        self.contents_landed |= {file for file in self.files.items() if not refused or file[0] < refused[0]}
        self.contents_read |= {file for file in self.files.items() if file[0] not in refused}
        if not refused:
            self.changes += self.files != self.known
            self.known = dict(self.files)
        self.history.append((datetime.now(UTC), self.known))

    @invariant()
    def the_current_state_is_what_was_landed_last(self) -> None:
        assert self.content(self.lake.current("s", "t")) == expected(self.known)

    @invariant()
    def each_content_of_a_file_is_one_batch_and_each_change_one_snapshot(self) -> None:
        found = [(batch.source_file, batch.source_sha256) for batch in self.lake.batches("s", "t")]
        assert len(found) == len(set(found))
        landed, read = (
            {(name, sha256(content)) for name, content in of} for of in (self.contents_landed, self.contents_read)
        )
        assert landed <= set(found) <= read
        assert len(list(self.lake.folder("s", "t").glob("snapshots/*.json"))) == self.changes

    def teardown(self) -> None:
        """Hold every past moment against what was known then."""
        for moment, state in self.history:
            assert self.content(self.lake.current("s", "t", as_of=moment)) == expected(state)

    def content(self, batches: list[BatchManifest]) -> dict[str, list[str]]:
        """Return, for each file, its rows as `line:value`, those in quarantine with their raw text."""
        found: dict[str, list[str]] = {}
        for batch in batches:
            query = f"SELECT source_row, a::VARCHAR FROM {self.lake.rows(batch)}"
            if rejects := self.lake.rejects_file(batch):
                query += f" UNION ALL SELECT source_row, raw_text FROM '{rejects}'"
            rows = duckdb.execute(f"{query} ORDER BY 1").fetchall()
            found[batch.source_file] = [f"{line}:{value}" for line, value in rows]
        return found


def expected(state: State) -> dict[str, list[str]]:
    return {name: [f"{line}:{value}" for line, value in enumerate(content, start=2)] for name, content in state.items()}


def test_the_lake_is_the_files_now_and_at_every_past_moment(tmp_path: Path) -> None:
    run_state_machine_as_test(
        lambda: Landing(tmp_path),
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
