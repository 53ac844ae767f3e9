"""The browser engine from Python tests, over WASM in Node."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
# Node itself, for npx alone takes a second to start it.
TSX = ["node", "--import", "tsx"]
needs_node = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / "node_modules").exists(), reason="needs Node and npm ci"
)


def infer_all(calls: Sequence[Sequence[str]], code: int = 0) -> None:
    """Several calls of its command line on one pack, by one process. code: 1 where requests of them fail."""
    done = subprocess.run(
        [*TSX, "offline/tests/infer_all.ts"], cwd=ROOT, input=json.dumps(calls), capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr


def results(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
