"""What every codec, kind of labels, start, kernel and network must do on every example that it takes."""

from __future__ import annotations

import copy
import math
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from itertools import product
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils import _pytree

from condenset.codecs.codec import Codec
from condenset.core.batch import Batch, Inputs
from condenset.core.errors import BudgetError, DataError, RequestError
from condenset.core.nodes import Nodes
from condenset.core.pricing import priced
from condenset.core.registries import CODECS, KERNELS, LABELS, NETWORKS, STARTS
from condenset.core.rng import Rng
from condenset.core.structure import doubled
from condenset.distillation import distillation, finished
from condenset.kernels.kernel import named_kernel
from condenset.state import State
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.conformance.examples import task
from tests.networks import drawn

# Starts whose examples are made; all others are training examples.
GENERATED = {"noise", "k-means"}
# Codecs of which likelihoods are learnt, whose examples have no gradient.
LIKELY = {"text-generator"}
# Codecs of real examples, of which nothing is learnt.
FIXED = {"jpeg", "sentences", "whole-graphs"}
tasks = pytest.mark.parametrize("name", list(examples.MAKERS))


def some(data: Task, per_group: int = 4) -> Batch:
    """Training examples of every group as a batch of their own; twice as many, in a row, of a sequence."""
    if "sequence" in data.offers:
        return STARTS.get("slice")(data, torch.tensor([2 * per_group]), Rng(3))
    counts = data.train.counts().clamp(max=per_group)
    return STARTS.get("random")(data, counts, Rng(3))


@cache
def encoded(codec: str, name: str) -> Codec:
    """The example's first items, as they begin: made once, since some codecs fit what they store."""
    return CODECS.get(codec).encode(some(task(name)).inputs, task(name))


def leaves(inputs: Inputs) -> list[Tensor]:
    return _pytree.tree_leaves(inputs)


def accepted(names: Iterable[str], use: Callable[[str, str], object]) -> list[tuple[str, str]]:
    """Which part takes which example: all that it does not refuse with a `RequestError`; anything else is a fault."""
    found = []
    for part, name in product(names, examples.MAKERS):
        try:
            use(part, name)
        except RequestError as error:
            if isinstance(error, DataError):
                raise
            continue
        found.append((part, name))
    return found


def coded() -> list[tuple[str, str]]:
    """Which codec takes which example. One that refuses to price some is taken to price no others than it takes, and
    those are not encoded before they are tested: some codecs train networks and fit what they store."""
    names = CODECS.names()
    by_price = accepted(names, lambda codec, name: priced(codec, CODECS.get(codec), task(name).input_spec, {}))
    telling = {codec for codec, name in product(names, examples.MAKERS) if (codec, name) not in by_price}
    encoding = accepted([name for name in names if name not in telling], encoded)
    return [pair for pair in by_price if pair[0] in telling or pair in encoding]


CODED = coded()
LEARNT = [pair for pair in CODED if pair[0] not in LIKELY | FIXED]
COMPARED = accepted(KERNELS.names(), lambda kernel, name: named_kernel(kernel)(*[some(task(name)).inputs] * 2))
OF_IMAGES = pytest.mark.parametrize("codec", [codec for codec, name in CODED if name == "image"])


@pytest.mark.parametrize(("names", "found"), [(CODECS.names(), CODED), (KERNELS.names(), COMPARED)])
def test_every_part_takes_some_example_and_every_example_has_one(names, found) -> None:
    assert {part for part, _ in found} == set(names)
    assert {name for _, name in found} == set(examples.MAKERS)


