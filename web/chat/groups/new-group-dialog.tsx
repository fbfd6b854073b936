/** Makes a group, or an announcement channel. */
import { useSignal } from '@preact/signals';
import { goTo } from '../../app/routes.ts';
import { failureText, session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failure } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import type { Named } from '../names.ts';
import { PeoplePicker } from './people-picker.tsx';

const TITLE_CHARACTERS_MAX = 100;
const KINDS = ['group', 'announcement'] as const;
const NOBODY: ReadonlySet<string> = new Set();

export function NewGroupDialog({ onClose }: { readonly onClose: () => void }) {
  const title = useSignal('');
  const kind = useSignal<(typeof KINDS)[number]>('group');
  const chosen = useSignal<readonly Named[]>([]);
  const failure = useSignal<string | undefined>(undefined);
  const make = async () => {
    failure.value = undefined;
    const named = title.value.trim() === '' ? {} : { title: title.value.trim() };
    const members = chosen.value.map(({ id }) => id);
    try {
      const opened = (await session.value?.tidings.write.POST('/v1/channels', { body: { kind: kind.value, members, ...named } }))?.data;
      onClose();
      if (opened !== undefined) goTo(`/chat/${opened.id}`);
    } catch (error) {
      failure.value = failureText(error);
    }
  };
  return (
    <Dialog title={t('chat.newGroup')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <label>
          {t('chat.groupTitle')}
          <input dir="auto" required maxLength={TITLE_CHARACTERS_MAX} value={title} onInput={({ currentTarget }) => (title.value = currentTarget.value)} />
        </label>
        <fieldset>
          <legend>{t('chat.kind')}</legend>
          {KINDS.map((one) => (
            <label class="choice" key={one}>
              <input type="radio" name="kind" checked={kind.value === one} onChange={() => (kind.value = one)} />
              <span>
                {t(`chat.kind-${one}`)} <span class="hint">{t(`chat.kindHint-${one}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <PeoplePicker chosen={chosen} without={NOBODY} />
        {failure.value !== undefined && <Failure text={failure.value} />}
        <button type="submit" class="primary">
          {t('chat.makeGroup')}
        </button>
      </form>
    </Dialog>
  );
}
