/** A person's side: both APIs, chat, and live streams, behind one login. */
import { createChat, EPOCH, type Chat } from './chat/chat.ts';
import type { ConnectionDependencies } from './chat/connection.ts';
import { createApi, type Addresses, type Api } from './http/api.ts';
import type { RetryPolicy } from './http/retrying-fetch.ts';
import { createLists, type Lists } from './lists/lists.ts';
import { eventStream, type LiveEvent } from './live/event-stream.ts';
import { shareStreams, type StreamName, type StreamOptions } from './live/shared-streams.ts';
import { openPosts, type Posts, type PostsQueue } from './posts/posts.ts';
import { indexedDbStorage } from './storage/indexed-db.ts';
import { closable, memoryStorage, type Storage } from './storage/storage.ts';
import { browserTabs, onlyTab, openTabs, type TabsEnvironment } from './tabs/tabs.ts';
import type { UploadOptions } from './uploads/upload.ts';

export type TidingsOptions = Addresses & {
  /** The session's token. A function where it may be replaced. */
  readonly token: string | (() => string | undefined);
  /** Names this device among the person's: the same at each start. */
  readonly device: string;
  /** Names what is kept on this device: the person's id, so that two people who share it share nothing. */
  readonly storedAs: string;
  /** IndexedDB where there is one; else what is kept ends with the process. */
  readonly storage?: Storage;
  readonly retry?: Partial<RetryPolicy>;
  /** Shares one connection with the other tabs of this person: in browsers that can, unless it is `apart`. */
  readonly tabs?: 'apart' | TabsEnvironment;
  /** Told where the storage has no room, or is broken: sending goes on. */
  readonly onStorageError?: (error: unknown) => void;
} & Pick<ConnectionDependencies, 'openSocket' | 'random'>;

export type Tidings = Pick<Api, 'read' | 'write' | 'newId'> & {
  readonly chat: Chat;
  /** The person's channels, feed and notifications, as far as they were read: there at the next start, and current while they are followed. */
  readonly lists: Lists;
  /** Posts on their way: they wait for a network, also over a reload. */
  readonly posts: Posts;
  /** New posts of the feed, or changes of the notification centre, until the signal aborts or the chat is closed. */
  live(of: StreamName, options?: StreamOptions): AsyncGenerator<LiveEvent, void, undefined>;
  /**
   * Resolves with the media's id when it can be used in a post or a message; goes on where it was cut. Throws a `TidingsProblem` where the
   * server can't use it, and the signal's reason.
   */
  upload(file: Blob, options?: UploadOptions): Promise<string>;
  /** Of this person on this device, in all tabs: after logging out. Nothing is kept from then on. */
  forgetEverything(): Promise<void>;
};

/** Told to the other tabs. */
const FORGET = 'tidings/forget';

const LIVE_PATHS = { feed: '/v1/me/feed/live', notifications: '/v1/me/notifications/live' } as const;

/**
 * Opens what is kept of the person on this device; resolves without the network. `chat.connect()` connects. In a browser several tabs may have
 * the same person open: they share one connection, and show the same.
 */
export async function openTidings({
  token: given,
  device,
  storedAs,
  storage: chosen,
  tabs: sharing = browserTabs(),
  onStorageError,
  retry,
  openSocket,
  random,
  ...addresses
}: TidingsOptions): Promise<Tidings> {
  const token = typeof given === 'string' ? () => given : given;
  const storage = closable(chosen ?? (hasIndexedDb() ? indexedDbStorage(`tidings/${storedAs}`) : memoryStorage()));
  const api = createApi({ ...addresses, token, ...(retry === undefined ? {} : { retry }) });
  const tabs = sharing === undefined || sharing === 'apart' ? onlyTab() : openTabs(`tidings/${storedAs}/${device}`, sharing);
  const chat = await createChat({
    api,
    tabs,
    storage,
    token,
    device,
    ...(onStorageError === undefined ? {} : { onStorageError }),
    ...(openSocket === undefined ? {} : { openSocket }),
    ...(random === undefined ? {} : { random }),
  });
  const posts = await openPosts({ api, tabs, storage, onStorageError: onStorageError ?? (() => undefined) });
  chat.connection.subscribe(({ phase }) => phase === 'live' && posts.serverIsThere());
  const streams = shareStreams(tabs, (of, options) => eventStream(`${addresses.read ?? addresses.url ?? ''}${LIVE_PATHS[of]}`, { ...options, token }));
  const live: Tidings['live'] = (of, options = {}) => streams(of, options);
  const epoch = async () => (await storage.get(EPOCH).catch(() => undefined)) as number | undefined;
  const lists = createLists({ read: api.read, chat, live, storage, epoch, onStorageError: onStorageError ?? (() => undefined) });
  const forget = async () => {
    chat.close();
    await storage.clear();
  };
  tabs.onTold(FORGET, () => void forget().catch(() => undefined));
  tabs.join(); // when all that the others may tell is heard
  followNetwork(chat, posts);
  return {
    read: api.read,
    write: api.write,
    newId: api.newId,
    chat,
    lists,
    posts,
    live,
    upload: async (file, options) => (await import('./uploads/upload.ts')).upload(api, file, options),
    forgetEverything: () => {
      tabs.tell(FORGET);
      return forget();
    },
  };
}

/** Browsers say when the device has no network, and when it has one again. */
function followNetwork(chat: Chat, posts: PostsQueue): void {
  const { addEventListener } = globalThis as { readonly addEventListener?: (type: 'online' | 'offline', listener: () => void) => void };
  addEventListener?.('online', () => {
    chat.networkChanged(true);
    posts.networkIsBack();
  });
  addEventListener?.('offline', () => chat.networkChanged(false));
}

const hasIndexedDb = (): boolean => 'indexedDB' in globalThis;
