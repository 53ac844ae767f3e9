/** The mask layer as a bitmap at the result's size; painted again only when what it shows has changed. */
import type { Scene } from './scene.ts';
import { paintRegions, type Paint } from './paint-regions.ts';
import { selectionCanvas } from '../../store/selected.ts';

const THING = 0.44;
const STUFF = 0.3;
const DIMMED = 0.1;
const AROUND_FOUND = 0.62;
const AROUND_GUESS = 0.4;

/** Remembers the last painted bitmap of a kind. */
class Kept {
  #key: readonly unknown[] = [];
  #canvas: OffscreenCanvas | null = null;

  get(key: readonly unknown[], paint: () => OffscreenCanvas | null): OffscreenCanvas | null {
    if (key.length !== this.#key.length || key.some((part, i) => part !== this.#key[i])) {
      this.#key = key;
      this.#canvas = paint();
    }
    return this.#canvas;
  }
}

export class MaskBitmaps {
  readonly #seen = new Kept();
  readonly #found = new Kept();
  readonly #selected = new Kept();

  /** All regions, in their colours. */
  seen({ see, looks, threshold, patterns }: Scene): OffscreenCanvas | null {
    return this.#seen.get([see?.result, looks, threshold, patterns], () => {
      if (!see) return null;
      const segments = new Map(see.result.segments.map((s) => [s.id, s]));
      return paintRegions(see.regions, (id): Paint | null => {
        const segment = segments.get(id);
        const look = looks.get(id);
        if (!segment || !look) return null;
        const alpha = segment.score < threshold ? DIMMED : segment.isThing ? THING : STUFF;
        return { color: look.color, alpha, pattern: patterns ? look.pattern : null };
      });
    });
  }

  /** Everything but the found region sinks back. */
  around({ find }: Scene): OffscreenCanvas | null {
    return this.#found.get([find?.result.id], () => {
      if (!find) return null;
      const alpha = find.result.matches ? AROUND_FOUND : AROUND_GUESS;
      return paintRegions(find.regions, (id) => (id === 0 ? { color: [10, 11, 14], alpha, pattern: null } : null));
    });
  }

  /** The selection, where a brush has changed it; else its outlines say enough. */
  selected({ see, picture, selection, proposed }: Scene, accent: string): OffscreenCanvas | null {
    const { picked, strokes } = selection;
    return this.#selected.get([see?.result.id, picked, strokes, proposed, accent], () => {
      if (strokes.length === 0) return null;
      const size = see?.regions.size ?? picture.size;
      const canvas = selectionCanvas({ marked: selection, regions: see?.regions ?? null, proposed: proposed.map((p) => p.regions), size, picture: picture.size });
      const context = canvas.getContext('2d');
      if (context) {
        context.globalCompositeOperation = 'source-in';
        context.fillStyle = accent;
        context.fillRect(0, 0, canvas.width, canvas.height);
      }
      return canvas;
    });
  }
}
