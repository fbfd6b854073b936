/** What a person has before them: their channels, their feed, their notifications. */
import type { Api } from '../http/api.ts';
import type { components } from '../http/generated/read-api.ts';
import type { Chat } from '../chat/chat.ts';
import type { StreamName } from '../live/shared-streams.ts';
import { openList, type List, type ListDependencies, type ListPage } from './list.ts';

export type InboxRow = components['schemas']['InboxRow'];
export type Post = components['schemas']['Post'];
export type ReceivedNotification = components['schemas']['ReceivedNotification'];

export type Lists = {
  readonly inbox: () => Promise<List<InboxRow>>;
  readonly feed: () => Promise<List<Post>>;
  readonly notifications: () => Promise<List<ReceivedNotification>>;
};

export type ListsDependencies = ListDependencies & {
  readonly read: Api['read'];
  readonly chat: Pick<Chat, 'onFrame'>;
  readonly live: (of: StreamName, options: { readonly signal: AbortSignal }) => AsyncIterable<unknown>;
};

const UNCHANGED = 304;
/** What these say is in no row of the inbox. */
const NO_CHANGES: ReadonlySet<string> = new Set(['typing', 'presence', 'delivered', 'refused']);

/** Each is opened when it is first asked for. */
export function createLists({ read, chat, live, ...dependencies }: ListsDependencies): Lists {
  const followStream = (of: StreamName) => (listener: () => void) => {
    const stop = new AbortController();
    const follow = async () => {
      for await (const _ of live(of, { signal: stop.signal })) listener();
    };
    void follow().catch(() => undefined); // the session is over: whoever refreshes is told
    return () => stop.abort();
  };
  return {
    inbox: once(() =>
      openList<InboxRow>(
        {
          name: 'inbox',
          idOf: ({ channel }) => channel,
          read: async ({ before, etag }) => {
            const { data, response } = await read.GET('/v1/me/inbox', { params: asked(before, etag) });
            return pageOf(response, data, data?.channels);
          },
          kept: withoutWhatDisappears,
          onChange: (listener) => chat.onFrame(({ type }) => void (NO_CHANGES.has(type) || listener())),
        },
        dependencies,
      ),
    ),
    feed: once(() =>
      openList<Post>(
        {
          name: 'feed',
          idOf: ({ id }) => id,
          read: async ({ before, etag }) => {
            const { data, response } = await read.GET('/v1/me/feed', { params: asked(before, etag) });
            return pageOf(response, data, data?.posts);
          },
          onChange: followStream('feed'),
        },
        dependencies,
      ),
    ),
    notifications: once(() =>
      openList<ReceivedNotification>(
        {
          name: 'notifications',
          idOf: ({ id }) => id,
          read: async ({ before }) => {
            const { data, response } = await read.GET('/v1/me/notifications', { params: { query: asked(before, undefined).query } });
            return pageOf(response, data, data?.notifications);
          },
          onChange: followStream('notifications'),
        },
        dependencies,
      ),
    ),
  };
}

const asked = (before: string | undefined, etag: string | undefined) => ({
  query: before === undefined ? {} : { before },
  header: etag === undefined ? {} : { 'If-None-Match': etag },
});

function pageOf<Entry>(
  response: Response,
  page: { readonly next: string | null } | undefined,
  entries: readonly Entry[] | undefined,
): ListPage<Entry> | 'unchanged' {
  if (response.status === UNCHANGED || page === undefined || entries === undefined) return 'unchanged';
  return { entries, next: page.next, etag: response.headers.get('ETag') ?? undefined };
}

/** The words of a message that disappears are not written to a device that may be off when they end. */
const withoutWhatDisappears = (row: InboxRow): InboxRow =>
  row.last === null || row.last.expiresAt === null ? row : { ...row, last: { ...row.last, text: null } };

function once<Value>(open: () => Promise<Value>): () => Promise<Value> {
  let opening: Promise<Value> | undefined;
  return () => (opening ??= open());
}
