/** Where a post or a reply is written, with what is attached to it, and when it is to be published. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { attach, ATTACHMENTS_MAX } from '../media/attachments.ts';
import { AttachmentTray } from '../media/attachment-tray.tsx';
import { Icon } from '../parts/icon.tsx';
import { fieldTime } from '../parts/time.tsx';
import { t } from '../text/text.ts';
import { isBlank, taken, writingOf, type Writing } from './drafts.ts';
import { Quoted } from './card/post-content.tsx';
import type { PostSignal } from './posts.ts';
import { publish, type Visibility } from './publishing.ts';

const VISIBILITIES = ['public', 'friends', 'self'] as const satisfies readonly Visibility[];
const CHARACTERS_MAX = 10_000;
/** From here on one is told how many are left. */
const CHARACTERS_TOLD_FROM = 9_000;
const HOUR_MS = 3_600_000;

export function Composer({ replyTo }: { readonly replyTo?: string }) {
  const writing = writingOf(replyTo);
  const { text, attachments, quotes, publishAt } = writing;
  const notTaken = useSignal(0);
  const isOver = useSignal(false);
  const isWaiting = attachments.value.some(({ state }) => state.value.status !== 'ready');
  const left = CHARACTERS_MAX - Array.from(text.value).length;
  const isReady = !isBlank(writing) && !isWaiting && left >= 0 && (publishAt.value === undefined || publishAt.value !== '');
  const send = () => {
    if (!isReady) return;
    notTaken.value = 0;
    void publish(taken(writing, replyTo));
  };
  const add = (files: Iterable<File> | null | undefined): boolean => {
    const given = [...(files ?? [])];
    if (given.length > 0) notTaken.value = attach(attachments, given);
    return given.length > 0;
  };
  return (
    <form
      class={isOver.value ? 'composer over' : 'composer'}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => {
        if (event.dataTransfer?.types.includes('Files') !== true) return;
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => (isOver.value = false)}
      onDrop={(event) => {
        isOver.value = false;
        if (add(event.dataTransfer?.files)) event.preventDefault();
      }}
      onPaste={(event) => {
        if (add(event.clipboardData?.files)) event.preventDefault();
      }}
    >
      <Words writing={writing} isReply={replyTo !== undefined} onSend={send} />
      {quotes.value !== undefined && <Quoting post={quotes.value} onDrop={() => (quotes.value = undefined)} />}
      <AttachmentTray attachments={attachments} />
      {notTaken.value > 0 && (
        <p class="undone" role="alert">
          {t('media.notTaken', { count: notTaken.value, max: ATTACHMENTS_MAX })}
        </p>
      )}
      {left <= CHARACTERS_MAX - CHARACTERS_TOLD_FROM && (
        <p class={left < 0 ? 'undone' : 'hint'} role="status">
          {left < 0 ? t('post.tooLong', { count: -left }) : t('post.left', { count: left })}
        </p>
      )}
      {publishAt.value !== undefined && <When writing={writing} />}
      <div class="composer-row">
        <Tools writing={writing} isReply={replyTo !== undefined} onFiles={add} />
        <button type="submit" class="primary" aria-disabled={!isReady}>
          {t(publishAt.value !== undefined ? 'post.schedule' : replyTo === undefined ? 'post.publish' : 'post.reply')}
        </button>
      </div>
    </form>
  );
}

type WordsProps = { readonly writing: Writing; readonly isReply: boolean; readonly onSend: () => void };

function Words({ writing: { text }, isReply, onSend }: WordsProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    // As high as what is written, where the browser can't do so itself.
    if (area.current === null || CSS.supports('field-sizing', 'content')) return;
    area.current.style.height = 'auto';
    area.current.style.height = `${area.current.scrollHeight + 2}px`;
  }, [text.value]);
  return (
    <textarea
      ref={area}
      aria-label={t(isReply ? 'post.replyPlaceholder' : 'post.write')}
      data-write
      dir="auto"
      rows={isReply ? 2 : 3}
      placeholder={t(isReply ? 'post.replyPlaceholder' : 'post.placeholder')}
      value={text}
      onInput={({ currentTarget }) => (text.value = currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) onSend();
      }}
    />
  );
}

function Tools({ writing: { visibility, publishAt }, isReply, onFiles }: ToolsProps) {
  const files = useRef<HTMLInputElement>(null);
  return (
    <span class="composer-tools">
      <button type="button" class="bare" aria-label={t('media.add')} title={t('media.add')} onClick={() => files.current?.click()}>
        <Icon name="picture" />
      </button>
      <input
        ref={files}
        type="file"
        accept="image/*,video/*"
        multiple
        hidden
        data-files
        onChange={({ currentTarget }) => {
          onFiles(currentTarget.files);
          currentTarget.value = ''; // the same file may be chosen again
        }}
      />
      <button
        type="button"
        class="bare"
        aria-label={t('post.later')}
        title={t('post.later')}
        aria-pressed={publishAt.value !== undefined}
        onClick={() => (publishAt.value = publishAt.value === undefined ? fieldTime(Date.now() + HOUR_MS) : undefined)}
      >
        <Icon name="clock" />
      </button>
      <select
        aria-label={t('post.visibility')}
        value={visibility}
        title={isReply ? t('post.replyVisibility') : ''}
        onChange={({ currentTarget: { value } }) => (visibility.value = VISIBILITIES.find((one) => one === value) ?? 'public')}
      >
        {VISIBILITIES.map((one) => (
          <option value={one} key={one}>
            {t(`post.${one}`)}
          </option>
        ))}
      </select>
    </span>
  );
}
type ToolsProps = { readonly writing: Writing; readonly isReply: boolean; readonly onFiles: (files: FileList | null) => boolean };

const When = ({ writing: { publishAt } }: { readonly writing: Writing }) => (
  <div class="field when-field">
    <label for="publish-at">{t('post.publishAt')}</label>
    <input
      id="publish-at"
      type="datetime-local"
      min={fieldTime(Date.now())}
      value={publishAt.value ?? ''}
      required
      onInput={({ currentTarget }) => (publishAt.value = currentTarget.value)}
    />
    <a href="/scheduled">{t('feed.scheduled')}</a>
  </div>
);

const Quoting = ({ post, onDrop }: { readonly post: PostSignal; readonly onDrop: () => void }) => (
  <div class="quoting">
    <Quoted post={post.value} />
    <button type="button" class="bare" aria-label={t('post.dropQuote')} onClick={onDrop}>
      <Icon name="close" />
    </button>
  </div>
);
