"""The query bank that comes with a pack."""

import numpy as np
import torch

from ..runtime import Runtime
from ..runtime.pack import PackError
from ..runtime.pack_runtime import PackRuntime
from .retrieval import QueryBank


def query_bank_of(runtime: Runtime) -> QueryBank | None:
    """None where there is none, as in every checkpoint. Raises PackError where its file has no whole rows."""
    if not isinstance(runtime, PackRuntime) or "queryBank" not in runtime.pack.manifest:
        return None
    entry = runtime.pack.manifest["queryBank"]
    numbers = np.fromfile(runtime.pack.path(entry["embeddings"]), "<f4")
    if not len(numbers) or len(numbers) % runtime.info.dim:
        raise PackError(f"the query bank has {len(numbers)} numbers, which are no rows of {runtime.info.dim}")
    sentences = torch.from_numpy(numbers.reshape(-1, runtime.info.dim))
    return QueryBank(sentences, float(entry["sharpness"]), float(entry["usual"]))
