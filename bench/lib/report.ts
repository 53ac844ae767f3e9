/** docs/performance.md: a section a part, each replaced by the command that makes it and by nothing else. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './context.ts';

export const DOCUMENT = join(ROOT, 'docs', 'performance.md');

const HEAD = `# Performance

Written by \`npm run bench\`; a part of it by the command above its table, beside the machine it ran on. How often a part measures
stands beside its command; runs are taken in turns, in one run of the command, so ratios hold where times do not. WebGPU times are given for a real
graphics card only. Focal-T has the official shapes and generated weights: its answers mean nothing, its times do.
`;

const start = (name: string): string => `<!-- part: ${name} -->`;
const end = (name: string): string => `<!-- end: ${name} -->`;

/** @param order names of all parts: a section that is new goes where the order says */
export function writeSection(name: string, text: string, order: readonly string[]): void {
  const old = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  const sections = new Map(order.map((part) => [part, between(old, start(part), end(part))] as const));
  sections.set(name, text.trim());
  const body = order.flatMap((part) => {
    const section = sections.get(part);
    return section ? [`${start(part)}\n\n${section}\n\n${end(part)}\n`] : [];
  });
  // What people wrote by hand stands after the last section.
  const last = order.map((part) => old.lastIndexOf(end(part)) + end(part).length).filter((at) => at > 50);
  const notes = last.length > 0 ? old.slice(Math.max(...last)).trim() : '';
  writeFileSync(DOCUMENT, `${[HEAD, ...body, ...(notes ? [`${notes}\n`] : [])].join('\n')}`);
}

function between(text: string, from: string, to: string): string | null {
  const at = text.indexOf(from);
  const until = text.indexOf(to);
  return at < 0 || until < at ? null : text.slice(at + from.length, until).trim();
}
