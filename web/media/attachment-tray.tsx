/** What is attached to what one writes: how far it is sent, what is to be seen on it in words, and a way to take it off. */
import { useId } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { t } from '../text/text.ts';
import { remove, type Attachment, type Attachments } from './attachments.ts';

const ALT_CHARACTERS_MAX = 1_500;

export function AttachmentTray({ attachments }: { readonly attachments: Attachments }) {
  if (attachments.value.length === 0) return null;
  return (
    <ul class="tray" aria-label={t('media.attached')}>
      {attachments.value.map((one) => (
        <Row attachment={one} key={one.key} onRemove={() => remove(attachments, one)} />
      ))}
    </ul>
  );
}

const nameOf = ({ name }: Attachment): string => (name === '' ? t('chat.voice') : name);

const ICONS = { image: 'picture', video: 'play', audio: 'play', file: 'download' } as const;

function Row({ attachment, onRemove }: { readonly attachment: Attachment; readonly onRemove: () => void }) {
  const id = useId();
  const { kind, localUrl, alt, state } = attachment;
  const name = nameOf(attachment);
  return (
    <li class="tray-row">
      <span class="tray-picture">
        {kind === 'image' && localUrl !== '' ? <img src={localUrl} alt="" /> : <Icon name={ICONS[kind]} filled={kind === 'audio' || kind === 'video'} />}
      </span>
      <span class="tray-words">
        {kind === 'file' || kind === 'audio' ? (
          <span class="tray-name" dir="auto">
            {name}
          </span>
        ) : (
          <>
            <label for={id} class="unseen">
              {t('media.alt', { name })}
            </label>
            <input
              id={id}
              dir="auto"
              value={alt}
              maxLength={ALT_CHARACTERS_MAX}
              placeholder={t('media.altHint')}
              onInput={({ currentTarget }) => (alt.value = currentTarget.value)}
              onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
            />
          </>
        )}
        <State attachment={attachment} key={state.value.status} />
      </span>
      <button type="button" class="bare" aria-label={t('media.remove', { name })} onClick={onRemove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function State({ attachment }: { readonly attachment: Attachment }) {
  const { state, send } = attachment;
  const name = nameOf(attachment);
  const now = state.value;
  switch (now.status) {
    case 'sending':
      return <progress class="tray-progress" max={1} value={now.sentShare} aria-label={t('media.sending', { name })} />;
    case 'preparing':
      return <span class="hint">{t('media.preparing')}</span>;
    case 'ready':
      return <span class="hint">{t('media.ready')}</span>;
    case 'failed':
      return (
        <span class="undone" role="alert">
          {now.failure}{' '}
          <button type="button" class="quiet" onClick={() => void send()}>
            {t('app.retry')}
          </button>
        </span>
      );
  }
}
