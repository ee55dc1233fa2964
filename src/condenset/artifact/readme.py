"""README.md of a saved set: a dataset card with the front matter that the Hugging Face Hub reads."""

from __future__ import annotations

import json

from condenset.artifact.card import APART_FILE, Card
from condenset.core.ledger import Ledger, Sizes
from condenset.core.plain_text import escaped, in_markdown
from condenset.core.registries import MODALITIES
from condenset.core.spec import describe

README_FILE = "README.md"
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def dataset_card(card: Card, sizes: Sizes) -> str:
    """The README of a set's folder: a dataset card in Markdown with Hugging Face's front matter."""
    return "\n".join([*_front_matter(card), "", *_body(card, sizes), ""])


def exported_card(card: Card) -> str:
    """The page of a set that was exported as a Parquet file, as Markdown."""
    note = "This is an export of decoded examples; the exact tensors are in the set that condenset saved."
    return "\n".join([*_front_matter(card), "", _heading(card), "", _summary(card), "", note, "", *_licence(), ""])


def _front_matter(card: Card) -> list[str]:
    size = next((label for limit, label in _SIZES if card.items < limit), "n>1M")
    tags = ["condenset", "dataset-distillation", "synthetic", card.task.modality]
    category = MODALITIES.get(card.task.modality).categories.get(card.task.target.kind)
    return [
        "---",
        f"pretty_name: {_quoted(_title(card))}",
        "license: other",
        "license_name: unknown",
        *([f"task_categories: [{category}]"] if category else []),
        f"size_categories: [{_quoted(size)}]",
        f"tags: [{', '.join(map(_quoted, tags))}]",
        "---",
    ]


def _body(card: Card, sizes: Sizes) -> list[str]:
    contract, budget = card.contract, card.budget
    notes = in_markdown("; ".join(f"{name}: {value}" for name, value in contract.notes.items()))
    epochs = "as the exam says" if contract.epochs is None else str(contract.epochs)
    return [
        _heading(card),
        "",
        _summary(card),
        "",
        "![what the set holds](preview.png)",
        "",
        f"- Input of one example: {in_markdown(describe(card.task.input_spec))} ({in_markdown(card.task.modality)})",
        f"- Target: {in_markdown(card.task.target.describe())}",
        f"- Stored as `{card.codec.name}` with {card.labels.kind} labels: {budget.data:,} bytes of data, "
        f"{budget.labels:,} of labels, {budget.extras:,} of extras",
        *_counted(sizes.ledger),
        *_on_disk(sizes),
        f"- Method: {in_markdown(str(card.recipe.get('method', 'unknown')))}",
        *_made_with(card),
        "",
        *_worth(card),
        "## How to train on it",
        "",
        "A distilled set loses many points when it is trained on in another way than it was made for.",
        "",
        f"- Exam: {in_markdown(contract.exam)}; batches: {in_markdown(contract.batches)}; epochs: {epochs}; "
        f"initial network: {in_markdown(contract.initial)}",
        *([f"- {notes}"] if notes else []),
        "",
        "```python",
        "import condenset",
        "",
        'synthetic = condenset.load("path/to/this/folder")',
        "batch = synthetic.decode()  # inputs, targets, groups, weight",
        "```",
        "",
        *_licence(),
    ]


def _worth(card: Card) -> list[str]:
    """The verdict of the last evaluation of this set that gave one."""
    for grading in reversed(card.gradings):
        if grading.verdict is not None:
            unbound = "" if grading.bound_to else " It was written before evaluations named the set that they grade."
            said = in_markdown(f"{grading.verdict.sentence(grading.metric)} Exam: {grading.exam}.{unbound}")
            return ["## What it is worth", "", said, ""]
    return []


def _counted(ledger: Ledger) -> list[str]:
    """In the units that papers count."""
    shared = f", {ledger.decoder_bits:,} of them shared by all items" if ledger.decoder_bits else ""
    bits = f"{ledger.data_bits:,} bits of data{shared}; {ledger.bits:,} bits with labels"
    return [f"- As papers count: {ledger.floats:,} floats; {bits}"]


def _on_disk(sizes: Sizes) -> list[str]:
    """The files of the set, beside those of its data where these are known."""
    if sizes.disk is None:
        return []
    files = "" if sizes.files is None else f"; the {sizes.examples:,} training examples: {sizes.files:,} bytes"
    return [f"- On disk: {sizes.disk:,} bytes, the tensors, what decodes them and card.json{files}"]


def _made_with(card: Card) -> list[str]:
    total = sum(asset.bytes for asset in card.assets)
    lines = [f"- Made with {len(card.assets)} assets of {total:,} bytes, listed in card.json"] if card.assets else []
    apart = [asset for asset in card.assets if asset.name == APART_FILE]
    return lines + [f"- Decodes by {APART_FILE}, {asset.bytes:,} bytes that count apart" for asset in apart]


def _summary(card: Card) -> str:
    rows, name = in_markdown(str(card.task.fingerprint.rows or "the")), in_markdown(card.task.name)
    return f"A synthetic set of {card.items:,} items, distilled from {rows} rows of {name} with condenset."


def _licence() -> list[str]:
    derived = "Unknown. The set derives from the data it was distilled from; the terms of that data may apply."
    return ["## Licence", "", derived]


def _heading(card: Card) -> str:
    return f"# {in_markdown(_title(card))}"


def _title(card: Card) -> str:
    return f"{card.task.name}, distilled by {card.recipe.get('method', 'an unknown method')}"


def _quoted(text: str) -> str:
    return json.dumps(escaped(text), ensure_ascii=False)  # a JSON string is a YAML string
