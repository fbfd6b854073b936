/**
 * Request signatures of apps: HMAC-SHA256, keyed with the app's secret, over the time, the method, the path with its query, the
 * digest of the body and, where one is sent, the idempotency key. A signature is valid for a few minutes around its time, and takes
 * effect once, whichever process receives it again: the idempotency key of a command is either part of what is signed or derived
 * from the signature, so an attacker who captured a request has no other key for it, and the log recognises the command. The
 * memory of this process only refuses a replay sooner, before it counts against a limit of the app.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { v7 } from 'uuid';
import type { KeyScope } from '../../domain/notifications/apps/events.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import { canonicalUuid, type AppId } from '../../domain/shared/ids.ts';
import { epochMs, instant, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { counted, dropOldest, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Vault, VaultRecords } from '../../ports/vault/port.ts';
import type { Credentials } from './credentials.ts';

export const APP_HEADER = 'tidings-app';
export const TIMESTAMP_HEADER = 'tidings-timestamp';
export const SIGNATURE_HEADER = 'tidings-signature';
const KEY_HEADER = 'idempotency-key';

/** How far a signature's time may differ from ours, either way. */
export const SIGNATURE_WINDOW_MS = 5 * MINUTE_MS;
/** With more than this within the window, the oldest are refused as expired instead. */
const SIGNATURES_REMEMBERED_MAX = 200_000;
const APPS_REMEMBERED_MAX = 1_000;
/** A secret that another process replaced is accepted for at most this long. */
const SECRETS_CACHED_MS = 20 * SECOND_MS;

/** `path` as it goes over the wire, with its query; `key`: the `Idempotency-Key`, where one is sent. */
export type SignableRequest = { readonly method: string; readonly path: string; readonly body?: Uint8Array | string; readonly key?: string | undefined };

/** Returns the headers that sign a request. */
export function signRequest({ app, secret }: { readonly app: AppId; readonly secret: string }, request: SignableRequest, at: Instant): Record<string, string> {
  return {
    [APP_HEADER]: app,
    [TIMESTAMP_HEADER]: at,
    [SIGNATURE_HEADER]: signatureOf(secret, at, request).toString('hex'),
  };
}

/** A secret that was replaced is valid for some time more. */
export type SecretAge = 'newest' | 'replaced';

/** `key`: the idempotency key of a request that brings none; always the same for the same signature. */
/** `scopes`: of a key beside the secret. `isStill`: asks the vault whether what signed is still good for the same; for what lasts. */
type VerifiedSignature =
  | {
      readonly outcome: 'accepted';
      readonly app: AppId;
      readonly secret: SecretAge;
      readonly scopes?: readonly KeyScope[];
      readonly key: string;
      readonly isStill: () => Promise<boolean>;
    }
  | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type AppSignatures = {
  /** Refuses with `signature-missing`, `signature-invalid`, `signature-expired`, `signature-replayed` or `app-disabled`. */
  verify(credentials: Credentials): Promise<VerifiedSignature>;
  /** Drops what is cached of an app whose secret was replaced, or that was disabled: the next request asks the vault. */
  forget(app: AppId): void;
};

type KnownApp = {
  readonly secrets: VaultRecords['app-secret']['secrets'];
  readonly keys: readonly VaultRecords['app-key'][];
  readonly isDisabled: boolean;
};
type Matches = (secret: string) => boolean;
type Signer = { readonly secret: SecretAge; readonly scopes?: readonly KeyScope[]; readonly isDisabled: boolean };

