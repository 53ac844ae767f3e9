const formats = new Map<string, Intl.NumberFormat>();

/** A count as the language writes it: 1,204. */
export function counted(language: string, count: number): string {
  let format = formats.get(language);
  if (!format) formats.set(language, (format = new Intl.NumberFormat(language)));
  return format.format(count);
}
