/** Thousands of tiles, of which only those in view are in the page. One stop of the Tab key; arrows walk inside. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { SetName } from '../../gallery/service.ts';
import { takeOut } from '../../store/flow/gallery/take-out.ts';
import type { ItemId, Query } from '../../store/slices/gallery.ts';
import { useApp, useT } from '../context.ts';
import { ItemTile, RowTile } from './Tile.tsx';
import { GAP, layoutOf, stepFrom } from './tiles.ts';
import { useWidth } from './useWidth.ts';
import styles from './Gallery.module.css';

interface Props {
  readonly set: SetName;
  readonly count: number;
  /** Id of the tile at a place: an item's, or a row number. */
  idAt(place: number): number;
  readonly scores: readonly number[] | null;
  /** What they are the best for; null where all are shown. */
  readonly query: Query | null;
}

export function Grid({ set, count, idAt, scores, query }: Props) {
  const app = useApp();
  const t = useT();
  const scroll = useRef<HTMLDivElement>(null);
  const inner = useRef<HTMLDivElement>(null);
  const width = useWidth(inner);
  const layout = layoutOf(width);
  const [active, setActive] = useState(0);
  const walked = useRef(false);
  const rows = Math.ceil(count / layout.columns);
  // The compiler that this warns for is not used here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows, getScrollElement: () => scroll.current, estimateSize: () => layout.side + GAP, overscan: 3,
    getItemKey: useCallback((row: number) => row, []),
  });
  useEffect(() => virtual.measure(), [virtual, layout.side]);
  // Another list begins at its beginning; the same one that has grown or shrunk goes on.
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 });
    setActive(0);
  }, [set, query]);
  // A tile far away exists only after it has been scrolled to.
  useEffect(() => {
    const tile = walked.current && inner.current?.querySelector<HTMLElement>(`[data-place="${Math.min(active, count - 1)}"]`);
    if (!tile) return;
    walked.current = false;
    tile.focus({ preventScroll: true });
  });
  const current = Math.min(active, count - 1);
  const out = (place: number): void => {
    // The next one comes to this place, and the focus with it.
    walked.current = true;
    setActive(place);
    takeOut(app, [idAt(place) as ItemId]);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey || !(event.target instanceof HTMLElement) || event.target.dataset['place'] === undefined) return;
    if (event.key === 'Delete' && set === 'own') {
      event.preventDefault();
      event.stopPropagation();
      return out(current);
    }
    const page = Math.max(1, Math.floor((scroll.current?.clientHeight ?? 0) / (layout.side + GAP)));
    const to = stepFrom(event.key, current, count, layout, page);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation();
    walked.current = true;
    setActive(to);
    virtual.scrollToIndex(Math.floor(to / layout.columns));
  };
  return (
    <div ref={scroll} className={styles.scroll}>
      <div ref={inner} className={styles.grid} role="grid" tabIndex={-1} aria-label={t('gallery.grid', { count })} aria-rowcount={rows} aria-colcount={layout.columns}
        style={{ height: virtual.getTotalSize() }} onKeyDown={onKeyDown}>
        {width > 0 && virtual.getVirtualItems().map(({ index: row, start }) => (
          <div key={row} role="row" aria-rowindex={row + 1} className={styles.row} style={{ transform: `translateY(${start}px)`, height: layout.side, gridTemplateColumns: `repeat(${layout.columns}, minmax(0, 1fr))` }}>
            {Array.from({ length: Math.min(layout.columns, count - row * layout.columns) }, (_, column) => {
              const place = row * layout.columns + column;
              const Tile = set === 'own' ? ItemTile : RowTile;
              return <Tile key={idAt(place)} id={idAt(place)} place={place} score={scores?.[place] ?? null} active={place === current} onFocus={setActive} onOut={out} />;
            })}
          </div>
        ))}
      </div>
    </div>
  );
}
