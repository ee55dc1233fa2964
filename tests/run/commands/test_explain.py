"""What a run would take, said with a limit and without one."""

from __future__ import annotations

from pathlib import Path

from tests.run.conftest import Cli

RUN = ("explain", "iris", "--per-class", "1", "--set", "steps=8", "--set", "network=mlp:width=1024,depth=3")


def test_a_limit_on_memory_shrinks_the_pool_and_then_refuses(cli: Cli, tmp_path: Path) -> None:
    """Networks of eight megabytes, eight of which would be met."""
    whole = cli(*RUN, "--json").record
    assert 7.5 * 8e6 < whole["pool_bytes"] < 8 * 9e6
    assert whole["refused"] == []
    limit = whole["memory_bytes"] - 20_000_000
    less = cli(*RUN, "--json", "--max-memory", str(limit)).record
    assert less["pool_bytes"] < whole["pool_bytes"] - 10e6
    assert less["memory_bytes"] <= limit
    least = cli(*RUN, "--json", "--max-memory", "1MiB").record
    assert 8e6 < least["pool_bytes"] < 9e6
    assert "more than the 1 MiB allowed" in least["refused"][0]
    said = cli(*RUN, "--max-memory", "1MiB").out
    assert "for the pool of networks" in said
    assert list(tmp_path.iterdir()) == []


def test_what_was_recognised_is_said_beside_the_answer(cli: Cli) -> None:
    told = cli(*RUN, "--json")
    assert told.record["recognised"]["columns"]["sepal length (cm)"] == "numeric"
    assert "iris, rows to train on: 120\n  target: target, as is the custom with these data: 3 classes: " in told.err