export function createAppSignatures({
  vault,
  clock,
  monotonicMs = () => performance.now(),
  tally = emptyTally(),
}: {
  readonly vault: Pick<Vault, 'get' | 'owned'>;
  readonly clock: () => Instant;
  readonly monotonicMs?: () => number;
  readonly tally?: CacheTally;
}): AppSignatures {
  const cached = new Map<string, KnownApp & { readonly untilMs: number }>();
  const seen = createReplayMemory();

  const read = async (app: string): Promise<KnownApp> => {
    const [record, disabled, keys] = await Promise.all([vault.get('app-secret', app), vault.get('app-disabled', app), vault.owned('app-key', app)]);
    const known = { secrets: record?.secrets ?? [], keys: keys.map(({ record: key }) => key), isDisabled: disabled !== undefined };
    if (known.secrets.length === 0) return known; // not cached: anyone can send the id of an app that doesn't exist
    cached.delete(app);
    cached.set(app, { ...known, untilMs: monotonicMs() + SECRETS_CACHED_MS });
    if (cached.size > APPS_REMEMBERED_MAX) dropOldest(cached, tally);
    return known;
  };

  const signerIn = ({ secrets, keys, isDisabled }: KnownApp, matches: Matches): Signer | undefined => {
    const now = clock();
    const place = secrets.findIndex(({ secret, until }) => (until === undefined || until > now) && matches(secret));
    if (place >= 0) return { secret: place === 0 ? 'newest' : 'replaced', isDisabled };
    const key = keys.find(({ secret }) => matches(secret));
    return key && { secret: 'newest', scopes: key.scopes, isDisabled };
  };

  /** A new secret may not be cached yet: a signature that doesn't match is checked against the vault again. */
  const signerOf = async (app: string, matches: Matches): Promise<Signer | undefined> => {
    const known = cached.get(app);
    const signer = counted(tally, known !== undefined && known.untilMs > monotonicMs() ? signerIn(known, matches) : undefined);
    return signer ?? signerIn(await read(app), matches);
  };

  const isStill = async (app: string, matches: Matches, { scopes = [] }: Signer): Promise<boolean> => {
    const now = signerIn(await read(app), matches);
    return now !== undefined && !now.isDisabled && String(now.scopes ?? []) === String(scopes);
  };

  return {
    verify: async ({ method, path, header, body }) => {
      const [appAsSent, timestamp, signature] = [header(APP_HEADER), header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER)];
      if (appAsSent === undefined || timestamp === undefined || signature === undefined) return refused({ code: 'signature-missing' });
      const app = canonicalUuid(appAsSent);
      const atMs = parseTimestamp(timestamp);
      if (atMs === undefined || !/^[0-9a-f]{64}$/i.test(signature)) return refused({ code: 'signature-invalid' });
      const given = Buffer.from(signature, 'hex');
      const signed = { method, path, body, key: header(KEY_HEADER) };
      const matches = (secret: string) => timingSafeEqual(signatureOf(secret, timestamp, signed), given);
      const signer = await signerOf(app, matches);
      if (signer === undefined) return refused({ code: 'signature-invalid' });
      if (signer.isDisabled) return refused({ code: 'app-disabled' });
      const nowMs = epochMs(clock());
      if (Math.abs(nowMs - atMs) > SIGNATURE_WINDOW_MS) return refused(expired(nowMs));
      switch (seen.record(app, given.toString('base64'), atMs, nowMs)) {
        case 'new':
          return {
            outcome: 'accepted',
            app: app as AppId,
            secret: signer.secret,
            ...(signer.scopes !== undefined && { scopes: signer.scopes }),
            key: keyFromSignature(given, atMs),
            isStill: () => isStill(app, matches, signer),
          };
        case 'seen':
          return refused({ code: 'signature-replayed' });
        case 'too-old':
          return refused(expired(nowMs));
      }
    },

    forget: (app) => void cached.delete(app),
  };
}

function signatureOf(secret: string, timestamp: string, { method, path, body = '', key }: SignableRequest): Buffer {
  const digest = createHash('sha256').update(body).digest('hex');
  const lines = [timestamp, method.toUpperCase(), path, digest, ...(key === undefined ? [] : [key])];
  return createHmac('sha256', secret).update(lines.join('\n')).digest();
}

/** A UUIDv7, so that the command is searched from the signature's time on, and is remembered for longer than the signature is valid. */
const keyFromSignature = (signature: Uint8Array, atMs: number): string => v7({ msecs: atMs, random: signature });

/** ISO 8601, or seconds since 1970. */
function parseTimestamp(timestamp: string): number | undefined {
  const ms = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * SECOND_MS : Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms;
}

const expired = (nowMs: number): Refusal => ({
  code: 'signature-expired',
  facts: { maxSeconds: SIGNATURE_WINDOW_MS / SECOND_MS, serverTime: instant(nowMs) },
});

const refused = (refusal: Refusal): VerifiedSignature => ({ outcome: 'refused', refusal });

/**
 * Every signature within the window, oldest first. When there are too many, the oldest is dropped and the floor of its app rises to
 * its time: signatures of that app at or below the floor are refused. So memory is bounded and a replay is still never accepted.
 */
function createReplayMemory() {
  const times = new Map<string, { readonly app: string; readonly atMs: number }>();
  const floors = new Map<string, number>();
  return {
    record(app: string, signature: string, atMs: number, nowMs: number): 'new' | 'seen' | 'too-old' {
      const name = `${app} ${signature}`;
      if (times.has(name)) return 'seen';
      if (atMs <= (floors.get(app) ?? -Infinity)) return 'too-old';
      times.set(name, { app, atMs });
      for (const [oldest, of] of times) {
        const outside = of.atMs < nowMs - SIGNATURE_WINDOW_MS;
        if (!outside && times.size <= SIGNATURES_REMEMBERED_MAX) break;
        if (!outside) floors.set(of.app, Math.max(floors.get(of.app) ?? -Infinity, of.atMs));
        times.delete(oldest);
      }
      return 'new';
    },
  };
}
