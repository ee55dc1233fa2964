"""run.toml says the whole run and reads back as the same configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.run.config import Config, StartSet, read_config

WHOLE = Config(
    'flowers "of" mine',
    "dm",
    Size(ratio=0.25),
    7,
    {"target": "price", "drop": ["id"], "test_fraction": 0.3},
    {"steps": 20, "optimisers.data.rate": 0.5, "network": "mlp:width=8"},
    start=StartSet("my set", "5e7"),
)


@pytest.mark.parametrize(
    "config", [WHOLE, Config("iris", "random", Size(per_class=1)), Config("iris", "random", Size(per_group=(3, 1, 2)))]
)
def test_a_configuration_reads_back_as_itself(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text(config.toml(), encoding="utf8")
    assert read_config(path) == config


def test_what_is_not_given_is_left_out() -> None:
    record = Config("iris", "random", Size(items=3)).record()
    assert record["size"] == {"items": 3} and "start" not in record


def test_a_setting_that_is_taken_out_is_written_as_a_word(tmp_path: Path) -> None:
    path = tmp_path / "run.toml"
    path.write_text(Config("iris", "dm", Size(per_class=1), changes={"objective.of_set": None}).toml(), encoding="utf8")
    assert read_config(path).changes == {"objective.of_set": "none"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data = ", "cannot read"),
        ('data = "iris"\nmethod = "dm"\n', "required field missing @ run.size"),
        ('data = "iris"\nmethod = "dm"\nsteps = 3\n[size]\nper_class = 1\n', "extra fields found \\(steps\\) @ run"),
        ('data = "iris"\nmethod = "dm"\n[size]\nper_clas = 1\n', "extra fields found \\(per_clas\\) @ run.size"),
        ('data = "iris"\nmethod = "dm"\n[size]\nper_class = 0\n', "ask for more than 0"),
        ('data = "iris"\nmethod = "dm"\n[size]\nper_class = 1\nratio = 0.5\n', "exactly one"),
        ('data = 3\nmethod = "dm"\n[size]\nper_class = 1\n', "is no str @ run.data"),
        ('data = "iris"\nmethod = "dm"\n[size]\nper_class = 1\n[start]\nset = "a"\n', "missing @ run.start.sha256"),
        ('data = "iris"\nmethod = "dm"\nsize = 3\n', "expected Size @ run.size"),
        ('data = "iris"\nmethod = "dm"\n[size]\nper_class = "one"\n', "run.size.per_class"),
        ('data = "iris"\nmethod = "dm"\nseed = 1.0\n[size]\nper_class = 1\n', "is no int @ run.seed"),
        ('data = "iris"\nmethod = "dm"\nseed = 1.5\n[size]\nper_class = 1\n', "is no int @ run.seed"),
    ],
)
def test_a_file_that_says_no_run_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "run.toml").write_text(text)
    with pytest.raises(RequestError, match=said):
        read_config(tmp_path / "run.toml")
