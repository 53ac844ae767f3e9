"""The query bank that comes with a pack."""

import numpy as np
import torch

from ..runtime import Runtime
from ..runtime.pack import PackError
from ..runtime.pack_runtime import PackRuntime
from .retrieval import QueryBank


def query_bank_of(runtime: Runtime) -> QueryBank | None:
    """None where there is none, as in every checkpoint. Raises PackError where its files have no whole rows."""
    if not isinstance(runtime, PackRuntime) or "queryBank" not in runtime.pack.manifest:
        return None
    entry = runtime.pack.manifest["queryBank"]
    dim = runtime.info.dim
    sentences, direction = (np.fromfile(runtime.pack.path(entry[k]), "<f4") for k in ("embeddings", "direction"))
    if not len(sentences) or len(sentences) % dim or len(direction) != dim:
        counts = f"{len(sentences)} and {len(direction)} numbers"
        raise PackError(f"the query bank and its direction have {counts}, which are no rows of {dim} and one")
    rows = torch.from_numpy(sentences.reshape(-1, dim))
    return QueryBank(rows, torch.from_numpy(direction), float(entry["sharpness"]), float(entry["usual"]))
