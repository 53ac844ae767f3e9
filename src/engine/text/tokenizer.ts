/** Words to ids as the pack's tokenizer.json says, cut and marked the way the text encoder was trained. */
import { Tokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { check } from '../pack/manifest.ts';
import type { Manifest } from '../pack/schema.ts';

export interface Tokens {
  /** Start token, words, end token; never more than the context length. */
  readonly ids: readonly number[];
  readonly truncated: boolean;
}

const FileSchema = v.looseObject({
  added_tokens: v.optional(v.array(v.looseObject({ content: v.string() })), []),
  model: v.looseObject({}),
});

export class PackTokenizer {
  readonly #tokenizer: Tokenizer;
  readonly #special: readonly string[];
  readonly #context: number;
  readonly startToken: number;
  readonly endToken: number;

  constructor(json: unknown, entry: Manifest['tokenizer']) {
    const file = check(FileSchema, json, entry.file);
    this.#tokenizer = new Tokenizer(file, {});
    this.#special = file.added_tokens.map((t) => t.content).filter((t) => t.length > 0);
    this.#context = entry.contextLength;
    this.startToken = entry.startToken;
    this.endToken = entry.endToken;
  }

  /** The tokenizer ignores truncation in its file, and would turn typed "<|endoftext|>" into the real token. */
  encode(text: string): Tokens {
    const { ids } = this.#tokenizer.encode(this.#withoutSpecial(text), { add_special_tokens: true });
    if (ids.length <= this.#context) return { ids, truncated: false };
    return { ids: [...ids.slice(0, this.#context - 1), this.endToken], truncated: true };
  }

  decode(ids: readonly number[]): string {
    return this.#tokenizer.decode([...ids], { skip_special_tokens: true });
  }

  /** Removing one special token may join the halves of another: until nothing changes. */
  #withoutSpecial(text: string): string {
    let clean = text;
    for (let before = ''; before !== clean; ) {
      before = clean;
      for (const token of this.#special) clean = clean.replaceAll(token, ' ');
    }
    return clean;
  }
}
