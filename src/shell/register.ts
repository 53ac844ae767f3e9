/**
 * Registers the service worker of the built page. On a host that sends no isolation headers the worker sends them, from
 * the next load on: the page loads itself again once, at once, and never when something would be lost or it did not help.
 */
import type { Workbox } from 'workbox-window';

const TRIED = 'xdecoder.isolation-tried';

export interface ShellEvents {
  /** Something would be lost by loading the page again. */
  inUse(): boolean;
  /** A newer version has been fetched and waits; `activateUpdate` loads the page with it. */
  onUpdate(): void;
}

let waiting: Workbox | null = null;

export async function activateUpdate(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  // Another tab may have put it to work already.
  if (!registration?.waiting) return location.reload();
  waiting?.addEventListener('controlling', () => location.reload());
  waiting?.messageSkipWaiting();
}

export async function registerShell({ inUse, onUpdate }: ShellEvents): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  try {
    const { Workbox } = await import('workbox-window');
    const shell = new Workbox(new URL('sw.js', document.baseURI).href);
    shell.addEventListener('waiting', () => {
      waiting = shell;
      onUpdate();
    });
    await shell.register();
    await shell.controlling;
  } catch {
    return; // refused (a private window, a policy): everything works but the next visit's start without a network
  }
  if (crossOriginIsolated || inUse() || tried()) return;
  location.reload();
}

/** True when this tab has loaded itself again for isolation before, or can't remember whether it did. */
function tried(): boolean {
  try {
    if (sessionStorage.getItem(TRIED) !== null) return true;
    sessionStorage.setItem(TRIED, '1');
    return false;
  } catch {
    return true;
  }
}
