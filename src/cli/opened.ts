/** Pictures one after the other, the next one decoded while the present one is computed; two are open at most. */
import { OpenPicture } from './picture.ts';
import type { Job } from './requests.ts';
import type { Run } from './run.ts';

/** A picture, or why it could not be opened, and the requests about it; neither where they are about none. The caller closes it. */
export interface Opened {
  readonly picture: OpenPicture | null;
  readonly error: unknown;
  readonly of: readonly Job[];
}

export async function* opened(run: Run, groups: readonly (readonly Job[])[]): AsyncGenerator<Opened> {
  const open = async (of: readonly Job[]): Promise<Opened> => {
    try {
      const [first] = of;
      const picture = first?.image && first.file ? await OpenPicture.open(run, first.image, first.file) : null;
      return { picture, error: null, of };
    } catch (error) {
      return { picture: null, error, of };
    }
  };
  let next = groups[0] ? open(groups[0]) : null;
  for (let i = 1; next; i++) {
    const now: Opened = await next;
    const following = groups[i];
    next = following ? open(following) : null;
    yield now;
  }
}
