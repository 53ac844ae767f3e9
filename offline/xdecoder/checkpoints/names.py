"""Official state-dict names of this model's tensors (spec section 1)."""

# (ours, official); the first matching prefix wins, so longer ones come first.
PREFIXES = (
    ("pixel_decoder.layers.", "sem_seg_head.pixel_decoder.transformer.encoder.layers."),
    ("pixel_decoder.", "sem_seg_head.pixel_decoder."),
    ("text_encoder.lang_proj", "sem_seg_head.predictor.lang_encoder.lang_proj"),
    ("logit_scale", "sem_seg_head.predictor.lang_encoder.logit_scale"),
    ("text_encoder.", "sem_seg_head.predictor.lang_encoder.lang_encoder."),
    ("decoder.", "sem_seg_head.predictor."),
    ("consensus.", "consensus."),
    ("backbone_proj", "backbone_proj"),
    ("backbone.", "backbone."),
)

# Buffers that are rebuilt and tensors that only training uses.
IGNORED = (
    "criterion.",
    "dilation_kernel",
    "pixel_mean",
    "pixel_std",
    "sem_seg_head.predictor.self_attn_mask",
)
# X-Decoder tensors that a SEEM model has no use for.
UNUSED_BY_SEEM = (
    "backbone_proj",
    "sem_seg_head.predictor.caping_embed",
    "sem_seg_head.predictor.pos_embed_caping.weight",
)


def official_name(ours: str) -> str:
    for prefix, official in PREFIXES:
        if ours.startswith(prefix):
            return official + ours[len(prefix) :]
    raise KeyError(f"'{ours}' has no official name")


def ignored(official: str, *, seem: bool) -> bool:
    return official.startswith(IGNORED) or (seem and official in UNUSED_BY_SEEM)
