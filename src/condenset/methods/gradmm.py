"""GRADMM: texts whose gradients are those of the data, and each word of which a language model could have written.

Differences from the paper: words are learnt as weights of all words and not as word vectors of one model, so that
several networks can be matched; these are TextCNNs between untrained and trained ones, in place of a large language
model that is fine-tuned; the language model is small, of the training texts alone, and told the class; all texts of a
class together match its gradient, which is one of training examples (the paper: of validation examples); none is left
out in the end.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.assets.experts import Experts
from condenset.finishes.readable_texts import readable_texts
from condenset.kernels.distance import tensorwise_cosine
from condenset.objectives.readable import Readable
from condenset.objectives.signal_matching import SignalMatching
from condenset.recipe import Method, Optimiser, Recipe
from condenset.signals.head_gradient import HeadGradient
from condenset.sources.interpolated import Interpolated
from condenset.sources.pool import Pool
from condenset.starts.written import Written
from condenset.synthetic import Contract
from condenset.tasks.task import Task


def recipe(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
    """Twenty rounds of thirty steps, under networks between untrained and trained ones."""
    return Recipe(
        start=Written(),
        codec="soft-words",
        objective=Readable(SignalMatching(HeadGradient(), tensorwise_cosine, per_group=256), every=30),
        source=Interpolated(
            pool=Pool(size=10, renew_every=30, siamese=False),
            experts=Experts(count=3, rate=0.1, momentum=0.9, batch=64),
            length=5,
        ),
        network="textcnn",
        optimisers={"data": Optimiser("adam", rate=0.02)},
        steps=600,
        finish=(readable_texts,),
        contract=Contract(exam=task.modality.exam),
    )


METHOD = Method(
    family="gradient",
    title="Synthetic Text Generation for Training Large Language Models via Gradient Matching",
    venue="ICML",
    year=2025,
    arxiv="2502.17607",
    needs=("language", "classes"),
    recipe=recipe,
)
