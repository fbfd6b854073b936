/**
 * Posts on their way: kept in the storage before anything else happens, published one after the other under their key until the server has
 * answered, whatever ends in between. One that is refused stays with the server's reason until the person publishes it anew or discards it.
 * All tabs show the same ones; the leading tab publishes them, and whoever leads after it goes on: the key makes them one.
 */
import type { Api } from '../http/api.ts';
import { backoffMs, inBackground, type Backoff } from '../http/backoff.ts';
import type { paths } from '../http/generated/write-api.ts';
import { observable, type Observable } from '../http/observable.ts';
import { TidingsProblem } from '../http/problem.ts';
import type { Storage } from '../storage/storage.ts';
import type { Tabs } from '../tabs/tabs.ts';

/** What a post consists of. `publishAt` (ISO 8601): it is published then, and not at once. */
export type NewPost = paths['/v1/me/feed']['post']['requestBody']['content']['application/json'] & { readonly publishAt?: string };

export type OutgoingPost = {
  /** The key under which it is published. */
  readonly key: string;
  readonly post: NewPost;
  /** Why the server refused it, from its catalogue, with its sentence. Absent: it waits, or is on its way. */
  readonly failure?: { readonly code: string; readonly detail: string };
  /** It was tried, and the server could not be reached, or could not take it yet; it is tried again. */
  readonly waits?: true;
  /** The key that it had at first, where it was given another: under that one it stays kept here, so that it is never kept twice. */
  readonly keptAs?: string;
};

/** `id`: of the post; undefined where it is to be published later. */
export type Published = { readonly key: string; readonly post: NewPost; readonly id: string | undefined };

export type Posts = {
  /** Those that wait or were refused, in the order in which they were written. */
  readonly outgoing: Observable<readonly OutgoingPost[]>;
  /**
   * Resolves with its key when it is kept here; where the storage has no room it is published all the same, and lost with the page.
   * `key`: from `newId()`, where the caller must know it before.
   */
  publish(post: NewPost, options?: { readonly key?: string }): Promise<string>;
  /** Publishes one that was refused once more. */
  retry(key: string): Promise<void>;
  discard(key: string): Promise<void>;
  /** Told of each that was published, by whichever tab. */
  onPublished(listener: (published: Published) => void): () => void;
};

export type PostsQueue = Posts & {
  /** The device has a network again: what is under way is begun anew. */
  networkIsBack(): void;
  /** The server can be reached: what waits waits no longer. */
  serverIsThere(): void;
};

export type PostsDependencies = {
  readonly api: Pick<Api, 'write' | 'newId' | 'clock'>;
  readonly tabs: Tabs;
  readonly storage: Storage;
  readonly onStorageError: (error: unknown) => void;
};

/** By key, what became of it: undefined where it is no more. */
type Change = { readonly key: string; readonly one?: OutgoingPost; readonly published?: Published };

const PREFIX = 'posts/';
const TOPIC = { changed: 'posts/changed', all: 'posts/all' } as const;
/** Where the server can't be reached, or can't take it for now. */
const RETRIES: Backoff = { firstMs: 1_000, maxMs: 60_000 };
const UNAUTHENTICATED = 401;
const TOO_MANY = 429;
const SERVER_FAULTS_FROM = 500;
const SECOND_MS = 1_000;
/** Under its key it would be refused for ever: the server doesn't remember any more whether it had it. */
const EXPIRED = 'command-expired';
/** Of what a timer takes. It looks again then. */
const TIMER_MS_MAX = 2 ** 31 - 1;

