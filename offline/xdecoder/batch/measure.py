"""The batch run measured: core time a picture, pace with some workers, bytes a picture, the command's own time."""

import hashlib
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from ..run.requests import expand
from ..runtime.pack import open_pack
from .finished import Finished
from .job import Job
from .pipeline import Options, Report, prepare, run
from .quiet import native_silence
from .reading import Found, decode
from .rows import DECODED, answered_schema, pack_rows, unpack_rows
from .worker import Answerer, Worker

Tasks = tuple[str, ...]
EMBED: Tasks = ("embed",)
ALL: Tasks = ("embed", "caption", "panoptic", "vqa")
SETS: tuple[Tasks, ...] = (EMBED, ("embed", "caption"), ("embed", "panoptic"), ("embed", "vqa"), ALL)
QUESTION = "is there a person in the picture?"
# embed is so quick that it needs more pictures for the same time.
MANY = 6
# Pictures that are not answered, for the command's own time, and the batches they travel in.
IDLE = 3000
BATCHES = (16, 128)


@dataclass(frozen=True)
class Measured:
    """cores: seconds of one core a picture, decoding and answering. rates: pictures a second by tasks and workers.

    columns: compressed index bytes a picture by column. own: seconds of the command's process a picture, by batch.
    finished: seconds that a restart needs for a million finished pictures.
    """

    cores: dict[Tasks, tuple[float, float]]
    rates: dict[tuple[Tasks, int], float]
    columns: dict[str, float]
    picture_bytes: float
    own: dict[int, float]
    finished: float


def make_pictures(samples: Path, folder: Path, count: int) -> None:
    """Photos of 640 x 480, none the same: pieces of the samples."""
    random = np.random.default_rng(0)
    photos = [Image.open(p).convert("RGB") for p in expand([str(samples)])]
    for i in range(count):
        photo = photos[i % len(photos)]
        part = random.uniform(0.6, 1.0)
        w, h = int(photo.width * part), int(photo.height * part)
        x, y = int(random.integers(0, photo.width - w + 1)), int(random.integers(0, photo.height - h + 1))
        photo.crop((x, y, x + w, y + h)).resize((640, 480)).save(folder / f"{i:04d}.jpg", quality=90)


def core_time(pack: Path, pictures: list[Path], tasks: Tasks) -> tuple[float, float]:
    """Seconds of processor time a picture, which other work on the machine does not add to: decoding, answering."""
    job, _ = prepare(Options(pack, (), "", tasks, questions=(QUESTION,)))
    answerer = Answerer(job, pack)
    found = [Found(p.name, p.read_bytes()) for p in pictures]
    start = time.process_time()
    rows = [dict.fromkeys(DECODED.names) | decode(f, job.sizes) for f in found]
    middle = time.process_time()
    for row in rows:
        answerer.row(row)
    end = time.process_time()
    return (middle - start) / len(found), (end - middle) / len(found)


def _run(pack: Path, pictures: Path, out: Path, tasks: Tasks, workers: int) -> Report:
    shutil.rmtree(out, ignore_errors=True)
    batch = 16 if tasks == EMBED else 2
    options = Options(pack, (str(pictures),), str(out), tasks, questions=(QUESTION,), workers=workers, batch=batch)
    with native_silence():
        return run(options)


def column_bytes(out: Path) -> dict[str, float]:
    """Without the files' footers, which in a big index count for nothing."""
    sizes: dict[str, float] = {}
    rows = 0
    for part in out.glob("part-*.parquet"):
        meta = pq.read_metadata(part)
        rows += meta.num_rows
        for g in range(meta.num_row_groups):
            for c in range(meta.num_columns):
                column = meta.row_group(g).column(c)
                name = column.path_in_schema.split(".")[0]
                sizes[name] = sizes.get(name, 0.0) + column.total_compressed_size
    return {name: size / rows for name, size in sizes.items()}


class Idle(Worker):
    """Answers at once and nothing: what the command then takes is its own."""

    def __init__(self, job: Job) -> None:
        self.dim = open_pack(job.pack.open()).manifest["model"]["dim"]

    def __call__(self, block: pa.Table) -> pa.Table:
        nothing = {"embedding": np.zeros(self.dim, np.float16)}
        rows = [{**row, **nothing} for table in unpack_rows(block) for row in table.drop(["inputs"]).to_pylist()]
        return pack_rows(rows, answered_schema(self.dim))


def own_time(pack: Path, folder: Path, out: Path, batch: int) -> float:
    """Seconds of the command's process a picture, at a pace that it can hardly keep up with."""
    folder.mkdir(exist_ok=True)
    for i in range(IDLE):
        Image.new("RGB", (16, 16), (i % 256, i // 256, 0)).save(folder / f"{i:05d}.png")
    shutil.rmtree(out, ignore_errors=True)
    with native_silence():
        return run(Options(pack, (str(folder),), str(out), workers=2, batch=batch), worker=Idle).own


def _finished() -> float:
    names = [hashlib.sha256(str(i).encode()).hexdigest() for i in range(1_000_000)]
    start = time.process_time()
    Finished.of(names)
    return time.process_time() - start


def measure(pack: Path, samples: Path, count: int, workers: tuple[int, ...]) -> Measured:
    with tempfile.TemporaryDirectory(prefix="xdecoder-figures-") as name:
        some, many, out = (Path(name) / n for n in ("some", "many", "out"))
        for folder, number in ((some, count), (many, count * MANY)):
            folder.mkdir()
            make_pictures(samples, folder, number)
        files = sorted(some.iterdir())
        cores = {tasks: core_time(pack, files, tasks) for tasks in SETS}
        own = {batch: own_time(pack, Path(name) / "idle", out, batch) for batch in BATCHES}
        rates = {}
        for tasks in SETS:
            for n in workers:
                print(f"{', '.join(tasks)}; workers: {n}", file=sys.stderr)
                rates[tasks, n] = _run(pack, many if tasks == EMBED else some, out, tasks, n).rate
        read = float(np.mean([p.stat().st_size for p in files]))
        return Measured(cores, rates, column_bytes(out), read, own, _finished())