@pytest.mark.parametrize(("codec", "name"), CODED)
def test_a_codec_decodes_what_the_task_reads_and_is_rebuilt_from_what_it_stores(codec: str, name: str) -> None:
    data = task(name)
    made: Any = encoded(codec, name)
    decoded = made()
    width = examples.rows(decoded)
    kind = CODECS.get(codec)
    items = len(some(data)) // kind.examples_per_item()
    assert tuple(width.shape[1:]) == data.input_spec.shape
    kept: Any = made.stored()
    said = made.origin()
    origin = list(range(items)) if said is None else said.tolist()
    assert set(origin) <= set(range(items)) and len(set(origin)) == min(items, len(width))
    assert len(origin) == len(width)
    assert CODECS.name_of(type(kept)) == codec
    apart = [kept.apart()] if kept.decodes_by_file else []
    tensors = {key: value.clone() for key, value in kept.state_dict().items()}
    back: Any = type(kept).restore(kept.fields(), tensors, *apart)
    assert back.fields() == kept.fields() == made.fields()
    assert all(torch.equal(a, b) for a, b in zip(leaves(back()), leaves(decoded), strict=True))


@OF_IMAGES
def test_what_is_stored_of_images_takes_the_bytes_that_the_codec_says(codec: str) -> None:
    data, kind = task("image"), CODECS.get(codec)
    per_item = kind.examples_per_item() if hasattr(kind, "examples_per_item") else 1
    shared = kind.shared_bytes(data.input_spec) if hasattr(kind, "shared_bytes") else 0
    kept = encoded(codec, "image").stored().state_dict().values()
    items = len(some(data)) // per_item
    assert sum(t.numel() * t.element_size() for t in kept) == items * kind.item_bytes(data.input_spec) + shared


@pytest.mark.parametrize("codec", CODECS.names())
def test_a_price_is_refused_as_a_request_for_data_that_a_codec_does_not_take(codec: str) -> None:
    for name in examples.MAKERS:
        if (codec, name) not in CODED:
            with suppress(RequestError):
                assert priced(codec, CODECS.get(codec), task(name).input_spec, {})[0] >= 0


@OF_IMAGES
def test_chosen_images_decode_as_they_do_among_all(codec: str) -> None:
    made: Any = encoded(codec, "image")
    chosen = torch.tensor([2, 0])
    for one in (made, made.stored()):
        torch.testing.assert_close(one(chosen), one()[chosen], rtol=1e-5, atol=1e-5)


@OF_IMAGES
def test_descent_at_a_rate_for_pixels_moves_images_not_much_farther_than_pixels(codec: str) -> None:
    """By what pulls at all pixels alike, and then by where that has led, as a power iteration has it."""
    before: Tensor = encoded(codec, "image")().detach().clone()
    pull = torch.ones_like(before)
    for _ in range(3):
        made: Any = copy.deepcopy(encoded(codec, "image"))
        learnt = [p for group, part in made.parameter_groups().items() if group == "data" for p in part]
        if not learnt:
            return
        for parameter, slope in zip(learnt, torch.autograd.grad(made(), learnt, 0.2 * pull), strict=True):
            parameter.data += slope
        step = (made() - before).detach()
        assert step.norm() < 6 * (0.2 * pull).norm()
        pull = step / step.square().mean().sqrt()


@pytest.mark.parametrize(("codec", "name"), CODED)
def test_gradients_reach_everything_that_a_codec_lets_learn(codec: str, name: str) -> None:
    made: Any = encoded(codec, name)
    if codec in LIKELY | FIXED:
        assert bool(made.parameter_groups()) == (codec in LIKELY)
        assert not any(leaf.requires_grad for leaf in leaves(made()))
        return
    weights = [torch.randn(leaf.shape, generator=Rng(5).torch()) for leaf in leaves(made())]
    sum((leaf * w).sum() for leaf, w in zip(leaves(made()), weights, strict=True)).backward()
    for group, parameters in made.parameter_groups().items():
        assert all(torch.isfinite(p.grad).all() for p in parameters if p.grad is not None)
        assert any(p.grad is not None and p.grad.abs().max() > 0 for p in parameters), group


