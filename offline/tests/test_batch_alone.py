"""The batch command by itself: what it refuses, and a whole run with the engine that it starts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from xdecoder.batch.__main__ import main
from xdecoder.batch.finished import Finished
from xdecoder.batch.index import Index
from xdecoder.batch.job import unpack
from xdecoder.batch.places import BatchError
from xdecoder.batch.rows import Meta, answered_schema
from xdecoder.batch.strikes import Strikes

ROOT = Path(__file__).parents[2]
TINY = ROOT / "e2e" / "fixtures" / "packs" / "tiny"
META = Meta("tiny", "0" * 64, "fp32", 2, ("embed",))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for i, colour in enumerate(("red", "green", "blue")):
        Image.new("RGB", (50 + i, 40), colour).save(folder / f"{colour}.png")
    return folder


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--pack", "nowhere"], "is not a pack"),
        (["--input", "nowhere"], "no such file or folder"),
        (["--input", "{tmp}/empty"], "no pictures, .parquet or .tar"),
        (["--input", "nope://bucket/x"], "not a place that can be opened"),
        (["--tasks", "vqa"], "vqa needs --question"),
        (["--tasks", "panoptic", "--preset", "none"], "no preset 'none'"),
        (["--tasks", "panoptic", "--vocabulary", "none.txt"], "can't be read as a list of names"),
        (["--variant", "int3"], "no variant int3"),
        (["--out", "{tmp}/photos/index"], "lies inside --input"),
        (["--out", "{tmp}/file/index"], "can't be written"),
        (["--out", "{tmp}/foreign"], "Parquet files of something else"),
        (["--address", "127.0.0.1:9"], "can't be reached at 127.0.0.1:9"),
    ],
)
def test_refusals(
    arguments: list[str], reason: str, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "foreign").mkdir()
    pq.write_table(pa.table({"x": [1]}), tmp_path / "foreign" / "data.parquet")
    known = {"--pack": str(TINY), "--input": str(photos), "--out": str(tmp_path / "out")}
    given = dict(zip(arguments[::2], arguments[1::2], strict=True))
    line = [word for pair in {**known, **given}.items() for word in pair]
    assert main([word.replace("{tmp}", str(tmp_path)) for word in line]) == 2
    assert reason in capsys.readouterr().err


def test_unknown_tasks_and_numbers_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--tasks", "embed,fly"], ["--workers", "0"]):
        with pytest.raises(SystemExit):
            main(["--pack", "p", "--input", "i", "--out", "o", *arguments])
    said = capsys.readouterr().err
    assert "tasks are embed, caption, panoptic, vqa" in said and "'0' is not a number from 1 on" in said


def test_it_starts_an_engine_by_itself(photos: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "xdecoder.batch", "--pack", str(TINY), "--input", str(photos), "--workers", "1"]
    (tmp_path / "names.txt").write_text("wall\ncup\n")
    command += ["--out", str(tmp_path / "out"), "--vocabulary", str(tmp_path / "names.txt")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "offline"), "RAY_worker_niceness": "0"}

    def ask(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *more], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
        )

    done = ask("--tasks", "panoptic")
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("3 of 3 pictures")
    rows = pq.read_table(tmp_path / "out" / "part-00000.parquet").to_pylist()
    assert {(r["path"], r["width"]) for r in rows} == {("red.png", 50), ("green.png", 51), ("blue.png", 52)}
    meta = json.loads(pq.read_schema(tmp_path / "out" / "part-00000.parquet").metadata[b"xdecoder"])
    assert meta["vocabulary"] == ["wall", "cup"] and meta["tasks"] == ["embed", "panoptic"]
    # Other names, kinds of them or tasks over the same folder would mix two indexes.
    (tmp_path / "names.txt").write_text("wall\tthing\ncup\tstuff\n")
    done = ask("--tasks", "panoptic")
    assert done.returncode == 2 and "holds an index made with isThing" in done.stderr
    done = subprocess.run(
        [*command, "--tasks", "caption"], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 2 and "holds an index made with" in done.stderr and 'tasks ["embed"' in done.stderr


def rows_of(*names: str, stage: str | None = None) -> pa.Table:
    rows = [{"path": n, "embedding": [0.0, 1.0], "stage": stage} for n in names]
    return pa.Table.from_pylist(rows, schema=answered_schema(2))


def test_partitions_are_whole_or_absent(tmp_path: Path) -> None:
    index = Index(str(tmp_path), META, {}, rows=3, seconds=60)
    index.add(rows_of("a", "b"))
    assert not list(tmp_path.glob("part-*"))
    assert index.add(rows_of("c", "d")) == (2, 0)
    assert index.add(rows_of("e", stage="decode")) == (0, 1)
    with pytest.raises(BatchError, match="another run"):
        Index(str(tmp_path), META, {}, rows=3, seconds=60)
    index.close()
    # What a killed writer leaves: half a file under a name that nobody reads.
    (tmp_path / "_part-00001.parquet.new").write_bytes(b"PAR1")
    assert [p.name for p in (tmp_path / "errors").iterdir()] == ["errors-00000.parquet"]

    index = Index(str(tmp_path), META, {}, rows=3, seconds=0)
    assert all(n in index.finished for n in "abcd") and "e" not in index.finished and len(index.finished) == 4
    assert not list((tmp_path / "errors").iterdir())
    index.add(rows_of("e"))
    index.close()
    assert [f["path"] for f in json.loads((tmp_path / "index.json").read_text())["files"]] == [
        "part-00000.parquet",
        "part-00001.parquet",
    ]
    with pytest.raises(BatchError, match='made with packHash "0000'):
        Index(str(tmp_path), Meta("tiny", "1" * 64, "fp32", 2, ("embed",)), {}, rows=3, seconds=60)
    (tmp_path / "part-00002.parquet").write_bytes(b"PAR1")
    with pytest.raises(BatchError, match="is no partition of an index"):
        Index(str(tmp_path), META, {}, rows=3, seconds=60)


def test_finished_knows_its_paths() -> None:
    finished = Finished.of(f"folder/{i}.jpg" for i in range(2000))
    assert all(f"folder/{i}.jpg" in finished for i in range(2000))
    assert not any(f"folder/{i}.jpg" in finished for i in range(2000, 4000))
    assert "x" not in Finished.of([])


def test_a_picture_strikes_out_after_two_deaths() -> None:
    run = f"test-{os.getpid()}"
    first = Strikes(run, "worker")
    first.begin("good.jpg")
    first.end()
    first.begin("bad.jpg")
    second = Strikes(run, "worker")
    assert not second.out("bad.jpg") and not second.out("good.jpg")
    second.begin("bad.jpg")
    third = Strikes(run, "worker")
    assert third.out("bad.jpg") and not third.out("good.jpg")


def test_a_machine_without_the_pack_gets_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    files = {p.relative_to(TINY).as_posix(): p.read_bytes() for p in TINY.rglob("*") if p.is_file()}
    folder = unpack(files, "f" * 64)
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == set(files)
    assert unpack({}, "f" * 64) == folder
