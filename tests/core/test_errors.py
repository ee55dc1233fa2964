"""Errors say what was wrong, what was expected and what to do."""

from __future__ import annotations

import pickle

import pytest

from condenset.core import errors

NAMES = ["dc", "mtt", "sre2l"]


def test_an_unknown_name_gives_the_nearest_and_the_sorted_list() -> None:
    error = errors.UnknownNameError("method", "sre2", reversed(NAMES))
    assert error.nearest == "sre2l"
    assert str(error) == "unknown method 'sre2': did you mean 'sre2l'? known are dc, mtt, sre2l"


def test_a_name_like_nothing_known_gets_no_guess() -> None:
    error = errors.UnknownNameError("method", "quantum", NAMES)
    assert error.nearest is None
    assert str(error) == "unknown method 'quantum': known are dc, mtt, sre2l"


def test_nothing_known_is_said() -> None:
    assert str(errors.UnknownNameError("codec", "raw", [])) == "unknown codec 'raw': known are none"


def test_a_missing_extra_names_the_command_that_brings_it() -> None:
    message = str(errors.MissingExtraError("torch_geometric", "graph"))
    assert "'torch_geometric'" in message
    assert "pip install 'condenset[graph]'" in message


def test_a_plug_in_is_named_with_its_package_the_reason_and_the_mend() -> None:
    message = str(errors.PluginError("codec", "tiny", "my-codecs", "it has no licence"))
    mend = "mend that package or uninstall it"
    assert message == f"the codec 'tiny' of the package 'my-codecs' cannot be used: it has no licence; {mend}"


@pytest.mark.parametrize(
    ("kind", "wrong_request"),
    [
        (errors.DataError, True),
        (errors.BudgetError, True),
        (errors.ArtifactError, True),
        (errors.UnknownNameError, True),
        (errors.PluginError, True),
        (errors.MissingExtraError, True),
        (errors.DivergenceError, False),
    ],
)
def test_only_wrong_requests_are_request_errors(kind: type[Exception], wrong_request: bool) -> None:
    """The command line tells exit code 2 (wrong request) from 1 (failed work) by this."""
    assert issubclass(kind, errors.CondensetError)
    assert issubclass(kind, errors.RequestError) is wrong_request


@pytest.mark.parametrize(
    "error",
    [errors.UnknownNameError("method", "sre2", NAMES), errors.MissingExtraError("x", "y"), errors.BudgetError("much")],
    ids=lambda error: type(error).__name__,
)
def test_an_error_that_was_sent_is_the_same(error: errors.CondensetError) -> None:
    error.add_note("seen there")
    sent = pickle.loads(pickle.dumps(error))
    assert type(sent) is type(error)
    assert (str(sent), vars(sent)) == (str(error), vars(error))


def test_what_is_wrong_with_a_file_of_a_set_is_wrong_with_the_set() -> None:
    with pytest.raises(errors.ArtifactError, match="x is a named pipe"), errors.as_artifact_error():
        raise errors.DataError("x is a named pipe")
