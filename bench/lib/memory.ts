/** Memory of a browser with all its processes, where /proc tells (Linux). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Proportional set size, in bytes, of all processes of the browser with this profile folder: the launched one and its children. */
function browserBytes(profile: string): number {
  const processes = new Map<string, { parent: string; mine: boolean }>();
  for (const pid of readdirSync('/proc').filter((p) => /^\d+$/.test(p))) {
    const parent = /^PPid:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '';
    processes.set(pid, { parent, mine: read(`/proc/${pid}/cmdline`).includes(profile) });
  }
  const belongs = (pid: string): boolean => {
    const found = processes.get(pid);
    return found !== undefined && (found.mine || belongs(found.parent));
  };
  let sum = 0;
  for (const pid of processes.keys()) if (belongs(pid)) sum += Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024;
  return sum;
}

/** Watches until stopped; the answer is NaN where there is no /proc. */
export function watchMemory(profile: string, everyMs = 250): () => number {
  if (!existsSync('/proc/self/smaps_rollup')) return () => NaN;
  let most = 0;
  const look = (): void => void (most = Math.max(most, browserBytes(profile)));
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}
