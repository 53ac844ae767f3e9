"""Questions about one thing whose answer can be looked up where the thing is (as `src/tasks/asked.ts`)."""

import re
from dataclasses import dataclass

WHICH = r"(?:(?:the|this|that|these|those) )?"
SOME = r"(?:(?:an?|any|some) )?"
# A word that stands for what was spoken of before.
NOT_NAMED = r"(?!(?:it|this|that|they|these|those|one|something|anything)[\s?]*$)"
THING = r"(.+?)"
HERE = r"(?: in (?:the|this) (?:picture|image|photo))?[\s?]*$"
FORMS = {
    about: re.compile(form + NOT_NAMED + THING + HERE, re.IGNORECASE)
    for about, form in {
        "colour": rf"^\s*what (?:is the )?colou?r (?:of |is |are ){WHICH}",
        "presence": rf"^\s*(?:(?:is|are) there|(?:do|can) you see) {SOME}",
    }.items()
}


@dataclass(frozen=True)
class Asked:
    """about: of `FORMS`; thing: in the question's own words."""

    about: str
    thing: str


def asked_of(question: str) -> Asked | None:
    for about, form in FORMS.items():
        if found := form.match(question):
            return Asked(about, found[1])
    return None
