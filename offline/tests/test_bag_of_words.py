"""The small teachers of retrieval and answers: they learn what a bag of words can, and hand it on."""

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from xdecoder.export.source import small_tokenizer
from xdecoder.model.config import TINY
from xdecoder.train import teach_questions, teach_retrieval
from xdecoder.train.bag_of_questions import BagOfQuestions
from xdecoder.train.bag_of_words import BagOfWords, Lesson, contrast, likeness_loss
from xdecoder.train.steps import without_some
from xdecoder.train.text import Ids

FEATURES, DIM = 6, 8
COLOURS = ["red", "green", "blue"]


@pytest.fixture
def ids() -> Ids:
    return Ids(small_tokenizer(TINY.text.vocabulary), TINY.text)


@pytest.fixture
def seen() -> torch.Tensor:
    """Photos (30, FEATURES): every third shows the same colour."""
    random = torch.Generator().manual_seed(3)
    return torch.eye(FEATURES)[torch.arange(30) % 3] * 3 + 0.3 * torch.randn(30, FEATURES, generator=random)


def test_a_sentence_is_its_words_in_any_order_and_padding_does_not_count(ids: Ids) -> None:
    torch.manual_seed(1)
    teacher = BagOfWords(TINY.text, FEATURES, DIM)
    one, other, alone = (teacher.sentences(ids(t)) for t in (["a dog runs", "x"], ["runs a dog"], ["a dog runs"]))
    torch.testing.assert_close(one[:1], other)
    torch.testing.assert_close(one[:1], alone)
    assert not torch.allclose(one[0], one[1], atol=0.1)


def test_the_others_of_a_class_do_not_count_against_a_row() -> None:
    vectors = torch.eye(DIM)[[0, 0, 1]]
    apart = contrast(vectors, vectors, torch.tensor([0, 1, 2]))
    together = contrast(vectors, vectors, torch.tensor([0, 0, 2]))
    assert float(together) < 1e-3
    assert float(apart) == pytest.approx(2 * 2 / 3 * np.log(2), rel=1e-3)


def test_photos_are_found_by_what_is_said_of_them_and_things_by_their_name(ids: Ids, seen: torch.Tensor) -> None:
    torch.manual_seed(1)
    said = [[f"a {COLOURS[i % 3]} thing", f"something {COLOURS[i % 3]}"] for i in range(30)]
    named = torch.eye(FEATURES)[torch.arange(8) % 2 + 4] * 3
    teacher = BagOfWords(TINY.text, FEATURES, DIM)
    teach_retrieval.fit(teacher, ids, seen, said, named, ["cat", "owl"] * 4, steps=60)
    texts = [*(f"a {c}" for c in COLOURS), "a cat", "an owl"]
    with torch.no_grad():
        scores = teacher.sentences(ids(texts)) @ teacher.pictures(torch.cat([torch.eye(FEATURES)[:3] * 3, named[:2]])).T
    assert scores.argmax(1).tolist() == [0, 1, 2, 3, 4]


def test_the_space_is_turned_towards_a_models_own_and_no_product_changes(
    ids: Ids, seen: torch.Tensor, tmp_path: Path
) -> None:
    torch.manual_seed(2)
    teacher = BagOfWords(TINY.text, FEATURES, DIM).eval()
    texts = [f"{a} {b}" for a in COLOURS for b in ("dog", "car", "tree", "house")]
    turned = torch.linalg.qr(torch.randn(DIM, DIM))[0]
    with torch.no_grad():
        before = teacher.sentences(ids(texts)) @ teacher.pictures(seen).T
        theirs = teacher.sentences(ids(texts)) @ turned
        teach_retrieval.align(teacher, ids, texts, theirs)
        torch.testing.assert_close(teacher.sentences(ids(texts)), theirs, atol=1e-4, rtol=1e-4)
        after = teacher.sentences(ids(texts)) @ teacher.pictures(seen).T
        torch.testing.assert_close(after, before, atol=1e-4, rtol=1e-4)
    with torch.no_grad():
        aims = teacher.pictures(seen[:2])
    Lesson(teacher, {"a/1.jpg": 0, "b/1.jpg": 1}, aims, ["cat"]).save(tmp_path / "lesson.pt")
    again = Lesson.read(tmp_path / "lesson.pt", TINY.text, DIM)
    torch.testing.assert_close(again.teacher.pictures(seen), teacher.pictures(seen))
    torch.testing.assert_close(again.of(["b/1.jpg", "a/1.jpg"]), aims[[1, 0]], atol=1e-3, rtol=1e-3)
    assert again.names == ["cat"] and not any(p.requires_grad for p in again.teacher.parameters())
    with pytest.raises(FileNotFoundError, match=r"make it with `python -m xdecoder\.train\.teach_retrieval`"):
        Lesson.read(tmp_path / "none.pt", TINY.text, DIM)


