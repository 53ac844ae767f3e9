"""Indexes between the two halves: what the app's gallery writes, pyarrow reads, and the other way round."""

import json
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser_engine import ROOT, TSX, needs_node

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

DIM = 24

pytestmark = needs_node
# Ways in which others write Parquet.
WRITERS: dict[str, dict[str, Any]] = {
    "snappy and a page index": {"compression": "snappy", "use_dictionary": ["caption"], "write_page_index": True},
    "plain, pages of version 2": {"compression": "none", "use_dictionary": False, "data_page_version": "2.0"},
    # Not as the format asks for, and read all the same.
    "vectors behind a dictionary": {"compression": "snappy"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """gallery.parquet as the app writes it, an index a writer by pyarrow, read.json: what the app reads of them."""
    folder = tmp_path_factory.mktemp("indexes")
    table, _ = rows_of(500)
    files = [folder / f"{i}.parquet" for i in range(len(WRITERS))]
    for file, options in zip(files, WRITERS.values(), strict=True):
        pq.write_table(table, file, row_group_size=200, **options)
    line = [*TSX, "offline/tests/index_rows.ts", str(folder / "gallery.parquet"), *map(str, files)]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    (folder / "read.json").write_text(done.stdout)
    return folder


def test_pyarrow_reads_what_the_gallery_saves(folder: Path) -> None:
    table = pq.read_table(folder / "gallery.parquet")
    assert json.loads(table.schema.metadata[b"xdecoder"]) == {
        "schema": 1,
        "pack": "tiny",
        "packHash": "ab" * 32,
        "variant": "fp32",
        "dim": DIM,
        "tasks": ["embed", "caption"],
    }
    types = {field.name: str(field.type) for field in table.schema}
    assert types["path"] == types["sha256"] == types["caption"] == "string"
    assert (types["width"], types["height"], types["bytes"]) == ("int32", "int32", "int64")
    assert table.schema.field("embedding").type.value_type == pa.float16()
    rows = table.to_pylist()
    assert len(rows) == 70
    for i, row in enumerate(rows):
        assert row["path"] == f"a folder/{i} é 사진.jpg"
        assert row["sha256"] == f"{i:064x}"
        assert (row["width"], row["height"], row["bytes"]) == (10 + i, 4000 - i, 5_000_000_000 + i)
        assert row["caption"] == (None if i % 3 == 0 else f"picture “{i}”")
        assert row["segments"] is None
        assert row["answers"] is None
        expected = (((i * DIM + np.arange(DIM)) % 113) / 113 - 0.5).astype(np.float32).astype(np.float16)
        assert np.array_equal(np.array(row["embedding"], np.float16), expected)


def rows_of(count: int) -> tuple[Any, np.ndarray]:
    vectors = np.random.default_rng(1).standard_normal((count, DIM)).astype(np.float16)
    segment = {
        "label": "cat",
        "score": 0.75,
        "isthing": True,
        "area": 12,
        "bbox": [1, 2, 3, 4],
        "rle_size": [6, 7],
        "rle_counts": "0a",
    }
    struct = pa.struct(
        [
            ("label", pa.string()),
            ("score", pa.float32()),
            ("isthing", pa.bool_()),
            ("area", pa.int64()),
            ("bbox", pa.list_(pa.int32())),
            ("rle_size", pa.list_(pa.int32())),
            ("rle_counts", pa.string()),
        ]
    )
    table = pa.table(
        {
            "path": [f"a/{i}.jpg" for i in range(count)],
            "sha256": ["0" * 64] * count,
            "width": pa.array([640] * count, pa.int32()),
            "height": pa.array([480] * count, pa.int32()),
            "bytes": pa.array([1] * count, pa.int64()),
            "embedding": pa.FixedSizeListArray.from_arrays(pa.array(vectors.reshape(-1)), DIM),
            "caption": [None if i == 0 else f"number {i}" for i in range(count)],
            "segments": pa.array([[segment, segment] if i % 2 else None for i in range(count)], pa.list_(struct)),
        }
    )
    meta = {"schema": 1, "pack": "tiny", "packHash": "cd" * 32, "variant": "x", "dim": DIM, "tasks": ["embed"]}
    return table.replace_schema_metadata({"xdecoder": json.dumps(meta)}), vectors


@pytest.mark.parametrize("writer", WRITERS)
def test_the_gallery_reads_what_pyarrow_writes(folder: Path, writer: str) -> None:
    table, vectors = rows_of(500)
    read = json.loads((folder / "read.json").read_text())[list(WRITERS).index(writer)]
    assert (read["report"]["rows"], read["report"]["meta"]["packHash"]) == (500, "cd" * 32)
    assert [group["rows"] for group in read["report"]["groups"]] == [200, 200, 100]
    halves = np.concatenate([group["halves"] for group in read["groups"]]).astype(np.uint16)
    assert np.array_equal(halves, vectors.reshape(-1).view(np.uint16))
    assert [path for group in read["groups"] for path in group["paths"]] == table["path"].to_pylist()
    first, last = read["groups"][0]["first"], read["groups"][2]["last"]
    assert first == {"caption": None, "segments": [], "answers": []}
    assert last["caption"] == "number 499"
    assert last["segments"] == [{"label": "cat", "score": 0.75, "area": 12}] * 2
