/** The heads against the plain definition of spec section 8, added up in full at every pixel. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, resamplePlane, resizeTaps, slice } from '../masks/resample.ts';
import { MaskField, tileBuffer } from './field.ts';
import type { Decoded, MaskMapping } from './head.ts';
import { instance } from './instance.ts';
import { distinct } from './nms.ts';
import { panoptic } from './panoptic.ts';
import { referring } from './referring.ts';
import { classProbabilities, normalise, row, type Rows, sigmoid, sigmoidAll } from './scores.ts';
import { semantic } from './semantic.ts';

const QUERIES = 7;
const NAMES = ['wall', 'sky', 'cat', 'tree'];
const DIM = 6;
const SCALE = 12;

interface Scene { readonly decoded: Decoded; readonly text: Rows; readonly mapping: MaskMapping }

function scene(seed: number): Scene {
  let state = seed * 2 + 1;
  const next = (): number => (state = (state * 16807) % 2147483647) / 2147483647 - 0.5;
  const [h, w] = [6 + (seed % 5), 7 + (seed % 4)];
  const size = { height: 20 + (seed % 60), width: 25 + (seed % 70) };
  const axis = (source: number, target: number) => compose(slice(resizeTaps(source, source * 4, 'bicubic-antialias'), 0, source * 4 - 3), resizeTaps(source * 4 - 3, target, 'bicubic-antialias'));
  const blobs = Float32Array.from({ length: QUERIES * h * w }, () => 0);
  for (let q = 0; q < QUERIES; q++) {
    const [cy, cx, r] = [(next() + 0.5) * h, (next() + 0.5) * w, 1 + (next() + 0.5) * 4];
    for (let i = 0; i < h * w; i++) blobs[q * h * w + i] = (r - Math.hypot(Math.floor(i / w) - cy, (i % w) - cx)) * 3 + next();
  }
  const rows = (count: number): Rows => ({ count, dim: DIM, data: Float32Array.from({ length: count * DIM }, next) });
  const raw = rows(NAMES.length + 1);
  for (let k = 0; k < raw.count; k++) raw.data.set(normalise(row(raw, k)), k * DIM);
  return {
    decoded: { masks: { count: QUERIES, height: h, width: w, data: blobs }, embeddings: rows(QUERIES) },
    text: raw,
    mapping: { size, y: axis(h, size.height), x: axis(w, size.width) },
  };
}

function fullLogits({ decoded, mapping }: Scene): Float32Array[] {
  const plane = decoded.masks.width * decoded.masks.height;
  return Array.from({ length: QUERIES }, (_, q) => {
    const out = new Float32Array(mapping.size.width * mapping.size.height);
    resamplePlane(decoded.masks.data.subarray(q * plane, (q + 1) * plane), mapping.y, mapping.x, out);
    return out;
  });
}

const seeds = fc.integer({ min: 1, max: 5000 });

describe('mask field', () => {
  it('tiles are the plain resize, and lie within their bounds', () => {
    fc.assert(fc.property(seeds, (seed) => {
      const s = scene(seed);
      const field = new MaskField(s.decoded.masks, s.mapping);
      const full = fullLogits(s);
      const buffer = tileBuffer();
      const bounds = { least: 0, most: 0 };
      for (const tile of field.tiles) {
        for (let q = 0; q < QUERIES; q++) {
          field.fill(q, tile, buffer);
          field.bounds(q, tile, bounds);
          for (let y = 0; y < tile.rows; y++) for (let x = 0; x < tile.columns; x++) {
            const value = buffer[y * tile.columns + x] ?? NaN;
            // Summed along the other axis first: the same but for float32's rounding.
            const plain = full[q]?.[(tile.y.from + y) * s.mapping.size.width + tile.x.from + x] ?? NaN;
            if (!(Math.abs(value - plain) <= 1e-5)) throw new Error(`${value} in place of ${plain}`);
            if (!(value >= bounds.least && value <= bounds.most)) throw new Error(`${value} outside ${bounds.least}..${bounds.most}`);
          }
        }
      }
    }), { numRuns: 15 });
  });
});

describe('semantic head', () => {
  it.each([
    { background: 1, temperature: 1, prior: 0 },
    { background: 0.2, temperature: 1, prior: 0 },
    { background: 0, temperature: 2.5, prior: 0 },
    { background: 1, temperature: 1.4, prior: 0.7 },
  ])('gives each pixel the name with the largest sum: %o', (options) => {
    fc.assert(fc.property(seeds, (seed) => {
      const s = scene(seed);
      const full = fullLogits(s);
      // Weighted and shared out anew, whatever the head does.
      const p = classProbabilities(s.decoded.embeddings, s.text, SCALE);
      for (let q = 0; q < p.count; q++) {
        const odds = row(p, q);
        odds.forEach((v, k) => (odds[k] = v ** (1 / options.temperature) * (k === NAMES.length ? options.background : 1)));
        const all = odds.reduce((sum, v) => sum + v, 0);
        odds.forEach((v, k) => (odds[k] = v / all));
      }
      const { data, width, height } = s.decoded.masks;
      const found = NAMES.map((_, k) => data.reduce((sum, logit, i) => sum + (row(p, Math.floor(i / (width * height)))[k] ?? 0) * sigmoid(logit), 0));
      const share = found.map((area) => area / found.reduce((sum, other) => sum + other, 0));
      for (let q = 0; q < p.count; q++) share.forEach((part, k) => (row(p, q)[k] = (row(p, q)[k] ?? 0) * part ** options.prior));
      const { labels, present } = semantic(s.decoded, s.text, NAMES, SCALE, s.mapping, options);
      labels.forEach((label, i) => {
        const sums = NAMES.map((_, k) => full.reduce((sum, logits, q) => sum + (row(p, q)[k] ?? 0) * sigmoid(logits[i] ?? 0), 0));
        expect(sums[label]).toBeGreaterThan(Math.max(...sums) - 1e-3);
      });
      expect(present.reduce((sum, e) => sum + e.area, 0)).toBe(labels.length);
    }), { numRuns: 15 });
  });
});

describe('instance head', () => {
  it('scores pairs by class and by their mask, best first, and the map shows the better on top', () => {
    fc.assert(fc.property(seeds, (seed) => {
      const s = scene(seed);
      const isThing = [false, true, true, true];
      const full = fullLogits(s);
      const p = classProbabilities(s.decoded.embeddings, s.text, SCALE);
      const wanted = full.flatMap((logits, q) => {
        const inside = Array.from(logits).filter((v) => v > 0).map(sigmoid);
        const confidence = inside.reduce((a, b) => a + b, 0) / (inside.length + 1e-6);
        return NAMES.flatMap((label, k) => (isThing[k] ? [{ label, area: inside.length, score: (row(p, q)[k] ?? 0) * confidence }] : []));
      }).filter((pair) => pair.score >= 0.2).toSorted((a, b) => b.score - a.score);
      const { ids, instances } = instance(s.decoded, s.text, NAMES, isThing, SCALE, s.mapping, { minScore: 0.2, background: 1 });
      expect(instances.map((i) => [i.label, i.area])).toEqual(wanted.map((w) => [w.label, w.area]));
      instances.forEach((i, n) => expect(i.score).toBeCloseTo(wanted[n]?.score ?? NaN, 5));
      ids.forEach((id, at) => expect(id).toBe(instances.find((i) => i.mask[at] === 1)?.id ?? 0));
    }), { numRuns: 15 });
  });
});

describe('panoptic head', () => {
  const options = { objectMask: 0.3, overlap: 0.4, nms: 1, background: 1 };

  it('is the published merge', () => {
    fc.assert(fc.property(seeds, (seed) => {
      const s = scene(seed);
      const isThing = [false, false, true, true];
      const { ids, segments } = panoptic(s.decoded, s.text, NAMES, isThing, SCALE, s.mapping, options);
      expect(Array.from(ids)).toEqual(Array.from(referenceIds(s, isThing, options)));
      for (const segment of segments) expect(segment.area).toBe(ids.reduce((n, id) => n + (id === segment.id ? 1 : 0), 0));
    }), { numRuns: 25 });
  });

  it('finds nothing when nothing is sure enough', () => {
    const s = scene(3);
    const { ids, segments } = panoptic(s.decoded, s.text, NAMES, [], SCALE, s.mapping, { objectMask: 1, overlap: 0.8, nms: 1, background: 1 });
    expect(segments).toEqual([]);
    expect(ids.every((id) => id === 0)).toBe(true);
  });
});

function referenceIds(s: Scene, isThing: readonly boolean[], options: { objectMask: number; overlap: number }): Uint16Array {
  const p = classProbabilities(s.decoded.embeddings, s.text, SCALE);
  const full = fullLogits(s);
  const kept = full.flatMap((logits, q) => {
    const scores = Array.from(row(p, q));
    const score = Math.max(...scores);
    const label = scores.indexOf(score);
    return label !== NAMES.length && score > options.objectMask ? [{ logits, score, label }] : [];
  });
  const ids = new Uint16Array(s.mapping.size.width * s.mapping.size.height);
  const owner = Array.from(ids, (_, i) => {
    let best = -1;
    let most = -1;
    kept.forEach((k, n) => {
      const strength = k.score * sigmoid(k.logits[i] ?? 0);
      if (strength > most) [best, most] = [n, strength];
    });
    return best;
  });
  const stuff = new Map<number, number>();
  let next = 1;
  kept.forEach((k, n) => {
    const own = owner.filter((o) => o === n).length;
    const whole = k.logits.filter((v) => v >= 0).length;
    const mine = owner.flatMap((o, i) => (o === n && (k.logits[i] ?? -1) >= 0 ? [i] : []));
    if (own === 0 || whole === 0 || mine.length === 0 || own / whole < options.overlap) return;
    const thing = isThing[k.label] ?? true;
    const id = (thing ? undefined : stuff.get(k.label)) ?? next++;
    if (!thing) stuff.set(k.label, id);
    for (const i of mine) ids[i] = id;
  });
  return ids;
}

describe('mask NMS', () => {
  it('leaves claims of which no two of one name overlap more, each of the rest covered by a surer one', () => {
    fc.assert(fc.property(seeds, fc.constantFrom(0.2, 0.5, 0.8), (seed, iou) => {
      const { decoded: { masks } } = scene(seed);
      const claims = Array.from({ length: QUERIES }, (_, query) => ({ query, label: query % 2, score: ((query * 5 + seed) % QUERIES) / QUERIES }));
      const pixels = masks.height * masks.width;
      const inside = (query: number): boolean[] => Array.from(masks.data.subarray(query * pixels, (query + 1) * pixels), (v) => v >= 0);
      const overlap = (a: number, b: number): number => {
        const pairs = inside(a).map((v, i) => [v, inside(b)[i]] as const);
        return pairs.filter(([x, y]) => x && y).length / pairs.filter(([x, y]) => x || y).length;
      };
      const stay = distinct(claims, masks, iou);
      expect(stay).toEqual(claims.filter((c) => stay.includes(c)));
      const covers = (c: typeof claims[number]) => stay.some((s) => s !== c && s.label === c.label && s.score > c.score && overlap(s.query, c.query) > iou);
      for (const c of claims) expect(covers(c)).toBe(!stay.includes(c));
      expect(distinct(claims, masks, 1)).toEqual(claims);
    }), { numRuns: 30 });
  });

  it('lets one thing that two queries claim be one segment', () => {
    const s = scene(1);
    const plane = s.decoded.masks.width * s.decoded.masks.height;
    // All queries mean what the first does, each ahead on columns of its own.
    const data = Float32Array.from(s.decoded.masks.data, (_, i) => (i % QUERIES === Math.floor(i / plane) ? 5 : 3));
    const embeddings = { ...s.decoded.embeddings, data: Float32Array.from(s.decoded.embeddings.data, (_, i) => s.text.data[2 * DIM + (i % DIM)] ?? 0) };
    const decoded: Decoded = { masks: { ...s.decoded.masks, data }, embeddings };
    const found = (nms: number) => panoptic(decoded, s.text, NAMES, [false, false, true, true], SCALE, s.mapping, { objectMask: 0.3, overlap: 0.6, nms, background: 1 }).segments;
    expect(found(1)).toEqual([]);
    expect(found(0.5).map(({ label, area }) => [label, area])).toEqual([['cat', s.mapping.size.width * s.mapping.size.height]]);
  });
});

describe('referring head', () => {
  it('takes the query nearest to the phrase and its mask above zero', () => {
    fc.assert(fc.property(seeds, fc.integer({ min: 0, max: QUERIES - 1 }), (seed, wanted) => {
      const s = scene(seed);
      const phrase = normalise(row(s.decoded.embeddings, wanted));
      const found = referring(s.decoded, phrase, row(s.text, NAMES.length), SCALE, s.mapping, { minScore: 0.5 });
      expect(Array.from(found.mask)).toEqual(Array.from(fullLogits(s)[wanted] ?? [], (v) => (v > 0 ? 1 : 0)));
      expect(found.area).toBe(found.mask.reduce((a, b) => a + b, 0));
      expect(found.score).toBeGreaterThanOrEqual(0.5);
    }), { numRuns: 25 });
  });
});

describe('scores', () => {
  it('the sigmoid table is right to a millionth', () => {
    const xs = Float32Array.from({ length: 4001 }, (_, i) => (i - 2000) / 90);
    const ys = xs.slice();
    sigmoidAll(ys);
    ys.forEach((y, i) => expect(Math.abs(y - sigmoid(xs[i] ?? 0))).toBeLessThan(2e-6));
  });
  it('class probabilities sum to one', () => {
    const s = scene(9);
    const p = classProbabilities(s.decoded.embeddings, s.text, SCALE);
    for (let q = 0; q < p.count; q++) expect(row(p, q).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
  });
});
