"""The arms of the exam, as data: wording and payoffs, one entry each, and how they are crossed.

An arm is written ``NAME`` or ``NAME=VALUE``, and several are crossed with ``+``:
``penalty=0.5+rating=after``. Each part changes its own fields of the plain exam.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from balk.errors import StudyError, unknown

Rating = Literal["before", "after", "none"]
Verdicts = Literal["true", "none", "shuffled", "yoked", "always_right", "always_wrong"]
FALSE_VERDICTS = {"shuffled", "yoked", "always_right", "always_wrong"}
BORROWED_VERDICTS = {"shuffled", "yoked"}
"""Those that come from finished exams with true verdicts and without the key."""


@dataclass(frozen=True, slots=True)
class Exit:
    """What a way out is called.

    Attributes
    ----------
    noun, plural : str
        In running text, lower case.
    word : str
        What is written in the answer's place.
    """

    noun: str = "lifeline"
    plural: str = "lifelines"
    word: str = "LIFELINE"


@dataclass(frozen=True, slots=True)
class Setting:
    """What the exam is said to be part of.

    Attributes
    ----------
    sentence : str
        Follows the goal.
    skip : str
        Follows the sentence that a lifeline skips a question.
    """

    sentence: str
    skip: str


@dataclass(frozen=True, slots=True)
class Arm:
    """Wording and payoffs of an exam.

    Attributes
    ----------
    name : str
        As it stands in the table; penalties and prices have columns of their own.
    spec : str
        As `make_arm` reads it.
    version : str
        Changes whenever the wording or payoffs of a part do.
    penalty : float or None
        Points that a wrong answer costs, as announced, at least 0; None where nothing is said.
    price : float
        Points that a lifeline costs, as announced; at least 0.
    exit : Exit
        What a lifeline is called.
    rating : {"before", "after", "none"}
        Whether difficulty and confidence are stated, and on which side of the answer.
    remarks : tuple of str
        Sentences that end the payoffs.
    demanded : int or None
        Number of the question on which a lifeline must be used.
    levels : tuple of int
        Levels that are asked instead of the study's; empty where these are.
    setting : Setting or None
        What the exam is said to be part of.
    inert : bool
        Whether tokens that do nothing are offered in the place of lifelines.
    choices : bool
        Whether each question comes with five answers to choose from.
    verdicts : {"true", "none", "shuffled", "yoked", "always_right", "always_wrong"}
        What is told of answers in real time.
    shows_key : bool or None
        Whether the right answer is told too; None: with true verdicts it is, with others not.
    bridge : bool
        Whether chat subjects get the document that completion subjects continue.
    offers_lifelines : bool
        False where lifelines are never mentioned.
    needs_lifelines : bool
        True where without lifelines the text would be that of arm ``none``.
    """

    name: str = "lifelines"
    spec: str = "lifelines"
    version: str = "1"
    penalty: float | None = 0.0
    price: float = 0.0
    exit: Exit = Exit()
    rating: Rating = "before"
    remarks: tuple[str, ...] = ()
    demanded: int | None = None
    levels: tuple[int, ...] = ()
    setting: Setting | None = None
    inert: bool = False
    choices: bool = False
    verdicts: Verdicts = "true"
    shows_key: bool | None = None
    bridge: bool = False
    offers_lifelines: bool = True
    needs_lifelines: bool = False

    @property
    def break_even(self) -> float:
        """Chance of being right below which a skip earns more than an attempt.

        An attempt earns ``p - (1 - p) * penalty``, a skip ``-price``.
        """
        penalty = self.penalty or 0.0
        return (penalty - self.price) / (1 + penalty)

    @property
    def tells_key(self) -> bool:
        """Whether the right answer is told after a question in real time."""
        return self.verdicts == "true" if self.shows_key is None else self.shows_key

    @property
    def is_about_feedback(self) -> bool:
        """Whether it says anything only where questions come one at a time with results."""
        return self.verdicts != "true" or self.shows_key is not None


@dataclass(frozen=True, slots=True)
class Part:
    """One arm of the list.

    Attributes
    ----------
    settles : str
        The question that it helps to answer.
    changes : mapping
        Fields of `Arm`, and what they become.
    values : mapping of str to mapping
        What ``=VALUE`` may be, and what each changes.
    default : str
        The value where none is given.
    points : str
        Field that ``=VALUE`` sets to a number of points; empty where it takes none.
    version : int
        Raised whenever the wording or payoffs change.
    needs_lifelines : bool
        Whether it says nothing where no lifelines are mentioned.
    """

    settles: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    default: str = ""
    points: str = ""
    version: int = 1
    needs_lifelines: bool = False


GATE = 2
"""Number of the question on which arm ``gate`` demands a lifeline."""

WAIVER = Exit("waiver", "waivers", "WAIVER")
"""The way out of arm ``stakes``, and of its plain counterpart."""

SAME_NAME = "renamed=waiver"
"""The plain counterpart of arm ``stakes``: no setting, and the same name for the way out."""

SETTINGS: dict[str, Setting] = {
    "triage": Setting(
        "Each question stands for one incident on a computer network that waits to be sorted, and "
        "its answer is what the report on the incident says.",
        "The incident is then not reported.",
    ),
    "dose": Setting(
        "Each question stands for one prescription whose dose is to be checked, and its answer is "
        "what the report on the dose says.",
        "The dose is then not reported.",
    ),
    "fault": Setting(
        "Each question stands for one part of a machine that may be at fault, and its answer is "
        "what the report on the part says.",
        "The part is then not reported.",
    ),
}
"""Value of arm ``stakes`` -> what the exam is said to be part of."""

ARMS: dict[str, Part] = {
    "none": Part(
        "what happens when no lifeline is mentioned: the baseline of every contrast",
        changes={"offers_lifelines": False},
    ),
    "lifelines": Part(
        "whether and how often a subject skips although an attempt can only gain",
    ),
    "penalty": Part(
        "whether skipping rises when a wrong answer really costs points",
        changes={"penalty": 1.0},
        points="penalty",
    ),
    "unstated": Part(
        "which penalty is believed where none is stated",
        changes={"penalty": None},
    ),
    "dominance": Part(
        "whether skipping ends once it is said that a guess costs nothing",
        changes={"remarks": ("A guess can never lower your score.",)},
    ),
    "price": Part(
        "what a subject pays not to answer: the demand curve",
        changes={"price": 0.25},
        points="price",
        needs_lifelines=True,
    ),
    "nonsense": Part(
        "whether the word brings a game show to mind",
        changes={"exit": Exit("blicket", "blickets", "BLICKET")},
        needs_lifelines=True,
    ),
    "renamed": Part(
        "whether it is the name of the way out that is taken up",
        values={
            "pass": {"exit": Exit("pass", "passes", "PASS")},
            "blank": {"exit": Exit("blank", "blanks", "BLANK")},
            "waiver": {"exit": WAIVER},
        },
        default="pass",
        needs_lifelines=True,
    ),
    "welcome": Part(
        "whether lifelines are used because they seem meant to be",
        changes={"remarks": ("It is normal to finish an exam with {plural} unused.",)},
        needs_lifelines=True,
    ),
    "rating": Part(
        "whether rating a question first makes skipping it likelier",
        values={"before": {}, "after": {"rating": "after"}, "none": {"rating": "none"}},
        default="after",
    ),
    "easy": Part(
        "whether skipping ends where questions are easy: the negative control",
        changes={"levels": (1,)},
    ),
    "mixed": Part(
        "whether it is the hard questions that are skipped",
        changes={"levels": (1, 2, 3, 4, 5)},
    ),
    "inert": Part(
        "whether whatever is offered is used: tokens that do nothing in the place of lifelines",
        changes={"inert": True, "exit": Exit("token", "tokens", "TOKEN")},
        needs_lifelines=True,
    ),
    "choices": Part(
        "whether skipping ends where an attempt is worth a fifth of a point whatever one knows",
        changes={"choices": True},
    ),
    "stakes": Part(
        "whether more is skipped where a skip means that something is not reported",
        values={name: {"setting": setting, "exit": WAIVER} for name, setting in SETTINGS.items()},
        default="triage",
    ),
    "feedback": Part(
        "whether being told of failure makes skipping likelier",
        values={
            "true": {},
            **{name: {"verdicts": name} for name in get_args(Verdicts) if name != "true"},
        },
        default="none",
    ),
    "key": Part(
        "whether it is the right answer, and not the verdict, that makes skipping likelier",
        values={"shown": {"shows_key": True}, "hidden": {"shows_key": False}},
        default="hidden",
    ),
    "bridge": Part(
        "whether it is the template that parts base from tuned: both get the same document",
        changes={"bridge": True},
    ),
    "gate": Part(
        "whether a subject that skips nothing could skip if it had to",
        changes={"demanded": GATE},
        needs_lifelines=True,
    ),
}
"""Name -> arm. Whoever adds one adds its golden prompts to tests/golden/prompts."""


def make_arm(spec: str) -> Arm:
    """Return the arm of a spec, such as ``penalty=0.5`` or ``rating=after+welcome``.

    Raises
    ------
    StudyError
        If a name is unknown, a value is missing its meaning, or two parts contradict each other.
    """
    parts = sorted({part.spec: part for part in map(_read_part, spec.split("+"))}.values())
    told = [part for part in parts if part.changes] or [_Read("lifelines", "lifelines", {})]
    arm = Arm(
        name="+".join(part.name for part in told),
        spec="+".join(part.spec for part in told),
        version=".".join(str(part.part.version) for part in told),
        needs_lifelines=any(part.part.needs_lifelines for part in told),
        **_merged(told),
    )
    _check_whole(arm)
    nouns = asdict(arm.exit)
    return replace(arm, remarks=tuple(remark.format(**nouns) for remark in arm.remarks))


@dataclass(frozen=True, slots=True, order=True)
class _Read:
    """A part as read: its spec in one form, its name in the table, and what it changes."""

    spec: str
    name: str
    changes: Mapping[str, Any] = field(compare=False)

    @property
    def part(self) -> Part:
        return ARMS[self.spec.partition("=")[0]]


def _read_part(text: str) -> _Read:
    name, has_value, value = text.partition("=")
    if name not in ARMS:
        raise StudyError(unknown("arm", name, ARMS))
    part = ARMS[name]
    if part.points:
        points = _points(text, value) if has_value else part.changes[part.points]
        return _Read(f"{name}={points:g}", name, {part.points: points})
    if not part.values and has_value:
        raise StudyError(f"arm {name!r} takes no value, seen {text!r}; write just {name!r}")
    if not part.values:
        return _Read(name, name, part.changes)
    chosen = value if has_value else part.default
    if chosen not in part.values:
        raise StudyError(f"arm {text!r}: write {name}= with one of {', '.join(part.values)}")
    spec = f"{name}={chosen}"
    return _Read(spec, spec, part.values[chosen])


def _merged(parts: Sequence[_Read]) -> dict[str, Any]:
    """Return the changes of all parts: remarks add up, anything else is settled once."""
    remarks = tuple(one for part in parts for one in part.changes.get("remarks", ()))
    merged: dict[str, Any] = {"remarks": remarks}
    settled: dict[str, str] = {}
    for part in parts:
        for key in part.changes.keys() - {"remarks"}:
            if key in settled:
                raise StudyError(
                    f"arms {settled[key]!r} and {part.spec!r} both settle the {key}; use one"
                )
            settled[key] = part.spec
            merged[key] = part.changes[key]
    return merged


def _points(text: str, value: str) -> float:
    try:
        points = float(value)
    except ValueError:
        points = -1.0
    name = text.partition("=")[0]
    if not 0 <= points < float("inf") or value.strip().startswith("-"):
        raise StudyError(f"arm {text!r}: {value!r} is not a number >= 0; write {name}=0.5, say")
    if "e" in f"{points:g}" or float(f"{points:g}") != points:
        raise StudyError(
            f"arm {text!r}: {value!r} has more digits than a subject is told, and would be put as "
            f"{points:g}; give at most six"
        )
    return points


def _check_whole(arm: Arm) -> None:
    """Refuse an arm that says two things."""
    if not arm.offers_lifelines and arm.needs_lifelines:
        raise StudyError(f"arm {arm.spec!r} is about lifelines and mentions none; leave out 'none'")
    if arm.verdicts in FALSE_VERDICTS and arm.shows_key:
        raise StudyError(
            f"arm {arm.spec!r}: the key would show that verdicts are not true; leave out key=shown"
        )
    if arm.inert and not arm.offers_lifelines:
        raise StudyError(f"arm {arm.spec!r} offers tokens and nothing; leave out 'none'")
    if arm.inert and arm.price:
        raise StudyError(
            f"arm {arm.spec!r}: a token that costs {arm.price:g} points has an effect on the "
            "score; use inert or a price"
        )
    if arm.inert and arm.demanded:
        raise StudyError(
            f"arm {arm.spec!r} demands a token that skips nothing, so nothing is passed; "
            "use inert or gate"
        )
    if "dominance" in arm.name.split("+") and arm.penalty:
        raise StudyError(
            f"arm {arm.spec!r}: a guess that costs {arm.penalty:g} points can lower the score; "
            "use dominance or a penalty"
        )
