/** One query's mask at the output size: 1 where its logit is above zero. */
import type { LogitPlanes } from '../masks/types.ts';
import { type Bounds, eachRow, MaskField, tileBuffer } from './field.ts';
import type { MaskMapping } from './head.ts';

export function solidMask(masks: LogitPlanes, query: number, mapping: MaskMapping): Uint8Array {
  const field = new MaskField(masks, mapping);
  const mask = new Uint8Array(field.size.width * field.size.height);
  const bounds: Bounds = { least: 0, most: 0 };
  const values = tileBuffer();
  for (const tile of field.tiles) {
    field.bounds(query, tile, bounds);
    if (bounds.most <= 0) continue;
    if (bounds.least > 0) {
      eachRow(tile, field.size, (_, at, columns) => mask.fill(1, at, at + columns));
      continue;
    }
    field.fill(query, tile, values);
    eachRow(tile, field.size, (inTile, at, columns) => {
      for (let c = 0; c < columns; c++) mask[at + c] = (values[inTile + c] as number) > 0 ? 1 : 0;
    });
  }
  return mask;
}
