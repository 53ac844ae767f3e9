"""The tables that travel and the one that stays; docs/index-format.md describes the last."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

ERROR = [("stage", pa.string()), ("code", pa.string()), ("message", pa.string())]
PICTURE = [
    ("path", pa.string()),
    ("sha256", pa.string()),
    ("width", pa.int32()),
    ("height", pa.int32()),
    ("bytes", pa.int64()),
]
# From a reader to a worker: RGB bytes of the picture at each input size, or why there are none.
DECODED = pa.schema([*PICTURE, ("inputs", pa.list_(pa.large_binary())), *ERROR])
ERRORS = pa.schema([("path", pa.string()), *ERROR])

SEGMENT = pa.struct(
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
ANSWER = pa.struct([("question", pa.string()), ("answer", pa.string()), ("score", pa.float32())])


def index_schema(dim: int) -> pa.Schema:
    words = [("caption", pa.string()), ("segments", pa.list_(SEGMENT)), ("answers", pa.list_(ANSWER))]
    return pa.schema([*PICTURE, ("embedding", pa.list_(pa.float16(), dim)), *words])


def answered_schema(dim: int) -> pa.Schema:
    """From a worker to the writer: an index row, or a row with an error and nothing else."""
    return pa.schema([*index_schema(dim), *ERROR])


def pack_rows(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """One row with the whole batch in it, so that Ray Data, which cuts and joins rows, never cuts or joins batches."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return pa.table({"batch": pa.array([sink.getvalue().to_pybytes()], pa.large_binary())})


def unpack_rows(block: pa.Table) -> list[pa.Table]:
    return [pa.ipc.open_stream(batch.as_buffer()).read_all() for batch in block["batch"]]


@dataclass(frozen=True)
class Meta:
    """What made an index; the same in every partition. vocabulary: None for the pack's own list."""

    pack: str
    pack_hash: str
    variant: str
    dim: int
    tasks: tuple[str, ...]
    vocabulary: tuple[str, ...] | None = None

    def json(self) -> dict[str, Any]:
        known: dict[str, Any] = {
            "schema": 1,
            "pack": self.pack,
            "packHash": self.pack_hash,
            "variant": self.variant,
            "dim": self.dim,
            "tasks": list(self.tasks),
        }
        return known if self.vocabulary is None else {**known, "vocabulary": list(self.vocabulary)}

    def schema(self) -> pa.Schema:
        return index_schema(self.dim).with_metadata({"xdecoder": json.dumps(self.json(), ensure_ascii=False)})


def digest(path: str) -> bytes:
    """16 bytes that stand for a path in the set of what is finished."""
    return hashlib.blake2b(path.encode(), digest_size=16).digest()
