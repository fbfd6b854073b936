/**
 * What a client that was away pays for being told what is new, over HTTP and the embedded profile: `GET /v1/sync` with a cursor, beside
 * the pages of the inbox, which it fetched without it. `npx node bench/sync.ts [channels] [changed]`.
 */
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from './shared/start-tidings.ts';
import { median, quantile } from './shared/statistics.ts';

const CHANNELS = Number(process.argv[2] ?? 1_000);
const CHANGED = Number(process.argv[3] ?? 10);
const TEXT = 'x'.repeat(100);
const ROUNDS = 100;
const PAGE = 100;
const AT_ONCE = 8;
const LIMITS = 'commands=1000000/60,messages=1000000/60,queries=1000000/60';

type Body = Readonly<Record<string, unknown>>;
type Account = { readonly person: string; readonly token: string };
type Page = { readonly json: string; readonly body: Body; readonly ms: number };

await using folder = await temporaryFolder();
await using tidings = await startTidingsAsPeopleDo(folder.path, { TIDINGS_RATE_LIMITS: LIMITS });
const { write, read } = tidings.addresses;
let position = '';

const [ada, bob] = [await account('ada'), await account('bob')];
const request = await command(ada, 'POST', '/v1/friend-requests', { person: bob.person });
await command(bob, 'POST', `/v1/friend-requests/${String(request['id'])}/accept`);
const channels: string[] = [];
await atOnce(CHANNELS, async () => {
  const { id } = await command(bob, 'POST', '/v1/channels', { kind: 'group', members: [ada.person], title: 'A channel of some people' });
  channels.push(String(id));
  await say(String(id));
});

const first = await pagesOf('/v1/sync', 'since');
report('everything, page by page', first, [totalMs(first)]);
const cursor = encodeURIComponent(String(first.at(-1)?.body['cursor']));
await measure('nothing is new');
await atOnce(CHANGED, (n) => say(channels[n] ?? ''));
await measure(`${CHANGED} of ${CHANNELS} channels have something new`);
const rounds: (readonly Page[])[] = [];
while (rounds.length < ROUNDS / 10) rounds.push(await pagesOf('/v1/me/inbox', 'before'));
report('the same by the pages of the inbox', rounds[0] ?? [], rounds.map(totalMs));

async function measure(what: string): Promise<void> {
  await get('/v1/sync?limit=1'); // waits until the views have everything
  const pages: Page[] = [];
  while (pages.length < ROUNDS) pages.push(await get(`/v1/sync?since=${cursor}`));
  report(
    what,
    pages.slice(-1),
    pages.map(({ ms }) => ms),
  );
}

async function pagesOf(path: string, parameter: 'since' | 'before'): Promise<readonly Page[]> {
  const pages: Page[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page = await get(`${path}?limit=${PAGE}${next === '' ? '' : `&${parameter}=${encodeURIComponent(next)}`}`);
    pages.push(page);
    const { more, cursor: since, next: before } = page.body as { readonly more?: boolean; readonly cursor?: string; readonly next?: string | null };
    next = parameter === 'before' ? (before ?? null) : more === true ? (since ?? null) : null;
  }
  return pages;
}

function totalMs(pages: readonly Page[]): number {
  return pages.reduce((sum, { ms }) => sum + ms, 0);
}

function report(what: string, pages: readonly Page[], times: readonly number[]): void {
  const bytes = pages.reduce((sum, { json }) => sum + Buffer.byteLength(json), 0);
  const packed = pages.reduce((sum, { json }) => sum + gzipSync(json).length, 0);
  const requests = `${pages.length} request${pages.length === 1 ? '' : 's'}`;
  console.log(`${what}: ${requests}, ${bytes} bytes (${packed} as gzip), p50 ${median(times).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms`);
}

async function account(loginName: string): Promise<Account> {
  const login = { loginName, password: 'correct horse battery' };
  await send(`${write}/v1/people`, 'POST', {}, { ...login, name: loginName });
  const { person, token } = (await send(`${write}/v1/sessions`, 'POST', {}, login)).body;
  return { person: String(person), token: String(token) };
}

async function say(channel: string): Promise<void> {
  await command(bob, 'POST', `/v1/channels/${channel}/messages`, { text: TEXT });
}

async function command({ token }: Account, method: string, path: string, body?: object): Promise<Body> {
  const answer = await send(write + path, method, { authorization: `Bearer ${token}` }, body);
  position = String(answer.body['position']);
  return answer.body;
}

function get(path: string): Promise<Page> {
  return send(read + path, 'GET', { authorization: `Bearer ${ada.token}`, 'min-position': position });
}

async function send(url: string, method: string, headers: Readonly<Record<string, string>>, body?: object): Promise<Page> {
  const startedAt = performance.now();
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const response = await fetch(url, { method, headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) }, ...sent });
  const json = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${json}`);
  return { json, body: JSON.parse(json) as Body, ms: performance.now() - startedAt };
}

async function atOnce(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const workThrough = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, workThrough));
}
