"""Progress on standard error for terminals only; the answer on standard output, as people or programs want it."""

from __future__ import annotations

import io
import json
import pickle
import sys

import pytest

from condenset.run.console import Answer, Screen, table


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_shows_note_rate_and_time_left_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "140")
    with Screen().progress("distilling digits", "steps") as track:
        for step in range(1, 400):
            track(step, 800, f"loss {step / 7:.3f}")
    shown = stream.getvalue()
    assert "distilling digits" in shown
    assert "399/800" in shown
    assert "loss 57.000" in shown
    assert "steps/s" in shown
    assert capsys.readouterr().out == ""


def test_progress_is_silent_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with Screen().progress("distilling digits", "steps") as track:
        track(1, 2, "loss 1")
    assert capsys.readouterr() == ("", "")


def test_an_answer_is_for_people_or_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    drawn = table(["name", "bytes"], [["[red]x[/red]", "20 kB"]], ["bytes"])
    answer = Answer({"name": "ü"}, ("saved in [out]", drawn))
    Screen().answer(answer, as_json=False)
    shown = capsys.readouterr().out
    assert "saved in [out]\n" in shown
    assert "[red]x[/red]" in shown, "text is no markup"
    Screen().answer(answer, as_json=True)
    written = capsys.readouterr().out
    assert json.loads(written) == {"name": "ü"} and written.isascii() and written.count("\n") == 1


def test_numbers_that_json_lacks_are_refused() -> None:
    with pytest.raises(ValueError):
        Screen().answer(Answer({"mean": float("nan")}, ()), as_json=True)


def test_a_screen_that_was_sent_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    for screen, drawn in ((Screen(), True), (pickle.loads(pickle.dumps(Screen())), False)):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        with screen.progress("working", "jobs") as track:
            track(1, 2)
        assert ("working" in stream.getvalue()) == drawn


def test_words_of_others_move_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.answer(Answer({}, ("set \x1b[2J", table(["name"], [["row \x1b]0;title\x07"]]))), as_json=False)
    screen.say("first\nsecond \x9b1m")
    screen.note("two\nlines \x1b[1m")
    screen.fail("DataError", f"{'q' * 1000}\x1b", as_json=True)
    shown = capsys.readouterr()
    assert (shown.out + shown.err).replace("\n", "").isprintable()
    assert shown.err.splitlines()[:3] == ["first", r"second \x9b1m", r"note: two lines \x1b[1m"]
    (line,) = shown.err.splitlines()[3:]
    assert line.startswith("error: qqq") and len(line) == len("error: ") + 500
    assert json.loads(shown.out.splitlines()[-1])["error"] == {"kind": "DataError", "message": line[7:]}
