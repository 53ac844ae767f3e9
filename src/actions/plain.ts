/** What a person typed, as it is asked for: no space at the ends, one between words. */
export const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
