"""A mask that obeys marks: the aim of f-BRS (Sofiiuk et al., CVPR 2020), here in closed form."""

from collections.abc import Sequence

import torch
from torch import Tensor

# (y, x) as shares of the padded picture, and whether the wanted thing is there.
Click = tuple[float, float, bool]

# Mask logits that a click is brought to, on its side; what a change costs; how far one reaches, as a share of a side.
MARGIN, RIDGE, REACH = 3.0, 0.1, 0.2


def corrected(mask: Tensor, masks: Tensor, clicks: Sequence[Click]) -> Tensor:
    """Mask logits (h, w), changed as little as brings every click to MARGIN logits on its side.

    The change is a kernel ridge regression on the clicks. Two places count as alike, and share it, where all masks
    (Q, h, w) put them in the same regions, the more so the nearer they are. Clicks that are right by MARGIN already
    hold the mask where it is.
    """
    if not clicks:
        return mask
    h, w = mask.shape
    rows, columns = (
        torch.tensor([min(max(int(at[axis] * side), 0), side - 1) for at in clicks]) for axis, side in enumerate((h, w))
    )
    regions = masks.flatten(1).sigmoid()
    regions = regions / regions.norm(dim=0).clamp(min=1e-6)
    at = rows * w + columns
    down = (torch.arange(h)[:, None] - rows) / h
    across = (torch.arange(w)[:, None] - columns) / w
    far = (down[:, None] ** 2 + across[None] ** 2).flatten(0, 1)
    alike = regions.T @ regions[:, at] * torch.exp(-far / (2 * REACH**2))
    side = torch.tensor([1.0 if inside else -1.0 for *_, inside in clicks])
    lacking = side * (MARGIN - side * mask.flatten()[at]).clamp(min=0)
    weights = torch.linalg.solve(alike[at] + RIDGE * torch.eye(len(clicks)), lacking)
    return mask + (alike @ weights).unflatten(0, (h, w))


def within(mask: Tensor, box: Tensor | None) -> Tensor:
    """Mask logits (h, w) with nothing outside a box, bool (h, w)."""
    return mask if box is None else torch.where(box, mask, mask.clamp(max=-MARGIN))
