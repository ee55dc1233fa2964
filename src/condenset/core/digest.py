"""What tells data apart by their content."""

from __future__ import annotations

import hashlib

from torch import Tensor


def digest(*tensors: Tensor) -> str:
    """The beginning of a SHA-256 over the tensors' numbers, in their order."""
    hasher = hashlib.sha256()
    for tensor in tensors:
        hasher.update(tensor.detach().cpu().contiguous().numpy().tobytes())
    return hasher.hexdigest()[:16]
