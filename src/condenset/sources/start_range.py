"""The epochs at which a student may set out from an expert: a range that can grow while the set is distilled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StartRange:
    """Epochs of an expert, first <= start < end.

    Attributes:
        first: earliest, T-.
        end: above the latest, T+.
        begin_end: what `end` is at the first step, easy epochs before hard ones (Guo et al., DATM, ICLR 2024,
            arXiv 2310.05773); None: always `end`.
        growth: steps over which it grows to `end`, linearly.
    """

    first: int = 0
    end: int = 2
    begin_end: int | None = None
    growth: int = 0

    def end_at(self, step: int) -> float:
        """The end of the range at a step of the distillation, from 0."""
        if self.begin_end is None or step >= self.growth:
            return float(self.end)
        return self.begin_end + (self.end - self.begin_end) * step / self.growth
