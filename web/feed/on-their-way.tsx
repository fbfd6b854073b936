/**
 * Posts that are being published, and those that could not be: those that reply to one post, or those of the feed, where a reply that was
 * refused stands too, for what it replies to may be gone.
 */
import { useEffect } from 'preact/hooks';
import { isOnline } from '../parts/online.ts';
import { exactTime } from '../parts/time.tsx';
import { problemText, t } from '../text/text.ts';
import { putBack } from './drafts.ts';
import { discardDraft, draftOf, publishAgain, publishing, scheduledFor, takeBack, type Publishing } from './publishing.ts';

export function OnTheirWay({ replyTo }: { readonly replyTo?: string }) {
  useEffect(() => () => void (scheduledFor.value = undefined), []);
  return (
    <>
      {scheduledFor.value !== undefined && (
        <p class="hint scheduled-for" role="status">
          {t('post.willBe', { time: exactTime(scheduledFor.value) })} <a href="/scheduled">{t('feed.scheduled')}</a>
        </p>
      )}
      {publishing.value
        .filter(({ post, failure }) => post.replyTo === replyTo || (replyTo === undefined && failure !== undefined))
        .map((draft) => (
          <article class={draft.failure === undefined ? 'post pending' : 'post'} key={draft.key}>
            <div class="post-body">
              {draft.post.replyTo !== replyTo && (
                <p class="hint">
                  <a href={`/posts/${draft.post.replyTo}`}>{t('post.inReply')}</a>
                </p>
              )}
              <p class="text" dir="auto">
                {draft.post.text}
              </p>
              <Attached attachments={draft.attachments} />
              {draft.failure === undefined ? (
                <Waiting draft={draft} />
              ) : (
                <Refused draft={draft} failure={problemText(draft.failure.code, draft.failure.detail)} mayEdit={draft.post.replyTo === replyTo} />
              )}
            </div>
          </article>
        ))}
    </>
  );
}

function Attached({ attachments }: Pick<Publishing, 'attachments'>) {
  const here = attachments.filter(({ localUrl, kind }) => localUrl !== '' && kind === 'image');
  const elsewhere = attachments.filter(({ localUrl }) => localUrl === '').length;
  return (
    <>
      {here.length > 0 && (
        <p class="tray-pictures">
          {here.map(({ key, localUrl }) => (
            <img src={localUrl} alt="" key={key} />
          ))}
        </p>
      )}
      {elsewhere > 0 && <p class="hint">{t('post.media', { count: elsewhere })}</p>}
    </>
  );
}

async function writeAnew(draft: Publishing): Promise<void> {
  if (putBack(await draftOf(draft))) takeBack(draft);
}

/** What is on its way for a moment only can't be taken back. */
function Waiting({ draft }: { readonly draft: Publishing }) {
  const isTried = draft.waits === true;
  return (
    <p class="hint">
      {t(!isOnline.value ? 'post.waits' : isTried ? 'post.triedAgain' : 'post.publishing')} {(isTried || !isOnline.value) && <Discard draft={draft} />}
    </p>
  );
}

const Discard = ({ draft }: { readonly draft: Publishing }) => (
  <button type="button" class="quiet" onClick={() => discardDraft(draft)}>
    {t('app.discard')}
  </button>
);

type RefusedProps = { readonly draft: Publishing; readonly failure: string; /** Where it is written. */ readonly mayEdit: boolean };

const Refused = ({ draft, failure, mayEdit }: RefusedProps) => (
  <p class="undone" role="alert">
    {failure}{' '}
    <button type="button" class="quiet" onClick={() => publishAgain(draft)}>
      {t('app.retry')}
    </button>
    {mayEdit && (
      <button type="button" class="quiet" onClick={() => void writeAnew(draft)}>
        {t('post.edit')}
      </button>
    )}
    <Discard draft={draft} />
  </p>
);