export async function openPosts({ api, tabs, storage, onStorageError }: PostsDependencies): Promise<PostsQueue> {
  const readStored = async () => (await storage.list(PREFIX).catch(failedToRead)).map(([, kept]) => kept as OutgoingPost);
  const outgoing = observable<readonly OutgoingPost[]>(await readStored());
  const listeners = new Set<(published: Published) => void>();
  let sending: AbortController | undefined;
  let later: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;
  /** Whatever else happens, nothing is asked of the server before. */
  let notBeforeMs = 0;

  const keep = (one: OutgoingPost) => storage.set(PREFIX + placeOf(one), one).catch(onStorageError);
  const forget = (place: string) => storage.delete(PREFIX + place).catch(onStorageError);
  const find = (key: string) => outgoing.value.find((one) => one.key === key);
  const apply = ({ key, one, published }: Change): void => {
    const isIt = (other: OutgoingPost) => other.key === key || (one !== undefined && placeOf(other) === placeOf(one));
    const [all, isKnown] = [outgoing.value, outgoing.value.some(isIt)];
    if (isKnown) outgoing.set(all.flatMap((other) => (!isIt(other) ? [other] : one === undefined ? [] : [one])));
    else if (one !== undefined) outgoing.set([...all, one]);
    if (published !== undefined && isKnown) for (const listener of listeners) listener(published);
  };
  /** Here, and in the other tabs. */
  const change = (made: Change): void => {
    apply(made);
    tabs.tell(TOPIC.changed, made);
  };

  const publishNext = async (): Promise<void> => {
    clearTimeout(later);
    const next = outgoing.value.find(({ failure }) => failure === undefined);
    if (next === undefined || sending !== undefined || !tabs.isLeader.value) return;
    const waitMs = notBeforeMs - performance.now();
    if (waitMs > 0) return publishIn(waitMs);
    const own = new AbortController();
    sending = own;
    const outcome = await send(api.write, next, own.signal);
    if (sending !== own) return; // begun anew meanwhile, or by another tab
    sending = undefined;
    const isStillThere = find(next.key) !== undefined;
    switch (outcome.kind) {
      case 'published':
        tries = 0;
        if (isStillThere) change({ key: next.key, published: { key: next.key, post: next.post, id: outcome.id } });
        await forget(placeOf(next));
        return publishNext();
      case 'refused': {
        tries = 0;
        const refused: OutgoingPost = { ...next, failure: outcome.failure };
        if (isStillThere) await replace(refused);
        return publishNext();
      }
      case 'skewed':
        // Its key was made before anything was heard of the server's time. It was refused, so under another key it is no second one.
        api.clock.observe(outcome.serverMs);
        if (tries++ > 0) notBeforeMs = performance.now() + backoffMs(RETRIES, tries, Math.random);
        if (isStillThere) await replace(underKey(next, api.newId()));
        return publishNext();
      case 'away':
        if (isStillThere && next.waits === undefined) change({ key: next.key, one: { ...next, waits: true } });
        if (outcome.afterMs > 0) notBeforeMs = performance.now() + outcome.afterMs;
        return publishIn(outcome.afterMs + backoffMs(RETRIES, ++tries, Math.random));
      case 'logged-out': // it waits for the person to log in
        return;
    }
  };

  const publishIn = (ms: number): void => {
    clearTimeout(later);
    later = inBackground(setTimeout(() => void publishNext(), Math.min(ms, TIMER_MS_MAX)));
  };

  /** In its place at once, so that nobody here finds what it was while it is being kept; the other tabs hear of what is kept. */
  const replace = async (anew: OutgoingPost): Promise<void> => {
    const made: Change = { key: anew.key, one: anew };
    apply(made);
    await keep(anew);
    tabs.tell(TOPIC.changed, made);
  };

  const stop = (): void => {
    clearTimeout(later);
    sending?.abort();
    sending = undefined;
  };

  const isThere = (one: OutgoingPost) => outgoing.value.some((other) => placeOf(other) === placeOf(one));
  /** Other tabs may have kept some that this one has not heard of, and may be gone. */
  const adoptStored = async (): Promise<void> => {
    for (const one of await readStored()) if (!isThere(one)) change({ key: one.key, one });
    await publishNext();
  };

  function failedToRead(error: unknown): readonly (readonly [string, unknown])[] {
    onStorageError(error);
    return [];
  }

  tabs.isLeader.subscribe((isLeader) => {
    stop();
    if (isLeader) void adoptStored();
  });
  tabs.onJoined((tab) => tabs.tell(TOPIC.all, outgoing.value, tab));
  tabs.onTold<readonly OutgoingPost[]>(TOPIC.all, (all, { isOfLeader }) => {
    if (!isOfLeader) return;
    for (const one of all) apply({ key: one.key, one });
  });
  tabs.onTold<Change>(TOPIC.changed, (made) => {
    apply(made);
    void publishNext();
  });

  return {
    outgoing,
    publish: async (post, { key = api.newId() } = {}) => {
      const one: OutgoingPost = { key, post };
      apply({ key: one.key, one });
      await keep(one);
      tabs.tell(TOPIC.changed, { key: one.key, one } satisfies Change);
      void publishNext();
      return one.key;
    },
    retry: async (key) => {
      const one = find(key);
      if (one?.failure === undefined) return;
      const { failure, ...anew } = one;
      await replace(failure.code === EXPIRED ? underKey(anew, api.newId()) : anew);
      void publishNext();
    },
    discard: async (key) => {
      const one = find(key);
      const place = one === undefined ? key : placeOf(one);
      // One that waits may be sent as long as it is there; one that was refused is shown as gone once it is.
      if (one?.failure === undefined) change({ key });
      await forget(place);
      change({ key });
    },
    onPublished: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    networkIsBack: () => {
      stop(); // what is being tried waits for its time
      void publishNext();
    },
    serverIsThere: () => void publishNext(),
  };
}

type Outcome =
  | { readonly kind: 'published'; readonly id: string | undefined }
  | { readonly kind: 'refused'; readonly failure: NonNullable<OutgoingPost['failure']> }
  | { readonly kind: 'skewed'; readonly serverMs: number }
  /** The server asks to be left alone for so long, or says nothing of it. */
  | { readonly kind: 'away'; readonly afterMs: number }
  | { readonly kind: 'logged-out' };

async function send(write: Api['write'], { key, post: { publishAt, ...body } }: OutgoingPost, signal: AbortSignal): Promise<Outcome> {
  const asked = { params: { header: { 'Idempotency-Key': key } }, signal } as const;
  try {
    if (publishAt !== undefined) {
      await write.POST('/v1/me/scheduled-posts', { ...asked, body: { ...body, publishAt } });
      return { kind: 'published', id: undefined };
    }
    return { kind: 'published', id: (await write.POST('/v1/me/feed', { ...asked, body })).data?.id };
  } catch (error) {
    if (!(error instanceof TidingsProblem)) return { kind: 'away', afterMs: 0 };
    const { status, code, facts, message: detail } = error;
    if (status === UNAUTHENTICATED) return { kind: 'logged-out' };
    // What was said just now is for its author to see: it would only wait to be said again.
    const isPassing = (status === TOO_MANY && code !== 'same-text') || status >= SERVER_FAULTS_FROM;
    if (isPassing) return { kind: 'away', afterMs: (Number(facts['retryAfterSeconds']) || 0) * SECOND_MS };
    const serverMs = Date.parse(String(facts['serverTime']));
    if (code === 'clock-skew' && !Number.isNaN(serverMs)) return { kind: 'skewed', serverMs };
    return { kind: 'refused', failure: { code, detail } };
  }
}

const placeOf = ({ key, keptAs = key }: OutgoingPost): string => keptAs;

const underKey = (one: OutgoingPost, key: string): OutgoingPost => ({ ...one, key, keptAs: placeOf(one) });
