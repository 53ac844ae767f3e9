"""The run: read and decode, infer, write, each streaming into the next."""

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import ray
from ray.data import ActorPoolStrategy

from ..run.names import Vocabulary
from ..run.sizes import Sizes
from ..runtime.pack_runtime import PackRuntime
from ..tasks.asked import asked_of
from .datasource import Pictures
from .engine import READER_CPUS, engine, worker_cpus
from .index import Index
from .job import Job, PackFiles, manifest_hash
from .places import BatchError, place
from .progress import Progress
from .rows import Meta, answered_schema, unpack_rows
from .units import Input, open_input
from .worker import Worker

# A task over a folder's pictures: long enough to be worth a task, short enough to spread over machines.
CHUNK = 512


@dataclass(frozen=True)
class Options:
    """batch: pictures that a worker takes at once, and loses when it is killed."""

    pack: Path
    input: tuple[str, ...]
    out: str
    tasks: tuple[str, ...] = ("embed",)
    vocabulary: Path | None = None
    preset: str | None = None
    questions: tuple[str, ...] = ()
    address: str | None = None
    workers: int | None = None
    threads: int = 1
    variant: str | None = None
    batch: int = 16
    rows: int = 4096
    seconds: float = 120.0


@dataclass(frozen=True)
class Report:
    """skipped: pictures that an earlier run had finished. rate: pictures a second once the workers were up; own:
    seconds of the command's own process a picture since then.
    """

    done: int
    failed: int
    skipped: int
    first_error: str | None
    rate: float
    own: float


def prepare(options: Options) -> tuple[Job, Meta]:
    """The pack read and checked, the vocabulary embedded: whatever can be wrong is found before anything starts."""
    runtime = PackRuntime(options.pack, variant=options.variant)
    sizes = Sizes(runtime)
    tasks = tuple(dict.fromkeys(("embed", *options.tasks)))
    for task in tasks:
        sizes.check(task)
    if "vqa" in tasks and not options.questions:
        raise BatchError("vqa needs --question")
    names = None
    if "panoptic" in tasks:
        names = Vocabulary(runtime, runtime.codec, options.vocabulary, options.preset).own()
    variant = runtime.pack.variant(options.variant)["id"]
    own = options.vocabulary is None and options.preset is None
    meta = Meta(
        pack=runtime.info.name,
        pack_hash=manifest_hash(options.pack),
        variant=variant,
        dim=runtime.info.dim,
        tasks=tasks,
        vocabulary=None if names is None or own else names.names,
    )
    job = Job(
        pack=PackFiles(options.pack.absolute(), meta.pack_hash),
        variant=variant,
        tasks=tasks,
        names=names,
        questions=options.questions if "vqa" in tasks else (),
        sizes=tuple(dict.fromkeys(sizes.of(task) for task in (*tasks, *_looked_up(options, tasks, sizes)))),
        threads=options.threads,
        run=secrets.token_hex(6),
    )
    return job, meta


def _looked_up(options: Options, tasks: tuple[str, ...], sizes: Sizes) -> tuple[str, ...]:
    """Tasks whose size a question needs besides its own."""
    asked = [a for a in map(asked_of, options.questions) if a is not None] if "vqa" in tasks else []
    return ("semantic",) if any(sizes.option("vqa", a.about, 0.0) for a in asked) else ()


def _open_input(options: Options) -> Input:
    source = open_input(options.input, CHUNK)
    system, out = place(options.out)
    if system.equals(source.filesystem) and any(f"{out}/".startswith(f"{folder}/") for folder in source.folders):
        raise BatchError("--out lies inside --input, where it would be read as input: choose a folder beside it")
    return source


def _stream(
    source: Input, job: Job, options: Options, index: Index, workers: int, worker: type[Worker]
) -> ray.data.Dataset:
    read = ray.data.read_datasource(
        Pictures(source, ray.put(index.finished), job.sizes, options.batch),
        override_num_blocks=max(1, len(source.units)),
        num_cpus=READER_CPUS,
    )
    return read.map_batches(
        worker,
        fn_constructor_args=(job,),
        batch_size=None,
        batch_format="pyarrow",
        compute=ActorPoolStrategy(size=workers, max_tasks_in_flight_per_actor=2),
        num_cpus=worker_cpus(options.threads),
    )


def _broken_tables(source: Input, dim: int) -> list[pa.Table]:
    rows = [
        {"path": name, "stage": "read", "code": "unreadable", "message": message} for name, message in source.broken
    ]
    return [pa.Table.from_pylist(rows, schema=answered_schema(dim))] if rows else []


def _first_error(table: pa.Table) -> str | None:
    for row in table.select(["path", "stage", "message"]).to_pylist():
        if row["stage"] is not None:
            return f"{row['path']}: {row['stage']}: {row['message']}"
    return None


def _settings(source: Input, job: Job, meta: Meta) -> dict[str, Any]:
    """What besides `meta` an index's rows depend on: a run with other settings may not go on with it."""
    settings: dict[str, Any] = {"input": source.root, "questions": list(job.questions)}
    if job.names and meta.vocabulary is not None:
        settings["isThing"] = list(job.names.is_thing)
    return settings


def run(options: Options, worker: type[Worker] = Worker) -> Report:
    """Every picture of the input that the index lacks. Raises BatchError, PackError, UnavailableError, RequestError."""
    source = _open_input(options)
    job, meta = prepare(options)
    index = Index(options.out, meta, _settings(source, job, meta), options.rows, options.seconds)
    skipped = len(index.finished)
    progress = Progress(None if source.pictures is None else max(0, source.pictures - skipped))
    first: str | None = None
    try:
        for table in _broken_tables(source, meta.dim):
            progress.add(*index.add(table))
            first = first or _first_error(table)
        with engine(options.address, options.workers, options.threads) as workers:
            job = job.shared()
            for block in _stream(source, job, options, index, workers, worker).iter_batches(
                batch_size=None, batch_format="pyarrow", prefetch_batches=1
            ):
                for table in unpack_rows(block):
                    progress.add(*index.add(table))
                    first = first or _first_error(table)
    finally:
        progress.end()
        index.close()
        shutil.rmtree(Path(tempfile.gettempdir()) / f"xdecoder-batch-{job.run}", ignore_errors=True)
    return Report(progress.done, progress.failed, skipped, first, progress.rate, progress.own)
