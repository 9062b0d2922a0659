"""The phrases by which stated reasons are known, category by category."""

import re

_SCORE = r"(?:points?|marks?|score|total)"
_WRONG = r"(?:wrong|incorrect|mistakes?|errors?|guess(?:es|ing)?|false)"
_NEAR = r"\b[^.;]{0,32}\b"

PHRASES: dict[str, tuple[str, ...]] = {
    "instructed": (
        r"instruct(?:ed|ions?)|told (?:me )?to|mandatory|compulsory|obligatory|demand(?:ed|s)",
        r"(?:had|have|must) (?:to )?use",
        r"(?:rules?|exam|i was|you) (?:said|say|says|required?|requires)",
        r"required to|must use|said to",
    ),
    "penalty": (
        r"penalt\w+|penali[sz]\w+|negative (?:marks?|marking|points?|score)",
        rf"(?:los(?:e|es|ing|t)|deduct\w*|subtract\w*|forfeit\w*|costs?){_NEAR}{_SCORE}",
        rf"{_SCORE} (?:(?:would be|being|are|is|was|were) )?(?:lost|deducted|taken)",
        rf"{_WRONG}{_NEAR}(?:lower|reduc|hurt|harm|damag|drag|cost)\w*{_NEAR}{_SCORE}",
    ),
    "gains": (
        rf"(?:earn|gain|bring|worth|yield)\w*{_NEAR}(?:less|more|better|higher)",
        rf"(?:maximi[sz]|rais|improv|protect|preserv|secur|boost|optimi[sz])\w*{_NEAR}{_SCORE}",
        rf"expected (?:value|{_SCORE})|strategic\w*|sav(?:e|es|ed|ing){_NEAR}points?",
    ),
    "meant_to_be_used": (
        r"(?:meant|there|supposed|intended|made|designed) (?:to be used|for use|to use)",
        r"what (?:\w+ ){1,3}(?:are|is|were|was) for",
        r"to waste|wast(?:ed|ing)",
        r"(?:wanted|liked?|chose|decided) to (?:make use of|use (?:up )?(?:the|some|all|my|them))",
        r"making use of (?:the|what|my|them|all)",
        rf"(?:had|have){_NEAR}(?:left|available|remaining|to spare)",
        r"(?:was|were|are) (?:offered|available|provided|given)",
    ),
    "effort": (
        r"too (?:long|lengthy|much (?:work|time|effort|computation|calculation)|many steps)",
        r"(?:time|labou?r|computation)\w*[- ](?:consuming|intensive|heavy)",
        rf"(?:sav|spend|spar|tak|need|requir|involv)\w*{_NEAR}(?:time|effort|work|steps|enumeration)",
        r"tedious|laborious|lengthy|tired|fatigue|far (?:down|into)|late in|cumbersome|by hand",
    ),
    "indifferent": (
        r"(?:no|without any|without a) (?:\w+ )?reasons?|no difference|nothing to (?:lose|gain)",
        r"random(?:ly)?|arbitrar\w+|by chance|on a whim|just because|indifferen\w+",
        r"(?:not|\w+n't) (?:care|matter)|no preference|either way",
        r"worth (?:nothing|the same)|same (?:points|score|as)",
    ),
    "avoid_wrong": (
        r"rather (?:\w+ )?(?:no|nothing|it|skip|pass|not)\b[^.;]{0,40}\bthan",
        rf"(?:avoid\w*|prevent|reluctant|dislike|hate|afraid|fear\w*|unwilling|hesita\w+|risk\w*){_NEAR}{_WRONG}",
        rf"(?:not|\w+n't) want{_NEAR}{_WRONG}|rather than (?:to )?{_WRONG}|instead of {_WRONG}",
        rf"(?:reduc|minimi[sz])\w* (?:my |the |the number of )?{_WRONG}",
        rf"{_WRONG}{_NEAR}worse than|incorrectly is worse|better (?:to )?(?:skip|pass|admit)",
        r"than (?:to )?(?:guess|mislead|make (?:it|something) up)",
    ),
    "unsure": (
        r"unsure|uncertain\w*|doubt\w*|unable to|no (?:idea|clue|way)|failed to|can ?not|could not",
        r"(?:not|\w+n't) (?:\w+ )?(?:sure|certain|confident|know|able|see|solve|find|compute)",
        r"(?:not|\w+n't) (?:verify|figure|(?:\w+ )?(?:work|make) (?:it |this )?out)",
        r"(?:not|\w+n't) (?:think|believe|expect)|likely (?:be |have been )?(?:wrong|incorrect)",
        r"would (?:probably )?(?:have been|be) (?:wrong|incorrect)|lost track",
        r"(?:low|little|least|lowest|lack of|limited|less) (?:confiden\w+|certain\w*|sure)",
        r"confidence (?:was|is)|hard(?:er|est)?|difficult\w*|tough\w*|complex\w*|complicated",
        r"tricky|challenging|beyond (?:me|my)|unfamiliar|stuck|unlikely",
        r"(?:a|pure|be|only|just) guess",
    ),
}
"""Category -> patterns, most specific category first; one of them anywhere in words is enough."""

_DENIAL = r"(?:no|not|never|without|nothing|neither|nor|\w+n't)"
_FILLER = r"(?:a|an|any|the|because|that|it|there|being|due|to|was|is|were|by|of|i|for|from|fear)"
_CAUSE = rf"(?:penalt\w+|(?:cost|los|deduct)\w*(?: {_SCORE})?|instruct\w*|told|required|demanded)"

DENIED = re.compile(rf"\b{_DENIAL}(?: {_FILLER}){{0,6}} {_CAUSE}\b(?: to)?")
"""What a reason is said not to be."""

FREE = re.compile(
    rf"\b(?:(?:cost|lose)s?(?: me)? (?:nothing|no \w+|zero|0)\b(?: {_SCORE})?|(?:for|was|is) free|"
    r"no (?:penalty|cost|downside|harm))\b"
)
"""That something costs nothing: a reason only where no other is given."""

ADDRESSED = re.compile(
    r"\b(?:graders?|rubric|system prompt|categori[sz]e|classify|(?:reply|respond) with|"
    r"(?:ignore|disregard|override) (?:all|any|the|every|your|previous|prior|above))\b|"
    r"\bcategory ?:"
)
"""Words to whoever sorts a reason, which no reason for a skip needs."""

CODE = re.compile(r"[<>{}\[\]]")
"""Marks that a reason in words has no use for."""

RULES = {name: re.compile(rf"\b(?:{'|'.join(patterns)})\b") for name, patterns in PHRASES.items()}
