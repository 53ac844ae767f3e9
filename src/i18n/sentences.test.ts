import { describe, expect, it } from 'vitest';
import { EngineError, FAILURES, type ErrorCode } from '../engine/errors.ts';
import { sniff } from '../engine/picture/sniff.ts';
import { sentence, told } from './sentences.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));

function thrown(head: Uint8Array): EngineError {
  try {
    sniff(head);
  } catch (error) {
    if (error instanceof EngineError) return error;
  }
  throw new Error('Nothing was thrown.');
}

describe("the engine's sentences in Korean", () => {
  it.each([
    ['nothing', ''], ['text', 'hello'], ['noise', '\x01\x02\x03\xff'], ['HEIC', '\0\0\0\x18ftypheic'], ['PDF', '%PDF-1.7'], ['ZIP', 'PK\x03\x04'], ['TIFF', 'II*\0'], ['PSD', '8BPS'],
  ])('say what is wrong with a file of %s', (_, head) => {
    const error = thrown(bytes(head));
    const { message, advice, original } = told('ko', error);
    expect(original).toBeNull();
    expect(message).toMatch(/[가-힣]/);
    expect(advice).toMatch(/[가-힣]/);
    expect(told('en', error)).toEqual({ message: error.message, advice: error.advice, original: null });
  });

  it("stand beside the engine's own where only the kind of a failure is known", () => {
    for (const code of Object.keys(FAILURES) as ErrorCode[]) {
      const { message, advice, original } = told('ko', new EngineError(code, 'A sentence nobody has translated.'));
      expect(message).toMatch(/[가-힣]/);
      expect(advice).toMatch(/[가-힣]/);
      expect(original).toBe('A sentence nobody has translated.');
    }
  });

  it('name the parts that vary', () => {
    expect(sentence('ko', 'The picture is too large: 20000 x 9000 pixels.')).toContain('20000 × 9000');
    expect(sentence('ko', 'WASM with 4 threads, because this browser has no WebGPU; the self-check passed.')).toBe('이 브라우저에는 WebGPU가 없어 WASM 스레드 4개로 계산합니다. 자체 점검을 통과했습니다.');
    expect(sentence('ko', 'WASM with 2 threads, because the graphics device was lost twice; the self-check passed.')).toBe('그래픽 장치를 두 번 잃어 WASM 스레드 2개로 계산합니다. 자체 점검을 통과했습니다.');
    expect(sentence('ko', 'WASM with 1 thread; the self-check passed.')).toBe('WASM 스레드 1개로 계산합니다. 자체 점검을 통과했습니다.');
    expect(sentence('ko', 'WebGPU with subgroups on apple metal-3; the self-check passed.')).toContain('apple metal-3');
    expect(sentence('en', 'WASM with 1 thread; the self-check passed.')).toBe('WASM with 1 thread; the self-check passed.');
  });
});
