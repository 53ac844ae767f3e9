"""The batch command on a cluster of two machines: whole, whatever is killed, and the browser engine's answers."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_faults import LOG, PoisonedWorker, TellingWorker
from browser_engine import infer_all, needs_node, results
from PIL import Image
from test_engine import letters, same_mask

from xdecoder.batch.job import manifest_hash
from xdecoder.batch.pipeline import Options, prepare, run
from xdecoder.batch.reading import Found, decode
from xdecoder.batch.rows import DECODED
from xdecoder.batch.worker import Answerer

ROOT = Path(__file__).parents[2]
TINY = ROOT / "e2e" / "fixtures" / "packs" / "tiny"
SAMPLES = ROOT / "public" / "samples"
COUNT = 240
BATCH = 8


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Two machines of one core each, on this one."""
    from ray.cluster_utils import Cluster

    log = tmp_path_factory.mktemp("log") / "answered.txt"
    log.touch()
    os.environ[LOG] = str(log)
    # Ray's processes import the same copy of the package, and the workers of these tests.
    # Other work beside must not starve them: Ray would give its workers the lowest priority but four.
    os.environ["RAY_worker_niceness"] = "0"  # noqa: SIM112
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT / "offline"), str(Path(__file__).parent)])
    machine = {"num_cpus": 1, "include_dashboard": False, "object_store_memory": 100 << 20}
    cluster = Cluster(initialize_head=True, head_node_args=machine)
    cluster.add_node(**machine)
    yield cluster
    cluster.shutdown()


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pieces of the sample photos in folders, and two files that are no pictures."""
    folder = tmp_path_factory.mktemp("photos")
    random = np.random.default_rng(0)
    samples = [Image.open(p).convert("RGB").resize((160, 120)) for p in sorted(SAMPLES.glob("*.jpg"))]
    for i in range(COUNT):
        left, top = int(random.integers(0, 60)), int(random.integers(0, 40))
        width, height = int(random.integers(40, 100)), int(random.integers(40, 80))
        path = folder / f"{i % 4}" / f"{i:03d}.jpg"
        path.parent.mkdir(exist_ok=True)
        samples[i % len(samples)].crop((left, top, left + width, top + height)).save(path)
    (folder / "0" / "text.jpg").write_text("no picture")
    (folder / "3" / "half.jpg").write_bytes((SAMPLES / "cat.jpg").read_bytes()[:2000])
    return folder


def options(cluster: Any, source: Path, out: Path, **more: Any) -> Options:
    known = {"pack": TINY, "input": (str(source),), "out": str(out), "address": cluster.address, "batch": BATCH}
    return Options(**{**known, **more})


def table(out: Path) -> pa.Table:
    """What a person would read, with the listing and the metadata held against the files."""
    listing = json.loads((out / "index.json").read_text())
    parts = sorted(out.glob("*.parquet"))
    assert [f["path"] for f in listing["files"]] == [p.name for p in parts]
    for entry, part in zip(listing["files"], parts, strict=True):
        assert entry["bytes"] == part.stat().st_size and entry["rows"] == pq.read_metadata(part).num_rows
    assert not list(out.glob("_*.new"))
    return pa.concat_tables([pq.read_table(p) for p in parts])


def paths(out: Path) -> list[str]:
    return sorted(table(out)["path"].to_pylist())


def errors(out: Path) -> dict[str, dict[str, str]]:
    return {row["path"]: row for part in (out / "errors").glob("*.parquet") for row in pq.read_table(part).to_pylist()}


def every(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("[0-9]*.jpg"))


def until(true: Any, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def workers(cluster: Any) -> list[int]:
    """Process ids of the cluster's actors."""
    raylets = {n.all_processes["raylet"][0].process.pid for n in cluster.list_all_nodes()}
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            title = (entry / "cmdline").read_text()
        except OSError:
            continue
        if parent in raylets and title.startswith("ray::MapWorker"):
            found.append(int(entry.name))
    return found


