/** Where one writes: with markup, mentions that complete themselves, files, an answer to something or an edit. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { readyMedia, remove } from '../../media/attachments.ts';
import { AttachmentTray } from '../../media/attachment-tray.tsx';
import { Icon } from '../../parts/icon.tsx';
import { lazy } from '../../parts/lazy.tsx';
import { t } from '../../text/text.ts';
import { nameOf } from '../names.ts';
import type { ChannelFacts, Opened } from '../open-channel.ts';
import { say } from '../said.ts';
import { Completions, useCompletion } from './completion.tsx';
import { attachmentsOf, beginEdit, changeDraft, draftOf, focusAsked, leaveOff, NO_DRAFT, type Draft } from './drafts.ts';
import { mayRecord } from './recording.ts';
import { attachAll, messageOf, sendDraft } from './send.ts';
import { sendVoice } from './send-voice.ts';
import { useStyleKeys } from './style-keys.ts';

const ScheduleDialog = lazy(async () => (await import('./schedule-dialog.tsx')).ScheduleDialog);
const VoiceRecorder = lazy(async () => (await import('./voice-recorder.tsx')).VoiceRecorder);
const FormattingDialog = lazy(async () => (await import('./formatting-dialog.tsx')).FormattingDialog);

type ComposerProps = { readonly opened: Opened; readonly facts: ChannelFacts };

export function Composer({ opened, facts }: ComposerProps) {
  const { id } = opened;
  const draft = draftOf(id);
  const files = attachmentsOf(id);
  const field = useRef<HTMLTextAreaElement>(null);
  const dialog = useSignal<'schedule' | 'formatting' | undefined>(undefined);
  const isRecording = useSignal(false);
  const completion = useCompletion({ field, facts, draft, onChange: (change) => changeDraft(id, change) });
  const styleKeys = useStyleKeys(field, (typed) => changeDraft(id, (before) => ({ ...before, typed })));
  const asked = useRef(focusAsked.value);
  useEffect(() => {
    if (asked.current === focusAsked.value) return;
    asked.current = focusAsked.value;
    field.current?.focus();
  }, [focusAsked.value]);

  const { typed, edit } = draft.value;
  const isReady = readyMedia(files.value) !== undefined;
  const isEmpty = typed.trim() === '' && (files.value.length === 0 || edit !== undefined);
  /** In the place of the clock, which is for what was written. */
  const maySpeak = isEmpty && edit === undefined && mayRecord();
  const send = () => {
    if (isEmpty) return;
    if (!isReady && edit === undefined) return say(t('chat.uploadsWait'));
    void sendDraft(opened, draft.value, edit === undefined ? files.value : []);
    if (edit === undefined) files.value.forEach((one) => remove(files, one));
    changeDraft(id, () => edit?.before ?? NO_DRAFT);
  };
  const endRecording = () => {
    isRecording.value = false;
    requestAnimationFrame(() => field.current?.focus());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a syllable is being composed, Enter ends the syllable.
    if (event.isComposing || completion.onKeyDown(event) || styleKeys(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && (edit !== undefined || draft.value.reply !== undefined)) {
      event.stopPropagation();
      leaveOff(id);
    } else if (event.key === 'ArrowUp' && typed === '') {
      const own = lastOwn(opened);
      if (own === undefined) return;
      event.preventDefault();
      beginEdit(id, own);
    }
  };
  return (
    <>
      <form
        class="writing"
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <About draft={draft.value} onLeave={() => leaveOff(id)} />
        {edit === undefined && <AttachmentTray attachments={files} />}
        <Completions completion={completion} />
        {isRecording.value && (
          <VoiceRecorder
            onSend={(file) => {
              endRecording();
              sendVoice(opened, file);
            }}
            onClose={endRecording}
          />
        )}
        <div class="writing-row" hidden={isRecording.value}>
          {edit === undefined && <Choose onFiles={(chosen) => attachAll(opened, chosen)} />}
          <textarea
            ref={field}
            aria-label={t('chat.message')}
            placeholder={t('chat.message')}
            data-write
            dir="auto"
            rows={1}
            value={typed}
            {...completion.attributes}
            onInput={({ currentTarget }) => {
              const { value } = currentTarget;
              changeDraft(id, (before) => ({ ...before, typed: value }));
              completion.look();
              opened.channel()?.typing();
            }}
            onKeyDown={onKeyDown}
            onPaste={(event) => {
              const pasted = Array.from(event.clipboardData?.files ?? []);
              if (pasted.length === 0 || edit !== undefined) return;
              event.preventDefault();
              attachAll(opened, pasted);
            }}
          />
          <button type="button" class="bare tool-formatting" aria-label={t('chat.formatting')} onClick={() => (dialog.value = 'formatting')}>
            <span aria-hidden="true">Aa</span>
          </button>
          {maySpeak && (
            <button type="button" class="bare" aria-label={t('chat.voiceRecord')} title={t('chat.voiceRecord')} onClick={() => (isRecording.value = true)}>
              <Icon name="mic" />
            </button>
          )}
          {edit === undefined && !maySpeak && facts.request === null && (
            <button
              type="button"
              class="bare"
              aria-label={t('chat.schedule')}
              aria-disabled={isEmpty || !isReady}
              onClick={() => (isEmpty || !isReady ? say(t(isEmpty ? 'chat.scheduleEmpty' : 'chat.uploadsWait')) : (dialog.value = 'schedule'))}
            >
              <Icon name="clock" />
            </button>
          )}
          <button type="submit" class="primary" aria-disabled={isEmpty || (!isReady && edit === undefined)}>
            {t(edit === undefined ? 'chat.send' : 'chat.save')}
          </button>
        </div>
      </form>
      {dialog.value === 'schedule' && (
        <ScheduleDialog
          channel={id}
          message={messageOf(draft.value, readyMedia(files.value) ?? [])}
          onScheduled={() => {
            files.value.forEach((one) => remove(files, one));
            changeDraft(id, () => NO_DRAFT);
          }}
          onClose={() => (dialog.value = undefined)}
        />
      )}
      {dialog.value === 'formatting' && <FormattingDialog onClose={() => (dialog.value = undefined)} />}
    </>
  );
}

const lastOwn = ({ state, own }: Opened) => state.peek()?.messages.findLast(({ sender, notice, text }) => sender === own && notice === null && text !== null);

function About({ draft: { edit, reply }, onLeave }: { readonly draft: Draft; readonly onLeave: () => void }) {
  if (edit === undefined && reply === undefined) return null;
  const words = reply?.quote?.text ?? reply?.excerpt ?? '';
  return (
    <div class="writing-about">
      <p class="writing-about-words" dir="auto">
        <span class="hint">{edit === undefined ? t('chat.replyTo', { name: nameOf(reply?.sender ?? '') }) : t('chat.editing')}</span>{' '}
        {edit === undefined && words}
      </p>
      <button type="button" class="bare" aria-label={t('chat.cancel')} onClick={onLeave}>
        <Icon name="close" />
      </button>
    </div>
  );
}

function Choose({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class="bare" aria-label={t('chat.attach')} title={t('chat.attach')} onClick={() => input.current?.click()}>
        <Icon name="attach" />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        data-files
        onChange={({ currentTarget }) => {
          onFiles(Array.from(currentTarget.files ?? []));
          currentTarget.value = '';
        }}
      />
    </>
  );
}
