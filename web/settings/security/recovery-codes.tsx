/** Shows recovery codes, this once. */
import { useSignal } from '@preact/signals';
import { Dialog } from '../../parts/dialog.tsx';
import { t } from '../../text/text.ts';

export function RecoveryCodes({ codes, onClose }: { readonly codes: readonly string[]; readonly onClose: () => void }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join('\n'));
    isCopied.value = true;
  };
  return (
    <Dialog title={t('settings.recoveryCodes')} onClose={onClose}>
      <p>{t('settings.recoveryCodesHint')}</p>
      <ul class="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="setting-buttons">
        {'clipboard' in navigator && (
          <button type="button" class="quiet" onClick={() => void copy().catch(() => undefined)}>
            {t('settings.copy')}
          </button>
        )}
        <button type="button" class="primary" onClick={onClose}>
          {t('settings.haveThem')}
        </button>
        <span role="status">{isCopied.value && t('settings.copied')}</span>
      </div>
    </Dialog>
  );
}
