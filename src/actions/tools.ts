import { update, type App } from '../store/app.ts';
import type { Tool } from '../store/slices/view.ts';
import { hasPicture, type Action } from './action.ts';

const KEYS: Readonly<Record<Tool, string>> = { pick: 'v', point: 'o', box: 'b', brush: 'p', eraser: 'e', pan: 'h' };
export const TOOLS = Object.keys(KEYS) as readonly Tool[];

/** A tool stays armed until another is taken. */
export const toolActions: readonly (Action & { readonly tool: Tool })[] = TOOLS.map((tool) => ({
  id: `tool-${tool}`,
  tool,
  label: `tool.${tool}`,
  group: 'regions',
  keys: [KEYS[tool]],
  enabled: hasPicture,
  perform: (app: App) => update(app, 'view', { tool }),
}));
