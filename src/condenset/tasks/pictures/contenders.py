"""Which recipes suit images, and which of them those without labels, too; the network that is quick to train."""

from __future__ import annotations

from condenset.tasks.contender import Contender

_SHORT = {"start": "k-means", "steps": 400, "source.size": 20, "source.renew_every": 20}
_SLOW = ("encoder",)  # what goes through a frozen encoder often

UNLABELLED = (
    Contender("medoids", simple=True),
    Contender("mosaic", unless=_SLOW, packs=True, simple=True),
    Contender("dm", _SHORT, unless=_SLOW),
    Contender("dm", _SHORT | {"labels": "soft", "finish": "relabel"}, unless=_SLOW),
)
LABELLED = (
    *UNLABELLED,
    Contender("labelled-mosaic", unless=_SLOW, packs=True),
    Contender("labelled-mosaic", {"start.coreset": "medoids"}, unless=_SLOW, packs=True),
)


def narrow(share: int) -> str:
    """A ConvNet of 1/share of the exams' width."""
    return f"convnet:width={128 // share}"
