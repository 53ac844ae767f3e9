"""Runs a task over pictures, with the same inputs and outputs as the browser engine's command line.

    python -m xdecoder.run --pack DIR --task panoptic --image DIR|FILE… --out DIR
    python -m xdecoder.run --checkpoint FILE --task referring --image FILE --phrase "the cat on the sofa" --out DIR

Writes DIR/results.jsonl, a line a request. Exit code 0 only when every request succeeded, 2 on bad arguments.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch

from ..checkpoints import CheckpointError, load_checkpoint
from ..preprocess import ImageError
from ..runtime import TorchRuntime, UnavailableError
from ..runtime.pack import PackError
from ..runtime.pack_runtime import PackRuntime
from ..runtime.text import codec_for
from .failures import failure
from .heads import HEADS, OVER_ALL, embedding, retrieve
from .output import stem
from .requests import Request, RequestError, click, expand, read_requests
from .session import Session


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m xdecoder.run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", type=Path, metavar="FILE", help="run in PyTorch")
    source.add_argument("--pack", type=Path, metavar="DIR", help="run in onnxruntime")
    parser.add_argument("--task", choices=(*HEADS, *OVER_ALL), required=True)
    parser.add_argument("--image", "--images", nargs="+", default=[], metavar="DIR|FILE", dest="images")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--vocabulary", type=Path, metavar="FILE", help="one name a line")
    parser.add_argument("--preset", help="a stored list of names: coco133, ade150")
    parser.add_argument("--tokenizer", type=Path, metavar="FILE", help="for a checkpoint without CLIP's vocabulary")
    parser.add_argument("--phrase")
    parser.add_argument("--question")
    parser.add_argument("--query")
    parser.add_argument("--click", nargs="+", default=[], metavar="x,y", help="x,y inside or x,y,0 outside")
    parser.add_argument("--box", type=float, nargs=4, metavar=("X", "Y", "W", "H"))
    parser.add_argument("--requests", type=Path, metavar="JSONL")
    parser.add_argument("--threads", type=int, choices=range(1, 257), default=0, metavar="N")
    return parser


def _session(args: argparse.Namespace) -> Session:
    if args.pack is not None:
        runtime = PackRuntime(args.pack)
        return Session(runtime, runtime.codec, args.out, args.vocabulary, args.preset)
    runtime = TorchRuntime(load_checkpoint(args.checkpoint).model)
    return Session(runtime, codec_for(runtime.info, args.tokenizer), args.out, args.vocabulary, args.preset)


def _requests(args: argparse.Namespace, images: list[str]) -> list[Request]:
    """The file's lines, or one request a picture (one alone for tasks over all pictures)."""
    if args.requests is not None:
        return read_requests(args.requests)
    common: dict[str, Any] = {
        "phrase": args.phrase,
        "question": args.question,
        "query": args.query,
        "clicks": tuple(click(c) for c in args.click),
        "box": tuple(args.box) if args.box else None,
    }
    if args.task in OVER_ALL:
        return [Request(**common)]
    return [Request(image=image, **common) for image in images]


def _vectors(session: Session, images: list[str]) -> tuple[dict[str, torch.Tensor], list[dict[str, Any]]]:
    """Embedding of every picture, and lines about those that can't be read."""
    vectors, failed = {}, []
    for i, image in enumerate(images):
        print(f"\r{i + 1} of {len(images)} pictures", end="", file=sys.stderr, flush=True)
        try:
            vectors[image] = embedding(session, image)
        except ImageError as error:
            failed.append({"image": image, "error": failure(error)})
    print(file=sys.stderr)
    if not vectors:
        raise RequestError("none of the pictures could be read")
    return vectors, failed


def _line(session: Session, task: str, request: Request, index: int) -> dict[str, Any]:
    session.timings = {}
    if request.image is None:
        raise RequestError(f"{task} needs an image")
    result = HEADS[task](session, request, stem(request.image, index))
    size = session.open(request.image, task).picture.size
    line = {"image": request.image, "task": task, "width": size[1], "height": size[0]}
    return {**line, "timings": dict(session.timings), **result}


def _answer_all(session: Session, task: str, images: list[str], requests: list[Request], out: Any) -> int:
    """Writes every line; returns how many failed."""
    failed = 0
    vectors: dict[str, torch.Tensor] = {}
    if task in OVER_ALL:
        vectors, lines = _vectors(session, images or sorted({r.image for r in requests if r.image}))
        failed += len(lines)
        for line in lines:
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    for index, request in enumerate(requests):
        print(f"\r{index + 1} of {len(requests)} requests", end="", file=sys.stderr, flush=True)
        try:
            if task in OVER_ALL:
                session.timings = {}
                found = retrieve(session, vectors, request, task, index)
                line = {"task": task, "query": request.query, "timings": dict(session.timings), **found}
            else:
                line = _line(session, task, request, index)
        except Exception as error:
            failed += 1
            line = {"image": request.image, "task": task, "error": failure(error)}
        out.write(json.dumps({**line, **request.extra}, ensure_ascii=False) + "\n")
        out.flush()
    print(file=sys.stderr)
    return failed


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    if args.threads:
        torch.set_num_threads(args.threads)
    try:
        images = expand(args.images)
        requests = _requests(args, images)
        if not requests:
            raise RequestError("nothing to do: give --image or --requests")
        session = _session(args)
        session.sizes.check(args.task)
        args.out.mkdir(parents=True, exist_ok=True)
        with (args.out / "results.jsonl").open("w", encoding="utf-8") as out, torch.inference_mode():
            failed = _answer_all(session, args.task, images, requests, out)
    except (CheckpointError, PackError, ImageError, RequestError, UnavailableError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if failed:
        print(f"{failed} of the requests failed; their lines say why", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
