/** A message on its way to its channel: with what became of it so far. */
import type { Outgoing } from '../../../client/index.ts';
import { session } from '../../app/session.ts';
import { problemText, t } from '../../text/text.ts';
import { MessageText } from './message-text.tsx';

export function OutgoingRow({ outgoing: { frame, state, failure } }: { readonly outgoing: Outgoing }) {
  if (frame.type !== 'send') return null;
  const chat = session.value?.tidings.chat;
  return (
    <article class={`message own ${state}`} data-row tabIndex={-1}>
      <div class="message-line">
        <div class="bubble">
          {frame.media !== undefined && <p class="hint">{t('chat.media', { count: frame.media.length })}</p>}
          {frame.text !== '' && <MessageText text={frame.text} entities={frame.entities ?? []} />}
        </div>
      </div>
      {failure === undefined ? (
        <p class="receipt">{t(state === 'queued' ? 'chat.queued' : 'chat.sending')}</p>
      ) : (
        <p class="undone" role="alert">
          {problemText(failure.code, failure.detail)}{' '}
          <button type="button" class="quiet" onClick={() => void chat?.retry(frame.id)}>
            {t('app.retry')}
          </button>
          <button type="button" class="quiet" onClick={() => void chat?.discard(frame.id)}>
            {t('app.discard')}
          </button>
        </p>
      )}
    </article>
  );
}
