/** Searches messages, in one channel or in all: shows what there is, and goes on while the server is still looking. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { paths } from '../../../client/http/generated/read-api.ts';
import { failureText, session } from '../../app/session.ts';
import { Failure, Skeleton } from '../../parts/states.tsx';
import { t } from '../../text/text.ts';
import { learnTitles, titleOfChannel } from '../channel-titles.ts';
import { Panel } from '../panel.tsx';
import { Hit, wordsOfSearch } from './hit.tsx';

type Found = paths['/v1/messages']['get']['responses'][200]['content']['application/json'];
type SearchPanelProps = { readonly channel?: string; readonly onFound: (channel: string, seq: number) => void; readonly onClose: () => void };
type Search = { readonly hits: Found['hits']; readonly next: string | null; readonly partly: boolean; readonly leftOut: number };

const AFTER_MS = 300;
/** A page that has few hits, because a channel is being indexed, is followed by the next one: so often, and so much later each. */
const GOING_ON_MAX = 20;
const GOING_ON_MS = 700;
const ENOUGH_HITS = 10;

export function SearchPanel({ channel, onFound, onClose }: SearchPanelProps) {
  const q = useSignal('');
  const hasMedia = useSignal(false);
  const search = useSignal<Search | undefined>(undefined);
  const isLooking = useSignal(false);
  const failure = useSignal<string | undefined>(undefined);
  const asked = useRef(0);

  const look = async (own: number, after: string | undefined): Promise<void> => {
    const words = q.value.trim();
    const query = {
      ...(words === '' ? {} : { q: words }),
      ...(hasMedia.value ? { has: 'media' as const } : {}),
      ...(channel === undefined ? {} : { channel }),
      ...(after === undefined ? {} : { after }),
    };
    const page = (await session.value?.tidings.read.GET('/v1/messages', { params: { query } }))?.data;
    if (page === undefined || own !== asked.current) return;
    const before = after === undefined ? [] : (search.value?.hits ?? []);
    if (channel === undefined) learnTitles(page.hits.map((hit) => hit.channel));
    search.value = { hits: [...before, ...page.hits], next: page.next, partly: page.partly.length > 0, leftOut: page.channelsLeftOut };
  };
  const begin = async (after?: string): Promise<void> => {
    const own = ++asked.current;
    const already = after === undefined ? 0 : (search.value?.hits.length ?? 0);
    failure.value = undefined;
    isLooking.value = true;
    try {
      await look(own, after);
      for (let n = 0; n < GOING_ON_MAX && own === asked.current; n++) {
        const now = search.value;
        if (now === undefined || now.next === null || now.hits.length - already >= ENOUGH_HITS) break;
        if (now.partly) await new Promise((resolve) => setTimeout(resolve, GOING_ON_MS));
        if (own === asked.current) await look(own, now.next);
      }
    } catch (error) {
      if (own === asked.current) failure.value = failureText(error);
    } finally {
      if (own === asked.current) isLooking.value = false;
    }
  };
  useEffect(() => {
    asked.current++;
    isLooking.value = false;
    if (q.value.trim() === '' && !hasMedia.value) return void (search.value = undefined);
    const timer = setTimeout(() => void begin(), AFTER_MS);
    return () => clearTimeout(timer);
  }, [q.value, hasMedia.value, channel]);
  useEffect(() => () => void asked.current++, []);

  const { hits = [], next = null, leftOut = 0 } = search.value ?? {};
  const words = wordsOfSearch(q.value);
  return (
    <Panel title={t(channel === undefined ? 'chat.searchAll' : 'chat.search')} onClose={onClose}>
      <search class="panel-search">
        <input
          type="search"
          aria-label={t('chat.searchWords')}
          placeholder={t('chat.searchWords')}
          autoComplete="off"
          dir="auto"
          value={q}
          ref={(field) => {
            if (field !== null && q.peek() === '' && search.peek() === undefined) field.focus();
          }}
          onInput={({ currentTarget }) => (q.value = currentTarget.value)}
        />
        <label class="choice">
          <input type="checkbox" checked={hasMedia} onChange={({ currentTarget }) => (hasMedia.value = currentTarget.checked)} />
          {t('chat.withMedia')}
        </label>
      </search>
      <p class="panel-note hint" role="status">
        {isLooking.value
          ? t('chat.looking', { count: hits.length })
          : search.value === undefined
            ? t('chat.searchHint')
            : t('chat.found', { count: hits.length })}
      </p>
      {failure.value !== undefined && <Failure text={failure.value} onRetry={() => void begin()} />}
      {isLooking.value && hits.length === 0 && <Skeleton />}
      <ul class="hits">
        {hits.map(({ channel: of, message }) => (
          <li key={`${of} ${message.seq}`}>
            <Hit
              message={message}
              channelTitle={channel === undefined ? titleOfChannel(of) : undefined}
              words={words}
              onOpen={() => onFound(of, message.seq)}
            />
          </li>
        ))}
      </ul>
      {next !== null && !isLooking.value && (
        <button type="button" class="quiet" onClick={() => void begin(next)}>
          {t('app.more')}
        </button>
      )}
      {leftOut > 0 && <p class="hint panel-note">{t('chat.channelsLeftOut', { count: leftOut })}</p>}
    </Panel>
  );
}
