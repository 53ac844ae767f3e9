import { update, type App } from '../store/app.ts';
import { keepDevice } from '../store/keep/device.ts';
import type { DeviceChoice } from '../store/slices/engine.ts';

/** Holds from the next load of the page on: pictures that are open now stay where they are. */
export function chooseDevice(app: App, choice: DeviceChoice): void {
  keepDevice(choice);
  update(app, 'engine', { choice });
}