def test_likeness_is_nothing_for_what_is_alike_and_more_the_further_off() -> None:
    random = torch.Generator().manual_seed(4)
    aims, bank, noise = (F.normalize(torch.randn(n, DIM, generator=random), dim=1) for n in (5, 40, 5))
    near, far = (F.normalize(aims + s * noise, dim=1) for s in (0.2, 2.0))
    assert float(likeness_loss(aims, aims, bank)) == pytest.approx(0, abs=1e-5)
    assert 0.01 < float(likeness_loss(near, aims, bank)) < float(likeness_loss(far, aims, bank)) / 5


def test_answers_come_from_the_question_and_from_the_photo(ids: Ids, seen: torch.Tensor, tmp_path: Path) -> None:
    torch.manual_seed(1)
    questions = ids(["what colour is it?"] * 30 + ["how many are there?"] * 30)
    answers = [[i % 3] for i in range(30)] + [[3]] * 30
    teacher = BagOfQuestions(TINY.text, FEATURES, 5)
    teach_questions.fit(teacher, questions, torch.cat([seen, seen]), answers, steps=150)
    asked = ids(["what colour is it?"] * 3 + ["how many?"])
    photos = torch.cat([torch.eye(FEATURES)[:3] * 3, seen[:1]])
    assert teacher(asked, photos).argmax(1).tolist() == [0, 1, 2, 3]
    teacher.photos = {"1.jpg": torch.arange(6.0)}
    teacher.save(tmp_path / "questions.pt")
    again = BagOfQuestions.read(tmp_path / "questions.pt", TINY.text)
    torch.testing.assert_close(again(asked, photos), teacher(asked, photos))
    assert again.photos["1.jpg"].tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.filterwarnings("ignore:.*copying from a non-meta parameter")
def test_what_is_seen_of_photos_lies_where_the_teacher_does(tmp_path: Path) -> None:
    teacher = BagOfWords(TINY.text, FEATURES, DIM)
    Lesson(teacher, {"a/1.jpg": 0}, torch.ones(1, DIM), ["cat"]).save(tmp_path / "lesson.pt")
    asked = BagOfQuestions(TINY.text, FEATURES, 5)
    asked.photos = {"1.jpg": torch.ones(FEATURES)}
    asked.save(tmp_path / "questions.pt")
    # As training with `--device cuda` reads them; "meta" is a device that every machine has.
    with torch.device("meta"):
        lesson = Lesson.read(tmp_path / "lesson.pt", TINY.text, DIM)
        questions = BagOfQuestions.read(tmp_path / "questions.pt", TINY.text)
    assert lesson.of(["a/1.jpg"]).device == lesson.teacher.words.device == torch.device("meta")
    assert questions.photos["1.jpg"].device == torch.device("meta")


def test_words_left_out_keep_their_order() -> None:
    rng = np.random.default_rng(1)
    text = "one two three four five six seven eight"
    short = [without_some(text, 0.25, rng) for _ in range(200)]
    kept = np.mean([len(s.split()) for s in short])
    assert 5.5 < kept < 6.5
    order = text.split()
    assert all((w := [order.index(x) for x in s.split()]) == sorted(w) for s in short)
    assert without_some(text, 0.0, rng) == text
