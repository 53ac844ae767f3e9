/** Node's decoder: sharp. Upright, sRGB, 8 bit, alpha flattened onto white, as the browser's. */
import sharp from 'sharp';
import { EngineError } from '../engine/errors.ts';
import { assertSize, type PictureDecoder } from '../engine/picture/decode.ts';

sharp.cache(false);

export const decodeInNode: PictureDecoder = async (file, format) => {
  if (format === 'bmp') throw new EngineError('format-unsupported', 'The file is a BMP picture, which is not read outside a browser.');
  try {
    const input = Buffer.from(await file.arrayBuffer());
    // `truncated`: what a browser shows in full passes here too; what is cut off was refused before.
    const picture = sharp(input, { failOn: 'truncated', limitInputPixels: false, pages: 1 });
    assertSize(await picture.metadata());
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    return {
      width,
      height,
      rows: (top, count) => data.subarray(top * width * 4, (top + count) * width * 4),
      release: () => undefined,
    };
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError('picture-damaged', `The ${format.toUpperCase()} picture is damaged or incomplete and could not be read.`, { cause });
  }
};
