/**
 * Pages that were fetched a moment ago, by the digest of their address: a link that many pass on is asked for once. Whoever writes many
 * links can't make us ask others' servers more often than a person and a server may be asked for.
 */
import { createHash } from 'node:crypto';
import { MINUTE_MS } from '../../domain/shared/instant.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { counted, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Outbound } from '../../ports/outbound/port.ts';
import { RateLimitUnavailable, type Limit, type RateLimit } from '../../ports/rate-limit/port.ts';
import { fetchPage, secureAddress, type Page } from './fetch-page.ts';

export const PREVIEWS_OF_PERSON: Limit = { name: 'link-previews-of-person', points: 120, windowSeconds: 60 * 60 };
export const PREVIEWS_OF_HOST: Limit = { name: 'link-previews-of-host', points: 60, windowSeconds: 60 };

export const PAGE_KEPT_MS = 10 * MINUTE_MS;
/** Of all pages that are kept, with their pictures. */
export const PAGES_BYTES_MAX = 32 * 1_024 * 1_024;
const PAGES_MAX = 2_000;

export type PagesDependencies = {
  readonly outbound: Pick<Outbound, 'get'>;
  readonly rateLimit: Pick<RateLimit, 'take'>;
  readonly monotonicMs: () => number;
  readonly tally?: CacheTally | undefined;
};

/** Undefined where there is nothing to show of it, or it may not be asked for now. */
export type PageOf = (url: string, person: PersonId) => Promise<Page | undefined>;

type Kept = { readonly page: Promise<Page | undefined>; readonly untilMs: number; bytes: number };

export function createPages({ outbound, rateLimit, monotonicMs, tally = emptyTally() }: PagesDependencies): PageOf {
  /** The oldest first. */
  const pages = new Map<string, Kept>();
  let bytes = 0;

  const drop = (key: string, kept: Kept) => {
    if (pages.get(key) !== kept) return;
    pages.delete(key);
    bytes -= kept.bytes;
  };
  const makeRoom = () => {
    const nowMs = monotonicMs();
    for (const [key, kept] of pages) {
      const isOver = nowMs >= kept.untilMs;
      if (pages.size <= PAGES_MAX && bytes <= PAGES_BYTES_MAX && !isOver) return;
      if (!isOver) tally.evictions += 1;
      drop(key, kept);
    }
  };

  return async (link, person) => {
    const url = secureAddress(link);
    if (url === undefined) return undefined;
    const key = createHash('sha256').update(url).digest('base64url');
    const before = pages.get(key);
    const kept = counted(tally, before !== undefined && monotonicMs() < before.untilMs ? before : undefined);
    if (kept !== undefined) return kept.page;
    if (!(await mayAsk(rateLimit, PREVIEWS_OF_PERSON, person))) return undefined;
    const meanwhile = pages.get(key);
    if (meanwhile !== undefined && meanwhile !== before) return meanwhile.page;
    if (before !== undefined) drop(key, before);
    const asking = askingWithin(rateLimit, outbound);
    const asked: Kept = { page: fetchPage(asking, url), untilMs: monotonicMs() + PAGE_KEPT_MS, bytes: 0 };
    pages.set(key, asked);
    try {
      const page = await asked.page;
      if (asking.wasHeldBack()) {
        drop(key, asked);
        return page;
      }
      asked.bytes = page?.image?.length ?? 0;
      if (pages.get(key) === asked) bytes += asked.bytes;
      makeRoom();
      return page;
    } catch (error) {
      drop(key, asked);
      throw error;
    }
  };
}

/** Counts each request with the server that it goes to: where a page leads on to, and where its picture is, whoever wrote the page decides. */
function askingWithin(
  rateLimit: PagesDependencies['rateLimit'],
  outbound: Pick<Outbound, 'get'>,
): Pick<Outbound, 'get'> & { readonly wasHeldBack: () => boolean } {
  let isHeldBack = false;
  return {
    get: async (request) => {
      // On whichever port.
      if (await mayAsk(rateLimit, PREVIEWS_OF_HOST, new URL(request.url).hostname)) return outbound.get(request);
      isHeldBack = true;
      return { outcome: 'failed', reason: 'aborted' };
    },
    wasHeldBack: () => isHeldBack,
  };
}

/** While nobody counts, nothing is asked for: a preview is no more than a courtesy. */
async function mayAsk(rateLimit: PagesDependencies['rateLimit'], limit: Limit, caller: string): Promise<boolean> {
  try {
    return (await rateLimit.take(limit, caller)).allowed;
  } catch (error) {
    if (error instanceof RateLimitUnavailable) return false;
    throw error;
  }
}
