/** The whole state: plain data, one slice an idea. */
import { engineSlice, type EngineSlice } from './slices/engine.ts';
import { gallerySlice, type GallerySlice } from './slices/gallery.ts';
import { librarySlice, type LibrarySlice } from './slices/library.ts';
import { noticesSlice, type NoticesSlice } from './slices/notices.ts';
import { runsSlice, type RunsSlice } from './slices/runs.ts';
import { selectionSlice, type SelectionSlice } from './slices/selection.ts';
import { taskSlice, type TaskSlice } from './slices/task.ts';
import { viewSlice, type ViewSlice } from './slices/view.ts';

export interface State {
  readonly engine: EngineSlice;
  readonly library: LibrarySlice;
  readonly gallery: GallerySlice;
  readonly task: TaskSlice;
  readonly runs: RunsSlice;
  readonly selection: SelectionSlice;
  readonly view: ViewSlice;
  readonly notices: NoticesSlice;
}

export const initialState: State = {
  engine: engineSlice,
  library: librarySlice,
  gallery: gallerySlice,
  task: taskSlice,
  runs: runsSlice,
  selection: selectionSlice,
  view: viewSlice,
  notices: noticesSlice,
};
