/** A voice message is sent by itself, as soon as the server has it: what is being written stays, and what is begun meanwhile too. */
import { effect, untracked } from '@preact/signals';
import { remove } from '../../media/attachments.ts';
import type { Opened } from '../open-channel.ts';
import { attachmentsOf, changeDraft, draftOf, NO_DRAFT } from './drafts.ts';
import { attachAll, sendDraft } from './send.ts';

/** One that can't be uploaded stays among what is attached, to be tried again. */
export function sendVoice(opened: Opened, file: File): void {
  const { id } = opened;
  const files = attachmentsOf(id);
  const before = new Set(files.value);
  attachAll(opened, [file]);
  const voice = files.value.find((one) => !before.has(one));
  if (voice === undefined) return;
  const { reply } = draftOf(id).peek();
  if (reply !== undefined) changeDraft(id, ({ typed, mentioned }) => ({ typed, mentioned }));
  const send = () => {
    void sendDraft(opened, { ...NO_DRAFT, ...(reply === undefined ? {} : { reply }) }, [voice]);
    remove(files, voice);
  };
  /** Whoever doesn't say it may answer in another way. */
  const giveBack = () => {
    if (reply !== undefined) changeDraft(id, (draft) => (draft.reply === undefined && draft.edit === undefined ? { ...draft, reply } : draft));
  };
  let isSettled = false;
  const stop = effect(() => {
    const isThere = files.value.includes(voice);
    const isReady = voice.state.value.status === 'ready';
    if (isSettled || (isThere && !isReady)) return;
    isSettled = true;
    queueMicrotask(() => stop());
    untracked(isThere ? send : giveBack);
  });
}
