/** Pick, point, box, brush, eraser, move; undo and redo below them. */
import { Brush, Eraser, MousePointer2, MousePointerClick, Move, Redo2, SquareDashed, Undo2, type LucideIcon } from 'lucide-react';
import { ToggleButton, ToggleButtonGroup, TooltipTrigger } from 'react-aria-components';
import { redo, undo } from '../../actions/history.ts';
import { toolActions } from '../../actions/tools.ts';
import type { Tool } from '../../store/slices/view.ts';
import { useApp, useSelect, useT } from '../context.ts';
import { ActionButton } from '../parts/ActionButton.tsx';
import { Tip } from '../parts/Tip.tsx';
import styles from './Tools.module.css';

const ICONS: Readonly<Record<Tool, LucideIcon>> = { pick: MousePointer2, point: MousePointerClick, box: SquareDashed, brush: Brush, eraser: Eraser, pan: Move };

export function Tools() {
  const app = useApp();
  const t = useT();
  const tool = useSelect((s) => s.view.tool);
  return (
    <div className={styles.tools} role="toolbar" aria-label={t('tool.group')}>
      <ToggleButtonGroup className={styles.group ?? ''} selectionMode="single" disallowEmptySelection selectedKeys={[tool]} aria-label={t('tool.group')}>
        {toolActions.map((action) => {
          const Icon = ICONS[action.tool];
          return (
            <TooltipTrigger key={action.id} delay={500}>
              <ToggleButton id={action.tool} className={styles.tool ?? ''} aria-label={t(action.label)} onPress={() => void action.perform(app)}>
                <Icon size={18} strokeWidth={1.7} aria-hidden />
              </ToggleButton>
              <Tip keys={action.keys[0]} placement="right">{t(action.label)}</Tip>
            </TooltipTrigger>
          );
        })}
      </ToggleButtonGroup>
      <hr className={styles.rule} />
      <ActionButton action={undo} className={styles.tool} tip="right"><Undo2 size={18} strokeWidth={1.7} aria-hidden /></ActionButton>
      <ActionButton action={redo} className={styles.tool} tip="right"><Redo2 size={18} strokeWidth={1.7} aria-hidden /></ActionButton>
    </div>
  );
}
