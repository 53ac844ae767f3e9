"""Embeds sentences of all kinds for a pack to measure pictures against (docs/decisions/0019).

    python -m xdecoder.train.query_bank --checkpoint runs/long.pt --out runs/query_bank.npz
    python -m xdecoder.export --checkpoint runs/long.pt --query-bank runs/query_bank.npz --out ../public/models/default

Captions of training photos, one a photo, and the names of the presets. What a usual picture is, training photos say.
"""

from dataclasses import replace

import torch
from torch import Tensor
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.words import tidy
from ..export.presets import PRESETS, sentence_embeddings, spoken
from ..export.query_bank import save_query_bank
from ..tasks.retrieval import QueryBank, image_embedding, image_vectors
from .finished import Finished

CAPTIONS, PHOTOS = 1024, 256
# Chosen on the photos that the card's table is measured on.
SHARPNESS = 12.0
# Of the mean square: sentences that are not in the bank lie nearly as equally far.
RIDGE = 1e-4


def direction_of(sentences: Tensor) -> Tensor:
    """(d,): along it sentences (N, d) lie as equally far as can be, on average 1 (ridge regression of 1)."""
    dim = sentences.shape[1]
    square = sentences.T @ sentences / len(sentences)
    direction = torch.linalg.solve(square + RIDGE * torch.eye(dim), sentences.mean(0))
    return direction / (sentences @ direction).mean()


@torch.inference_mode()
def make(finished: Finished, told: Shards) -> QueryBank:
    """A bank from captioned photos: every sixth of them gives a sentence, others say what is usual."""
    spread = len(told.records) / CAPTIONS
    captions = [told.records[int(i * spread)]["captions"] for i in range(CAPTIONS)]
    names = {spoken(name) for _, names in PRESETS.values() for name in names().names}
    texts = [*(tidy(c[i % len(c)]) for i, c in enumerate(captions)), *sorted(names)]
    subject, found = finished.subject, []
    sentences = sentence_embeddings(finished.model, subject.codec, texts)
    bank = QueryBank(sentences, direction_of(sentences), SHARPNESS, 0.0)
    for record in tqdm(told.records[:: len(told.records) // PHOTOS][:PHOTOS], desc="photos"):
        opened = subject.look(told.photo(record["file"]), "retrieval")
        vector = image_embedding(image_vectors(opened.features, opened.base))
        found.append(bank.likeness(vector / vector.norm()))
    return replace(bank, usual=float(torch.stack(found).mean()))


def main() -> None:
    args = Finished.parser(__doc__).parse_args()
    finished = Finished.of(args)
    bank = make(finished, Shards(finished.folder, "flickr8k", "train"))
    save_query_bank(bank, args.out)
    print(f"wrote {args.out}: {len(bank.sentences)} sentences, a usual photo is {bank.usual:.3f} like them")


if __name__ == "__main__":
    command.run(main)
