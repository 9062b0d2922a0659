"""The phrases by which stated reasons are known, category by category."""

import re

from balk.measure.probes.plain import EXITS

_SCORE = r"(?:points?|marks?|score|total)"
_WRONG = r"(?:wrong|incorrect|mistakes?|errors?|guess(?:es|ing)?|false)"
_NEAR = r"\b(?:[^.;]|\.(?=\d)){0,32}\b"
_BETTER = r"(?:high|bett|great|larg)er|more|best|maxim\w+"
_USE = r"(?:us(?:e|ing|ed)|skip\w*|spend)"
_ITS_USE = rf"(?:{_USE}|(?:(?:a|an|one|the|my|this)(?: \w+)? )?{EXITS})\b"
_ORDERED = r"(?:instructed|told|required|ordered|demanded|said)"
_BOUND = r"(?:mandatory|compulsory|obligatory)"
_END = r"(?=\W*$|\s*[,.;:])"

PHRASES: dict[str, tuple[str, ...]] = {
    "instructed": (
        rf"{_ORDERED}(?: me| us)?(?: that i)?(?: to| must| should| had to)? {_ITS_USE}",
        rf"(?:requires?|demands?|says?|instructs?|tells?)(?: me| us| you)?(?: to)? {_ITS_USE}",
        rf"(?:{_ORDERED}|says?|requires?|demands?)(?: me)?(?: to| so| it| this| that){_END}",
        rf"(?:as|was|were) (?:instructed|ordered){_END}",
        rf"(?:as|it was) (?:told|required|demanded){_END}",
        r"(?<=^)(?:instructed|required|demanded)(?=\W*$)",
        r"(?:per|following|followed|due to|because of|obeyed)(?: (?:the|my|exam))* instructions?",
        rf"(?:it|this|that|{_USE}|{EXITS}){_NEAR}(?:is|was|were) {_BOUND}",
        rf"{_BOUND}(?: {_ITS_USE}|{_END})",
        rf"(?:had to|have to|must) use (?:it|this|one|(?:(?:a|one|the|my) )*{EXITS})(?=\W|$)",
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
        rf"(?:{_BETTER})(?: \w+)? expected (?:value|{_SCORE})",
        rf"expected (?:value|{_SCORE}){_NEAR}(?:{_BETTER}|lower|less|worse|negative)",
        rf"strategic\w*|sav(?:e|es|ed|ing){_NEAR}points?",
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
        rf"expected (?:value|{_SCORE}){_NEAR}(?:zero|0|nothing|nil)",
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
        r"unsure|uncertain\w*|doubt\w*|unable to|no (?:idea|clue|way)|failed to",
        r"can ?not|could not|couldn't|can't",
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
_CAUSE = (
    rf"(?:penalt\w+|penali[sz]\w+|negative (?:marks?|marking|points?|scores?)|"
    rf"(?:cost|los|deduct|subtract|forfeit|lower|reduc|hurt|harm|damag)\w*"
    rf"(?: (?:me|you|my|the|any)){{0,2}}(?: {_SCORE})?|instruct\w*|told|required|demanded)"
)
_LOST = r"(?:lost|deducted|taken(?: off| away)?|subtracted|forfeited)"
_MAY_BE = r"(?:would|will|can|could|be|being|been|gets?|are|is|was|were|have|had|has|ever)"
_NIL = r"(?:no|zero|(?<![\d.,])0(?![.,]?\d))"
_NO_LOSS = (
    rf"(?:{_NIL}|not? a single|not one) (?:\w+ )?{_SCORE}(?: at all)?(?: {_MAY_BE}){{0,3}} {_LOST}|"
    rf"{_SCORE} (?:\w+n't|(?:\w+ )?(?:not|never))(?: (?:be|being|been|get))? {_LOST}|"
    rf"(?:costs?|los(?:e|es|ing|t)|deduct\w*)(?: me| you)? (?:nothing|no \w+|{_NIL})(?: {_SCORE})?"
)

DENIED = re.compile(rf"\b(?:{_NO_LOSS}|{_DENIAL}(?: {_FILLER}){{0,6}} {_CAUSE}\b(?: to)?)")
"""What a reason is said not to be."""

FREE = re.compile(
    rf"\b(?:{_NO_LOSS}|(?:for|was|is) free|(?:not|\w+n't) penali[sz]ed|"
    r"no (?:penalty|cost|downside|harm|negative mark\w*))\b"
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
