"""Everyday dilemmas without a right answer: any choice that is committed to earns the point.

A setting, two or three things to do, and reasons for each, put together at random.
What makes it hard: nothing to compute. The levels say how evenly the reasons are matched and how
many interests pull in different directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from balk.design.puzzles.drafts import Draft, check_level
from balk.design.puzzles.truth_tellers import NAMES

N_REASONS: dict[int, tuple[int, ...]] = {
    1: (3, 1),
    2: (3, 2),
    3: (2, 2),
    4: (4, 4),
    5: (3, 3, 3),
}
"""Reasons for each option by level; which option has more of them is left to chance."""


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that can be done.

    Attributes
    ----------
    word : str
        The answer that stands for it.
    meaning : str
        What it means here.
    reasons : str
        What speaks for it, joined by semicolons.
    """

    word: str
    meaning: str
    reasons: str


@dataclass(frozen=True, slots=True)
class Dilemma:
    """A setting with ``{a}``, who has to choose, and ``{b}``, whom it touches; three options."""

    setting: str
    first: Option
    second: Option
    third: Option


DILEMMAS = (
    Dilemma(
        "{a} keeps the accounts of a small choir and sees that {b} has claimed the same train"
        " fare twice.",
        Option(
            "report",
            "tell the whole committee at once",
            "the money belongs to all members; {a} was elected to watch over it; silence now"
            " would be hard to explain later; a clear rule treats everybody alike",
        ),
        Option(
            "wait",
            "look at the next two claims first",
            "it may well be an honest slip; the sum is small; {b} gives a lot of unpaid time to"
            " the choir; a mistaken suspicion would hurt the choir",
        ),
        Option(
            "ask",
            "speak to {b} alone",
            "{b} deserves to be heard first; the matter could be settled in a minute; trust"
            " between the two would survive; nobody else needs to be troubled yet",
        ),
    ),
    Dilemma(
        "{a} leads a team, and {b} has said in confidence that a move to another firm is likely"
        " within months. Today the head of department asks who can be relied on for next year.",
        Option(
            "tell",
            "mention what {b} said",
            "a plan built on wrong facts will cost others their evenings; the head of department"
            " asked a direct question; there is still time to look for somebody new; {a} is paid"
            " to give a full picture",
        ),
        Option(
            "keep",
            "say nothing about it",
            "a confidence was given and accepted; {b} may still change plans; the news could harm"
            " {b} before anything is settled; the team would stop speaking openly to {a}",
        ),
        Option(
            "hint",
            "say that one person's plans are open, without a name",
            "the plan can allow for a gap; no name is given away; it answers the question in"
            " part; {b} gains time to speak up",
        ),
    ),
    Dilemma(
        "In a dry summer {a} has a full rain tank, and the vegetables of the neighbour {b} are"
        " drying out.",
        Option(
            "share",
            "give half of the water away",
            "{b} lives partly on these vegetables; {b} helped {a} in earlier years; rain fell for"
            " everybody alike; two small harvests are better than one",
        ),
        Option(
            "save",
            "keep the water for the weeks to come",
            "no rain is forecast; {a} built and paid for the tank; the fruit trees of {a} would"
            " take years to grow again; {b} was advised to build a tank too",
        ),
        Option(
            "trade",
            "exchange water for a part of the harvest",
            "both would gain something; it keeps the two from owing favours; water would go where"
            " it is worth most; it could become a habit that lasts",
        ),
    ),
    Dilemma(
        "{a} is offered a long-hoped-for post in a distant city, while a parent, {b}, has begun"
        " to need help at home.",
        Option(
            "stay",
            "turn the post down for now",
            "{b} would rather not have strangers in the house; the time together will not come"
            " again; friends and neighbours are near; other posts may turn up",
        ),
        Option(
            "move",
            "take the post and pay for help",
            "such a post is offered once in a career; {b} has always encouraged {a} to go; the"
            " salary would pay for good help; {a} would be happier, and so better company",
        ),
        Option(
            "commute",
            "take the post and come back every weekend",
            "neither side is given up; the train takes only four hours; it can be ended at any"
            " time; weekdays can be covered by relatives",
        ),
    ),
    Dilemma(
        "{a} and {b} are about to hand in a report when {a} finds a small slip in one table. It"
        " changes no conclusion, and the deadline is tonight.",
        Option(
            "submit",
            "hand it in and send a correction next week",
            "a late report may not be read at all; the conclusion stands; {b} has promised"
            " delivery to others; corrections are common and accepted",
        ),
        Option(
            "revise",
            "put it right first and be late",
            "readers rely on every number; a known slip is no longer a slip; both names are on"
            " the first page; other tables may need the same check",
        ),
        Option(
            "mark",
            "hand it in on time with a note beside the table",
            "nobody would be misled; the deadline is kept; it shows how the work was done; {b}"
            " can agree to it in a minute",
        ),
    ),
    Dilemma(
        "A village has money for one thing, and {a} has the casting vote. The old hall needs a"
        " roof; {b} speaks for those who would rather have a new one.",
        Option(
            "repair",
            "mend the old hall",
            "people have married and mourned there; it is cheaper this year; it spares material;"
            " local firms can do the work",
        ),
        Option(
            "replace",
            "build a new hall",
            "heating would cost half as much; people in wheelchairs could come in at the front;"
            " the old hall will need money again in ten years; there would be room for the school"
            " play",
        ),
        Option(
            "postpone",
            "save for two years, then choose",
            "more money allows a better choice; a survey of the walls is still missing; the"
            " village is divided at the moment; a grant may be announced next year",
        ),
    ),
    Dilemma(
        "{a} teaches a class and is given an expensive pen by the family of {b}, a pupil, two"
        " weeks before the marks are due.",
        Option(
            "accept",
            "thank them and keep the pen",
            "it is meant kindly; gifts are usual where the family comes from; the marks are"
            " already written down; sending it back would embarrass {b}",
        ),
        Option(
            "return",
            "give it back with a friendly letter",
            "other families cannot afford such gifts; marks must not even seem to be for sale;"
            " the school prefers small gifts only; a clear line makes later cases easier",
        ),
        Option(
            "donate",
            "pass it on to the school raffle, and tell the family",
            "everybody would profit; the family need not take anything back; it is open for all"
            " to see; {b} could be proud of it",
        ),
    ),
    Dilemma(
        "{a} coaches a youth team. One place is left for the final: {b} has trained hardest,"
        " another player is plainly better but often late.",
        Option(
            "effort",
            "give the place to {b}",
            "the younger ones see what is rewarded; {b} has earned it by the club's own words;"
            " the team likes to play with {b}; being on time is part of the sport",
        ),
        Option(
            "skill",
            "give the place to the better player",
            "the whole team has worked for this final; a final is no prize for training; the"
            " better player has a long way to travel; the club needs the sponsor's money",
        ),
        Option(
            "lots",
            "draw lots between the two",
            "nobody can feel judged; both have a fair claim; it is quick and open; the coach"
            " avoids a quarrel before the final",
        ),
    ),
    Dilemma(
        "A town owns one empty plot. {a}, on the council, has to vote today; {b} has collected"
        " signatures on both sides of the street.",
        Option(
            "park",
            "plant trees and open it to all",
            "the street has no shade; children now play between cars; what is built over stays"
            " built over; most of the signatures ask for it",
        ),
        Option(
            "housing",
            "build twenty flats",
            "families have waited for years; rents in the street are rising; the plot is close to"
            " the station; the town's budget would profit",
        ),
        Option(
            "lease",
            "rent it to a market garden for five years",
            "later councils stay free to choose; it brings in a little money at once; both sides"
            " could live with it; pupils could learn there",
        ),
    ),
    Dilemma(
        "{b}, who has just begun to write, shows {a} a first story. It is dull, and {b} plans to"
        " read it in public on Saturday.",
        Option(
            "praise",
            "speak about the good pages only",
            "beginners need courage; Saturday is too close for a new draft; tastes differ; {b}"
            " has had a hard year",
        ),
        Option(
            "correct",
            "say plainly what does not work",
            "{b} asked for an honest view; strangers may be less kind on Saturday; the weak part"
            " can be cut in an hour; praise that is not meant is worth little",
        ),
        Option(
            "question",
            "ask what {b} wanted to achieve, and judge nothing",
            "{b} may find the weak part alone; it keeps the talk open; it is honest as far as it"
            " goes; the story belongs to {b}",
        ),
    ),
    Dilemma(
        "{a} has saved for a journey. A friend, {b}, needs just that sum to keep a small shop"
        " open over the winter.",
        Option(
            "lend",
            "give {b} the sum until next summer",
            "the shop feeds three people; a journey can be made next year; {b} has always paid"
            " back; {b} would do the same for {a}",
        ),
        Option(
            "travel",
            "make the journey as planned",
            "money has ended friendships before; {a} has put this journey off twice; a travelling"
            " companion relies on it; the shop may fail all the same",
        ),
        Option(
            "halve",
            "lend half and make a shorter journey",
            "half may be enough with a bank's help; nobody would lose everything; the risk to {a}"
            " stays small; the companion would agree to it",
        ),
    ),
    Dilemma(
        "{a} organises an open-air concert for tomorrow. The forecast says that heavy rain is as"
        " likely as not; {b} has practised the solo for a year.",
        Option(
            "cancel",
            "call it off tonight",
            "families come from far away; instruments suffer from rain; helpers could sleep"
            " before their early shift; tickets could be paid back in full",
        ),
        Option(
            "play",
            "go ahead whatever comes",
            "the sky may well stay clear; {b} moves abroad next week; the stage has a roof;"
            " visitors know what open air means",
        ),
        Option(
            "relocate",
            "move it to the much smaller school hall",
            "nobody would get wet; the date could be kept; {b} would be heard by most of the"
            " guests; the school has offered it free of charge",
        ),
    ),
)


