"""Goes on from a trained checkpoint, official or our own, with your own photos.

    python -m xdecoder.train.finetune --checkpoint xdecoder_focalt_last.pt --coco own.json --images photos --out own.pt
    python -m xdecoder.train.finetune --checkpoint xdecoder_focalt_vqa.pt --vqa own.jsonl --images photos --out own.pt

--coco: annotations in COCO's instance format; masks, names and generated phrases are trained end to end.
--vqa: lines {"image", "question", "answer"}; answers outside the model's fixed list are counted and left out.
The result is a checkpoint of the same kind: xdecoder.export and xdecoder.run take it.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch
from tqdm import tqdm

from ..checkpoints import load_checkpoint
from ..checkpoints.errors import CheckpointError
from ..checkpoints.names import official_name
from ..data.coco import VOCABULARY, CocoStream
from ..data.words import QuestionBatches, known_answers, sided_answers
from ..export.source import tokenizer_for
from ..model.xdecoder import XDecoder
from ..preprocess import ImageError, read_image
from ..vocabulary import answers_of
from .checkpoints import CONFIGS, Checkpoint
from .steps import Bench, Losses, MaskStep, NameTable, QuestionStep
from .text import Ids

CLIP = 1.0
KEEP_SECONDS = 180.0


class Step(Protocol):
    def losses(self) -> Losses: ...


def _batches(stream: CocoStream, size: int) -> Iterator[list[dict[str, Any]]]:
    while True:
        yield [next(stream) for _ in range(size)]


def coco_step(bench: Bench, annotations: Path, images: Path, batch: int, seed: int) -> MaskStep:
    stream = CocoStream(annotations, images, bench.side, seed)
    return MaskStep(bench, _batches(stream, batch), table=NameTable.build({VOCABULARY: stream.names}))


def _questions(lines: Path) -> Iterator[tuple[str, str, str]]:
    """(image, question, answer) of each line; ValueError names one that is none."""
    for number, line in enumerate(lines.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            yield row["image"], row["question"], row["answer"]
        except json.JSONDecodeError as error:
            raise ValueError(f"{lines}, line {number} is no JSON: {error}") from error
        except (KeyError, TypeError) as error:
            raise ValueError(f"{lines}, line {number} is not {{image, question, answer}}: {line[:80]}") from error


def vqa_step(bench: Bench, lines: Path, images: Path, batch: int, seed: int) -> QuestionStep:
    count = bench.model.config.answers
    if count == 0:
        raise ValueError("this checkpoint has no answer classifier: start from a VQA checkpoint or the default model")
    records = list(_questions(lines))
    index = {a: i for i, a in answers_of(count).items()}
    asked = known_answers(((image, question, [answer]) for image, question, answer in records), index)
    kept = sum(len(q) for q in asked.values())
    if kept == 0:
        raise ValueError(f"none of the {len(records)} answers in {lines} is on the model's fixed list of {count}")
    if kept < len(records):
        print(f"{len(records) - kept} of {len(records)} questions left out: their answers are not on the model's list")
    missing = [f for f in asked if not (images / f).is_file()]
    if missing:
        raise ValueError(f"{len(missing)} of {len(asked)} photos are not in {images}, {missing[0]} first")
    batches = QuestionBatches(
        asked, lambda f: read_image(images / f), bench.side, batch, seed, sided_answers(index)
    )
    return QuestionStep(bench, batches)


def save(model: XDecoder, path: Path) -> None:
    """In our own form where the configuration is ours, else under the official names."""
    state = {k: v.detach().clone() for k, v in model.state_dict().items()}
    if model.config.name in CONFIGS and model.config.backbone.kind == "efficientnet_lite":
        Checkpoint(model.config.name, state).save(path)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        torch.save({official_name(k): v for k, v in state.items()}, path)


def finetune(
    model: XDecoder,
    step: Step,
    rate: float,
    minutes: float,
    most: int | None = None,
    keep: Callable[[], None] = lambda: None,
) -> dict[str, float]:
    """Trains everything that the step's losses reach; returns the last losses. most: steps at most. keep: called every
    few minutes, and at the end however that comes.
    """
    model.train().requires_grad_(True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.02)
    start, shown, steps = time.monotonic(), {}, 0
    kept = start
    bar = tqdm(total=round(minutes * 60), unit="s", desc="fine-tuning")
    try:
        while (spent := time.monotonic() - start) < minutes * 60 and (most is None or steps < most):
            for group in optimizer.param_groups:
                group["lr"] = rate * (1 - spent / (minutes * 60))
            losses = step.losses()
            optimizer.zero_grad()
            sum(losses.values(), torch.zeros(())).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), CLIP)
            optimizer.step()
            shown = {k: float(v.detach()) for k, v in losses.items()}
            steps += 1
            bar.n = round(spent)
            bar.set_postfix_str(f"{steps} steps, " + ", ".join(f"{k} {v:.2f}" for k, v in shown.items()))
            if time.monotonic() - kept > KEEP_SECONDS:
                kept = time.monotonic()
                keep()
    finally:
        bar.close()
        model.eval()
        if steps:
            keep()
    return shown


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.json, if not the model's usual one")
    data = parser.add_mutually_exclusive_group(required=True)
    data.add_argument("--coco", type=Path, metavar="JSON")
    data.add_argument("--vqa", type=Path, metavar="JSONL")
    parser.add_argument("--images", type=Path, required=True, help="folder of the photos")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=2e-5)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--side", type=int, default=256, help="of the square training pictures, px; a multiple of 32")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    try:
        model = load_checkpoint(args.checkpoint).model
        ids = Ids(tokenizer_for(model.config, args.tokenizer), model.config.text)
        bench = Bench(model, ids, args.side)
        make, source = (coco_step, args.coco) if args.coco else (vqa_step, args.vqa)
        step = make(bench, source, args.images, args.batch, args.seed)
        finetune(model, step, args.rate, args.minutes, keep=lambda: save(model, args.out))
    except (CheckpointError, ImageError, OSError, ValueError) as error:
        print(f"finetune: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; what was trained until then is written", file=sys.stderr)
        return 130
    print(f"wrote {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
