from __future__ import annotations

from gym_gui.core.compare.configs import ABSENT, Difference, Member, differences, seed_groups


def test_only_what_differs_is_listed() -> None:
    found = differences(
        [
            {"run_id": "a", "lr": 0.1, "net": {"width": 64, "act": "relu"}, "steps": 10},
            {"run_id": "b", "lr": 0.1, "net": {"width": 128, "act": "relu"}, "steps": 10.0},
            {"run_id": "c", "lr": 0.1, "net": {"width": 64, "act": "relu"}, "steps": 10, "clip": None},
        ]
    )
    assert found == [
        Difference("clip", (ABSENT, ABSENT, None)),
        Difference("net.width", (64, 128, 64)),
    ]


def test_true_is_not_one_and_text_is_no_number() -> None:
    assert [d.path for d in differences([{"a": True, "b": "1", "c": 1}, {"a": 1, "b": 1, "c": 1.0}])] == [
        "a",
        "b",
    ]
    assert differences([]) == []
    assert differences([{"a": 1}]) == []


def test_runs_that_differ_in_their_seed_are_one_experiment() -> None:
    def member(run_id: str, worker: str = "w", **config: object) -> Member:
        return Member(run_id, worker, {"run_id": run_id, **config})

    groups = seed_groups(
        [
            member("a", seed=1, lr=0.1),
            member("b", seed=1, lr=0.2),
            member("c", seed=2, lr=0.1),
            member("d", worker="other", seed=3, lr=0.1),
            Member("e", "w", None),
            Member("f", "w", None),
        ]
    )
    assert groups == [("a", "c"), ("b",), ("d",), ("e",), ("f",)]


def test_configs_of_any_depth_are_compared() -> None:
    deep: dict[str, object] = {}
    inner = deep
    for _ in range(500):
        inner["in"] = inner = {}
    assert differences([deep, deep]) == []
    assert len(differences([deep, {}])) == 1
