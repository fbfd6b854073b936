/** What a post said before it was edited. */
import { useEffect, useMemo } from 'preact/hooks';
import { session } from '../../app/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { More } from '../../parts/more.tsx';
import { listed } from '../../parts/pages.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { Time } from '../../parts/time.tsx';
import { t } from '../../text/text.ts';

export function EditsDialog({ post, onClose }: { readonly post: string; readonly onClose: () => void }) {
  const { entries, next, failure, readMore } = useMemo(() => listed((before) => readEdits(post, before)), [post]);
  useEffect(() => void readMore(), []);
  return (
    <Dialog title={t('post.history')} onClose={onClose}>
      <ol class="edits">
        {entries.value.map(({ text, at, until }) => (
          <li key={at}>
            <p class="hint">
              <Time at={at} /> – <Time at={until} />
            </p>
            <p class="text" dir="auto">
              {text}
            </p>
          </li>
        ))}
      </ol>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton rows={1} />}
      {typeof next.value === 'string' && failure.value === undefined && <More onNear={() => void readMore()} />}
      {next.value === null && entries.value.length === 0 && <p class="hint">{t('post.noHistory')}</p>}
    </Dialog>
  );
}

async function readEdits(post: string, before: string | undefined) {
  const options = { params: { path: { post }, query: before === undefined ? {} : { before } } };
  const page = (await session.value?.tidings.read.GET('/v1/posts/{post}/edits', options))?.data;
  return { entries: page?.edits ?? [], next: page?.next ?? null };
}
