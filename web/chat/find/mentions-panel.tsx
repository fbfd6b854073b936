/** The messages that mention the person, over all channels. */
import { useMemo } from 'preact/hooks';
import { useEffect } from 'preact/hooks';
import { session } from '../../app/session.ts';
import { listed } from '../../parts/pages.ts';
import { Empty, Failure, Skeleton } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { learnTitles, titleOfChannel } from '../channel-titles.ts';
import { Panel } from '../panel.tsx';
import { Hit } from './hit.tsx';

type MentionsPanelProps = { readonly onFound: (channel: string, seq: number) => void; readonly onClose: () => void };

export function MentionsPanel({ onFound, onClose }: MentionsPanelProps) {
  const mentions = useMemo(() => listed(readMentions), []);
  useEffect(() => void mentions.readMore(), []);
  const { entries, next, failure } = mentions;
  return (
    <Panel title={t('chat.mentions')} onClose={onClose}>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void mentions.readMore()} />}
      {next.value === undefined && failure.value === undefined && <Skeleton />}
      {next.value === null && entries.value.length === 0 && (
        <Empty title={t('chat.noMentions')}>
          <p>{t('chat.noMentionsHint')}</p>
        </Empty>
      )}
      <ul class="hits">
        {entries.value.map(({ channel, message }) => (
          <li key={`${channel} ${message.seq}`}>
            <Hit message={message} channelTitle={titleOfChannel(channel)} onOpen={() => onFound(channel, message.seq)} />
          </li>
        ))}
      </ul>
      {typeof next.value === 'string' && (
        <button type="button" class="quiet" onClick={() => void mentions.readMore()}>
          {t('app.more')}
        </button>
      )}
    </Panel>
  );
}

async function readMentions(before: string | undefined) {
  const page = (await session.value?.tidings.read.GET('/v1/me/chat-mentions', { params: { query: before === undefined ? {} : { before } } }))?.data;
  learnTitles(page?.mentions.map(({ channel }) => channel) ?? []);
  return { entries: page?.mentions ?? [], next: page?.next ?? null };
}
