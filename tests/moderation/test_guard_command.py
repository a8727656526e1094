"""`manage.py guard`: any text from outside, judged by the code of the site."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from moderation.management.commands import guard
from referrals import known


@pytest.fixture(autouse=True)
def no_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_directory", lambda: known.BUILT_IN)


class Run:
    """One run of the command on `lines`: what it answered, said on stderr, and its exit code."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def __call__(self, what: str, *lines: object) -> tuple[list[dict[str, object]], str, int]:
        raw = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        code = 0
        try:
            call_command("guard", what)
        except SystemExit as left:
            code = int(left.code or 0)
        out, err = self._capsys.readouterr()
        return [json.loads(line) for line in out.splitlines()], err, code


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    return Run(monkeypatch, capsys)


def test_identity_answers_with_spans_in_code_points(run: Run) -> None:
    assert run("identity", {"id": 1, "text": "😀 12345678"}, {"id": "b", "text": "ring 116 111"}) == (
        [{"id": 1, "spans": [{"start": 2, "end": 10, "label": "PHONE"}]}, {"id": "b", "spans": []}],
        "",
        0,
    )


def test_crisis_answers_with_the_level(run: Run) -> None:
    answers, _err, code = run(
        "crisis", {"id": 1, "text": "jeg vil dø"}, {"id": 2, "text": "hej"}, {"id": 3, "text": ""}
    )
    assert answers == [{"id": 1, "level": "acute"}, {"id": 2, "level": "none"}, {"id": 3, "level": "none"}]
    assert code == 0


def test_alias_answers_with_the_verdict(run: Run) -> None:
    answers, _err, _code = run(
        "alias",
        {"id": 1, "name": "Ѕofie", "staff": ["Sofie"], "present": []},
        {"id": 2, "name": "Åse"},
        {"id": 3, "name": "åse", "present": ["Åse"]},
    )
    assert answers == [
        {"id": 1, "accept": False, "reason": "script"},
        {"id": 2, "accept": True, "reason": ""},
        {"id": 3, "accept": False, "reason": "taken"},
    ]


def test_html_answers_with_what_a_post_becomes(run: Run) -> None:
    answers, _err, _code = run("html", {"id": 1, "text": "*hej* <script>"})
    assert answers == [{"id": 1, "html": "<p><em>hej</em> &lt;script&gt;</p>\n"}]


def test_a_line_that_cannot_be_answered_is_named_and_the_rest_is_answered(run: Run) -> None:
    answers, err, code = run(
        "identity",
        b"nonsense\n",
        {"id": 1, "text": "hej"},
        b"\n",
        [1, 2],
        {"id": 2},
        {"text": "uden id"},
        {"id": 3, "text": 7},
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        {"id": 4, "text": "med \ud800"},
    )
    assert [answer["id"] for answer in answers] == [1, 4]
    assert [line.split(":")[0] for line in err.splitlines()] == [f"line {n}" for n in (1, 4, 5, 6, 7, 8, 9)]
    assert code == 1


def test_names_that_are_no_names_are_a_bad_line(run: Run) -> None:
    answers, err, code = run("alias", {"id": 1, "name": "Åse", "staff": "Sofie"}, {"id": 2, "name": None})
    assert (answers, code) == ([], 1)
    assert len(err.splitlines()) == 2


def test_a_post_that_is_too_long_is_a_bad_line(run: Run) -> None:
    answers, err, code = run("html", {"id": 1, "text": "a" * 60_000}, {"id": 2, "text": "b"})
    assert [answer["id"] for answer in answers] == [2]
    assert "60000" in err
    assert code == 1


def test_each_answer_comes_before_the_next_question_and_without_a_database(tmp_path: Path) -> None:
    environment = {**os.environ, "SAMRUM_DEMO": "1", "SAMRUM_DATA": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    with subprocess.Popen(
        [sys.executable, "manage.py", "guard", "identity"],
        cwd=settings.BASE_DIR, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        for number, text in enumerate(("ring 12345678", "ring 116111")):
            process.stdin.write(json.dumps({"id": number, "text": text}).encode() + b"\n")
            process.stdin.flush()
            assert json.loads(process.stdout.readline())["id"] == number
        process.stdin.close()
        assert process.wait(60) == 0
