/** Message keys and their parameters, derived from the English table. */
import type { en } from './en.ts';

export type Messages = {
  readonly [K in keyof typeof en]: (typeof en)[K] extends string ? string : (typeof en)[K];
};
export type MessageKey = keyof Messages;

/** Keys of messages without parameters: what tables of labels may hold. */
export type PlainKey = { [K in MessageKey]: Messages[K] extends string ? K : never }[MessageKey];

type Parameters_<K extends MessageKey> = Messages[K] extends (p: infer P) => string ? [P] : [];
export type Translate = <K extends MessageKey>(key: K, ...parameters: Parameters_<K>) => string;

export const LANGUAGES = { en: 'English', ko: '한국어' } as const;
export type Language = keyof typeof LANGUAGES;
