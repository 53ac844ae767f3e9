/** What the text encoder reads for a class name (spec section 5). */

/** Endings of COCO's stuff names that are not meant as words. */
const SUFFIXES = ['-other', '-merged', '-stuff'] as const;

/** One sentence a template. */
export function promptsFor(name: string, templates: readonly string[]): string[] {
  const clean = SUFFIXES.reduce((text, suffix) => text.replaceAll(suffix, ''), name).trim();
  return templates.map((template) => template.replaceAll('{}', () => clean));
}

/** Two spellings of a name that mean the same to the text encoder. */
export const nameKey = (name: string): string => name.trim().replace(/\s+/g, ' ').toLowerCase();