def test_a_killed_worker_costs_its_batch_and_nothing_is_lost(cluster: Any, photos: Path, tmp_path: Path) -> None:
    log = Path(os.environ[LOG])
    log.write_text("")
    killed: list[int] = []

    def kill() -> None:
        until(lambda: len(log.read_text().splitlines()) > COUNT / 4)
        pid = int(log.read_text().splitlines()[-1].split()[0])
        assert pid in workers(cluster)
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)

    killer = threading.Thread(target=kill)
    killer.start()
    report = run(options(cluster, photos, tmp_path / "out", rows=50), worker=TellingWorker)
    killer.join()
    assert (report.done, report.failed, report.skipped) == (COUNT, 2, 0)
    assert paths(tmp_path / "out") == every(photos)
    assert len(list((tmp_path / "out").glob("part-*.parquet"))) > 2

    lines = [line.split() for line in log.read_text().splitlines()]
    pids = {int(pid) for pid, _ in lines}
    assert len(killed) == 1 and killed[0] in pids and len(pids) == 3
    again = {path: n for path, n in Counter(path for _, path in lines).items() if n > 1}
    assert len(again) <= BATCH and set(again.values()) <= {2}

    broken = errors(tmp_path / "out")
    assert set(broken) == {"0/text.jpg", "3/half.jpg"}
    assert broken["0/text.jpg"]["code"] == "not-a-picture" and broken["0/text.jpg"]["stage"] == "decode"
    assert broken["3/half.jpg"]["code"] == "picture-damaged" and "damaged" in broken["3/half.jpg"]["message"]


