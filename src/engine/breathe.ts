/** Lets messages that have arrived be heard, then goes on. A timer would do, but browsers make nested ones wait 4 ms each. */
export const breathe: () => Promise<void> = 'setImmediate' in globalThis ? () => new Promise((resolve) => setImmediate(resolve)) : throughChannel();

function throughChannel(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.addEventListener('message', () => waiting.shift()?.());
  port1.start();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(0);
    });
}
