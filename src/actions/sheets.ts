import { update, type App } from '../store/app.ts';
import { savable } from '../store/select.ts';
import type { Sheet } from '../store/slices/view.ts';
import { always, type Action } from './action.ts';

export const openSheet = (app: App, sheet: Sheet): void => update(app, 'view', { sheet });

export const openSave: Action = {
  id: 'save', label: 'act.save', group: 'picture', keys: ['mod+s'], enabled: savable, perform: (app) => openSheet(app, 'save'),
};

export const openAddressSheet: Action = {
  id: 'address', label: 'act.address', group: 'picture', keys: ['u'], enabled: always, perform: (app) => openSheet(app, 'address'),
};

export const openCameraSheet: Action = {
  id: 'camera', label: 'act.camera', group: 'picture', keys: [], enabled: always, perform: (app) => openSheet(app, 'camera'),
};

export const openNames: Action = {
  id: 'names', label: 'names.edit', group: 'tasks', keys: ['n'], enabled: (s) => s.task.list !== null, perform: (app) => openSheet(app, 'names'),
};

export const openModel: Action = {
  id: 'model', label: 'act.model', group: 'app', keys: ['i'], enabled: always, perform: (app) => openSheet(app, 'model'),
};

export const openHelp: Action = {
  id: 'help', label: 'act.help', group: 'app', keys: ['?'], enabled: always, perform: (app) => openSheet(app, 'help'),
};
