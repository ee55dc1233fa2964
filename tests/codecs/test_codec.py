"""What a codec answers that says nothing else, and that codecs and labels are asked plainly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from jaxtyping import Int
from torch import Tensor, nn

import condenset
from condenset.codecs.codec import Codec
from condenset.core.errors import RequestError
from condenset.core.registries import CODECS, LABELS
from condenset.core.rng import Rng
from condenset.finishes.label_update import LabelUpdate
from condenset.labels.hard import Hard
from condenset.labels.label import Labels
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import blobs

_SOURCE = Path(condenset.__file__).parent
_ASKS = re.compile(r"\b(?:has|get)attr\(\s*[\w.\[\]]*(?:codec|labels|encoded|learnt)[\w.\[\]]*\s*,\s*\"")


class Plain(Codec):
    """Decodes to what it stores, and says nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.data, self.ids = nn.Parameter(torch.ones(3, 2)), nn.Parameter(torch.arange(3), requires_grad=False)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Tensor:
        return self.data if index is None else self.data[index]


def test_a_codec_that_says_nothing_else_answers_by_the_defaults() -> None:
    codec = Plain()
    assert (Plain.examples_per_item(), Plain.shared_bytes(None, factor=2), Plain.decoder({})) == (1, 0, ())
    assert not Plain.joint and not Plain.decodes_by_file and not list(Plain.stores(blobs()))
    assert codec.targets() is codec.origin() is codec.series() is None
    assert codec.stored() is codec and codec.fields() == codec.apart() == {}
    assert [part is codec.data for part in codec.parameter_groups()["data"]] == [True]
    codec.turn(0.5)
    assert codec.data.requires_grad


def test_it_makes_a_set_of_one_example_to_an_item() -> None:
    labels = Hard(torch.tensor([0, 1, 1]))
    made = SyntheticSet(Plain(), labels, torch.tensor([0, 1, 1]), Contract(exam="fair"))
    assert made.origin.tolist() == [0, 1, 2] and made.views is None
    assert made.decode(torch.tensor([2])).targets.tolist() == [1]


@pytest.mark.parametrize("kind", [Codec, Labels])
def test_what_each_says_itself_is_asked_for_by_name(kind: type[Codec | Labels]) -> None:
    with pytest.raises(TypeError, match=r"item_bytes of a .* is its own to say"):
        kind.item_bytes(None)
    with pytest.raises(TypeError, match=r"forward of a .* is its own to say"):
        kind()()


def test_what_it_cannot_do_is_refused() -> None:
    with pytest.raises(RequestError, match="Plain stores no series"):
        Plain().towards(torch.zeros(3, 1), 0.5)
    with pytest.raises(RequestError, match="Plain stores examples, no distributions"):
        Plain().sampled(0.5, Rng(0))
    made = SyntheticSet(Plain(), Hard(torch.tensor([0, 1, 1])), torch.tensor([0, 1, 1]), Contract(exam="fair"))
    with pytest.raises(RequestError, match="Plain stores no series whose targets could be moved"):
        LabelUpdate()(blobs(), made, Rng(0))


def test_all_codecs_and_labels_are_of_one_base_class() -> None:
    assert all(issubclass(CODECS.get(name), Codec) for name in CODECS.names())
    assert all(issubclass(LABELS.get(name), Labels) for name in LABELS.names())


def test_codecs_and_labels_are_asked_plainly() -> None:
    sources = (path for path in _SOURCE.rglob("*.py") if "tasks" not in path.parts)  # where `labels` are a user's
    asked = [str(path) for path in sources if _ASKS.search(path.read_text())]
    assert not asked, f"{asked} ask whether a codec or labels have a member: name it in `Codec` or `Labels`"
