/** A part of the benchmark: what it asks, and the Markdown that it answers with. */
import type { Context } from './context.ts';

export interface Part {
  readonly name: string;
  readonly title: string;
  /** How often it measures, in words, where the command asks for so many rounds. */
  counted(rounds: number): string;
  run(context: Context): Promise<string>;
}