def _listed(words: Sequence[str], link: str) -> str:
    return f"{', '.join(words[:-1])} {link} {words[-1]}"


def draw_ethics(rng: np.random.Generator, level: int) -> Draft:
    """Draw a dilemma whose named options all count as right.

    Parameters
    ----------
    rng : numpy.random.Generator
        The only source of chance.
    level : int
        1 (reasons three to one) to 5 (three options, three reasons each).

    Raises
    ------
    PuzzleError
        If `level` is not 1 to 5.
    """
    check_level(level)
    dilemma = DILEMMAS[int(rng.integers(len(DILEMMAS)))]
    n_reasons = N_REASONS[level]
    every = (dilemma.first, dilemma.second, dilemma.third)
    options = [every[i] for i in rng.permutation(len(every))[: len(n_reasons)]]
    words = [option.word for option in options]
    shown = [f"{option.word} ({option.meaning})" for option in options]
    stem = f"{dilemma.setting} The options of {{a}} are {_listed(shown, 'and')}."
    for i, n in zip(rng.permutation(len(options)).tolist(), n_reasons, strict=True):
        reasons = options[i].reasons.split("; ")
        chosen = [reasons[k] for k in rng.permutation(len(reasons))[:n]]
        stem += f" For {words[i]}: {'; '.join(chosen)}."
    stem += f" What should {{a}} do? Answer with one word: {_listed(words, 'or')}."
    first, second = rng.permutation(len(NAMES))[:2].tolist()
    return Draft(stem.format(a=NAMES[first], b=NAMES[second]), "|".join(words), (), "any_of")
