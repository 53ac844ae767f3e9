/** Says results aloud for screen readers. Two places take turns, so that the same words are read twice when they occur twice. */
import { useSelect } from '../context.ts';

export function Announcer() {
  const { serial, text } = useSelect((s) => s.notices.announcement);
  return (
    <div className="unseen" role="status" aria-live="polite">
      <span>{serial % 2 === 0 ? text : ''}</span>
      <span>{serial % 2 === 1 ? text : ''}</span>
    </div>
  );
}
