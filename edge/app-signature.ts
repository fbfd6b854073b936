/**
 * How an app signs its requests: HMAC-SHA256, keyed with its secret, over the time, the method, the path with its query and the
 * digest of the body. A signature is good for a few minutes around its time, and once.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Refusal } from '../domain/shared/decider.ts';
import type { AppId } from '../domain/shared/ids.ts';
import { epochMs, instant, MINUTE_MS, SECOND_MS, type Instant } from '../domain/shared/instant.ts';
import type { Vault, VaultRecords } from '../ports/vault/port.ts';
import type { Credentials } from './credentials.ts';

export const APP_HEADER = 'tidings-app';
export const TIMESTAMP_HEADER = 'tidings-timestamp';
export const SIGNATURE_HEADER = 'tidings-signature';

/** How far the signature's time may be from ours, either way. */
export const SIGNATURE_WINDOW_MS = 5 * MINUTE_MS;
/** With more than these within the window, the oldest are refused for their age instead. */
const SIGNATURES_REMEMBERED_MAX = 200_000;
const APPS_REMEMBERED_MAX = 1_000;
/** A secret that was rotated out elsewhere works so long at most. */
const SECRETS_CACHED_MS = 20 * SECOND_MS;

export type ToSign = { readonly method: string; readonly path: string; readonly body?: Uint8Array | string };

/** The headers that sign a request. `path` is what goes over the wire, query included. */
export function signRequest({ app, secret }: { readonly app: AppId; readonly secret: string }, request: ToSign, at: Instant): Record<string, string> {
  return {
    [APP_HEADER]: app,
    [TIMESTAMP_HEADER]: at,
    [SIGNATURE_HEADER]: signatureOf(secret, at, request).toString('hex'),
  };
}

type Signed = { readonly outcome: 'accepted'; readonly app: AppId } | { readonly outcome: 'refused'; readonly refusal: Refusal };

export type AppSignatures = {
  /** Refuses with `signature-missing`, `signature-invalid`, `signature-expired` or `signature-replayed`. */
  verify(credentials: Credentials): Promise<Signed>;
};

type Secrets = VaultRecords['app-secret']['secrets'];

export function createAppSignatures({ vault, clock }: { readonly vault: Pick<Vault, 'get'>; readonly clock: () => Instant }): AppSignatures {
  const cachedSecrets = new Map<string, { readonly secrets: Secrets; readonly untilMs: number }>();
  const seen = rememberSignatures();

  const read = async (app: string): Promise<Secrets> => {
    const secrets = (await vault.get('app-secret', app))?.secrets ?? [];
    if (secrets.length === 0) return secrets; // what is not there is not remembered: anyone can ask for any app
    remember(cachedSecrets, app, { secrets, untilMs: epochMs(clock()) + SECRETS_CACHED_MS }, APPS_REMEMBERED_MAX);
    return secrets;
  };

  /** A secret made a moment ago is not in the cache yet: what doesn't match is looked at again. */
  const isSignedBy = async (app: string, matches: (secret: string) => boolean): Promise<boolean> => {
    const now = clock();
    const anyOf = (secrets: Secrets) => secrets.some(({ secret, until }) => (until === undefined || until > now) && matches(secret));
    const cached = cachedSecrets.get(app);
    if (cached !== undefined && cached.untilMs > epochMs(now) && anyOf(cached.secrets)) return true;
    return anyOf(await read(app));
  };

  return {
    verify: async ({ method, path, header, body }) => {
      const [app, timestamp, signature] = [header(APP_HEADER), header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER)];
      if (app === undefined || timestamp === undefined || signature === undefined) return refused({ code: 'signature-missing' });
      const atMs = timeOf(timestamp);
      if (atMs === undefined || !/^[0-9a-f]{64}$/i.test(signature)) return refused({ code: 'signature-invalid' });
      const given = Buffer.from(signature, 'hex');
      const matches = (secret: string) => timingSafeEqual(signatureOf(secret, timestamp, { method, path, body }), given);
      if (!(await isSignedBy(app, matches))) return refused({ code: 'signature-invalid' });
      const nowMs = epochMs(clock());
      if (Math.abs(nowMs - atMs) > SIGNATURE_WINDOW_MS) return refused(expired(nowMs));
      switch (seen.note(app, given.toString('base64'), atMs, nowMs)) {
        case 'new':
          return { outcome: 'accepted', app: app as AppId };
        case 'seen':
          return refused({ code: 'signature-replayed' });
        case 'too-old':
          return refused(expired(nowMs));
      }
    },
  };
}

function signatureOf(secret: string, timestamp: string, { method, path, body = '' }: ToSign): Buffer {
  const digest = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', secret).update(`${timestamp}\n${method.toUpperCase()}\n${path}\n${digest}`).digest();
}

/** ISO 8601, or seconds since 1970. */
function timeOf(timestamp: string): number | undefined {
  const ms = /^\d{1,12}$/.test(timestamp) ? Number(timestamp) * SECOND_MS : Date.parse(timestamp);
  return Number.isNaN(ms) ? undefined : ms;
}

const expired = (nowMs: number): Refusal => ({
  code: 'signature-expired',
  facts: { maxSeconds: SIGNATURE_WINDOW_MS / SECOND_MS, serverTime: instant(nowMs) },
});

const refused = (refusal: Refusal): Signed => ({ outcome: 'refused', refusal });

/**
 * Every signature within the window, oldest first. Where there are too many to remember, the floor of the app whose signature is
 * forgotten rises to that one's time, and nothing of the app at or below it is taken any more: bounded, and still never twice.
 */
function rememberSignatures() {
  const times = new Map<string, { readonly app: string; readonly atMs: number }>();
  const floors = new Map<string, number>();
  return {
    note(app: string, signature: string, atMs: number, nowMs: number): 'new' | 'seen' | 'too-old' {
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

function remember<Value>(map: Map<string, Value>, key: string, value: Value, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) for (const oldest of map.keys()) if (map.delete(oldest)) break;
}
