"""An ONNX pack in onnxruntime behind the runtime interface; the graphs and names are those of docs/pack.md."""

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from torch import Tensor

from ..model.config import PreprocessConfig
from ..model.consensus import Expected
from ..model.decoder import Memory
from ..model.geometry import Geometry
from ..model.words import Begun, KeyValue, WordCache, WordStep
from .interface import Features, Info, Prediction, UnavailableError, VisualPrompt
from .pack import Pack, PackError, open_pack
from .text import TextCodec

LEVELS = 3
# A runtime role and the graphs it takes.
GRAPHS = {
    "image": ("image",),
    "base": ("base",),
    "text": ("text",),
    "ground": ("ground",),
    "caption": ("caption_prefill", "caption_step"),
    "vqa": ("vqa",),
    "prompt": ("prompt", "prompted"),
}


def _info(pack: Pack, graphs: dict[str, Any]) -> Info:
    m, model, pre, tok = pack.manifest, pack.manifest["model"], pack.manifest["preprocess"], pack.manifest["tokenizer"]
    return Info(
        name=m["name"],
        dim=model["dim"],
        queries=model["queries"],
        logit_scale=model["logitScale"],
        context=tok["contextLength"],
        start_token=tok["startToken"],
        end_token=tok["endToken"],
        preprocess=PreprocessConfig(tuple(pre["mean"]), tuple(pre["std"]), pre["padMultiple"]),
        mask_resize=pre["maskResize"],
        seem="prompted" in graphs and "ground" not in graphs,
        roles=frozenset(role for role, names in GRAPHS.items() if all(n in graphs for n in names)),
        templates=tuple(m.get("text", {}).get("templates", ("{}",))),
    )


