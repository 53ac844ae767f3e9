"""Banks of sentences: what they take off a picture, and that a pack brings one along."""

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from xdecoder.export.onnx_export import ExportError
from xdecoder.export.query_bank import read_query_bank, save_query_bank, write_query_bank
from xdecoder.run.probe import check
from xdecoder.runtime.pack_runtime import PackRuntime
from xdecoder.tasks.query_bank import query_bank_of
from xdecoder.tasks.retrieval import QueryBank, image_embedding
from xdecoder.train.query_bank import direction_of

TINY = Path(__file__).parents[2] / "e2e" / "fixtures" / "packs" / "tiny"


def bank_of(count: int, dim: int) -> QueryBank:
    rows = torch.randn(count, dim, generator=torch.Generator().manual_seed(3)) + 1
    rows = rows / rows.norm(dim=1, keepdim=True)
    return QueryBank(rows, direction_of(rows), 10.0, 0.2)


def test_a_picture_loses_what_it_has_more_than_usual_in_common_with_sentences() -> None:
    bank = bank_of(50, 8)
    vectors = (torch.arange(8.0), torch.ones(8))
    unit = sum(v / v.norm() for v in vectors)
    unit = unit / unit.norm()
    near = math.log(sum(math.exp(10 * float(unit @ s)) for s in bank.sentences) / 50) / 10
    evened = image_embedding(vectors, bank)
    # Equally much of every sentence on average, and nothing where the picture is a usual one.
    assert float((bank.sentences @ (unit - evened)).mean()) == pytest.approx(near - 0.2, abs=1e-5)
    usual = replace(bank, usual=near)
    torch.testing.assert_close(image_embedding(vectors, usual), unit)
    torch.testing.assert_close(image_embedding(vectors), sum(v / v.norm() for v in vectors) / 2)


def test_sentences_that_are_not_in_the_bank_lie_as_far_along_its_direction_too() -> None:
    rows = torch.randn(600, 8, generator=torch.Generator().manual_seed(4)) * torch.linspace(0.1, 2, 8) + 1
    rows = rows / rows.norm(dim=1, keepdim=True)
    mean = rows[:400].mean(0)
    along, of_mean = rows[400:] @ direction_of(rows[:400]), rows[400:] @ mean / (mean @ mean)
    assert float((rows[:400] @ direction_of(rows[:400])).mean()) == pytest.approx(1, abs=1e-4)
    assert float(along.mean()) == pytest.approx(1, abs=0.05)
    assert float(along.std()) < 0.9 * float(of_mean.std())


def test_a_bank_goes_through_its_file_into_a_pack(tmp_path: Path) -> None:
    bank = bank_of(5, 8)
    save_query_bank(bank, tmp_path / "bank.npz")
    read = read_query_bank(tmp_path / "bank.npz")
    torch.testing.assert_close(read.sentences, bank.sentences)
    torch.testing.assert_close(read.direction, bank.direction)
    entry = write_query_bank(read, 8, tmp_path)
    assert entry is not None and (entry["sharpness"], entry["usual"]) == (10.0, 0.2)
    assert [(tmp_path / entry[k]).stat().st_size for k in ("embeddings", "direction")] == [5 * 8 * 4, 8 * 4]
    assert write_query_bank(None, 8, tmp_path) is None
    with pytest.raises(ExportError, match="rows of 8 and the model's are 16 long"):
        write_query_bank(read, 16, tmp_path)
    (tmp_path / "bank.npz").write_text("no bank")
    with pytest.raises(ExportError, match="is no query bank"):
        read_query_bank(tmp_path / "bank.npz")


def test_the_tiny_pack_has_one() -> None:
    bank = query_bank_of(PackRuntime(TINY))
    assert bank is not None and bank.sentences.shape[0] == 24
    torch.testing.assert_close(bank.sentences.norm(dim=1), torch.ones(24), atol=1e-4, rtol=0)


def test_the_tiny_packs_probe_holds_all_that_it_was_made_of() -> None:
    rows = {row["output"]: row["largest"] for row in check(TINY)}
    assert {"base.image_query", "image.image_embedding"} < rows.keys()
    assert max(rows.values()) < 2e-5
