/** Warm pages over HTTP, several requests at a time. Server and client share this process: half of the time is the client's. */
import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import type { PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { createAuthentication } from '../../edge/auth/callers.ts';
import { openTokens } from '../../edge/auth/tokens.ts';
import { startMemoryBroadcast } from '../../ports/broadcast/memory.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import { startMemoryPresence } from '../../ports/presence/memory.ts';
import { startMemoryRateLimit } from '../../ports/rate-limit/memory.ts';
import { startSqliteVault } from '../../ports/vault/sqlite.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { createMediaUrls } from '../../read-api/media/media-urls.ts';
import { startReadApi } from '../../read-api/read-api.ts';
import { formatRate, secondsSince } from '../shared/statistics.ts';
import { formatSpread, printRow } from './figures.ts';
import { PAGE_LIMIT, timeEach } from './page-times.ts';

const REQUESTS = 4_000;
const CONCURRENT_REQUESTS = 16;
const WARM_UP_REQUESTS = REQUESTS / 10;

type Served = {
  readonly views: TidingsViews;
  readonly feedCache: FeedCache;
  readonly folder: string;
  readonly reader: PersonId;
  readonly clock: () => Instant;
};

export async function benchHttp({ views, feedCache, folder, reader, clock }: Served): Promise<void> {
  await using vault = await startSqliteVault(join(folder, `${reader}-vault.sqlite`));
  await using rateLimit = await startMemoryRateLimit();
  await using broadcast = await startMemoryBroadcast();
  await using presence = await startMemoryPresence();
  const tokens = await openTokens({ vault, clock });
  const session = randomUUID();
  const expiresAt = plus(clock(), DAY_MS);
  await vault.put('session', session, { person: reader, createdAt: clock(), expiresAt }, { owner: reader });
  const token = await tokens.issue({ person: reader, session, expiresAt });
  const noApps = { verify: async () => ({ outcome: 'refused', refusal: { code: 'signature-missing' } }) as const, forget: () => undefined };
  const authenticate = createAuthentication({ tokens, appSignatures: noApps });
  await using api = await startReadApi(
    {
      views,
      feedCache,
      media: { read: async () => undefined },
      mediaUrls: createMediaUrls(Buffer.from('a secret of this run'), clock),
      presence,
      broadcast,
      rateLimit,
      tokens,
      authenticate,
      recordAction: async () => ({ failed: async () => undefined }),
      clock,
      logFacts: { isMember: async () => true, isBlockedBy: async () => false, areFriends: async () => true, personOfLogin: async () => undefined },
      waitForViews: async () => true,
      positionOf: async () => undefined,
      feedLag: { postsMissing: async () => [] },
      report: () => undefined,
    },
    { host: '127.0.0.1', port: 0, limits: { queries: { points: 1_000_000, windowSeconds: 60 } } },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: CONCURRENT_REQUESTS });
  const request = () => requestPage(`${api.url}/v1/me/feed?limit=${PAGE_LIMIT}`, { agent, token });
  await timeEach(WARM_UP_REQUESTS, request);
  const times: number[] = [];
  const startedAt = performance.now();
  const client = async () => times.push(...(await timeEach(REQUESTS / CONCURRENT_REQUESTS, request)));
  await Promise.all(Array.from({ length: CONCURRENT_REQUESTS }, client));
  const seconds = secondsSince(startedAt);
  agent.destroy();
  printRow(`over HTTP, ${CONCURRENT_REQUESTS} at a time`, `${formatSpread(times)}, ${formatRate(REQUESTS / seconds)} requests/s`);
}

function requestPage(url: string, { agent, token }: { readonly agent: Agent; readonly token: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.resume().once('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(`It answers ${response.statusCode}.`))));
    }).once('error', reject);
  });
}
