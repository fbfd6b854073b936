/** Jumps to the first message of a day, by one's own calendar. */
import { useSignal } from '@preact/signals';
import { failureText } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { goToMessage, type Opened } from '../open-channel.ts';
import { localText } from '../times.ts';

const DATE_CHARACTERS = 'YYYY-MM-DD'.length;

export function DateDialog({ opened, onClose }: { readonly opened: Opened; readonly onClose: () => void }) {
  const today = localText(Date.now()).slice(0, DATE_CHARACTERS);
  const day = useSignal(today);
  const failure = useSignal<string | undefined>(undefined);
  const go = async () => {
    const begin = new Date(`${day.value}T00:00`);
    if (Number.isNaN(begin.getTime())) return;
    try {
      const seq = await opened.channel()?.jumpTo({ at: begin.toISOString() });
      if (seq === undefined) return void (failure.value = t('chat.nothingThere'));
      goToMessage(opened, seq);
      onClose();
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  return (
    <Dialog title={t('chat.toDate')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <label>
          {t('chat.day')}
          <input type="date" required max={today} value={day} onInput={({ currentTarget }) => (day.value = currentTarget.value)} />
        </label>
        {failure.value !== undefined && <Failure text={failure.value} />}
        <button type="submit" class="primary">
          {t('chat.goThere')}
        </button>
      </form>
    </Dialog>
  );
}
