"""Which of several entries for one question counts."""

from collections.abc import Iterable

from balk.measure.parsing.entries import Entry, Rank


def resolve(entries: Iterable[Entry]) -> dict[int, Entry]:
    """Return the entry that counts for each question that has one.

    The later entry counts: subjects restate the format before they answer, go through the
    questions again, and correct themselves. It yields only where it says less than the earlier.

    Parameters
    ----------
    entries : iterable of Entry
        In any order.
    """
    counting: dict[int, Entry] = {}
    for entry in sorted(entries, key=lambda entry: entry.start):
        earlier = counting.get(entry.position)
        if earlier is None or _overrides(entry, earlier):
            counting[entry.position] = entry
    return counting


def _overrides(later: Entry, earlier: Entry) -> bool:
    """Tell whether a later entry takes the place of an earlier one.

    ==================  =====================================================================
    the later entry is  it counts
    ==================  =====================================================================
    empty, or a copy    if the earlier one decides nothing
    of the format
    a sentence          if the earlier one is a sentence too, and not if it alone is unreadable
    number and answer   over anything but a labelled answer, over that one if nothing but a
                        number, a choice or the exit word stands there
    a labelled answer   always
    ==================  =====================================================================
    """
    if later.verdict.says_nothing:
        return earlier.verdict.says_nothing
    if later.rank is Rank.PROSE:
        decides = later.verdict.is_decided or not earlier.verdict.is_decided
        return (earlier.rank is Rank.PROSE and decides) or earlier.verdict.says_nothing
    if later.rank is Rank.SHORT:
        return (
            earlier.rank < Rank.DECLARED or later.verdict.is_plain or earlier.verdict.says_nothing
        )
    return True
