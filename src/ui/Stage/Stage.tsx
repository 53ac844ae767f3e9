/** The picture with what was seen in it. React lays it out; the painter draws; gestures act. */
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { point } from '../../actions/point.ts';
import { onZoomRequest } from '../../actions/zoom.ts';
import { fromScreen } from '../../engine/picture/screen.ts';
import { update } from '../../store/app.ts';
import { currentPicture } from '../../store/select.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { attachGestures } from './gestures.ts';
import { BrushSize } from './BrushSize.tsx';
import { MarkChoice } from './MarkChoice.tsx';
import { BrushRing } from './BrushRing.tsx';
import { kept, zoomed, type Insets } from './camera.ts';
import { Painter } from './painter.ts';
import { sceneOf } from './scene.ts';
import { Busy } from './Busy.tsx';
import { Tools } from './Tools.tsx';
import { ZoomBadge } from './ZoomBadge.tsx';
import styles from './Stage.module.css';

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60],
};

/** The same elements each time: they follow the state by themselves, and are not laid out anew with every picture. */
const CONTROLS = <><Tools /><BrushSize /><MarkChoice /><Busy /></>;

export function Stage() {
  const app = useApp();
  const t = useT();
  const picture = useSelect(currentPicture);
  const tool = useSelect((s) => s.view.tool);
  const zoomedIn = useSelect((s) => s.view.camera !== null);
  const busy = useSelect((s) => s.runs.running !== null);
  const surface = useRef<HTMLDivElement>(null);
  const pictureLayer = useRef<HTMLCanvasElement>(null);
  const masksLayer = useRef<HTMLCanvasElement>(null);
  const linesLayer = useRef<HTMLCanvasElement>(null);
  const painter = useRef<Painter>(null);

  useEffect(() => {
    const element = surface.current;
    const [under, masks, lines] = [pictureLayer.current, masksLayer.current, linesLayer.current];
    if (!element || !under || !masks || !lines) return;
    const made = new Painter({ picture: under, masks, lines }, (ms) => {
      if (app.store.getState().runs.drawn !== ms) update(app, 'runs', { drawn: ms });
    });
    painter.current = made;
    let bitmap: ImageBitmap | null = null;
    let shown: string | null = null;
    const show = (): void => made.show(sceneOf(app, bitmap));
    const follow = (): void => {
      const { current } = app.store.getState().library;
      if (current !== shown) {
        shown = current;
        bitmap = null;
        if (current) {
          // A file that was read once and fails now is left blank.
          const ready = app.shelf.bitmap(current).catch(() => null);
          void ready.then((decoded) => {
            if (shown === current) bitmap = decoded;
            return show();
          });
        }
      }
      show();
    };
    const measure = (): void => {
      show();
      made.resize({ width: element.clientWidth, height: element.clientHeight }, insetsOf(element));
    };
    const sized = new ResizeObserver(measure);
    sized.observe(element);
    const theme = new MutationObserver(show);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const contrast = matchMedia('(forced-colors: active)');
    contrast.addEventListener('change', show);
    void document.fonts.ready.then(show);
    const stops = [app.store.subscribe(follow), attachGestures(element, app, made)];
    follow();
    measure();
    return () => {
      sized.disconnect();
      theme.disconnect();
      contrast.removeEventListener('change', show);
      stops.forEach((stop) => stop());
      made.dispose();
    };
  }, [app]);

  useEffect(() => onZoomRequest((request) => {
    const { view, fit, stage } = painter.current ?? {};
    const now = currentPicture(app.store.getState());
    if (!view || !fit || !stage || !now) return;
    const middle = { x: stage.width / 2, y: stage.height / 2 };
    const factor = { in: 1.25, out: 0.8, actual: 1 / devicePixelRatio / view.scale }[request];
    update(app, 'view', { camera: zoomed(view, middle, factor, fit, now.size, stage) });
  }), [app]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const by = ARROWS[event.key];
    const { view, stage } = painter.current ?? {};
    if (event.key === 'Enter' && tool === 'point' && view && stage) {
      event.preventDefault();
      return point(app, fromScreen(view, { x: stage.width / 2, y: stage.height / 2 }), event.altKey ? 'remove' : event.shiftKey ? 'add' : 'set');
    }
    if (!by || !view || !stage || !picture || !zoomedIn) return;
    event.preventDefault();
    update(app, 'view', { camera: kept({ scale: view.scale, x: view.x + by[0], y: view.y + by[1] }, picture.size, stage) });
  };

  return (
    <section className={styles.stage} aria-busy={busy}>
      <div
        ref={surface}
        className={styles.surface}
        data-tool={tool}
        data-zoomed={zoomedIn || undefined}
        style={picture ? { '--aspect': picture.size.width / picture.size.height } : undefined}
        role="group"
        tabIndex={0}
        aria-label={picture ? t('picture.stage', { name: picture.name }) : undefined}
        onKeyDown={onKeyDown}
      >
        <canvas ref={pictureLayer} />
        <canvas ref={masksLayer} />
        <canvas ref={linesLayer} />
        <BrushRing surface={surface} />
      </div>
      {CONTROLS}
      <ZoomBadge painter={painter} />
    </section>
  );
}

/** The free part of the stage is what its style says: the same numbers for layout and drawing. */
function insetsOf(element: HTMLElement): Insets {
  const style = getComputedStyle(element);
  const px = (side: string): number => Number.parseFloat(style.getPropertyValue(`padding-${side}`)) || 0;
  return { top: px('top'), right: px('right'), bottom: px('bottom'), left: px('left') };
}
