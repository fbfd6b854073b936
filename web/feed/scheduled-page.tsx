/** Posts that wait for their time: changed or called off until then. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { components } from '../../client/http/generated/read-api.ts';
import { failureText, session } from '../app/session.ts';
import { More } from '../parts/more.tsx';
import { useKept } from '../parts/kept.ts';
import { listed } from '../parts/pages.ts';
import { Empty, Failure, Skeleton } from '../parts/states.tsx';
import { problemText, t } from '../text/text.ts';
import { exactTime, fieldTime } from '../parts/time.tsx';
import { FeedTabs } from './feed-tabs.tsx';

type Scheduled = components['schemas']['ScheduledPost'];

export function ScheduledPage() {
  const list = useKept('scheduled', () => listed(readScheduled));
  const { entries, next, failure, readMore } = list;
  useEffect(() => {
    if (next.peek() === undefined) void readMore();
  }, []);
  const put = (id: string, changed: Scheduled | undefined) =>
    (entries.value = entries.value.flatMap((one) => (one.id !== id ? [one] : changed === undefined ? [] : [changed])));
  return (
    <>
      <FeedTabs />
      <h1 tabIndex={-1}>{t('feed.scheduled')}</h1>
      <ul class="scheduled">
        {entries.value.map((one) => (
          <Row scheduled={one} key={one.id} onChange={(changed) => put(one.id, changed)} />
        ))}
      </ul>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton />}
      {typeof next.value === 'string' && failure.value === undefined && <More onNear={() => void readMore()} key={next.value} />}
      {next.value === null && entries.value.length === 0 && <Empty title={t('feed.noScheduled')}>{t('feed.noScheduledHint')}</Empty>}
    </>
  );
}

type RowProps = { readonly scheduled: Scheduled; readonly onChange: (changed: Scheduled | undefined) => void };

function Row({ scheduled, onChange }: RowProps) {
  const { id, text, publishAt, media, visibility, refusal } = scheduled;
  const editing = useSignal<{ readonly text: string; readonly at: string } | undefined>(undefined);
  const failure = useSignal<string | undefined>(undefined);
  const attempt = async (what: () => Promise<unknown>) => {
    failure.value = undefined;
    try {
      await what();
    } catch (error) {
      onChange(scheduled);
      failure.value = failureText(error);
    }
  };
  const cancel = () =>
    attempt(async () => {
      await session.value?.tidings.write.DELETE('/v1/me/scheduled-posts/{scheduled}', { params: { path: { scheduled: id } } });
      onChange(undefined);
    });
  const save = () =>
    attempt(async () => {
      if (editing.value === undefined || editing.value.at === '') return;
      const changed = { ...scheduled, text: editing.value.text, publishAt: new Date(editing.value.at).toISOString(), refusal: null };
      await session.value?.tidings.write.PUT('/v1/me/scheduled-posts/{scheduled}', { params: { path: { scheduled: id } }, body: bodyOf(changed) });
      editing.value = undefined;
      onChange(changed);
    });
  return (
    <li class="post">
      <div class="post-body">
        <p class="hint">
          <time dateTime={publishAt}>{exactTime(publishAt)}</time> · {t(`post.${visibility}`)}
          {media.length > 0 && <> · {t('post.media', { count: media.length })}</>}
        </p>
        {editing.value === undefined ? (
          <p class="text" dir="auto">
            {text}
          </p>
        ) : (
          <ScheduleFields editing={editing} id={id} />
        )}
        {refusal !== null && <p class="undone">{t('post.notPublished', { reason: problemText(refusal, refusal) })}</p>}
        {failure.value !== undefined && (
          <p class="undone" role="alert">
            {failure.value}
          </p>
        )}
        <p class="post-actions">
          {editing.value === undefined ? (
            <>
              <button type="button" class="quiet" onClick={() => (editing.value = { text, at: fieldTime(Date.parse(publishAt)) })}>
                {t('post.edit')}
              </button>
              <button type="button" class="quiet" onClick={() => void cancel()}>
                {t('post.cancelScheduled')}
              </button>
            </>
          ) : (
            <>
              <button type="button" class="primary" onClick={() => void save()}>
                {t('form.save')}
              </button>
              <button type="button" class="quiet" onClick={() => (editing.value = undefined)}>
                {t('form.cancel')}
              </button>
            </>
          )}
        </p>
      </div>
    </li>
  );
}

type FieldsProps = { readonly editing: { value: { readonly text: string; readonly at: string } | undefined }; readonly id: string };

function ScheduleFields({ editing, id }: FieldsProps) {
  const { text = '', at = '' } = editing.value ?? {};
  return (
    <>
      <textarea
        aria-label={t('post.editText')}
        dir="auto"
        rows={3}
        value={text}
        onInput={({ currentTarget }) => (editing.value = { text: currentTarget.value, at })}
      />
      <div class="field when-field">
        <label for={`at-${id}`}>{t('post.publishAt')}</label>
        <input
          id={`at-${id}`}
          type="datetime-local"
          min={fieldTime(Date.now())}
          value={at}
          required
          onInput={({ currentTarget }) => (editing.value = { text, at: currentTarget.value })}
        />
      </div>
    </>
  );
}

const bodyOf = ({ text, publishAt, media, visibility, quotes, replyTo }: Scheduled) => ({
  text,
  publishAt,
  visibility,
  ...(media.length === 0 ? {} : { media: media.map(({ media: id, alt }) => ({ media: id, ...(alt === null ? {} : { alt }) })) }),
  ...(quotes === null ? {} : { quotes }),
  ...(replyTo === null ? {} : { replyTo }),
});

async function readScheduled(after: string | undefined) {
  const query = after === undefined ? {} : { after };
  const page = (await session.value?.tidings.read.GET('/v1/me/scheduled-posts', { params: { query } }))?.data;
  return { entries: page?.scheduledPosts ?? [], next: page?.next ?? null };
}
