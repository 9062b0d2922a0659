"""Inspect tasks: one sample is one exam."""

from collections.abc import Sequence
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, GenerateConfig
from inspect_ai.viewer import ViewerConfig

from balk.design.arms import BORROWED_VERDICTS
from balk.design.doses import read_levels, read_lifelines
from balk.design.exams import Exam, make_exams
from balk.design.personas import PERSONAS
from balk.design.probes import check_probes, in_order
from balk.design.prompts.wording import first_text, wording_hash
from balk.design.study import Questions, default_max_tokens, make_condition
from balk.design.subjects import Effort
from balk.elicit.packing import pack
from balk.elicit.protocols import sit_exam
from balk.elicit.scoring import exam_scorer
from balk.elicit.subjects.key_table import remember
from balk.errors import PromptError, StudyError, unknown
from balk.records import Interface, Probe, Protocol

TASK_VERSION = 1
TOP_LOGPROBS = 5


@task(name="lifelines")
def lifelines(  # noqa: PLR0913, PLR0917 -- every argument is part of the task's identity
    arm: str = "lifelines",
    lifelines: int | str | None = 10,
    protocol: Protocol = "batch",
    interface: Interface = "chat",
    persona: str = "plain",
    puzzles: str = "balk",
    level: int | str = 5,
    pool: int = 40,
    questions: int = 20,
    exams: int = 20,
    epochs: int = 1,
    seed: int = 0,
    first_form: int = 0,
    temperature: float | None = 1.0,
    max_tokens: int | None = None,
    reasoning_effort: Effort | None = None,
    reasoning_tokens: int | None = None,
    logprobs: bool = False,  # noqa: FBT001, FBT002 -- Inspect passes task arguments by name
    wording: str | None = None,
    label: str | None = None,
    told: list[str] | None = None,
    lock: str | None = None,
    probes: str | list[str] | None = None,
) -> Task:
    """Put the lifeline exam to a subject, one sample an exam.

    Parameters
    ----------
    arm : str
        ``NAME`` or ``NAME=VALUE``, such as ``penalty=0.5``.
    lifelines : int or "none"
        Lifelines offered; ``none`` means never mentioned.
    protocol : {"batch", "realtime", "isolated"}
        How the questions are put.
    interface : {"chat", "completion"}
        How the subject is addressed.
    persona : str
        Name of a system prompt; ``plain`` sends none.
    puzzles, level, pool, questions, exams, seed, first_form
        The questions, as in `balk.design.study.Questions`; `level` may be a range, ``"1-5"``.
    epochs : int
        Repeats of every form.
    temperature : float or None
        Sampling temperature; None sends none.
    max_tokens : int, optional
        Most tokens in one reply, reasoning included; by default what the protocol needs.
    reasoning_effort, reasoning_tokens : optional
        How hard to think, as in `balk.design.subjects.Subject`.
    logprobs : bool
        Ask for log-probabilities, which fill `p_skip`.
    wording : str, optional
        Hash of the prompts that are expected; anything else is refused.
    label : str, optional
        Name of the subject in the tables.
    told : list of str, optional
        For arms ``feedback=shuffled`` and ``feedback=yoked``: the verdicts told in each exam, a
        string of R and W as long as the exam.
    lock : str, optional
        Hash of the lock that the study is registered with; it changes nothing that is asked.
    probes : list of str, optional
        What is asked after each exam: ``payoff``, ``reasons``, ``follow_up``, ``advice``.

    Raises
    ------
    StudyError
        If an argument is not allowed, or the arguments contradict each other.
    PromptError
        If the prompts are not those that `wording` names.
    """
    del lock  # Inspect has logged it
    condition = make_condition(arm, read_lifelines(lifelines), protocol)
    if condition is None:
        raise StudyError(f"arm {arm!r} mentions no lifelines, {lifelines} asked for; use 'none'")
    if persona not in PERSONAS:
        raise StudyError(unknown("persona", persona, PERSONAS))
    after = in_order(probes.split(",") if isinstance(probes, str) else probes or ())
    check_probes(after, condition, interface)
    asked = Questions(
        puzzles=puzzles,
        levels=read_levels(level),
        pool=pool,
        questions=questions,
        exams=exams,
        seed=seed,
        first_form=first_form,
    )
    forms = asked.of_arm(condition.arm).make_forms()
    sittings = make_exams(forms, condition, interface)
    borrowed = _borrowed(sittings, told)
    _check_wording(wording_hash(sittings, PERSONAS[persona], after), wording)
    remember(puzzle for exam in sittings for puzzle in exam.form.puzzles)
    config = GenerateConfig(
        temperature=temperature,
        max_tokens=max_tokens or default_max_tokens(interface, protocol, questions),
        reasoning_effort=reasoning_effort,
        reasoning_tokens=reasoning_tokens,
        logprobs=True if logprobs else None,
        top_logprobs=TOP_LOGPROBS if logprobs else None,
    )
    return Task(
        dataset=MemoryDataset(
            [make_sample(exam, persona, label, after) for exam in sittings], name="balk"
        ),
        solver=sit_exam({exam.form.id: exam for exam in sittings}, borrowed, config, after),
        scorer=exam_scorer(),
        epochs=epochs,
        config=config,
        version=f"{TASK_VERSION}.{condition.arm.version}",
        viewer=ViewerConfig(trust_content=False),  # replies are shown as the text that they are
    )


