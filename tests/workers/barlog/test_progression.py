"""BALROG's progression and its errors, against figures worked out by hand."""

from __future__ import annotations

import pytest

from gym_gui.workers.barlog.progression import Score, nethack_progression, overall, score


def test_the_error_is_that_of_the_population_over_the_root_of_the_episodes() -> None:
    # Mean 0.5, deviation 0.5, four episodes: 0.5 / 2.
    assert score([0, 1, 1, 0]) == Score(50.0, 25.0, 4)


def test_a_single_episode_has_no_error() -> None:
    assert score([0.3]).standard_error == 0.0


def test_nothing_cannot_be_scored() -> None:
    with pytest.raises(ValueError, match="no episodes"):
        score([])


def test_families_count_alike_whatever_their_episodes() -> None:
    found = overall({"babyai": Score(100.0, 3.0, 100), "crafter": Score(0.0, 4.0, 1)})
    assert found.percent == 50.0
    assert found.standard_error == pytest.approx(2.5)  # sqrt(9 + 16) / 2
    assert found.episodes == 101


def test_a_game_of_nethack_begins_with_nothing() -> None:
    assert nethack_progression(1, 1) == 0.0


@pytest.mark.parametrize(
    ("depth", "level", "worth"),
    [(2, 1, 0.0154), (1, 2, 0.0185), (15, 12, 0.3326), (10, 1, 0.1256), (50, 1, 0.8068), (1, 30, 0.7805)],
)
def test_the_better_of_depth_and_experience_counts(depth: int, level: int, worth: float) -> None:
    assert nethack_progression(depth, level) == pytest.approx(worth)


def test_beyond_the_table_the_last_figure_holds() -> None:
    assert nethack_progression(53, 1) == nethack_progression(50, 1)


def test_getting_further_is_never_worth_less() -> None:
    by_depth = [nethack_progression(depth, 1) for depth in range(1, 51)]
    by_level = [nethack_progression(1, level) for level in range(1, 31)]
    assert by_depth == sorted(by_depth)
    assert by_level == sorted(by_level)
    assert len(set(by_depth)) == 50
    assert len(set(by_level)) == 30
