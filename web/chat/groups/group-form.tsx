/** Title, description and picture of a group. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { failureText, session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { act, inChannel } from '../acting.ts';
import { isAdmin, type ChannelFacts, type Opened } from '../open-channel.ts';
import { say } from '../said.ts';

const TITLE_CHARACTERS_MAX = 100;
const DESCRIPTION_CHARACTERS_MAX = 1_000;

export function GroupForm({ facts, opened }: { readonly facts: ChannelFacts; readonly opened: Opened }) {
  const { id } = facts;
  const title = useSignal(facts.title ?? '');
  const description = useSignal(facts.description ?? '');
  const progress = useSignal<number | undefined>(undefined);
  const file = useRef<HTMLInputElement>(null);
  const again = () => void opened.readFacts().catch(failureText);
  const save = async () => {
    const changedTitle = title.value.trim();
    if (changedTitle !== (facts.title ?? '')) await act((write) => write.PATCH('/v1/channels/{channel}', { ...inChannel(id), body: { title: changedTitle } }));
    if (description.value.trim() !== (facts.description ?? ''))
      await act((write) => write.PUT('/v1/channels/{channel}/description', { ...inChannel(id), body: { description: description.value.trim() } }));
    again();
  };
  const choose = async (chosen: File | undefined) => {
    if (chosen === undefined) return;
    progress.value = 0;
    try {
      const onProgress = ({ sentBytes, totalBytes }: { readonly sentBytes: number; readonly totalBytes: number }) =>
        (progress.value = totalBytes === 0 ? 0 : sentBytes / totalBytes);
      const media = await session.value?.tidings.upload(chosen, { onProgress });
      if (media !== undefined) await act((write) => write.PUT('/v1/channels/{channel}/picture', { ...inChannel(id), body: { media } }));
    } catch (error) {
      say(failureText(error));
    } finally {
      progress.value = undefined;
    }
    again();
  };
  const removePicture = async () => {
    await act((write) => write.DELETE('/v1/channels/{channel}/picture', inChannel(id)));
    again();
  };
  const setHistory = async (history: 'all' | 'since-joining') => {
    await act((write) => write.PUT('/v1/channels/{channel}/history', { ...inChannel(id), body: { history } }));
    again();
  };
  const isChanged = title.value.trim() !== (facts.title ?? '') || description.value.trim() !== (facts.description ?? '');
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <label>
        {t('chat.groupTitle')}
        <input dir="auto" required maxLength={TITLE_CHARACTERS_MAX} value={title} onInput={({ currentTarget }) => (title.value = currentTarget.value)} />
      </label>
      <label>
        {t('chat.description')}
        <textarea
          dir="auto"
          rows={2}
          maxLength={DESCRIPTION_CHARACTERS_MAX}
          value={description}
          onInput={({ currentTarget }) => (description.value = currentTarget.value)}
        />
      </label>
      {isChanged && (
        <button type="submit" class="primary">
          {t('chat.save')}
        </button>
      )}
      <p class="request-actions">
        <button type="button" class="quiet" onClick={() => file.current?.click()}>
          {t('chat.choosePicture')}
        </button>
        {facts.picture !== null && (
          <button type="button" class="quiet" onClick={() => void removePicture()}>
            {t('chat.removePicture')}
          </button>
        )}
        <input
          ref={file}
          type="file"
          accept="image/*"
          hidden
          data-group-picture
          onChange={({ currentTarget }) => {
            void choose(currentTarget.files?.[0]);
            currentTarget.value = '';
          }}
        />
      </p>
      {progress.value !== undefined && <progress max={1} value={progress} aria-label={t('chat.choosePicture')} />}
      {isAdmin(facts) && (
        <label>
          {t('chat.historyFor')}
          <select value={facts.history} onChange={({ currentTarget }) => void setHistory(currentTarget.value === 'all' ? 'all' : 'since-joining')}>
            <option value="all">{t('chat.historyAll')}</option>
            <option value="since-joining">{t('chat.historySince')}</option>
          </select>
        </label>
      )}
    </form>
  );
}
