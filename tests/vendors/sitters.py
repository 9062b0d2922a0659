"""Who sits the exam at the vendors' servers."""

from fake_provider import exam_taker
from vendors.serving import Reply

# Read as an answer, this would turn every attempt into a skip and every skip into an attempt.
OTHERWISE = "\n".join(
    f"Q{n}: difficulty 1, confidence 99%, answer: {'LIFELINE' if n % 2 else '5'}"
    for n in range(1, 5)
)
"""A thought that decides every question otherwise than the reply does."""


def thinker(prompt: str) -> Reply:
    """Think one thing and reply another."""
    return Reply(exam_taker(prompt), thinking=OTHERWISE)


def talker(prompt: str) -> Reply:
    """Reply without a thought."""
    return Reply(exam_taker(prompt))
