/** Chooses a reaction: the usual ones at hand, and some hundred more. A screen reader says the emoji itself. */
import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';

const GROUPS = [
  ['chat.emojiUsual', '👍❤️😂😮😢🎉👏🙏'],
  ['chat.emojiFaces', '😀😄😁😅🤣😊🙂😉😍😘😋😎🤓🤔🤨😐😶🙄😏😴😌🤤😷🤒🥳🤩😇🥺😭😡😱🤯🥶🥵🤗🫡'],
  ['chat.emojiHands', '👋🤚✋👌🤌✌️🤞🤟🤙👈👉👆👇👎✊👊🙌🫶🤲🤝💪👀🧠🫠'],
  ['chat.emojiHearts', '💛💚💙💜🖤🤍🧡💔💯💥✨🔥⭐🌈☀️🌧️⛄🌸🍀🌻'],
  ['chat.emojiThings', '🍎🍕🍜🍚🍰☕🍵🍺🍷🥂🎂🎁🎈🏆⚽🎸🎬📚💻📱📷🚗🚲✈️🏠⏰💡📌✅❌❓❗➕🚀🐶🐱🦊🐻🐼🐸'],
] as const;

const segments = new Intl.Segmenter();

export function EmojiPicker({ onChoose, onClose }: { readonly onChoose: (emoji: string) => void; readonly onClose: () => void }) {
  return (
    <Dialog title={t('chat.react')} onClose={onClose}>
      {GROUPS.map(([title, emoji]) => (
        <section key={title}>
          <h3>{t(title)}</h3>
          <div class="emoji-grid">
            {Array.from(segments.segment(emoji), ({ segment }) => (
              <button
                type="button"
                class="bare emoji"
                key={segment}
                onClick={() => {
                  onChoose(segment);
                  onClose();
                }}
              >
                {segment}
              </button>
            ))}
          </div>
        </section>
      ))}
    </Dialog>
  );
}
