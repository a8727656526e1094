"""Answers to signals from below."""

from typing import Any

from chat.services import worker


def put_into_the_timetable(**_signal: Any) -> None:
    """After every migrate the worker's sweep is scheduled; without it nothing would ever be erased (law 6)."""
    worker.schedule()
