/** Numbers as people read them. */

/** Probability as the labels show it: .97, 1.0. */
export const score = (value: number): string => (value >= 0.995 ? '1.0' : value.toFixed(2).slice(1));

export const percent = (value: number): string => (value > 0 && value < 0.01 ? '< 1 %' : `${Math.round(value * 100)} %`);

export function bytes(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(2)} GB`;
  if (count >= 1e6) return `${(count / 1e6).toFixed(1)} MB`;
  return `${Math.max(count > 0 ? 1 : 0, Math.round(count / 1e3))} kB`;
}

/** A measured time. */
export function duration(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

/** A time still to wait: rounded so that it does not flicker. */
export function remaining(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  return `${Math.ceil(seconds / 60)} min`;
}

/** A time that is running: tenths of a second. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A cosine, which may be negative. */
export const cosine = (value: number): string => value.toFixed(2);
