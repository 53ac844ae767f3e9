/** One picture of the gallery: press it to open it; others like it and taking it out are a button each. */
import { ImageOff, Images, X } from 'lucide-react';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { cosine } from '../../i18n/numbers.ts';
import { update } from '../../store/app.ts';
import { ask } from '../../store/flow/gallery/ask.ts';
import { nameIn } from '../../store/flow/gallery/items.ts';
import { openHit } from '../../store/flow/gallery/open-hit.ts';
import { pictureOf, rowOf } from '../../store/flow/gallery/rows.ts';
import type { Item, Query } from '../../store/slices/gallery.ts';
import { useApp, useSelect, useT, useTold } from '../context.ts';
import styles from './Gallery.module.css';

export interface TileProps {
  readonly id: number;
  readonly place: number;
  readonly score: number | null;
  /** Whether the Tab key comes here. */
  readonly active: boolean;
  onFocus(place: number): void;
  onOut(place: number): void;
}

export function ItemTile(props: TileProps) {
  const t = useT();
  const told = useTold();
  const item = useSelect((s) => s.gallery.items.find((i) => i.id === props.id));
  if (!item) return null;
  const { name, state, thumb } = item;
  return (
    <Tile {...props} name={name} label={stateLabel(t, told, item)} state={state} like={state === 'read' ? { kind: 'like', set: 'own', id: item.id, name } : null} onOut={() => props.onOut(props.place)}>
      {state === 'broken' ? <span className={styles.mark}><ImageOff size={20} strokeWidth={1.5} aria-hidden /></span> : thumb && <img src={thumb} alt="" decoding="async" draggable={false} />}
    </Tile>
  );
}

function stateLabel(t: ReturnType<typeof useT>, told: ReturnType<typeof useTold>, { name, state, failure }: Item): string {
  if (state === 'broken') return t('gallery.tileBroken', { name, why: failure ? told(failure).message : '' });
  return state === 'read' ? name : t('gallery.tileWaiting', { name });
}

export function RowTile(props: TileProps) {
  const app = useApp();
  const t = useT();
  useSelect((s) => s.gallery.rows); // rows arrive by themselves
  useSelect((s) => s.gallery.index);
  const row = rowOf(app, props.id);
  const name = row ? nameIn(row.path) : t('index.row', { number: String(props.id + 1) });
  const picture = row && pictureOf(app, row.path);
  const focus = (place: number): void => {
    props.onFocus(place);
    update(app, 'gallery', { focused: props.id });
  };
  return (
    <Tile {...props} onFocus={focus} onOut={undefined} name={name} label={name} state={picture ? 'read' : 'bare'} like={{ kind: 'like', set: 'index', id: props.id, name }}>
      {row && <Frame width={row.width} height={row.height} />}
      {picture instanceof File ? <OfBlob blob={picture} /> : picture && <AtAddress url={picture} />}
    </Tile>
  );
}

/** Fetched when the tile comes into view; until then, and where that fails, the bare shape stays. */
function AtAddress({ url }: { readonly url: string }) {
  const app = useApp();
  const [blob, setBlob] = useState<Blob | null>(null);
  useEffect(() => {
    let current = true;
    void app.gallery.fetched.get(url).then((found) => current && setBlob(found));
    return () => {
      current = false;
    };
  }, [app, url]);
  return blob && <OfBlob blob={blob} />;
}

/** Its address lives as long as the tile is in view. */
function OfBlob({ blob }: { readonly blob: Blob }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const url = URL.createObjectURL(blob);
    if (image.current) image.current.src = url;
    return () => URL.revokeObjectURL(url);
  }, [blob]);
  return <img ref={image} alt="" decoding="async" draggable={false} />;
}

/** The shape of a picture that is not there. */
function Frame({ width, height }: { readonly width: number; readonly height: number }) {
  const scale = 34 / Math.max(width, height, 1);
  return <span className={styles.mark}><i className={styles.shape} style={{ width: Math.max(4, width * scale), height: Math.max(4, height * scale) }} /></span>;
}

interface Shown extends Omit<TileProps, 'onOut'> {
  readonly name: string;
  readonly label: string;
  readonly state: Item['state'] | 'bare';
  readonly like: Query | null;
  /** Takes it out of the gallery; an index can't be taken from. */
  readonly onOut: (() => void) | undefined;
  readonly children: ReactNode;
}

function Tile({ id, place, score, active, onFocus, name, label, state, like, onOut, children }: Shown) {
  const app = useApp();
  const t = useT();
  const full = score === null ? label : t('gallery.hit', { name: label, rank: place + 1, score: cosine(score) });
  return (
    <div role="gridcell" className={styles.tile} data-state={state} data-best={(score !== null && place === 0) || undefined}>
      <button type="button" className={styles.picture} data-place={place} tabIndex={active ? 0 : -1} aria-label={full} title={label} aria-disabled={state === 'broken' || undefined}
        onFocus={() => onFocus(place)} onClick={() => state !== 'broken' && void openHit(app, id)}>
        {children}
        <span className={styles.name} aria-hidden>{name}</span>
        {score !== null && <span className={`${styles.score} num`} aria-hidden>{cosine(score)}</span>}
      </button>
      <span className={styles.acts}>
        {like && (
          <button type="button" className={styles.act} tabIndex={active ? 0 : -1} aria-label={t('gallery.likeNamed', { name })} title={t('gallery.like')} onClick={() => void ask(app, like)}>
            <Images size={14} strokeWidth={1.8} aria-hidden />
          </button>
        )}
        {onOut && (
          <button type="button" className={styles.act} data-out tabIndex={active ? 0 : -1} aria-label={t('gallery.takeOutNamed', { name })} title={t('gallery.takeOut')} onClick={onOut}>
            <X size={14} strokeWidth={2} aria-hidden />
          </button>
        )}
      </span>
    </div>
  );
}
