/**
 * How an app signs its requests: HMAC-SHA256, keyed with its secret, over the time, the method, the path with its query, the digest
 * of the body and, where one is sent, the idempotency key. A signature is good for a few minutes around its time, and causes
 * something once, whatever process it is sent to again: the key that a command is asked under is either signed, or follows from the
 * signature, so that who captured a request has no other key for it, and the log knows the command. The memory of this process only
 * refuses sooner, before a limit of the app is used up.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { v7 } from 'uuid';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { AppId } from '../../domain/shared/ids.ts';
import { epochMs, instant, MINUTE_MS, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Vault, VaultRecords } from '../../ports/vault/port.ts';
import type { Credentials } from './credentials.ts';

export const APP_HEADER = 'tidings-app';
export const TIMESTAMP_HEADER = 'tidings-timestamp';
export const SIGNATURE_HEADER = 'tidings-signature';
const KEY_HEADER = 'idempotency-key';

/** How far the signature's time may be from ours, either way. */
export const SIGNATURE_WINDOW_MS = 5 * MINUTE_MS;
/** With more than these within the window, the oldest are refused for their age instead. */
const SIGNATURES_REMEMBERED_MAX = 200_000;
const APPS_REMEMBERED_MAX = 1_000;
/** A secret that was rotated out elsewhere works so long at most. */
const SECRETS_CACHED_MS = 20 * SECOND_MS;

/** `path` is what goes over the wire, query included; `key` the `Idempotency-Key`, where one is sent. */
export type ToSign = { readonly method: string; readonly path: string; readonly body?: Uint8Array | string; readonly key?: string | undefined };

/** The headers that sign a request. */
export function signRequest({ app, secret }: { readonly app: AppId; readonly secret: string }, request: ToSign, at: Instant): Record<string, string> {
  return {
    [APP_HEADER]: app,
    [TIMESTAMP_HEADER]: at,
    [SIGNATURE_HEADER]: signatureOf(secret, at, request).toString('hex'),
  };
}

/** `key`: what the request is asked under where it brings no key of its own; the same for the same signature, for ever. */
type Signed = { readonly outcome: 'accepted'; readonly app: AppId; readonly key: string } | { readonly outcome: 'refused'; readonly refusal: Refusal };

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
      const signed = { method, path, body, key: header(KEY_HEADER) };
      const matches = (secret: string) => timingSafeEqual(signatureOf(secret, timestamp, signed), given);
      if (!(await isSignedBy(app, matches))) return refused({ code: 'signature-invalid' });
      const nowMs = epochMs(clock());
      if (Math.abs(nowMs - atMs) > SIGNATURE_WINDOW_MS) return refused(expired(nowMs));
      switch (seen.note(app, given.toString('base64'), atMs, nowMs)) {
        case 'new':
          return { outcome: 'accepted', app: app as AppId, key: keyFrom(given, atMs) };
        case 'seen':
          return refused({ code: 'signature-replayed' });
        case 'too-old':
          return refused(expired(nowMs));
      }
    },
  };
}

function signatureOf(secret: string, timestamp: string, { method, path, body = '', key }: ToSign): Buffer {
  const digest = createHash('sha256').update(body).digest('hex');
  const lines = [timestamp, method.toUpperCase(), path, digest, ...(key === undefined ? [] : [key])];
  return createHmac('sha256', secret).update(lines.join('\n')).digest();
}

/** A UUIDv7, so that the command is looked for from the signature's time on, and remembered for longer than the signature is good. */
const keyFrom = (signature: Uint8Array, atMs: number): string => v7({ msecs: atMs, random: signature });

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
