"""Runs a task over pictures, with the same inputs and outputs as the browser engine's command line.

    python -m xdecoder.run --pack DIR --task panoptic --image DIR|FILE… --out DIR
    python -m xdecoder.run --checkpoint FILE --task referring --image FILE --phrase "the cat on the sofa" --out DIR

Writes DIR/results.jsonl, a line a request. --phrase, --question, --query, --click and --box are what every line of
--requests asks for unless it says otherwise; a line without "image" is asked of every picture of --image. Exit code 0
only when every request succeeded, 1 when some failed, 2 on bad arguments.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import torch

from ..checkpoints import CheckpointError, load_checkpoint
from ..export.source import usual_tokenizer
from ..model.config import DEFAULT
from ..preprocess import ImageError
from ..runtime import TorchRuntime, UnavailableError
from ..runtime.pack import PackError
from ..runtime.pack_runtime import PackRuntime
from ..runtime.text import codec_for
from .failures import failure
from .heads import HEADS, OVER_ALL, embed_sentence, embedding, retrieve
from .names import Vocabulary
from .output import Results, stem
from .requests import Request, RequestError, box, check, click, each_picture, expand, locate, read_requests
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
    parser.add_argument("--vocabulary", type=Path, metavar="FILE", help='one name a line; "name<TAB>stuff" marks stuff')
    parser.add_argument("--preset", help="a stored list of names: coco133, ade150")
    parser.add_argument("--tokenizer", type=Path, metavar="FILE", help="for a checkpoint without CLIP's vocabulary")
    parser.add_argument("--phrase")
    parser.add_argument("--question")
    parser.add_argument("--query")
    parser.add_argument("--click", nargs="+", default=[], metavar="x,y", help="x,y inside or x,y,0 outside")
    parser.add_argument("--box", metavar="x,y,w,h", help="--box=-5,… where it begins with a minus")
    parser.add_argument(
        "--requests",
        type=Path,
        metavar="JSONL",
        help='one request a line: {"image"?, "phrase"|"question"|"query"|"clicks"|"box"|"stroke"|"mask"|"names"...}; '
        "without image, for every picture; image names are looked up from here, from this file's folder and from the "
        "--image folders; embed without --image takes sentences alone",
    )
    parser.add_argument("--threads", type=int, choices=range(1, 257), default=0, metavar="N")
    return parser


def _session(args: argparse.Namespace, files: dict[str, str]) -> Session:
    if args.pack is not None:
        runtime = PackRuntime(args.pack)
        codec = runtime.codec
    else:
        runtime = TorchRuntime(load_checkpoint(args.checkpoint).model)
        usual = usual_tokenizer() if runtime.info.name == DEFAULT.name else None
        codec = codec_for(runtime.info, args.tokenizer or usual)
    return Session(runtime, codec, args.out, Vocabulary(runtime, codec, args.vocabulary, args.preset), files)


def _lines(args: argparse.Namespace) -> list[Request]:
    """The file's lines, or one that the command line alone makes. Raises RequestError."""
    given = Request(
        phrase=args.phrase,
        question=args.question,
        query=args.query,
        clicks=tuple(click(c) for c in args.click) or None,
        box=None if args.box is None else box(args.box),
    )
    if args.requests is not None:
        return [line.filled(given) for line in read_requests(args.requests)]
    check(args.task, given)
    return [given]


def _files(args: argparse.Namespace, images: list[str], lines: list[Request]) -> dict[str, str]:
    """Where each picture is that a line names."""
    folders = [*([args.requests.parent] if args.requests else []), *args.images]
    named = {line.image for line in lines if line.image is not None}
    return {image: locate(image, folders) for image in named.difference(images)}


def _say(text: str) -> None:
    print(f"\r{text}", end="", file=sys.stderr, flush=True)


