"""The released distillation losses of RDED and SRe2L, and their gradients by the student's logits."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from condenset.core.rng import Rng
from condenset.learners.lesson import Lesson
from condenset.learners.training import Training
from condenset.nets.network import Network, Output
from tests.conftest import close, golden
from tests.examples import batch_of, normal, task_of


class Says(nn.Module):
    """A teacher that reads its logits."""

    def forward(self, logits: Tensor) -> Output:
        """The logits."""
        return Output(logits, logits)


@pytest.mark.parametrize("temperature", [1, 3, 4, 20, 30])
def test_loss_and_gradient(temperature: int) -> None:
    """Ours is the cross-entropy, which is larger by the entropy of the teacher's labels: no gradient tells them apart.

    Without the factor T^2, as released.
    """
    arrays = golden("images/soft_label_kl")
    student, teacher = arrays["student_logits"].clone().requires_grad_(), arrays["teacher_logits"]
    part = replace(batch_of(teacher, torch.arange(6)), weight=torch.ones(6, dtype=torch.float64))
    task = task_of(normal(10, 10), torch.arange(10), 10, "tabular")
    lesson = Lesson(part, task, Training(epochs=1, temperature=float(temperature)), Rng(0), Network(Says(), {}, {}))
    found = lesson.error(Output(student, student), part)
    labels = (teacher / temperature).softmax(1)
    divergence = found + (labels * labels.log()).sum(1).mean()
    close(divergence, arrays[f"kl.T{temperature}.loss"], 1e-8)
    close(divergence, arrays[f"sre2l.T{temperature}.loss"], 1e-8)
    close(torch.autograd.grad(found, student)[0], arrays[f"kl.T{temperature}.grad_student"], 1e-7)
