"""What a set is worth by what it stores: recipes and rivals down, budgets in bytes across."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from condenset.core.metric import metric_text
from condenset.core.offers import exams_of_data
from condenset.report.results import Result
from condenset.report.tables import markdown_table
from condenset.report.worth import Worth, worth_of


def stands_by_bytes(result: Result) -> bool:
    """Whether it is of a budget in bytes, under an exam of data."""
    return bool(result.bytes_asked) and result.exam in exams_of_data()


def tables_by_bytes(results: Sequence[Result]) -> Iterator[str]:
    """For every dataset with sets of budgets in bytes that were graded under its exam, by the same learners: a heading
    and a table."""

    def setting(worth: Worth) -> tuple[str, str, str]:
        return worth.first.dataset, worth.first.exam, ", ".join(sorted(result.network for result in worth.graded))

    worths = worth_of([result for result in results if result.bytes_asked])
    for (dataset, exam, learners), group in groupby(sorted(worths, key=setting), setting):
        told = list(group)
        heading = f"### {dataset}\n\nMean {metric_text(told[0].first.scale)} of {learners}, exam `{exam}`.\n\n"
        yield heading + _table(told)


def _table(worths: Sequence[Worth]) -> str:
    budgets = sorted({worth.first.bytes_asked for worth in worths})
    means: dict[tuple[str, int], float] = {}
    texts: dict[tuple[str, int], str] = {}
    for worth in worths:
        at, label = worth.first.bytes_asked, _label(worth, worths)
        ahead = f"{worth.score('distilled')}, {worth.ahead}"
        texts[label, at] = f"**{ahead}**" if worth.verdict.worth_it else ahead
        texts |= {(name, at): worth.score(name) for name in worth.rivals}
        means |= {(name, at): worth.mean(name) for name in worth.rivals} | {(label, at): worth.mean("distilled")}

    def rank(name: str) -> list[tuple[bool, float]]:
        gain = worths[0].first.scale.gain
        return [((name, at) not in means, gain(0.0, means.get((name, at), 0.0))) for at in reversed(budgets)]

    names = sorted({name for name, _ in means}, key=rank)
    lines = [[name, *(texts.get((name, at), "") for at in budgets)] for name in names]
    heads = [f"{at:,} bytes" for at in budgets]
    return markdown_table(["set", *heads], lines, heads) + _in_common(worths)


def _label(worth: Worth, worths: Sequence[Worth]) -> str:
    """The method, its codec, and the changes that most sets of the method do not have."""
    changes, usual = _changes(worth), _usual(worth.first.method, worths)
    codec = [str(worth.first.changes["codec"])] if "codec" in worth.first.changes else []
    own = [name for name in {**usual, **changes} if changes.get(name) != usual.get(name)]
    return ", ".join([worth.first.method, *codec, *(f"{name}={changes.get(name, 'default')}" for name in own)])


def _in_common(worths: Sequence[Worth]) -> str:
    """The changes that most sets of a method have."""
    told = []
    for method, count in sorted(Counter(worth.first.method for worth in worths).items()):
        usual = [f"`{name}={value}`" for name, value in sorted(_usual(method, worths).items())]
        if usual and count > 1:
            told.append(f"{method} with {', '.join(usual)}")
    return f"\n{'; '.join(told)}, where a row says nothing else.\n" if told else ""


def _usual(method: str, worths: Sequence[Worth]) -> dict[str, str]:
    """The changes that more than half of the sets of a method have."""
    found = [_changes(worth) for worth in worths if worth.first.method == method]
    times = Counter(change for changes in found for change in changes.items())
    return {name: value for (name, value), count in times.items() if 2 * count > len(found)}


def _changes(worth: Worth) -> dict[str, str]:
    return {name: str(value) for name, value in worth.first.changes.items() if name != "codec"}