def _answer(session: Session, task: str, request: Request, index: int) -> dict[str, Any]:
    session.timings = {}
    check(task, request)
    if request.image is None:
        fields = embed_sentence(session, request.query)
        return {"task": task, "query": request.query, "timings": dict(session.timings), **fields}
    result = HEADS[task](session, request, stem(request.image, index))
    size = session.picture(request.image, task).size
    line = {"image": request.image, "task": task, "width": size[1], "height": size[0]}
    return {**line, "timings": dict(session.timings), **result}


def _answer_each(session: Session, task: str, requests: list[Request], results: Results) -> int:
    """A line a request, those about one picture together so that it is encoded once; returns how many failed."""
    failed = 0
    first: dict[str | None, int] = {}
    order = sorted(range(len(requests)), key=lambda i: first.setdefault(requests[i].image, i))
    for done, index in enumerate(order, 1):
        request = requests[index]
        _say(f"{done} of {len(order)} requests")
        try:
            line = _answer(session, task, request, index)
        except Exception as error:
            failed += 1
            image = {} if request.image is None else {"image": request.image}
            line = {**image, "task": task, "error": failure(error)}
        results.add(index, {**request.extra, **line})
    print(file=sys.stderr)
    return failed


def _vectors(session: Session, task: str, images: list[str]) -> tuple[dict[str, torch.Tensor], list[dict[str, Any]]]:
    """Embedding of every picture, and lines about those that have none."""
    vectors, broken = {}, []
    for done, image in enumerate(images, 1):
        _say(f"{done} of {len(images)} pictures")
        try:
            vectors[image] = embedding(session, image)
        except Exception as error:
            broken.append({"image": image, "task": task, "error": failure(error)})
    print(file=sys.stderr)
    return vectors, broken


def _answer_over_all(session: Session, task: str, requests: list[Request], images: list[str], results: Results) -> int:
    """A line a request, then one a picture that could not be ranked; returns how many failed."""
    vectors, broken = _vectors(session, task, images)
    failed = len(broken)
    for index, request in enumerate(requests):
        _say(f"{index + 1} of {len(requests)} requests")
        line: dict[str, Any] = {"task": task, "query": request.query or ""}
        session.timings = {}
        try:
            check(task, request)
            found = retrieve(session, vectors, request, task, index)
            line |= {"timings": dict(session.timings), **found}
        except Exception as error:
            failed += 1
            line["error"] = failure(error)
        results.add(index, {**request.extra, **line})
    for index, line in enumerate(broken, len(requests)):
        results.add(index, line)
    print(file=sys.stderr)
    return failed


def _answer_all(session: Session, task: str, asked: list[tuple[int, Request]], results: Results) -> int:
    if task not in OVER_ALL:
        return _answer_each(session, task, [request for _, request in asked], results)
    # A request without a picture became one a picture; here it is asked once.
    requests = list(dict(asked).values())
    images = list(dict.fromkeys(request.image for _, request in asked))
    return _answer_over_all(session, task, requests, images, results)


def main(arguments: list[str] | None = None) -> int:
    args = _parser().parse_args(arguments)
    if args.threads:
        torch.set_num_threads(args.threads)
    try:
        images = expand(args.images)
        lines = _lines(args)
        if not images and args.requests is None:
            raise RequestError("nothing to do: give --image or --requests")
        asked = each_picture(args.task, lines, images)
        session = _session(args, _files(args, images, lines))
        session.sizes.check(args.task)
        if args.out.exists() and not args.out.is_dir():
            raise RequestError(f"--out {args.out} is a file; it names a folder")
        args.out.mkdir(parents=True, exist_ok=True)
        with (args.out / "results.jsonl").open("w", encoding="utf-8") as out, torch.inference_mode():
            failed = _answer_all(session, args.task, asked, Results(out))
    except (CheckpointError, PackError, ImageError, RequestError, UnavailableError, ValueError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if failed:
        print(f"{failed} of the requests failed; their lines say why", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
