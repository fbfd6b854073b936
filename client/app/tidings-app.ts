/** The side of an app, which runs on its servers: signed requests to both APIs, and webhooks that can be believed. */
import { createApi, type Addresses, type Api } from '../http/api.ts';
import type { FetchEnvironment, RetryPolicy } from '../http/retrying-fetch.ts';
import { createServerClock } from '../http/server-clock.ts';
import { subscribe, type ChangesHandler, type SubscriptionOptions } from './subscribe.ts';
import { signatureHeaders, type AppCredentials } from './sign.ts';

export type TidingsAppOptions = Addresses & {
  /** The app's id and secret, or a key of it: `npx tidings apps` makes one. */
  readonly credentials: AppCredentials;
  readonly retry?: Partial<RetryPolicy>;
};

export type TidingsApp = Pick<Api, 'read' | 'write' | 'newId'> & {
  /** Works on a projection's changes, with the other workers of a group: `subscribe.ts`. */
  readonly subscribe: (options: SubscriptionOptions, handle: ChangesHandler) => Promise<void>;
};

/** Never in a browser: whoever has the secret is the app. */
export function createTidingsApp({ credentials, ...options }: TidingsAppOptions, environment: FetchEnvironment = {}): TidingsApp {
  const clock = createServerClock();
  const { read, write, newId } = createApi({ ...options, clock, sign: (request) => signatureHeaders(credentials, request, clock.nowMs()) }, environment);
  return { read, write, newId, subscribe: (options, handle) => subscribe({ read, write, newId }, options, handle) };
}