def _borrowed(exams: Sequence[Exam], told: Sequence[str] | None) -> dict[str, str]:
    """Return the verdicts told in the place of true ones, by form."""
    arm = exams[0].condition.arm
    if arm.verdicts not in BORROWED_VERDICTS:
        return {}
    wanted = [exam.n_questions for exam in exams]
    if [len(verdicts) for verdicts in told or ()] != wanted:
        raise StudyError(
            f"arm {arm.spec!r} tells verdicts of other exams: give told, one string of R and W an "
            f"exam, as long as the exam; `balk run` makes them from the exams of arm key=hidden"
        )
    return {exam.form.id: verdicts for exam, verdicts in zip(exams, told or (), strict=True)}


def make_sample(
    exam: Exam, persona: str, label: str | None = None, probes: Sequence[Probe] = ()
) -> Sample:
    """Return the sample of an exam, with all that is needed to read its replies again."""
    system = PERSONAS[persona]
    first = first_text(exam)
    return Sample(
        id=f"{exam.form.index + 1:04d}-{exam.form.id}",
        input=[ChatMessageSystem(content=system), ChatMessageUser(content=first)]
        if system
        else first,
        target=[puzzle.key for puzzle in exam.form.puzzles],
        metadata={
            "exam": _exam_facts(exam, persona) | {"label": label},
            **pack(_puzzle_facts(exam)),
            **({"probes": list(probes), "noun": exam.condition.arm.exit.noun} if probes else {}),
        },
    )


def _check_wording(seen: str, expected: str | None) -> None:
    if expected is not None and seen != expected:
        raise PromptError(
            f"the prompts have changed: their hash is {seen}, and {expected} was asked for; "
            "use the version of balk that the study was made with, or start a new study"
        )


def _exam_facts(exam: Exam, persona: str) -> dict[str, Any]:
    condition = exam.condition
    return {
        "arm": condition.arm.name,
        "penalty": condition.arm.penalty,
        "price": condition.arm.price,
        "lifelines": condition.lifelines,
        "protocol": condition.protocol,
        "interface": exam.interface,
        "persona": persona,
        "feedback_shown": condition.protocol == "realtime" and condition.arm.verdicts != "none",
        "form_id": exam.form.id,
        "reply_format": exam.reply_format().to_dict(),
    }


def _puzzle_facts(exam: Exam) -> dict[str, list[Any]]:
    puzzles = exam.form.puzzles
    return {
        "puzzle": [puzzle.id for puzzle in puzzles],
        "family": [puzzle.family for puzzle in puzzles],
        "level": [puzzle.level for puzzle in puzzles],
        "stem_chars": [len(puzzle.stem) for puzzle in puzzles],
        "key": [puzzle.key for puzzle in puzzles],
        "marking": [puzzle.marking for puzzle in puzzles],
    }
