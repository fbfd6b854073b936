/**
 * Typed calls of both APIs. Each command gets an idempotency key and is tried again under it; positions are kept and sent; what isn't a
 * success is thrown as a `TidingsProblem`, what has no answer as `TidingsUnreachable`.
 */
import createClient, { type Client, type Middleware } from 'openapi-fetch';
import type { paths as ReadPaths } from './generated/read-api.ts';
import type { paths as WritePaths } from './generated/write-api.ts';
import { idMaker } from './ids.ts';
import { createPositions } from './positions.ts';
import { problemOf } from './problem.ts';
import { RETRY_POLICY, retryingFetch, type FetchEnvironment, type RetryPolicy } from './retrying-fetch.ts';
import { createServerClock, type ServerClock } from './server-clock.ts';

export type Addresses = {
  /** Of one host that passes requests on to both APIs; `read` and `write` where they have hosts of their own. */
  readonly url?: string;
  readonly read?: string;
  readonly write?: string;
};

export type ApiOptions = Addresses & {
  /** The session's token; asked for with each request, for it may be replaced. Undefined: nobody is logged in. */
  readonly token?: () => string | undefined;
  /** In place of a token: the headers that sign an app's request. */
  readonly sign?: (request: Request) => Promise<Readonly<Record<string, string>>>;
  readonly retry?: Partial<RetryPolicy>;
  readonly clock?: ServerClock;
};

/**
 * `read.GET('/v1/me/feed', { params: { query: { limit: 20 } } })` answers `{ data, response }`. A command's key is in
 * `params.header['Idempotency-Key']`, where a caller has one; pages are read one after the other by `eachPage`.
 */
export type Api = {
  readonly read: Client<ReadPaths>;
  readonly write: Client<WritePaths>;
  readonly clock: ServerClock;
  readonly newId: () => string;
  /** What was received until now is of a log that is no more. */
  readonly forgetPositions: () => void;
};

const KEY = 'Idempotency-Key';
/** Logging in twice opens two sessions, and a code is good for one login. */
const NOT_REPEATABLE = /\/v1\/(sessions|password-resets)(\/|$)/;

export function createApi({ token, sign, retry, clock = createServerClock(), ...addresses }: ApiOptions, environment: FetchEnvironment = {}): Api {
  const positions = createPositions();
  const newId = idMaker(clock);
  const send = retryingFetch({ ...RETRY_POLICY, ...retry }, environment);
  const keyedHere = new WeakSet<Request>();

  const middleware: Middleware = {
    onRequest: ({ request }) => {
      if (request.method !== 'GET' && !request.headers.has(KEY)) {
        request.headers.set(KEY, newId());
        keyedHere.add(request);
      }
      const position = positions.toSend();
      if (position !== undefined && !request.headers.has('Min-Position')) request.headers.set('Min-Position', position);
      const bearer = token?.();
      if (bearer !== undefined && !request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${bearer}`);
      return request;
    },
    onResponse: async ({ request, response }) => {
      const date = Date.parse(response.headers.get('date') ?? '');
      if (!Number.isNaN(date)) clock.observe(date);
      const position = response.headers.get('Tidings-Position');
      if (position !== null) positions.receive(position, request.headers.get('Min-Position') ?? undefined);
      if (response.ok || response.status === 304) return;
      const problem = await problemOf(response);
      if (problem.code === 'position-of-another-log') positions.forget();
      throw problem;
    },
  };
  const fetch = async (request: Request): Promise<Response> => {
    const isRepeatable = request.method === 'GET' || !NOT_REPEATABLE.test(new URL(request.url).pathname);
    if (sign === undefined) {
      const response = await send(request, { isRepeatable });
      const serverMs = keyedHere.has(request) ? await serverTimeOfRefusal(response) : undefined;
      if (serverMs === undefined) return response;
      // The key was made by a clock that is wrong. It was refused, so under another key it is no second one.
      clock.observe(serverMs);
      request.headers.set(KEY, newId());
      return send(request, { isRepeatable });
    }
    // A signature is good for one request, and each try needs its own.
    return retryingFetch({ ...RETRY_POLICY, ...retry }, { ...environment, fetch: await signing(sign, environment) })(request, { isRepeatable });
  };
  const clientOf = <Paths extends object>(baseUrl: string | undefined): Client<Paths> => {
    const client = createClient<Paths>({ baseUrl: baseUrl ?? '', fetch });
    client.use(middleware);
    return client;
  };
  return {
    read: clientOf<ReadPaths>(addresses.read ?? addresses.url),
    write: clientOf<WritePaths>(addresses.write ?? addresses.url),
    clock,
    newId,
    forgetPositions: positions.forget,
  };
}

const CONFLICT = 409;

/** Of a command that is refused because its key says that it was made in the future. */
async function serverTimeOfRefusal(response: Response): Promise<number | undefined> {
  if (response.status !== CONFLICT) return undefined;
  const { code, facts } = await problemOf(response.clone());
  const serverMs = Date.parse(String(facts['serverTime']));
  return code === 'clock-skew' && !Number.isNaN(serverMs) ? serverMs : undefined;
}

async function signing(sign: NonNullable<ApiOptions['sign']>, { fetch = (request) => globalThis.fetch(request) }: FetchEnvironment) {
  return async (request: Request): Promise<Response> => {
    const signed = request.clone();
    for (const [name, value] of Object.entries(await sign(request))) signed.headers.set(name, value);
    return fetch(signed);
  };
}
