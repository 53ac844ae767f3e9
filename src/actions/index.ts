/** All actions that have a name of their own, in the order in which the help sheet shows them. */
import type { Action } from './action.ts';
import { brushLarger, brushSmaller } from './brush.ts';
import { addFolder, pauseReading } from './gallery.ts';
import { choosePicture } from './choose-picture.ts';
import { focusField, leaveField } from './focus-field.ts';
import { redo, undo } from './history.ts';
import { toggleLabels, toggleMasks, togglePatterns, toggleTheme } from './look.ts';
import { closePicture, nextPicture, previousPicture } from './pictures.ts';
import { nextRegion, previousRegion } from './cycle.ts';
import { clearSelection, removeRegions } from './regions.ts';
import { openAddressSheet, openCameraSheet, openHelp, openModel, openNames, openSave } from './sheets.ts';
import { stop } from './stop.ts';
import { toolActions } from './tools.ts';
import { verbActions } from './verbs.ts';
import { zoomActual, zoomFit, zoomIn, zoomOut } from './zoom.ts';

export type { Action } from './action.ts';

export const ACTIONS: readonly Action[] = [
  choosePicture, addFolder, openCameraSheet, openAddressSheet, openSave, nextPicture, previousPicture, closePicture,
  ...verbActions, focusField, openNames, stop, leaveField,
  ...toolActions, brushLarger, brushSmaller, nextRegion, previousRegion, removeRegions, clearSelection, undo, redo,
  zoomIn, zoomOut, zoomFit, zoomActual, toggleLabels, toggleMasks, togglePatterns,
  pauseReading, openModel, openHelp, toggleTheme,
];
