/** Who reacted how. One's own are shown at once, before the server has answered. */
import { session } from '../../app/session.ts';
import type { Message, Outgoing } from '../../../client/index.ts';
import { t } from '../../text/text.ts';
import { nameOf } from '../names.ts';

/** With those of one's own that are on their way. */
export function reactionsOf({ seq, reactions }: Message, outgoing: readonly Outgoing[], own: string): Readonly<Record<string, readonly string[]>> {
  let shown: Record<string, readonly string[]> = reactions;
  for (const { frame, state } of outgoing) {
    if (frame.type !== 'react' || frame.message !== seq || state === 'failed') continue;
    const without = (shown[frame.emoji] ?? []).filter((person) => person !== own);
    shown = { ...shown, [frame.emoji]: frame.change === 'added' ? [...without, own] : without };
  }
  return Object.fromEntries(Object.entries(shown).filter(([, people]) => people.length > 0));
}

const NAMED_MAX = 20;

type ReactionsProps = {
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly tabIndex: number;
  readonly onToggle: (emoji: string, isOwn: boolean) => void;
};

export function Reactions({ reactions, tabIndex, onToggle }: ReactionsProps) {
  const entries = Object.entries(reactions);
  if (entries.length === 0) return null;
  const own = session.value?.person ?? '';
  return (
    <div class="reactions">
      {entries.map(([emoji, people]) => {
        const isOwn = people.includes(own);
        return (
          <button
            type="button"
            class="reaction"
            key={emoji}
            tabIndex={tabIndex}
            aria-pressed={isOwn}
            aria-label={t('chat.reaction', { emoji, count: people.length })}
            title={people.slice(0, NAMED_MAX).map(nameOf).join(', ')}
            onClick={() => onToggle(emoji, isOwn)}
          >
            <span aria-hidden="true">
              {emoji} {people.length}
            </span>
          </button>
        );
      })}
    </div>
  );
}
