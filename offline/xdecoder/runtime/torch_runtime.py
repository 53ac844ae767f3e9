"""The PyTorch model behind the runtime interface."""

import torch
from torch import Tensor

from ..model import plans, words
from ..model.decoder import Head
from ..model.sampling import sample
from ..model.words import Begun, KeyValue, WordCache, WordStep
from ..model.xdecoder import XDecoder
from ..vocabulary import templates
from .interface import Features, Info, Prediction, UnavailableError, VisualPrompt

EVERY = frozenset({"image", "base", "text"})


def _info(model: XDecoder) -> Info:
    config = model.config
    roles = EVERY | (set() if config.seem else {"ground"}) | ({"caption"} if config.captions else set())
    roles |= ({"prompt"} if config.visual_prompts else set()) | ({"vqa"} if config.answers else set())
    return Info(
        name=config.name,
        dim=config.dim,
        queries=config.queries,
        logit_scale=float(model.logit_scale.detach().exp()),
        context=config.text.context,
        start_token=config.text.start_token,
        end_token=config.text.end_token,
        preprocess=config.preprocess,
        mask_resize=model.mask_resize,
        seem=config.seem,
        roles=roles,
        # The official models want 81 forms of a name; the small ones are trained on the name alone.
        templates=templates() if config.backbone.kind != "efficientnet_lite" else ("{}",),
    )


class TorchRuntime:
    """Every role by the model's own classes, without gradients."""

    def __init__(self, model: XDecoder) -> None:
        self.model = model.eval()
        self.info = _info(model)

    def _needs(self, role: str, what: str) -> None:
        if role not in self.info.roles:
            raise UnavailableError(f"{self.info.name} has no weights for {what}")

    @torch.inference_mode()
    def image(self, pixels: Tensor) -> Features:
        memory, pooled = self.model.encode(pixels)
        return Features(memory, pooled, (pixels.shape[-2], pixels.shape[-1]))

    def _prediction(self, features: Features, head: Head) -> Prediction:
        masks = head.masks(features.memory.mask_features)
        image = None if head.image is None else head.image[0]
        return Prediction(masks[0], head.embeddings[0], head.mask_embeddings[0], image)

    @torch.inference_mode()
    def base(self, features: Features) -> Prediction:
        return self._prediction(features, self.model.base(features.memory)[-1])

    @torch.inference_mode()
    def ground(self, features: Features, tokens: Tensor) -> Prediction:
        self._needs("ground", "grounding queries; its phrases go through prompts")
        return self._prediction(features, self.model.ground(features.memory, tokens[None])[-1])

    @torch.inference_mode()
    def text(self, ids: Tensor) -> Tensor:
        return self.model.text_encoder(ids)

    @torch.inference_mode()
    def caption_prefill(self, features: Features) -> Begun:
        self._needs("caption", "captions")
        return words.prefill(self.model, features.memory, features.image_embedding)

    def caption_start(self) -> WordCache:
        return words.empty_cache(self.model)

    @torch.inference_mode()
    def caption_step(
        self,
        features: Features,
        queries: list[KeyValue],
        tokens: list[int],
        parents: list[int],
        cache: WordCache,
        bias: list[Tensor] | None = None,
    ) -> WordStep:
        ids, rows = torch.tensor(tokens)[:, None], torch.tensor(parents)
        return words.step(self.model, features.memory, queries, ids, cache, bias, parents=rows)

    @torch.inference_mode()
    def vqa(self, features: Features, tokens: Tensor) -> Tensor:
        self._needs("vqa", "questions")
        decoder = self.model.decoder
        head = decoder(features.memory, plans.question(decoder, tokens[None]))[0][-1]
        return decoder.vqa_classifier(head.state[:, -1])[0]

    @torch.inference_mode()
    def visual_prompt(self, features: Features, points: Tensor, *, positive: bool) -> VisualPrompt:
        self._needs("prompt", "visual prompts")
        decoder, memory = self.model.decoder, features.memory
        indicator = decoder.pn_indicator.weight[0 if positive else 1]
        at = points.flip(1)[None] * 2 - 1
        tokens = []
        for level, (embed, stride) in enumerate(zip(decoder.mask_sptial_embed, (32, 16, 8), strict=True)):
            h, w = features.padded[0] // stride, features.padded[1] // stride
            grid = (memory.sources[level] @ embed).transpose(1, 2).unflatten(2, (h, w))
            tokens.append(sample(grid, at)[0] + indicator)
        return VisualPrompt(sample(memory.mask_features, at)[0].mean(0), tokens)

    @torch.inference_mode()
    def prompted(self, features: Features, tokens: Tensor | None, prompts: list[VisualPrompt]) -> Prediction:
        self._needs("prompt", "visual prompts")
        joined = [torch.cat([p.tokens[level] for p in prompts])[None] for level in range(3)] if prompts else None
        plan = plans.prompted(self.model.decoder, None if tokens is None else tokens[None], joined)
        return self._prediction(features, self.model.decoder(features.memory, plan)[0][-1])
