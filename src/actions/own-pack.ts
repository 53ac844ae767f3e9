import type { DropItem } from 'react-aria-components';
import { EngineError } from '../engine/errors.ts';
import { pickFiles, pickFolder, type GivenFile } from '../gallery/entries.browser.ts';
import type { App } from '../store/app.ts';
import { failureOf } from '../store/failure.ts';
import { notify } from '../store/flow/notify.ts';
import { addPackFiles } from '../store/flow/packs/own.ts';

async function add(app: App, files: ReadonlyMap<string, Blob>): Promise<void> {
  if (files.size === 0 || (await addPackFiles(app, files))) return;
  notify(app, failureOf(new EngineError('manifest-missing', 'There is no model pack among these files.', { advice: 'A pack is a folder with a manifest.json, or a ZIP archive of one.' })));
}

const chosen = (app: App, given: readonly GivenFile[]): Promise<void> => add(app, new Map(given.map(({ file, path }) => [path, file])));

export const choosePackFolder = async (app: App): Promise<void> => chosen(app, await pickFolder());
export const choosePackArchive = async (app: App): Promise<void> => chosen(app, await pickFiles('.zip,application/zip', false));

/** What was dropped on the pack's place: a folder with everything below it, or files. */
export async function packFromDrop(app: App, items: readonly DropItem[]): Promise<void> {
  const files = new Map<string, Blob>();
  const collect = async (item: DropItem, below: string): Promise<void> => {
    if (item.kind === 'file') files.set(below + item.name, await item.getFile());
    if (item.kind === 'directory') for await (const entry of item.getEntries()) await collect(entry, `${below}${item.name}/`);
  };
  for (const item of items) await collect(item, '');
  await add(app, files);
}
