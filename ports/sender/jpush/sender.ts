/** Pushes by JPush, which reaches devices in mainland China. An attempt that repeats one whose answer was lost carries its `cid` again, and JPush takes the push once. */
import type { AccountCheck, Attempt, Outcome, Sender } from '../port.ts';
import { retryAfterMsIn } from '../retry-after.ts';
import { NoVendorAnswer, openVendorHttps, type VendorAnswer, type VendorOptions } from '../vendor-https.ts';
import type { JpushAccount } from './account.ts';
import { CIDS_AT_ONCE, createCidPool } from './cid-pool.ts';
import { CID_REFUSED, outcomeOfJpushFailure } from './outcome.ts';
import { jpushRequestOf } from './request.ts';

const ORIGIN = 'https://api.jpush.cn';
const DRAW_MAX_MS = 3_000;
/** The newest ones. */
const REFUSED_KEYS_MAX = 1_000;
/** No device has it. */
const CHECK_BODY = JSON.stringify({ platform: 'all', audience: { registration_id: ['0'.repeat(16)] }, notification: { alert: '-' } });

/** Stopping ends the attempts under way, and waits until they have said so. */
export function startJpushSender({ name, appKey, masterSecret }: JpushAccount, { clock, connect }: VendorOptions): Sender {
  const https = openVendorHttps(connect ?? { origin: ORIGIN });
  const authorization = `Basic ${Buffer.from(`${appKey}:${masterSecret}`).toString('base64')}`;

  const drawCids = async (): Promise<readonly string[]> => {
    try {
      const path = `/v3/push/cid?count=${CIDS_AT_ONCE}&type=push`;
      const answer = await https.ask({ method: 'GET', path, headers: { authorization }, signal: AbortSignal.timeout(DRAW_MAX_MS) });
      return answer.status === 200 ? cidsIn(answer.body) : [];
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      return [];
    }
  };
  const pool = createCidPool(drawCids);

  const post = async (path: string, body: string, { traceparent, signal }: Pick<Attempt, 'traceparent' | 'signal'>): Promise<Outcome> => {
    try {
      const answer = await https.ask({ method: 'POST', path, headers: { authorization, 'content-type': 'application/json' }, traceparent, body, signal });
      if (answer.status === 200) return acceptanceIn(answer);
      const { 'retry-after': retryAfter, 'x-rate-limit-reset': secondsLeft } = answer.headers;
      const retryAfterMs = retryAfterMsIn(retryAfter ?? (typeof secondsLeft === 'string' ? secondsLeft : undefined), clock());
      return outcomeOfJpushFailure({ ...answer, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    } catch (error) {
      if (!(error instanceof NoVendorAnswer)) throw error;
      return { outcome: error.isCertain ? 'retry' : 'unknown', reason: error.message };
    }
  };

  /** A worker repeats an attempt of unknown outcome under its key; one that JPush knows no more would be refused each time. */
  const refusedKeys = new Set<string>();
  const withGoodKey = async ({ vendorKey, ...attempt }: Attempt): Promise<Attempt> => {
    const good = vendorKey !== undefined && refusedKeys.has(vendorKey) ? await pool.draw() : vendorKey;
    return { ...attempt, ...(good !== undefined && { vendorKey: good }) };
  };

  const send = async (attempt: Attempt): Promise<Outcome> => {
    if (attempt.target.channel !== 'push') return { outcome: 'rejected', reason: 'no-push' };
    const { vendorKey } = attempt;
    const request = jpushRequestOf(attempt, attempt.target.token);
    if (!('refused' in request)) {
      const outcome = await post('/v3/push', request.body, attempt);
      if (vendorKey !== undefined && outcome.outcome === 'retry' && outcome.reason === CID_REFUSED) rememberKey(refusedKeys, vendorKey);
      return outcome;
    }
    return { outcome: 'rejected', reason: request.refused, ...(request.refused === 'token-malformed' && { endpointLost: true }) };
  };

  const check = async (signal: AbortSignal): Promise<AccountCheck> => {
    const outcome = await post('/v3/push/validate', CHECK_BODY, { signal });
    if (outcome.outcome === 'accepted' || (outcome.outcome === 'rejected' && outcome.endpointLost === true)) return { accepted: true };
    return { accepted: false, reason: outcome.reason };
  };

  return {
    vendor: name,
    channel: 'push',
    platforms: ['jpush'],
    send: async (attempt) => await send(await withGoodKey(attempt)),
    drawKey: () => pool.draw(),
    check,
    [Symbol.asyncDispose]: async () => await https[Symbol.asyncDispose](),
  };
}

function rememberKey(keys: Set<string>, key: string): void {
  keys.add(key);
  for (const oldest of keys) {
    if (keys.size <= REFUSED_KEYS_MAX) break;
    keys.delete(oldest);
  }
}

/** A message's id may be a number that JavaScript can't hold. */
function acceptanceIn({ body }: VendorAnswer): Outcome {
  const [, id] = /"msg_id"\s*:\s*"?(\d+)/.exec(body) ?? [];
  return id === undefined ? { outcome: 'unknown', reason: 'answer-unreadable' } : { outcome: 'accepted', vendorId: id };
}

function cidsIn(body: string): readonly string[] {
  try {
    const { cidlist } = JSON.parse(body) as { readonly cidlist?: unknown };
    return Array.isArray(cidlist) ? cidlist.filter((cid) => typeof cid === 'string') : [];
  } catch {
    return [];
  }
}
