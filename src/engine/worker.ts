/** The worker: the engine's core, spoken to by messages. The host of the core in a browser. */
import { EngineCore } from './core.ts';
import { asEngineError, EngineError, isAbort } from './errors.ts';
import { decodeInBrowser } from './picture/decode.browser.ts';
import { type FromWorker, type ToWorker, transferables } from './protocol.ts';
import { KeptRuntimes } from './runtime/kept.browser.ts';
import { CacheStore } from './weights/store.ts';

let core: EngineCore | null = null;
const calls = new Map<number, AbortController>();

const send = (message: FromWorker, transfer: Transferable[] = []): void => self.postMessage(message, { transfer });

type Call = Extract<ToWorker, { kind: 'call' }>;

function started(): EngineCore {
  if (!core) throw new EngineError('internal', 'The worker was asked before it was started.');
  return core;
}

function start({ options, served }: Extract<Call, { name: 'start' }>['args']): void {
  core = new EngineCore(
    {
      runtimes: new KeptRuntimes(served),
      decode: decodeInBrowser,
      store: new CacheStore('caches' in self ? self.caches : undefined),
      fetch: (url, init) => fetch(url, init),
      gpu: navigator.gpu,
      threads: self.crossOriginIsolated ? Math.max(1, navigator.hardwareConcurrency) : 1,
    },
    options,
  );
  core.subscribe((event) => send({ kind: 'event', event }));
}

/** Takes the lock and keeps it: the browser lets go of it when the worker ends, however that happens. */
const live = (name: string): Promise<void> =>
  new Promise((taken) => {
    void navigator.locks.request(name, () => {
      taken();
      return new Promise<never>(() => undefined);
    });
  });

async function answer(call: Call, signal: AbortSignal): Promise<void> {
  const { id, name } = call;
  switch (name) {
    case 'start':
      start(call.args);
      if (call.args.life !== null) await live(call.args.life);
      return send({ kind: 'return', id, name, value: null });
    case 'describe':
      return send({ kind: 'return', id, name, value: await started().describe(call.args.source, { signal }) });
    case 'load':
      return send({ kind: 'return', id, name, value: await started().load(call.args.source, { signal }) });
    case 'open':
      return send({ kind: 'return', id, name, value: await started().open(call.args.picture, { signal }) });
    case 'run': {
      const { task, picture, input, lane } = call.args;
      const run = await started().run(task, picture, input, { signal, lane, onWords: (text) => send({ kind: 'words', id, text }) });
      return send({ kind: 'return', id, name, value: run }, transferables(run));
    }
    case 'embedText':
      return send({ kind: 'return', id, name, value: await started().embedText(call.args.text, { signal }) });
    case 'close':
      await started().close(call.args.picture);
      return send({ kind: 'return', id, name, value: null });
    case 'storage':
      return send({ kind: 'return', id, name, value: await started().storage() });
    case 'forget':
      await started().forget(call.args.source, { signal });
      return send({ kind: 'return', id, name, value: null });
    case 'inspect':
      return send({ kind: 'return', id, name, value: await started().inspect() });
    default:
      throw new EngineError('internal', `The worker knows no call "${String(name satisfies never)}".`);
  }
}

self.addEventListener('message', (message: MessageEvent<ToWorker>) => {
  const request = message.data;
  if (request.kind === 'cancel') return calls.get(request.id)?.abort();
  const controller = new AbortController();
  calls.set(request.id, controller);
  answer(request, controller.signal)
    .catch((error: unknown) => {
      const plain = isAbort(error) ? 'aborted' : asEngineError(error, 'internal', 'The worker failed').toPlain();
      send({ kind: 'throw', id: request.id, error: plain });
    })
    .finally(() => calls.delete(request.id));
});
