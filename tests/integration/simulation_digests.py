"""What one simulated company's tables hash to: `python -m tests.integration.simulation_digests` writes the snapshot anew."""

import hashlib
import tempfile
from pathlib import Path

from orchestration.simulation.simulate import FORMAT_VERSION, Options, simulate

SNAPSHOT = Path(__file__).with_name("simulation_digests.txt")
COMPANY = Options(years=2, scale=0.05, seed=3, is_dirty=True, kind="csv")
"""CSV, which depends on no version of a Parquet writer; dirty, so that the dirt is in it."""


def digest_lines(folder: Path) -> list[str]:
    """Return the format version, and one line per table and truth file: its name and the hash of its files."""
    lines = [f"format_version {FORMAT_VERSION}"]
    for name in sorted({path.name for path in folder.iterdir()} - {"truth"}):
        files = sorted((folder / name).iterdir())
        content = hashlib.sha256(b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in files))
        lines.append(f"{name} {content.hexdigest()[:16]}")
    for file in sorted((folder / "truth").iterdir()):
        lines.append(f"truth/{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()[:16]}")
    return lines


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as workplace:
        found = digest_lines(simulate(Path(workplace) / "company", COMPANY).folder)
    SNAPSHOT.write_text("\n".join(found) + "\n", encoding="utf-8")
