/** The batch run over many pictures, measured by its own command. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensurePython } from '../../scripts/python.ts';
import { ROOT, SAMPLES } from '../lib/context.ts';
import type { Part } from '../lib/part.ts';

export const scale: Part = {
  name: 'scale',
  title: 'Many pictures: the batch run',
  counted: () => 'once',
  async run(context) {
    const args = ['-m', 'xdecoder.batch.figures', '--pack', context.pack('default').folder, '--pictures', SAMPLES];
    const cwd = join(ROOT, 'offline');
    const { stdout } = await promisify(execFile)(ensurePython(), args, { cwd, maxBuffer: 2 ** 24 }).catch((cause: unknown) => {
      throw new Error('python -m xdecoder.batch.figures failed; it needs the scale packages: pip install -e \'offline[scale]\'', { cause });
    });
    return stdout.trim();
  },
};
