"""Embeds sentences of all kinds for a pack to measure pictures against (docs/decisions/0019).

    python -m xdecoder.train.query_bank --checkpoint runs/long.pt --out runs/query_bank.npz
    python -m xdecoder.export --checkpoint runs/long.pt --query-bank runs/query_bank.npz --out ../public/models/default

Captions of training photos, one a photo, and the names of the presets. What a usual picture is, training photos say.
"""

import argparse
from pathlib import Path

import torch
from tqdm import tqdm

from .. import command
from ..data.shards import Shards
from ..data.words import tidy
from ..export.presets import PRESETS, sentence_embeddings, spoken
from ..export.profiles import DEFAULT as PROFILE
from ..export.query_bank import save_query_bank
from ..preprocess import InputSize, open_picture
from ..runtime.torch_runtime import TorchRuntime
from ..tasks.retrieval import QueryBank, image_embedding, image_vectors
from .checkpoints import load_model
from .text import Ids

CAPTIONS, PHOTOS = 1024, 256
# Chosen on the photos that the card's table is measured on.
SHARPNESS = 10.0


@torch.inference_mode()
def make(runtime: TorchRuntime, ids: Ids, told: Shards) -> QueryBank:
    """A bank from captioned photos: every sixth of them gives a sentence, others say what is usual."""
    spread = len(told.records) / CAPTIONS
    captions = [told.records[int(i * spread)]["captions"] for i in range(CAPTIONS)]
    names = {spoken(name) for _, names in PRESETS.values() for name in names().names}
    texts = [*(tidy(c[i % len(c)]) for i, c in enumerate(captions)), *sorted(names)]
    bank = QueryBank(sentence_embeddings(runtime.model, ids.codec, texts), SHARPNESS, 0.0)
    size, found = InputSize.of_entry(PROFILE.sizes["retrieval"]), []
    for record in tqdm(told.records[:: len(told.records) // PHOTOS][:PHOTOS], desc="photos"):
        shown = open_picture(told.photo(record["file"]), size, runtime.info.preprocess, PROFILE.resample)
        features = runtime.image(shown.pixels)
        vector = image_embedding(image_vectors(features, runtime.base(features)))
        found.append(bank.likeness(vector / vector.norm()))
    return QueryBank(bank.sentences, SHARPNESS, float(torch.stack(found).mean()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, default=Path("runs/data"), help="folder of the tokenizer")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    model = load_model(args.checkpoint)
    ids = Ids.read(args.data / "tokenizer.json", model.config.text)
    bank = make(TorchRuntime(model), ids, Shards(args.shared / "data", "flickr8k", "train"))
    save_query_bank(bank, args.out)
    print(f"wrote {args.out}: {len(bank.sentences)} sentences, a usual photo is {bank.usual:.3f} like them")


if __name__ == "__main__":
    command.run(main)
