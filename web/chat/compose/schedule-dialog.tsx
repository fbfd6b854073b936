/** Sends a message later. */
import { useSignal } from '@preact/signals';
import type { paths } from '../../../client/http/generated/write-api.ts';
import { failureText, session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { say } from '../said.ts';
import { localText, momentText } from '../times.ts';

type Scheduled = NonNullable<paths['/v1/channels/{channel}/scheduled-messages']['post']['requestBody']>['content']['application/json'];
type ScheduleDialogProps = {
  readonly channel: string;
  readonly message: Omit<Scheduled, 'sendAt'>;
  readonly onScheduled: () => void;
  readonly onClose: () => void;
};

const HOUR_MS = 3_600_000;

export function ScheduleDialog({ channel, message, onScheduled, onClose }: ScheduleDialogProps) {
  const at = useSignal(localText(Date.now() + HOUR_MS));
  const failure = useSignal<string | undefined>(undefined);
  const schedule = async () => {
    const sendAt = new Date(at.value);
    if (Number.isNaN(sendAt.getTime())) return;
    failure.value = undefined;
    try {
      await session.value?.tidings.write.POST('/v1/channels/{channel}/scheduled-messages', {
        params: { path: { channel } },
        body: { ...message, sendAt: sendAt.toISOString() },
      });
      say(t('chat.scheduledFor', { time: momentText(sendAt.toISOString()) }));
      onScheduled();
      onClose();
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  return (
    <Dialog title={t('chat.schedule')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          void schedule();
        }}
      >
        <label>
          {t('chat.sendAt')}
          <input type="datetime-local" required value={at} min={localText(Date.now())} onInput={({ currentTarget }) => (at.value = currentTarget.value)} />
        </label>
        {failure.value !== undefined && <Failure text={failure.value} />}
        <button type="submit" class="primary">
          {t('chat.schedule')}
        </button>
      </form>
    </Dialog>
  );
}
