"""Attention labels: the released code's loss, and one step of it by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.attended_texts import AttendedTexts, missed_attention
from condenset.core.rng import Rng
from condenset.distillation import start_state
from condenset.learners.lesson import Lesson
from condenset.learners.training import Training
from condenset.nets.network import Output
from condenset.recipe import recipe_for
from tests.conftest import close, golden
from tests.examples import batch_of, normal, task_of
from tests.tasks.text import example

NETWORK = "text-transformer:width=16,heads=2,head=0"
SMALL = {"network": NETWORK, "codec": "attended-texts:places=4,layers=1,heads=2"}


@pytest.mark.parametrize("queries", ["cls", "all"])
def test_labels_and_attention_cost_what_they_cost_the_released_code(queries: str) -> None:
    known = golden("modalities/series_text_multimodal_attention_labels")
    guide = known[f"in_att_logits_{queries}"].clone().requires_grad_()
    labels = known["in_label_logits"].clone().requires_grad_()
    close(missed_attention(guide, known["in_attention"][..., : guide.shape[3], :]).mean(), known[f"out_att_{queries}"],
          1e-9)  # fmt: skip
    texts = AttendedTexts.of(normal(3, 5, 4).double(), guide, float(known["in_lam"]))
    looks = list(known["in_attention"].unbind(1))
    task = task_of(normal(3, 4), torch.tensor([0, 1, 0]), 2, "tabular")
    part = replace(batch_of(texts, torch.tensor([0, 1, 0])), targets=labels.softmax(1), weight=torch.ones(3).double())
    lesson = Lesson(part, task, Training(epochs=1), Rng(0))
    loss = lesson.error(Output(known["in_logits"], known["in_logits"], (), texts.penalties(looks)), part)
    close(loss, known[f"out_total_{queries}"], 1e-9)
    by_guide, by_labels = torch.autograd.grad(loss, (guide, labels))
    close(by_guide, known[f"out_grad_att_{queries}"], 1e-9)
    close(by_labels, known[f"out_grad_label_{queries}"], 1e-9)


WARM = NETWORK.replace("head=0", "head=1")


def test_a_step_goes_down_the_loss_of_labels_and_attention() -> None:
    task, counts = example.task(), torch.tensor([1, 1])
    state = start_state(task, recipe_for("attention-labels", task, counts, {**SMALL, "network": WARM}), counts, seed=0)
    synthetic, network = state.synthetic, task.known_network(WARM).trainable()
    with torch.no_grad():
        synthetic.codec.attention.copy_(normal(2, 1, 2, 1, 5))
    batch = synthetic.decode().detach()
    output = network(batch.inputs)
    errors = -(batch.targets * output.logits.log_softmax(1)).sum(1) + output.penalties[0]
    gradients = torch.autograd.grad(errors.mean(), list(network.parameters.values()), materialize_grads=True)
    by_hand = torch.cat([(p - synthetic.rates() * g).flatten()
                         for p, g in zip(network.parameters.values(), gradients, strict=True)])  # fmt: skip
    inner = state.recipe.objective.solver.inner
    found = inner.train(state.source.draw(0).network, synthetic, task, Rng(0))
    close(found, by_hand, 1e-5)
    found.square().sum().backward()
    assert float(synthetic.codec.attention.grad.abs().max()) > 0
    without = replace(batch, inputs=replace(batch.inputs, pull=0.0))
    told = inner.descend(state.source.draw(0).network, without, synthetic.rates(), task, Rng(0))
    assert not torch.allclose(told, found)
