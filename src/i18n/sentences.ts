/**
 * What the engine says, in the language of the interface. The engine speaks English, wherever it runs; a sentence that has no
 * translation stays as it is, behind the cause and the advice that every kind of failure has.
 */
import type { ErrorCode } from '../engine/errors.ts';
import { ko } from './sentences.ko.ts';
import type { Language } from './types.ts';

/** A sentence as the engine writes it, and its translation from the parts that vary. */
export type Phrase = readonly [said: RegExp, words: (...parts: readonly string[]) => string];

export interface Sentences {
  readonly phrases: readonly Phrase[];
  readonly causes: Readonly<Record<ErrorCode, string>>;
  readonly advice: Readonly<Record<ErrorCode, string>>;
}

const SENTENCES: Readonly<Partial<Record<Language, Sentences>>> = { ko };

function translated({ phrases }: Sentences, text: string): string | null {
  for (const [said, words] of phrases) {
    const found = said.exec(text);
    if (found) return words(...found.slice(1).map((part) => part ?? ''));
  }
  return null;
}

/** One sentence of the engine's. */
export function sentence(language: Language, said: string): string {
  const table = SENTENCES[language];
  return (table && translated(table, said)) ?? said;
}

interface Told {
  readonly message: string;
  readonly advice: string;
  /** The engine's own words, where only their kind could be translated. */
  readonly original: string | null;
}

export function told(language: Language, { code, message, advice }: { readonly code: ErrorCode; readonly message: string; readonly advice: string }): Told {
  const table = SENTENCES[language];
  if (!table) return { message, advice, original: null };
  const words = translated(table, message);
  return { message: words ?? table.causes[code], advice: translated(table, advice) ?? table.advice[code], original: words === null ? message : null };
}
