"""From one order of rows to another in the steps that Qt's views understand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QAbstractItemModel, QModelIndex

_MOST_STEPS = 100


def apply_order(
    model: QAbstractItemModel, old: list[str], new: list[str], store: Callable[[list[str]], None]
) -> None:
    """Take a model from the rows `old` to `new`, announcing removals, moves and insertions.

    Selections, scroll positions and persistent indexes survive, unless so much changes
    that a reset is the only way to stay quick.

    Args:
        model: The model whose rows these are.
        old: Keys of the rows as they are.
        new: Keys of the rows as they shall be.
        store: Called between Qt's announcements with the rows as they are from then on.
    """
    if old == new:
        return
    if _count_ranges(old, new) > _MOST_STEPS:
        model.beginResetModel()
        store(new)
        model.endResetModel()
        return
    rows = _remove(model, old, set(new), store)
    present = set(rows)
    staying = [key for key in new if key in present]
    if staying != rows:
        _reorder(model, rows, staying, store)
    _insert(model, staying, new, store)


def _count_ranges(old: list[str], new: list[str]) -> int:
    before, after = set(old), set(new)
    gone = sum(1 for _ in _ranges(old, lambda key: key not in after))
    return gone + sum(1 for _ in _ranges(new, lambda key: key not in before))


def _remove(
    model: QAbstractItemModel, old: list[str], wanted: set[str], store: Callable[[list[str]], None]
) -> list[str]:
    rows = old
    for first, last in reversed(list(_ranges(old, lambda key: key not in wanted))):
        model.beginRemoveRows(QModelIndex(), first, last)
        rows = rows[:first] + rows[last + 1 :]
        store(rows)
        model.endRemoveRows()
    return rows


def _reorder(
    model: QAbstractItemModel, rows: list[str], staying: list[str], store: Callable[[list[str]], None]
) -> None:
    model.layoutAboutToBeChanged.emit()
    place = {key: row for row, key in enumerate(staying)}
    before = model.persistentIndexList()
    after = [model.index(place[rows[index.row()]], index.column()) for index in before]
    store(staying)
    model.changePersistentIndexList(before, after)
    model.layoutChanged.emit()


def _insert(
    model: QAbstractItemModel, staying: list[str], new: list[str], store: Callable[[list[str]], None]
) -> None:
    present = set(staying)
    rows = staying
    for first, last in _ranges(new, lambda key: key not in present):
        model.beginInsertRows(QModelIndex(), first, last)
        rows = rows[:first] + new[first : last + 1] + rows[first:]
        store(rows)
        model.endInsertRows()


def _ranges(keys: list[str], wanted: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    """First and last position of every stretch of wanted keys."""
    start: int | None = None
    for position, key in enumerate(keys):
        if wanted(key):
            start = position if start is None else start
        elif start is not None:
            yield start, position - 1
            start = None
    if start is not None:
        yield start, len(keys) - 1