def test_a_killed_command_goes_on_where_it_was(cluster: Any, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [
        sys.executable, "-m", "xdecoder.batch", "--pack", str(TINY), "--input", str(photos), "--out", str(out),
        "--address", cluster.address, "--batch", str(BATCH), "--rows", "30", "--workers", "1",
    ]  # fmt: skip
    first = subprocess.Popen(command, cwd=ROOT / "offline", stderr=subprocess.PIPE, text=True)
    until(lambda: len(list(out.glob("part-*.parquet"))) >= 2)
    first.kill()
    first.communicate()
    kept = {p.name: p.read_bytes() for p in out.glob("part-*.parquet")}
    rows = sum(pq.read_metadata(out / name).num_rows for name in kept)
    assert 60 <= rows < COUNT

    second = subprocess.run(command, cwd=ROOT / "offline", capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert f"{rows} pictures were there already" in second.stderr
    assert f"{COUNT + 2 - rows} of {COUNT + 2 - rows} pictures, 2 broken" in second.stderr
    # Progress and two lines of result: neither Ray nor its C++ half says anything.
    others = [line for line in second.stderr.split("\n") if line.strip() and not re.match(r"\d+ of \d+ pictures", line)]
    assert len(others) == 2, second.stderr
    assert paths(out) == every(photos)
    assert all((out / name).read_bytes() == content for name, content in kept.items())


@needs_node
def test_the_same_answers_as_the_browser_engine(cluster: Any, tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    photo = Image.open(SAMPLES / "coffee.jpg").convert("RGB")
    for name, picture in {"odd": photo.resize((97, 61)), "tall": photo.crop((180, 0, 401, 400)), "wide": photo}.items():
        # PNG: JPEG decoders may differ by one grey level.
        picture.save(source / f"{name}.png")
    asked = ("what is on the table?", "is it dark?")
    tasks = ("embed", "caption", "panoptic", "vqa")
    run(options(cluster, source, tmp_path / "out", tasks=tasks, questions=asked, workers=1))
    found = table(tmp_path / "out")
    meta = json.loads(found.schema.metadata[b"xdecoder"])
    assert meta["packHash"] == manifest_hash(TINY) and "vocabulary" not in meta and meta["tasks"] == list(tasks)
    rows = sorted(found.to_pylist(), key=lambda r: r["path"])
    pictures = sorted(source.iterdir())

    # The same by the browser engine's command line; both questions about a picture follow each other.
    (tmp_path / "asked.jsonl").write_text(
        "".join(json.dumps({"image": str(p), "question": q}) + "\n" for p in pictures for q in asked)
    )
    shared = ["--pack", str(TINY), "--images", *map(str, pictures)]
    more = {"vqa": ["--requests", str(tmp_path / "asked.jsonl")]}
    infer_all([[task, *shared, *more.get(task, []), "--out", str(tmp_path / task)] for task in tasks])
    lines = {task: results(tmp_path / task) for task in tasks}

    for row, line in zip(rows, lines["embed"], strict=True):
        assert (row["width"], row["height"]) == (line["width"], line["height"])
        np.testing.assert_allclose(row["embedding"], line["embed"]["image"], atol=1e-3)
    for row, line in zip(rows, lines["caption"], strict=True):
        assert letters(row["caption"]) == letters(line["caption"]["text"])
    for row, line in zip(rows, lines["panoptic"], strict=True):
        assert len(row["segments"]) == len(line["segments"]) > 0
        for mine, theirs in zip(row["segments"], line["segments"], strict=True):
            assert (mine["label"], mine["isthing"]) == (theirs["label"], theirs["isthing"])
            assert mine["score"] == pytest.approx(theirs["score"], abs=1e-3)
            same_mask({"size": mine["rle_size"], "counts": mine["rle_counts"]}, theirs["rle"])
    answered = [(row["answers"][i], q) for row in rows for i, q in enumerate(asked)]
    for (mine, question), line in zip(answered, lines["vqa"], strict=True):
        (theirs, *_) = line["vqa"]["answers"]
        assert (mine["question"], mine["answer"]) == (question, theirs["answer"])
        assert mine["score"] == pytest.approx(theirs["score"], abs=1e-3)


def test_tables_shards_and_folders_give_the_same(cluster: Any, photos: Path, tmp_path: Path) -> None:
    """And a picture that kills its worker every time is an error in the end."""
    source = tmp_path / "in"
    (source / "sub").mkdir(parents=True)
    chosen = [photos / p for p in every(photos)[:12]]
    data = [p.read_bytes() for p in chosen]
    images = [{"bytes": d, "path": p.name} for d, p in zip(data[:4], chosen[:4], strict=True)]
    pq.write_table(pa.table({"n": range(5), "image": [*images, None]}), source / "faces.parquet", row_group_size=2)
    (source / "bad.parquet").write_bytes(b"PAR1 or so")
    for name in ("whole.tar", "sub/cut.tar"):
        with tarfile.open(source / name, "w") as tar:
            for p, d in zip(chosen[4:8], data[4:8], strict=True):
                for member, content in ((p.name, d), (f"{p.stem}.json", b"{}")):
                    info = tarfile.TarInfo(member)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))
    whole = (source / "sub" / "cut.tar").read_bytes()
    (source / "sub" / "cut.tar").write_bytes(whole[: 512 + len(data[4]) // 2])
    for p, d in zip(chosen[8:], data[8:], strict=True):
        (source / p.name).write_bytes(d)
    shutil.copy(chosen[0], source / "poison.jpg")

    report = run(options(cluster, source, tmp_path / "out", workers=1), worker=PoisonedWorker)
    found = {row["path"]: row for row in table(tmp_path / "out").to_pylist()}
    tabled = [f"faces.parquet/{i // 2:05d}/{i % 2:06d}-{p.name}" for i, p in enumerate(chosen[:4])]
    expected = [*tabled, *(f"whole.tar/{p.name}" for p in chosen[4:8]), *(p.name for p in chosen[8:])]
    assert sorted(found) == sorted(expected)
    broken = {path: (row["stage"], row["code"]) for path, row in errors(tmp_path / "out").items()}
    assert broken == {
        "faces.parquet/00002/000000": ("read", "unreadable"),
        "bad.parquet": ("read", "unreadable"),
        "sub/cut.tar": ("read", "unreadable"),
        "poison.jpg": ("infer", "worker-died"),
    }
    assert (report.done, report.failed) == (12, 4)

    # Each is what the pack says of the picture's bytes without Ray.
    job, _ = prepare(Options(TINY, (), ""))
    answerer = Answerer(job, TINY)
    kept = ("sha256", "width", "height", "bytes")
    for path, content in zip(expected, data, strict=True):
        alone = answerer.row(dict.fromkeys(DECODED.names) | decode(Found(path, content), job.sizes))
        assert [found[path][k] for k in kept] == [alone[k] for k in kept]
        np.testing.assert_allclose(found[path]["embedding"], alone["embedding"], atol=1e-3)
