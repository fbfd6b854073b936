/** How words are marked up, and the keys that do it. */
import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';

const ROWS = [
  ['**…**', 'chat.markBold', 'Ctrl+B'],
  ['_…_', 'chat.markItalic', 'Ctrl+I'],
  ['++…++', 'chat.markUnderline', 'Ctrl+U'],
  ['~~…~~', 'chat.markStruck', ''],
  ['||…||', 'chat.markSpoiler', ''],
  ['`…`', 'chat.markCode', 'Ctrl+E'],
  ['```', 'chat.markPre', ''],
  ['> …', 'chat.markQuote', ''],
  ['[…](https://…)', 'chat.markLink', ''],
  ['@', 'chat.markMention', ''],
] as const;

export function FormattingDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title={t('chat.formatting')} onClose={onClose}>
      <dl class="formatting">
        {ROWS.map(([typed, text, keys]) => (
          <div key={typed}>
            <dt>
              <code>{typed}</code>
            </dt>
            <dd>
              {t(text)} {keys !== '' && <kbd>{keys}</kbd>}
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
