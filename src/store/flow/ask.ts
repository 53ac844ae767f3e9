/** A question about the picture: the best of the pack's answers. */
import { update, type App } from '../app.ts';
import type { Picture } from '../slices/library.ts';
import type { AskResult, Want } from '../slices/runs.ts';
import { announce } from './notify.ts';

const KEPT = 60;

export async function ask(app: App, picture: Picture, want: Want, signal: AbortSignal): Promise<() => void> {
  const started = performance.now();
  const question = want.wanted;
  const run = await app.engine.run('vqa', picture.engineId, { question }, { signal });
  const { answers, truncated } = run.output;
  const result: AskResult = {
    kind: 'ask', picture: picture.key, wanted: question, question, answers, truncated,
    timings: run.timings, graphs: run.graphs, ms: performance.now() - started,
  };
  return () => {
    update(app, 'runs', ({ asked }) => ({ asked: [...asked.slice(-KEPT), result] }));
    announce(app, () => `${question} ${answers[0]?.answer ?? ''}`);
  };
}
