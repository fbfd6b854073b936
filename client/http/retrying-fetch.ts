/** A `fetch` that tries again what may succeed later: where no answer came, and where the server is busy or away. */
import { backoffMs, sleep, type Backoff } from './backoff.ts';
import { TidingsUnreachable } from './problem.ts';

export type RetryPolicy = Backoff & {
  /** How long a request is tried for altogether. */
  readonly forMs: number;
  /** How long one try may take. */
  readonly answerMs: number;
};

export const RETRY_POLICY: RetryPolicy = { firstMs: 250, maxMs: 8_000, forMs: 60_000, answerMs: 30_000 };

/** Too many requests; a gateway without an answer; unavailable; a gateway's time-out. */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const SECOND_MS = 1_000;

export type Fetch = (request: Request) => Promise<Response>;
/** What differs in tests. */
export type FetchEnvironment = { readonly fetch?: Fetch; readonly random?: () => number; readonly now?: () => number };

/**
 * The answer of the last try, which may still be one that could be tried again. Throws `TidingsUnreachable` where none came, and the
 * signal's reason where it aborts. `isRepeatable`: whether the request may take effect more than once without harm.
 */
export function retryingFetch(
  policy: RetryPolicy = RETRY_POLICY,
  { fetch = (request) => globalThis.fetch(request), random = Math.random, now = () => performance.now() }: FetchEnvironment = {},
): (request: Request, options: { readonly isRepeatable: boolean }) => Promise<Response> {
  return async (request, { isRepeatable }) => {
    const untilMs = now() + policy.forMs;
    const { signal } = request;
    for (let tried = 1; ; tried++) {
      let failure: unknown;
      let waitMs = backoffMs(policy, tried, random);
      try {
        const response = await fetch(new Request(request.clone(), { signal: AbortSignal.any([signal, AbortSignal.timeout(policy.answerMs)]) }));
        if (!RETRYABLE.has(response.status)) return response;
        // Jitter is added to what the server asks for, so that not all come back in the same second.
        waitMs += retryAfterMs(response) ?? 0;
        if (now() + waitMs > untilMs) return response;
        await response.body?.cancel();
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        failure = error;
        if (!isRepeatable || now() + waitMs > untilMs) throw new TidingsUnreachable('The server can’t be reached.', { cause: failure });
      }
      await sleep(waitMs, signal);
    }
  };
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs(response: Response): number | undefined {
  const value = response.headers.get('retry-after');
  if (value === null) return undefined;
  if (/^\d+$/.test(value)) return Number(value) * SECOND_MS;
  const [at, sentAt] = [Date.parse(value), Date.parse(response.headers.get('date') ?? '')];
  return Number.isNaN(at) || Number.isNaN(sentAt) ? undefined : Math.max(0, at - sentAt); // both are the server's clock
}
