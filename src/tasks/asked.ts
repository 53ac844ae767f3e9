/** Questions about one thing whose answer can be looked up where the thing is: what they ask, and of what. */

export type AskedAbout = 'colour' | 'presence';

export interface Asked {
  readonly about: AskedAbout;
  /** In the question's own words. */
  readonly thing: string;
}

const WHICH = '(?:(?:the|this|that|these|those) )?';
const SOME = '(?:(?:an?|any|some) )?';
/** A word that stands for what was spoken of before. */
const NOT_NAMED = '(?!(?:it|this|that|they|these|those|one|something|anything)[\\s?]*$)';
const THING = '(.+?)';
const HERE = '(?: in (?:the|this) (?:picture|image|photo))?[\\s?]*$';

const FORMS: Readonly<Record<AskedAbout, RegExp>> = {
  colour: new RegExp(`^\\s*what (?:is the )?colou?r (?:of |is |are )${WHICH}${NOT_NAMED}${THING}${HERE}`, 'i'),
  presence: new RegExp(`^\\s*(?:(?:is|are) there|(?:do|can) you see) ${SOME}${NOT_NAMED}${THING}${HERE}`, 'i'),
};

export function askedOf(question: string): Asked | null {
  for (const about of Object.keys(FORMS) as readonly AskedAbout[]) {
    const thing = FORMS[about].exec(question)?.[1];
    if (thing !== undefined) return { about, thing };
  }
  return null;
}
