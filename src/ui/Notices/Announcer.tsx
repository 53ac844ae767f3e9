/** Says results aloud for screen readers. Two places take turns, so that the same words are read twice when they occur twice; an open sheet does not hide it. */
import { useSelect } from '../context.ts';

export function Announcer() {
  const { serial, text } = useSelect((s) => s.notices.announcement);
  return (
    <div className="unseen" role="status" aria-live="polite" data-live-announcer="true">
      <span>{serial % 2 === 0 ? text : ''}</span>
      <span>{serial % 2 === 1 ? text : ''}</span>
    </div>
  );
}
