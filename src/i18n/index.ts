/** Words of the interface. Phrases and names for the model stay English, whatever language the interface speaks. */
import { en } from './en.ts';
import { ko } from './ko.ts';
import { LANGUAGES, type Language, type MessageKey, type Messages, type Translate } from './types.ts';

export { LANGUAGES, type Language, type MessageKey, type PlainKey, type Translate } from './types.ts';

const TABLES: Readonly<Record<Language, Messages>> = { en, ko };
const made = new Map<Language, Translate>();

export function translator(language: Language): Translate {
  const known = made.get(language);
  if (known) return known;
  const table: Messages = TABLES[language];
  const translate: Translate = (key, ...parameters) => {
    const message: Messages[MessageKey] = table[key];
    // The overload of Translate has already paired the key with its parameters.
    return typeof message === 'string' ? message : (message as (p: unknown) => string)(parameters[0]);
  };
  made.set(language, translate);
  return translate;
}

export const isLanguage = (text: string): text is Language => Object.hasOwn(LANGUAGES, text);

/** The first of the browser's languages that the interface speaks. */
export function preferredLanguage(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? 'en';
}
