/** Tells moderators of a post, a message or a person. */
import { useSignal } from '@preact/signals';
import { failureText, session } from '../app/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { t } from '../text/text.ts';

export type ReportSubject =
  | { readonly kind: 'post'; readonly post: string }
  | { readonly kind: 'message'; readonly channel: string; readonly message: number }
  | { readonly kind: 'person'; readonly person: string };

const VIOLATIONS = ['spam', 'harassment', 'hate', 'violence', 'sexual', 'self-harm', 'illegal', 'impersonation', 'other'] as const;
const TEXT_CHARACTERS_MAX = 2_000;

export function ReportDialog({ subject, onClose }: { readonly subject: ReportSubject; readonly onClose: () => void }) {
  const violation = useSignal<(typeof VIOLATIONS)[number]>('spam');
  const text = useSignal('');
  const state = useSignal<'asking' | 'sending' | 'sent'>('asking');
  const failure = useSignal<string | undefined>(undefined);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (state.value !== 'asking') return;
    state.value = 'sending';
    failure.value = undefined;
    try {
      const words = text.value.trim();
      await session.value?.tidings.write.POST('/v1/reports', { body: { subject, violation: violation.value, ...(words === '' ? {} : { text: words }) } });
      state.value = 'sent';
    } catch (error) {
      failure.value = failureText(error);
      state.value = 'asking';
    }
  };
  return (
    <Dialog title={t(`report.${subject.kind}`)} onClose={onClose}>
      {state.value === 'sent' ? (
        <>
          <p role="status">{t('report.sent')}</p>
          <p class="dialog-actions">
            <button type="button" class="primary" onClick={onClose}>
              {t('app.close')}
            </button>
          </p>
        </>
      ) : (
        <form class="report" onSubmit={(event) => void send(event)}>
          <fieldset>
            <legend>{t('report.why')}</legend>
            {VIOLATIONS.map((one) => (
              <label key={one} class="choice">
                <input type="radio" name="violation" value={one} checked={violation.value === one} onChange={() => (violation.value = one)} />
                {t(`report.${one}`)}
              </label>
            ))}
          </fieldset>
          <div class="field">
            <label for="report-text">{t('report.text')}</label>
            <textarea
              id="report-text"
              rows={3}
              dir="auto"
              maxLength={TEXT_CHARACTERS_MAX}
              value={text}
              onInput={({ currentTarget }) => (text.value = currentTarget.value)}
            />
          </div>
          {failure.value !== undefined && (
            <p class="undone" role="alert">
              {failure.value}
            </p>
          )}
          <p class="dialog-actions">
            <button type="button" class="quiet" onClick={onClose}>
              {t('form.cancel')}
            </button>
            <button type="submit" class="primary" aria-disabled={state.value === 'sending'}>
              {t('report.send')}
            </button>
          </p>
        </form>
      )}
    </Dialog>
  );
}
