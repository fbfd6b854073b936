/**
 * The work on a projection's changes: parts are held, pages are read and handled, and how far each part is done is stored. At least
 * once, and in order for each document: a handler that keeps the version beside what it makes of a document can be told anything twice.
 */
import type { components } from '../http/generated/read-api.ts';
import type { operations } from '../http/generated/write-api.ts';
import type { Api } from '../http/api.ts';
import { backoffMs, sleep, type Backoff } from '../http/backoff.ts';
import { TidingsProblem } from '../http/problem.ts';

export type DocumentChange = components['schemas']['DocumentChange'];
export type SubscribedProjection = operations['holdPart']['parameters']['path']['projection'];

/** `cursor`: behind all of these; where the subscription keeps its own cursors, store it in the same transaction as what is made of them. */
export type ChangesPage = { readonly changes: readonly DocumentChange[]; readonly cursor: string; readonly part: number };

export type SubscriptionOptions = {
  readonly projection: SubscribedProjection;
  /** Names the work: workers of one group share it. */
  readonly group: string;
  /** Into how many parts the work is divided, the same for all workers of the group. Default: 1. */
  readonly of?: number;
  /** How many of them this worker does at once. Default: all that it gets. */
  readonly partsMax?: number;
  /** Names this worker among the others. Default: made up. */
  readonly holder?: string;
  readonly collection?: string;
  /** `field=value`, of the collection. */
  readonly filter?: string;
  /** Most changes in a page. */
  readonly pageMax?: number;
  /** Where the cursors are kept together with what is made of the changes. null: nothing was done yet. Default: the server keeps them. */
  readonly loadCursor?: (part: number) => Promise<string | null>;
  /** The log was restored from a backup: what was made of its changes is to be forgotten, for all is told anew. Without it the subscription ends with the server's refusal. */
  readonly onRestored?: (part: number) => Promise<void>;
  /** Told before the worker tries again: where the handler failed, a page can't be had, or the part was taken by another. */
  readonly onError?: (error: unknown, part: number) => void;
  readonly signal?: AbortSignal;
};

export type ChangesHandler = (page: ChangesPage) => Promise<void>;

/** Well within the server's 30 seconds, so that one request may be lost. */
const RENEW_MS = 8_000;
const CHECKPOINT_MS = 1_000;
/** A part that another holds is asked for again so often; it is free 30 seconds after its holder died. */
const TAKEN_RETRY_MS = 3_000;
const WAIT_SECONDS = 20;
const PAGE_MAX = 500;
const BACKOFF: Backoff = { firstMs: 500, maxMs: 15_000 };
const FORBIDDEN = 403;

/** Resolves once the signal aborts and its parts are released. Rejects where the key may not: that ends by itself only by an operator. */
export async function subscribe(api: Pick<Api, 'read' | 'write' | 'newId'>, options: SubscriptionOptions, handle: ChangesHandler): Promise<void> {
  const { of = 1, partsMax = of, holder = api.newId() } = options;
  const stop = new AbortController();
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([options.signal, stop.signal]);
  const atWork = new Set<number>();
  // Each worker begins at another part, so that those who start together don't ask for the same one.
  const first = Math.floor(Math.random() * of);
  let refusal: unknown;
  const parts = Array.from({ length: of }, async (_, n) => {
    const part = (first + n) % of;
    const places = { enter: () => atWork.size < partsMax && atWork.add(part).has(part), leave: () => void atWork.delete(part) };
    try {
      await workOn(api, { ...options, of, holder, part, signal, places }, handle);
    } catch (error) {
      if (signal.aborted) return;
      refusal ??= error;
      stop.abort();
    }
  });
  await Promise.all(parts);
  if (refusal !== undefined) throw refusal;
}

type Work = SubscriptionOptions & {
  readonly of: number;
  readonly holder: string;
  readonly part: number;
  readonly signal: AbortSignal;
  readonly places: { enter(): boolean; leave(): void };
};

