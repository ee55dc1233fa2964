"""The texts that soft words were pulled to, as people read them."""

from __future__ import annotations

from condenset.codecs.sentences import Sentences
from condenset.codecs.soft_words import SoftWords
from condenset.core.rng import Rng
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def readable_texts(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    """The same labels on texts, stored and priced as real ones are. Raises `RequestError` for another codec."""
    codec = SoftWords.expected(synthetic.codec, "stores no soft words: the finish readable-texts needs soft-words")
    reader = task.resources["language"]
    texts = reader.read(reader.written(codec.text))
    return synthetic.replaced(codec=Sentences.encode(texts, task).to(task.device))


FINISH = readable_texts
