/** The installation as clients know it: three addresses that may change while it restarts, and whether it has caught up. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, Unexpected, type Addresses, type Answer, type Ask } from '../tour/client.ts';

export type Site = {
  /** Asked for again before every request: a process that was killed comes back on other ports. */
  readonly addresses: () => Promise<Addresses>;
  readonly adminToken: string;
};

export type Found = Readonly<Record<string, unknown>>;

const LOOK_AGAIN_MS = 50;
/** Much more than anything takes on a machine that is busy with other things; nothing depends on how long it does. */
const PATIENCE_MS = 180_000;
/** Of a whole test of a whole installation. */
export const TEST_TIMEOUT_MS = 600_000;
/** So many looks in a row must find nothing to do: between two jobs there is a moment with none. */
const QUIET_LOOKS = 3;
/** What waits here waits for a time, and not for a worker. */
const MAY_WAIT = 'deliveries-due';

export const write = (site: Site, path: string, options: Ask): Promise<Answer> => ask(async () => (await site.addresses()).write, path, options);
export const read = (site: Site, path: string, options: Ask = {}): Promise<Answer> => ask(async () => (await site.addresses()).read, path, options);

/** Throws unless the answer has one of these statuses. */
export function expectStatus(statuses: readonly number[], answer: Answer): Answer {
  if (!statuses.includes(answer.status)) throw new Unexpected(`answered ${answer.status} instead of ${statuses.join(' or ')}: ${JSON.stringify(answer.body)}`);
  return answer;
}

export const listIn = (answer: Answer, name: string): readonly Found[] => (answer.body[name] ?? []) as readonly Found[];

/** Follows `next` to the end; `cursor` is the name under which it is asked on. */
export async function allPages(
  get: (query: string) => Promise<Answer>,
  { list, cursor, limit }: { readonly list: string; readonly cursor: string; readonly limit: number },
) {
  const found: Found[] = [];
  for (let next = '', more = true; more;) {
    const answer = expectStatus([200], await get(`limit=${limit}${next === '' ? '' : `&${cursor}=${encodeURIComponent(next)}`}`));
    found.push(...listIn(answer, list));
    more = typeof answer.body['next'] === 'string';
    if (more) next = answer.body['next'] as string;
  }
  return found;
}

export async function until(what: string, holds: () => Promise<boolean> | boolean, patienceMs = PATIENCE_MS): Promise<void> {
  const giveUpAt = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Unexpected(`not within ${patienceMs} ms: ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
}

/** Resolves when nothing of this is left. */
export async function untilNone(what: string, left: () => Promise<readonly string[]>, { looks = 1 }: { readonly looks?: number } = {}): Promise<void> {
  let empty = 0;
  let last: readonly string[] = [];
  try {
    await until(`no ${what}`, async () => {
      last = await left();
      empty = last.length === 0 ? empty + 1 : 0;
      return empty >= looks;
    });
  } catch (error) {
    throw new Unexpected(`${String(error)}; there were ${last.join('\n')}`);
  }
}

/** Resolves when every projection has come to the log's end and no queue has anything to do. */
export const settled = (site: Site): Promise<void> => untilNone('work under way', () => atWork(site), { looks: QUIET_LOOKS });

async function atWork(site: Site): Promise<readonly string[]> {
  const metrics = await (await fetch(`${(await site.addresses()).ops}/metrics`)).text();
  return metrics
    .split('\n')
    .filter((line) => /^tidings_(projection_lag_events|queue_depth)\{/.test(line) && !line.endsWith(' 0'))
    .filter((line) => !(line.includes(`queue="${MAY_WAIT}"`) && line.includes('state="delayed"')));
}