class PackRuntime:
    """Sessions are made when first used, on the CPU."""

    def __init__(self, folder: Path, threads: int = 0, variant: str | None = None) -> None:
        self.pack = open_pack(folder)
        self._graphs: dict[str, Any] = self.pack.variant(variant)["graphs"]
        self._sessions: dict[str, onnxruntime.InferenceSession] = {}
        self._threads = threads or torch.get_num_threads()
        self.info = _info(self.pack, self._graphs)
        tok = self.pack.manifest["tokenizer"]
        path = self.pack.path(tok["file"])
        self.codec = TextCodec.from_file(path, self.info.context, self.info.start_token, self.info.end_token)

    def _session(self, graph: str) -> onnxruntime.InferenceSession:
        if graph not in self._graphs:
            raise UnavailableError(f"the pack {self.info.name} has no graph '{graph}'")
        if graph not in self._sessions:
            entry = self._graphs[graph]
            for part in entry.get("external", []):
                if part["path"] != part["file"]:
                    raise PackError(f"graph '{graph}' stores its weights as '{part['path']}', not '{part['file']}'")
                self.pack.path(part["file"])
            path = self.pack.path(entry["file"])
            try:
                self._sessions[graph] = self._opened(path)
            except Exception as error:  # onnxruntime has no common base class
                raise PackError(f"{path} does not load in onnxruntime: {error}") from error
        return self._sessions[graph]

    def _opened(self, path: Path) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = self._threads, 3
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

    def _run(self, graph: str, feeds: dict[str, Tensor]) -> dict[str, Tensor]:
        """Feeds what the graph takes of `feeds`; an input it lacks was folded away."""
        session = self._session(graph)
        wanted = [i.name for i in session.get_inputs()]
        names = [o.name for o in session.get_outputs()]
        outputs = session.run(names, {n: np.ascontiguousarray(feeds[n].numpy()) for n in wanted})
        return {n: torch.from_numpy(v) for n, v in zip(names, outputs, strict=True)}

    @staticmethod
    def _feeds(memory: Memory) -> dict[str, Tensor]:
        feeds = {"mask_features": memory.mask_features}
        feeds |= {f"level_features_{i}": x for i, x in enumerate(memory.level_features)}
        feeds |= {f"key_{i}": x for i, x in enumerate(memory.keys)}
        return feeds | {f"value_{i}": x for i, x in enumerate(memory.values)}

    def image(self, pixels: Tensor) -> Features:
        size = (pixels.shape[-2], pixels.shape[-1])
        geometry = Geometry.of(*size, self.info.dim, self.info.mask_resize)
        feeds = {"pixels": pixels}
        for level in range(LEVELS):
            for name in ("resize_y", "resize_x", "position_y", "position_x"):
                feeds[f"{name}_{level}"] = getattr(geometry, name)[level]
        out = self._run("image", feeds)
        layers = range(self.pack.manifest["model"]["layers"])
        memory = Memory(
            out["mask_features"],
            [out[f"level_features_{i}"] for i in range(LEVELS)],
            [out[f"key_{i}"] for i in layers],
            [out[f"value_{i}"] for i in layers],
            # Only a pack that takes visual prompts gives the maps that they are sampled from.
            [out[f"source_{i}"] for i in range(LEVELS) if f"source_{i}" in out],
        )
        return Features(memory, out.get("image_embedding"), size)

    def _predict(self, graph: str, feeds: dict[str, Tensor]) -> Prediction:
        out = self._run(graph, feeds)
        known = [out[k][0] if k in out else None for k in ("mask_embeddings", "image_query")]
        return Prediction(out["masks"][0], out["embeddings"][0], *known)

    def base(self, features: Features) -> Prediction:
        return self._predict("base", self._feeds(features.memory))

    def ground(self, features: Features, tokens: Tensor) -> Prediction:
        return self._predict("ground", self._feeds(features.memory) | {"tokens": tokens[None]})

    def text(self, ids: Tensor) -> Tensor:
        return self._run("text", {"input_ids": ids.to(torch.int32)})["tokens"]

    def caption_prefill(self, features: Features) -> Begun:
        pooled = {} if features.image_embedding is None else {"image_embedding": features.image_embedding}
        out = self._run("caption_prefill", self._feeds(features.memory) | pooled)
        layers = range(self.pack.manifest["model"]["layers"])
        queries = [(out[f"query_key_{i}"], out[f"query_value_{i}"]) for i in layers]
        words = out.get("expected_words")
        return Begun(queries, None if words is None else Expected(words[:1], words[1]))

    def caption_start(self) -> WordCache:
        model = self.pack.manifest["model"]

        def none(heads: int, width: int, layers: int) -> list[KeyValue]:
            return [(torch.zeros(1, heads, 0, width // heads),) * 2 for _ in range(layers)]

        text = none(model["textHeads"], model["textDim"], model["textLayers"])
        return WordCache(text, none(model["heads"], model["dim"], model["layers"]))

    def caption_step(
        self,
        features: Features,
        queries: list[KeyValue],
        tokens: list[int],
        parents: list[int],
        cache: WordCache,
        bias: list[Tensor] | None = None,
    ) -> WordStep:
        feeds = self._feeds(features.memory)
        feeds["input_id"] = torch.tensor(tokens, dtype=torch.int32)[:, None]
        feeds["parents"] = torch.tensor(parents, dtype=torch.int32)
        feeds["position"] = torch.tensor([cache.length], dtype=torch.int32)
        for prefix, pairs in (("text", cache.text), ("query", queries), ("word", cache.words)):
            for i, (k, v) in enumerate(pairs):
                feeds |= {f"{prefix}_key_{i}": k, f"{prefix}_value_{i}": v}
        for level, x in enumerate(features.memory.level_features):
            feeds[f"bias_{level}"] = torch.zeros(1, 1, 1, x.shape[-1]) if bias is None else bias[level]
        out = self._run("caption_step", feeds)

        def grown(prefix: str, count: int) -> list[KeyValue]:
            return [(out[f"{prefix}_key_{i}_next"], out[f"{prefix}_value_{i}_next"]) for i in range(count)]

        after = WordCache(grown("text", len(cache.text)), grown("word", len(cache.words)), cache.length + 1)
        return WordStep(out["logits"], after)

    def vqa(self, features: Features, tokens: Tensor) -> Tensor:
        return self._run("vqa", self._feeds(features.memory) | {"tokens": tokens[None]})["logits"][0]

    def visual_prompt(self, features: Features, points: Tensor, *, positive: bool) -> VisualPrompt:
        feeds = {"mask_features": features.memory.mask_features}
        feeds |= {f"source_{i}": x for i, x in enumerate(features.memory.sources)}
        # The graph takes (x, y) in -1..1.
        feeds["points"] = points.flip(1)[None] * 2 - 1
        feeds["sign"] = torch.tensor([0 if positive else 1], dtype=torch.int32)
        out = self._run("prompt", feeds)
        return VisualPrompt(out["pooled"][0], [out[f"prompt_tokens_{i}"][0] for i in range(LEVELS)])

    def prompted(self, features: Features, tokens: Tensor | None, prompts: list[VisualPrompt]) -> Prediction:
        none = torch.zeros(1, 0, self.info.dim)
        feeds = self._feeds(features.memory) | {"tokens": none if tokens is None else tokens[None]}
        for i in range(LEVELS):
            feeds[f"prompt_tokens_{i}"] = torch.cat([p.tokens[i] for p in prompts])[None] if prompts else none
        return self._predict("prompted", feeds)

    @property
    def answers(self) -> dict[int, str]:
        """Index to answer of the VQA classifier; a list or a table in the pack's answers file."""
        name = self.pack.manifest.get("answers")
        content = self.pack.json(name) if name else []
        content = content.get("answers", content) if isinstance(content, dict) else content
        entries = content.items() if isinstance(content, dict) else enumerate(content)
        return {int(index): answer for index, answer in entries if answer}
