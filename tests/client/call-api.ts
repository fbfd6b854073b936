/** Calls the HTTP APIs as any client would: it keeps its idempotency keys and tries again until there is a definite answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { UnexpectedResult } from './unexpected-result.ts';

export type Addresses = { readonly write: string; readonly read: string; readonly ops: string };

const RETRY_INTERVAL_MS = 150;
const RETRY_FOR_MS = 60_000;
const RETRYABLE_STATUSES = new Set([429, 502, 503, 504]);

export type ApiResponse = { readonly status: number; readonly body: Readonly<Record<string, unknown>>; readonly position: string | undefined };

type Headers = Readonly<Record<string, string>>;

export type RequestOptions = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A function is called for every try, since a signature is good for one request. */
  readonly headers?: Headers | (() => Headers);
  readonly body?: unknown;
  /** The idempotency key, the same for every try. */
  readonly key?: string;
  /** The longest that it tries; a minute where it is absent. */
  readonly retryForMs?: number;
};

/** Tries until the answer isn't a retryable status. `base` is called for every try, since a restarted server may have other ports. */
export async function callApi(base: () => Promise<string>, path: string, options: RequestOptions): Promise<ApiResponse> {
  const { method = 'GET', headers = {}, body, key, retryForMs = RETRY_FOR_MS } = options;
  const giveUpAt = Date.now() + retryForMs;
  for (;;) {
    try {
      const response = await fetch((await base()) + path, {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
          ...(typeof headers === 'function' ? headers() : headers),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(10_000),
      });
      const text = await response.text();
      const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
      if (!RETRYABLE_STATUSES.has(response.status))
        return { status: response.status, body: json, position: typeof json['position'] === 'string' ? json['position'] : undefined };
      if (Date.now() > giveUpAt) throw new UnexpectedResult(`${method} ${path} still answers ${response.status} ${text}`);
    } catch (error) {
      if (error instanceof UnexpectedResult || Date.now() > giveUpAt) throw error;
    }
    await sleep(RETRY_INTERVAL_MS);
  }
}