@pytest.mark.parametrize("method", ["mtt", *(pytest.param(method, marks=pytest.mark.slow) for method in ("dm", "dc"))])
@pytest.mark.parametrize(
    ("codec", "name"), [(codec, name) for codec, name in LEARNT if name in ("image", "labelled_series")]
)
def test_a_codec_is_learnt_under_objectives_of_every_kind(
    codec: str, name: str, method: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of trajectories; of distributions and gradients where there is time."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.getbasetemp() / "experts"))
    state = examples.begun(method, task(name), 0, codec=codec)
    before = examples.features(state.synthetic.decode()).detach().clone()
    for step in distillation(state, 0):
        assert all(math.isfinite(value) for value in step.terms.values())
    after = examples.features(state.synthetic.decode()).detach()
    assert torch.isfinite(after).all() and (after - before).abs().max() > 1e-4 * before.std()


@pytest.mark.parametrize(("codec", "name"), [pair for pair in CODED if pair[0] in FIXED and pair[1] == "image"])
def test_a_run_that_would_learn_nothing_is_refused(codec: str, name: str) -> None:
    with pytest.raises(RequestError, match=f"of what the codec {codec!r} stores nothing is learnt"):
        examples.begun("dm", task(name), 0, codec=codec)


@pytest.mark.parametrize("codec", [codec for codec, name in LEARNT if name == "image"])
def test_a_run_resumed_with_a_codec_ends_with_the_same_bytes(codec: str) -> None:
    def begun() -> State:
        return examples.begun("dm", task("image"), 0, codec=codec)

    whole, resumed = begun(), begun()
    steps = distillation(whole, 0)
    next(steps)
    resumed.restore(whole.tensors())
    deque(steps, maxlen=0)
    deque(distillation(resumed, 0), maxlen=0)
    assert examples.equal(finished(resumed, 0), finished(whole, 0))


@pytest.mark.parametrize(
    ("kind", "name"), [(k, n) for n in examples.MAKERS for k in task(n).target.labels if k != "decoded"]
)
def test_labels_begin_at_the_targets_and_are_rebuilt(kind: str, name: str) -> None:
    data = task(name)
    batch = some(data)
    labels: Any = LABELS.get(kind).encode(batch.targets, data.target)
    assert torch.equal(data.groups.of(labels()), batch.groups)
    back = LABELS.get(kind).restore({k: v.clone() for k, v in labels.stored().state_dict().items()}, data.target)
    assert torch.equal(back(), labels())
    torch.testing.assert_close(data.target.matrix(labels()), data.target.matrix(batch.targets), rtol=0, atol=0.02)


@tasks
@pytest.mark.parametrize("start", STARTS.names())
def test_a_start_gives_the_counts_asked_for_group_after_group(start: str, name: str) -> None:
    data = task(name)
    if start == "noise" and "differentiable" not in data.offers:
        pytest.skip("noise has no edges: that it is refused is tested with the container")
    counts = 1 + torch.arange(len(data.groups)) % 3
    make = examples.quick(STARTS.get(start), data)
    batch = make(data, counts, Rng(0).child("start"))
    assert batch.groups.tolist() == torch.arange(len(counts)).repeat_interleave(counts).tolist()
    assert examples.features(batch).shape == (int(counts.sum()), *data.input_spec.shape)
    assert torch.isfinite(examples.features(batch)).all()
    assert batch.weight.tolist() == [1.0] * len(batch)
    if start != "k-means":  # the mean target of a cluster may lie in the next bin
        assert torch.equal(data.groups.of(batch.targets), batch.groups)
    again = make(data, counts, Rng(0).child("start"))
    assert all(torch.equal(a, b) for a, b in zip(leaves(batch.inputs), leaves(again.inputs), strict=True))


@tasks
@pytest.mark.parametrize("start", [name for name in STARTS.names() if name not in GENERATED])
def test_a_coreset_is_made_of_different_training_examples_of_the_right_group(start: str, name: str) -> None:
    data = task(name)
    train = data.train.batch
    own = examples.features(train).flatten(1)
    counts = torch.full((len(data.groups),), 3)
    batch = examples.quick(STARTS.get(start), data)(data, counts, Rng(1))
    taken = []
    for row, target, group in zip(examples.features(batch).flatten(1), batch.targets, batch.groups, strict=True):
        found = ((own == row).all(1) & (train.weight > 0) & (train.groups == group)).nonzero().flatten()
        assert any(torch.equal(train.targets[i], target) for i in found.tolist())
        taken.append(int(found[0]))
    repeats = len(taken) - len(set(taken))
    assert repeats <= len(own) - len(own.unique(dim=0)), "an example was taken twice"


@pytest.mark.parametrize("start", [name for name in STARTS.names() if name not in {*GENERATED, "random"}])
def test_a_selection_of_more_than_there_is_is_refused(start: str) -> None:
    counts = task("image").train.counts() + 1
    with pytest.raises(BudgetError):
        examples.quick(STARTS.get(start), task("image"))(task("image"), counts, Rng(0))


def moved(values: Tensor) -> Tensor:
    """Numbers that are differentiated in; numbers of nodes are not."""
    return values.detach().requires_grad_() if values.is_floating_point() else values


@pytest.mark.parametrize(("kernel", "name"), COMPARED)
def test_a_kernel_is_symmetric_positive_and_differentiable(kernel: str, name: str) -> None:
    data = task(name)
    inputs = _pytree.tree_map(moved, doubled(some(data, 3).inputs))
    function = named_kernel(kernel)
    matrix = function(inputs, inputs)
    other = doubled(some(data, 2).inputs)
    assert matrix.dtype == torch.float64
    torch.testing.assert_close(matrix, matrix.T, rtol=1e-9, atol=1e-9)
    torch.testing.assert_close(function(inputs, other), function(other, inputs).T, rtol=1e-9, atol=1e-9)
    spectrum = torch.linalg.eigvalsh(matrix.detach())
    assert spectrum.min() > -1e-8 * spectrum.max()
    (matrix * torch.arange(1.0, matrix.numel() + 1).view_as(matrix)).sum().backward()
    gradient = leaves(inputs)[0].grad
    assert torch.isfinite(gradient).all()
    assert gradient.abs().max() > 0


NETWORK_INPUTS = {"grid": (3, 32, 32), "features": (7,), "nodes": (4,)}
NETS = [
    (n, meaning)
    for n in NETWORKS.names()
    for meaning in NETWORKS.declared(n)["reads"]
    if meaning in NETWORK_INPUTS and not NETWORKS.get(n).needs
]


def drawn_inputs(meaning: str, examples_wanted: int) -> Inputs:
    rows = torch.randn(examples_wanted, *NETWORK_INPUTS[meaning], generator=Rng(2).torch())
    return Nodes(rows, torch.full((examples_wanted, examples_wanted), 0.25)) if meaning == "nodes" else rows


@pytest.mark.parametrize(("net", "meaning"), NETS)
def test_a_network_is_drawn_from_the_stream_and_every_parameter_learns(net: str, meaning: str) -> None:
    network, again, other = (drawn(net, NETWORK_INPUTS[meaning], 3, Rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(network.flat(), again.flat())
    assert not torch.equal(network.flat(), other.flat())
    inputs = drawn_inputs(meaning, 4)
    trainable = network.trainable()
    output = trainable(inputs)
    assert output.logits.shape == (4, 3)
    assert output.embedding.dim() == 2
    gradients = torch.autograd.grad(
        (output.logits * torch.arange(12.0).view(4, 3)).sum(), trainable.parameters.values()
    )
    assert all(torch.isfinite(g).all() for g in gradients)
    assert sum(g.abs().max() > 0 for g in gradients) >= len(gradients) / 2


@pytest.mark.parametrize(("net", "meaning"), [pair for pair in NETS if pair[1] != "nodes"])
def test_examples_of_a_batch_ignore_each_other_unless_the_network_says_so(net: str, meaning: str) -> None:
    network = drawn(net, NETWORK_INPUTS[meaning], 3, Rng(0))
    inputs = drawn_inputs(meaning, 4)
    alone, together = network(inputs[:2]).logits, network(inputs).logits[:2]
    coupled = not torch.allclose(alone, together, rtol=1e-4, atol=1e-5)
    assert coupled == network.coupled