/** Again and again: waits for the part, and works on it for as long as it is held. */
async function workOn(api: Pick<Api, 'read' | 'write'>, work: Work, handle: ChangesHandler): Promise<void> {
  const { part, signal, places, onError, onRestored } = work;
  let beginsAnew = false;
  for (let failures = 0; !signal.aborted;) {
    if (!places.enter()) {
      await sleep(TAKEN_RETRY_MS, signal);
      continue;
    }
    try {
      await whileHeld(api, { ...work, beginsAnew }, handle, () => {
        failures = 0;
        beginsAnew = false;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof TidingsProblem && error.status === FORBIDDEN) throw error;
      if (error instanceof TidingsProblem && error.code === 'position-of-another-log') {
        if (onRestored === undefined) throw error;
        await onRestored(part);
        beginsAnew = true;
        continue;
      }
      const isTaken = error instanceof TidingsProblem && error.code === 'part-taken';
      if (!isTaken) onError?.(error, part);
      places.leave();
      failures += 1;
      await sleep(isTaken ? TAKEN_RETRY_MS : backoffMs(BACKOFF, failures, Math.random), signal);
    } finally {
      places.leave();
    }
  }
}

async function whileHeld(
  api: Pick<Api, 'read' | 'write'>,
  work: Work & { readonly beginsAnew: boolean },
  handle: ChangesHandler,
  onDone: () => void,
): Promise<void> {
  const { projection, part, of, holder, collection, filter, form, pageMax = PAGE_MAX, loadCursor, signal } = { form: 'plain' as const, ...work };
  const held = await hold(api, work);
  const lost = new AbortController();
  const either = AbortSignal.any([signal, lost.signal]);
  let cursor = work.beginsAnew ? null : loadCursor === undefined ? held : await loadCursor(part);
  let [stored, storedMs] = [cursor, performance.now()];
  const checkpoint = async () => {
    const reached = cursor;
    storedMs = performance.now();
    await hold(api, work, reached ?? undefined);
    stored = reached;
  };
  // While a handler takes long, or nothing changes, the part is still ours.
  const renewing = setInterval(() => {
    if (performance.now() - storedMs >= RENEW_MS) checkpoint().catch((error: unknown) => lost.abort(error));
  }, RENEW_MS / 4);
  try {
    while (!either.aborted) {
      const query = { of, part, form, limit: pageMax, wait: WAIT_SECONDS, group: work.group };
      const { data } = await api.read.GET('/v1/projections/{projection}/changes', {
        params: {
          path: { projection },
          query: {
            ...query,
            ...(cursor !== null && { after: cursor }),
            ...(collection !== undefined && { collection }),
            ...(filter !== undefined && { filter }),
          },
        },
        signal: either,
      });
      if (data === undefined) return;
      // `form` is plain, so none of them is a CloudEvent.
      const changes = data.changes as readonly DocumentChange[];
      if (changes.length > 0) await handle({ changes, cursor: data.cursor, part });
      either.throwIfAborted();
      ({ cursor } = data);
      onDone();
      if (cursor !== stored && performance.now() - storedMs >= CHECKPOINT_MS) await checkpoint();
    }
  } finally {
    clearInterval(renewing);
    if (signal.aborted) await release(api, { ...work, holder }, cursor).catch(() => undefined);
  }
  if (lost.signal.aborted) throw lost.signal.reason;
}

/** Returns the cursor at which to go on. */
async function hold({ write }: Pick<Api, 'write'>, { projection, group, part, of, holder, signal }: Work, cursor?: string): Promise<string | null> {
  const { data } = await write.PUT('/v1/projections/{projection}/groups/{group}/parts/{part}', {
    params: { path: { projection, group, part } },
    body: { of, holder, ...(cursor !== undefined && { cursor }) },
    signal,
  });
  return data?.cursor ?? null;
}

async function release({ write }: Pick<Api, 'write'>, { projection, group, part, of, holder }: Work, cursor: string | null): Promise<void> {
  await write.POST('/v1/projections/{projection}/groups/{group}/parts/{part}/release', {
    params: { path: { projection, group, part } },
    body: { of, holder, ...(cursor !== null && { cursor }) },
  });
}
