/** The system under test as clients and operators reach it, and waiting until it has nothing left to do. */
import { callApi, type Addresses, type ApiResponse, type RequestOptions } from '../client/call-api.ts';
import { expectStatus, listOf, pollUntil, type JsonObject } from '../client/expectations.ts';
import { UnexpectedResult } from '../client/unexpected-result.ts';

export type SystemUnderTest = {
  /** Called before every request: a process that was killed comes back on other ports. */
  readonly addresses: () => Promise<Addresses>;
  readonly adminToken: string;
  /** The longest that a request is tried; a minute where it is absent. */
  readonly retryForMs?: number;
  /** Called once for each command that has come to an end. */
  readonly onCommand?: (command: EndedCommand) => void;
};

/** `response` is undefined where none came in time: it is unknown whether the command was carried out. */
export type EndedCommand = { readonly path: string; readonly options: RequestOptions; readonly response: ApiResponse | undefined };

/** Much more than anything takes on a busy machine; no assertion depends on the time it takes. */
const WAIT_MAX_MS = 180_000;
/** Of one end-to-end test. */
export const TEST_TIMEOUT_MS = 600_000;
/** The system is idle after so many polls in a row without work: between two jobs there is a moment with none. */
const IDLE_POLLS = 3;
/** Its delayed jobs wait for a time and not for a worker. */
const SCHEDULED_QUEUE = 'deliveries-due';

export async function callWriteApi(system: SystemUnderTest, path: string, options: RequestOptions): Promise<ApiResponse> {
  let response: ApiResponse | undefined;
  try {
    return (response = await callApi(async () => (await system.addresses()).write, path, { ...patienceOf(system), ...options }));
  } finally {
    system.onCommand?.({ path, options, response });
  }
}

export const callReadApi = (system: SystemUnderTest, path: string, options: RequestOptions = {}): Promise<ApiResponse> =>
  callApi(async () => (await system.addresses()).read, path, { ...patienceOf(system), ...options });

const patienceOf = ({ retryForMs }: SystemUnderTest) => (retryForMs === undefined ? {} : { retryForMs });

/** Follows `next` to the last page; `cursor` is the query parameter that takes it. */
export async function fetchAllPages(
  get: (query: string) => Promise<ApiResponse>,
  { list, cursor, limit }: { readonly list: string; readonly cursor: string; readonly limit: number },
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  for (let next = '', hasMore = true; hasMore;) {
    const page = expectStatus([200], await get(`limit=${limit}${next === '' ? '' : `&${cursor}=${encodeURIComponent(next)}`}`));
    items.push(...listOf(page, list));
    hasMore = typeof page.body['next'] === 'string';
    if (hasMore) next = page.body['next'] as string;
  }
  return items;
}

export const waitUntil = (condition: string, isTrue: () => Promise<boolean> | boolean): Promise<void> => pollUntil(condition, isTrue, WAIT_MAX_MS);

/** Resolves when the list has been empty in so many polls in a row. */
export async function waitUntilNone(items: string, list: () => Promise<readonly string[]>, { polls = 1 }: { readonly polls?: number } = {}): Promise<void> {
  let emptyPolls = 0;
  let last: readonly string[] = [];
  try {
    await waitUntil(`no ${items}`, async () => {
      last = await list();
      emptyPolls = last.length === 0 ? emptyPolls + 1 : 0;
      return emptyPolls >= polls;
    });
  } catch (error) {
    throw new UnexpectedResult(`${String(error)}; there were ${last.join('\n')}`);
  }
}

/** Resolves when every projection has reached the log's head and every queue is empty. */
export const waitUntilIdle = (system: SystemUnderTest): Promise<void> => waitUntilNone('pending work', () => listPendingWork(system), { polls: IDLE_POLLS });

async function listPendingWork(system: SystemUnderTest): Promise<readonly string[]> {
  const metrics = await (await fetch(`${(await system.addresses()).ops}/metrics`)).text();
  return metrics
    .split('\n')
    .filter((line) => /^tidings_(projection_lag_events|queue_depth)\{/.test(line) && !line.endsWith(' 0'))
    .filter((line) => !(line.includes(`queue="${SCHEDULED_QUEUE}"`) && line.includes('state="delayed"')));
}
