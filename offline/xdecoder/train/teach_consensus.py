"""Fits what people's captions of a photo are expected to be made of; all other weights stay as they are.

    python -m xdecoder.train.teach_consensus --checkpoint runs/found.pt --out runs/agreed.pt

One linear layer over what the decoder sees, by least squares on the normalised TF-IDF weights of people's captions:
what a caption's agreement with them is then expected to be is a product (`model/consensus.py`; docs/decisions/0012).
"""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from .. import command
from ..data.shards import Shards, ade_records
from ..data.spoken import OBJECTS, object_captions, scene_captions, told_plainly
from ..data.words import tidy
from ..model.consensus import Consensus, Expected
from ..model.decoder import Head, Memory
from ..tasks.consensus import Agreement
from .finished import Finished
from .looked import Photo, looked, photos_of
from .text import Ids

# Generated sentences of a scene.
EACH = 5
# How much a photo with generated sentences counts beside one that people captioned: chosen between the captions of
# Flickr8k's photos, which lose by it, and those of other photos, which tell less of people and dogs.
GENERATED = 0.05
# Of the mean square of what is seen.
RIDGE = 0.1

Sentences = list[list[list[int]]]


def rarity_of(captions: Sentences, vocabulary: int) -> Tensor:
    """(V,): logarithm of how few photos have a token in a caption (IDF); 0 of start and end, which are in all.

    captions[i]: the token ids of each caption of photo i.
    """
    photos = Counter(token for own in captions for token in {t for caption in own for t in caption})
    seen = torch.tensor([max(1, photos[token]) for token in range(vocabulary)])
    return (len(captions) / seen).log()


def weights_of(captions: Sentences, rarity: Tensor) -> Tensor:
    """(photos, V): mean over a photo's captions of their TF-IDF weights, each brought to length 1."""
    found, rare = np.zeros((len(captions), len(rarity)), np.float32), rarity.numpy()
    for row, own in zip(found, captions, strict=True):
        for caption in own:
            tokens, times = np.unique(caption, return_counts=True)
            weights = rare[tokens] * times
            row[tokens] += weights / max(float(np.linalg.norm(weights)), 1e-6) / len(own)
    return torch.from_numpy(found)


def fit(views: Tensor, aims: Tensor, counts: Tensor) -> tuple[Tensor, Tensor]:
    """Weight (V, C) and bias (V,) of a linear layer from views (2, N, C), a photo's two, to aims (N, V).

    counts (N,): how much each photo does. Ridge regression of what is seen, brought to the same spread.
    """
    mean, spread = views[0].mean(0), views[0].std(0) + 1e-4
    counts = counts / counts.sum() / len(views)
    square = torch.diag(torch.tensor([RIDGE] * len(mean) + [0.0]))
    product = torch.zeros(len(mean) + 1, aims.shape[1])
    for view in (views - mean) / spread:
        seen = F.pad(view, (0, 1), value=1.0)
        square += (seen * counts[:, None]).T @ seen
        product += (seen * counts[:, None]).T @ aims
    solved = torch.linalg.solve(square, product)
    weight = (solved[:-1] / spread[:, None]).T.contiguous()
    return weight, solved[-1] - weight @ mean


def agreed(expected: Expected, captions: Sentences) -> float:
    """Mean agreement of people's captions with what is expected of their photos."""
    each = [Agreement(replace(expected, weights=w[None])) for w in expected.weights]
    return float(np.mean([agree(caption) for agree, own in zip(each, captions, strict=True) for caption in own]))


def captioned(shards: Shards, ids: Ids) -> tuple[list[Photo], Sentences]:
    """Photos and what people say of each."""
    return photos_of(shards), [ids([tidy(c) for c in record["captions"]]).tolist() for record in shards.records]


def spoken(folder: Path, ids: Ids) -> tuple[list[Photo], Sentences]:
    """Photos that nobody captioned, and generated sentences.

    Flickr8k shows people and dogs outdoors; without these, people and dogs would be expected everywhere.
    """
    rng, photos, sentences = np.random.default_rng(1), [], []
    for shards, record in ade_records(folder)[0]:
        photos.append((shards, record["file"]))
        said = scene_captions(record["scene"], shards.label_map(record["labels"]), rng, EACH)
        sentences.append([told_plainly(text) for text in said])
    for name in OBJECTS:
        objects = Shards(folder, name, "train")
        for record in objects.records:
            photos.append((objects, record["file"]))
            sentences.append([told_plainly(text) for text in object_captions(record["class"], rng, 1)])
    return photos, [ids(own).tolist() for own in sentences]


def main() -> None:
    args = Finished.parser(__doc__).parse_args()
    finished = Finished.of(args)
    model, ids = finished.model.to(memory_format=torch.channels_last), finished.ids
    photos, sentences = captioned(Shards(finished.folder, "flickr8k", "train"), ids)
    # Counted among people's sentences alone: generated ones are all made of a few words.
    rarity = rarity_of(sentences, model.config.text.vocabulary)
    others, generated = spoken(finished.folder, ids)
    photos, aims = [*photos, *others], weights_of([*sentences, *generated], rarity)

    def seen(photos: list[Photo], *, flipped: bool) -> Tensor:
        def kept(_: Memory, pooled: Tensor, head: Head) -> Tensor:
            return Consensus.seen(head, pooled @ model.backbone_proj)

        return looked(model, photos, kept, flipped=flipped)

    views = torch.stack([seen(photos, flipped=flipped) for flipped in (False, True)])
    counts = torch.tensor([1.0] * len(sentences) + [GENERATED] * len(others))
    weight, bias = fit(views, aims, counts)
    finished.save({
        "consensus.expects.weight": weight, "consensus.expects.bias": bias, "consensus.rarity": rarity
    }, args.out)  # fmt: skip
    layer = Consensus(model.config.dim, len(rarity))
    layer.load_state_dict({"expects.weight": weight, "expects.bias": bias, "rarity": rarity})
    apart, said = captioned(Shards(finished.folder, "flickr8k", "val"), ids)
    with torch.no_grad():
        sight = seen(apart, flipped=False)
        of_each, of_any = layer.expected(sight), layer.expected(sight.mean(0).expand_as(sight))
    print(f"Flickr8k's photos kept apart agree {agreed(of_each, said):.3f} with what is expected of them,",
          f"{agreed(of_any, said):.3f} with what is of a mean photo")  # fmt: skip
    print(f"wrote {args.out}")


if __name__ == "__main__":
    command.run(main)
