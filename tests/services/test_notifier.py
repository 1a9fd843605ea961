from __future__ import annotations

import pytest

from gym_gui.services.notifier import Notice, NoticeLevel, Notifier


def test_each_level_is_published_and_remembered(notifier: Notifier) -> None:
    published: list[Notice] = []
    notifier.published.connect(published.append)
    notifier.info("a")
    notifier.success("b", "text")
    notifier.warning("c")
    notifier.error("d")
    assert [notice.level for notice in published] == list(NoticeLevel)
    assert [notice.title for notice in notifier.history] == ["d", "c", "b", "a"]
    assert published[1].text == "text"


def test_the_history_has_an_end(notifier: Notifier) -> None:
    for number in range(500):
        notifier.info(str(number))
    assert len(notifier.history) == 200
    assert notifier.history[0].title == "499"


def test_a_failure_is_logged_with_its_traceback(notifier: Notifier, caplog: pytest.LogCaptureFixture) -> None:
    try:
        raise KeyError("seed")
    except KeyError as error:
        notifier.failure("Reading", error)
    assert notifier.history[0].text == "KeyError: 'seed'"
    assert caplog.records[0].exc_info is not None
