/** An installation on servers, in a folder as it was: what it shows, killed in the making, with a server away, and who was erased since. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parsed, runCli, signUp, startCliOn, waitUntil, type CliResult } from '../../cli/test-fixture.ts';
import { testInTurnWith } from '../servers/availability.ts';
import { ADMIN_TOKEN, startTidingsProcess } from '../start-for-test.ts';
import { bytesIn } from './bytes-in.ts';
import { givenServers, startDistributed } from './given-servers.ts';

// In turn: the official client keeps its pending calls in one place, and a store that is gone fails all of them.
const test = testInTurnWith('redis-server', 'secantusd-py');

const REASON = ['--reason', 'case 12'] as const;
const UNREACHABLE = 3;

type Servers = Awaited<ReturnType<typeof givenServers>>;
type Tidings = Awaited<ReturnType<typeof startDistributed>>;

const replayOn = (settings: Readonly<Record<string, string>>, ...args: readonly string[]) => startCliOn(settings, ['replay', '--json', ...args]);

async function ok(running: Promise<CliResult>): Promise<Readonly<Record<string, unknown>>> {
  const result = await running;
  if (result.code !== 0) throw new Error(`exit ${result.code}: ${result.err}`);
  return parsed(result)[0] ?? {};
}

const addressesOf = ({ urls }: Tidings) => ({ write: urls['write-api'] ?? '', read: urls['read-api'] ?? '' });

async function givenWorld(tidings: Tidings) {
  const addresses = addressesOf(tidings);
  const [ann, bob, cem, dan] = await Promise.all([signUp(addresses, 'ann'), signUp(addresses, 'bob'), signUp(addresses, 'cem'), signUp(addresses, 'dan')]);
  await dan.post('what dan wrote');
  await dan.give('DELETE', '/v1/me');
  const { id: request = '' } = await ann.give('POST', '/v1/friend-requests', { person: bob.id });
  await bob.give('POST', `/v1/friend-requests/${encodeURIComponent(request)}/accept`);
  const { id: channel = '' } = await ann.give('POST', '/v1/channels', { kind: 'direct', members: [bob.id] });
  const say = (text: string) => ann.give('POST', `/v1/channels/${channel}/messages`, { text });
  for (let number = 0; number < 40; number++) await Promise.all([bob.post(`words ${number}`), cem.post(`more words ${number}`)]);
  await ann.post('before');
  await say('a message before');
  await ann.give('PUT', `/v1/channels/${channel}/disappearing`, { afterSeconds: 86_400 });
  await say('one that disappears');
  const moment = new Date(Date.now() + 5).toISOString();
  await waitUntil(() => new Date().toISOString() > moment);
  await ann.post('after');
  await say('a message after');
  return { ann, bob, cem, dan, channel, moment };
}

/** Of every log, why operators did what. */
async function auditOf({ adapters: { log } }: Tidings): Promise<readonly string[]> {
  const actions: string[] = [];
  for (const name of log.logs)
    for await (const { stream, data } of log.readAll(name))
      if (stream.startsWith('audit-')) actions.push(String(JSON.parse(Buffer.from(data).toString()).action));
  return actions;
}

async function cutShort({ settings }: Servers, into: string, args: readonly string[], until: () => boolean, afterMs = 0): Promise<boolean> {
  const running = replayOn(settings, '--into', into, ...args);
  await waitUntil(() => until() || running.hasEnded());
  await delay(afterMs);
  running.kill('SIGKILL');
  return (await running.ended).code !== 0;
}

test('an installation on servers is shown as it was, made by runs of which each was killed or met a server that was away', async (t) => {
  t.timeout(300_000);
  await using servers = await givenServers();
  const { folder, settings, stores, startStore } = servers;
  const sunday = join(folder, 'sunday');
  let world: Awaited<ReturnType<typeof givenWorld>>;
  {
    await using tidings = await startDistributed(settings);
    world = await givenWorld(tidings);
  }
  const { ann, bob, cem, dan, channel, moment } = world;
  const asked = ['--to', moment, ...REASON];

  t.regex((await replayOn(settings, '--into', sunday, '--to', moment).ended).err, /reason/);
  t.regex((await replayOn(settings, '--into', sunday, '--to', '2999-01-01', ...REASON).ended).err, /isn’t known yet/);
  t.regex((await replayOn(settings, '--into', sunday, '--to', '2001-01-01', ...REASON).ended).err, /no event that is as old/);
  t.regex((await runCliWithData(folder, settings)).err, /leave out --data/);
  t.false(existsSync(sunday), 'nothing is left of what can’t be made');

  let killed = 0;
  if (await cutShort(servers, sunday, asked, () => existsSync(join(sunday, 'source', 'log')))) killed += 1;
  const [, second] = stores;
  await second?.store.stop('SIGKILL');
  const away = await replayOn(settings, '--into', sunday, ...asked).ended;
  t.is(away.code, UNREACHABLE, away.err);
  t.regex(away.err, /EventStoreDB can’t be reached/);
  await startStore(1, new URL(second?.url.replace('esdb', 'http') ?? '').port);
  if (await cutShort(servers, sunday, asked, () => existsSync(join(sunday, 'restoring.json')))) killed += 1;
  const kinds = kindsIn(join(sunday, 'source'));
  if (await cutShort(servers, sunday, asked, () => existsSync(join(sunday, 'views.sqlite')), 300)) killed += 1;
  t.true(killed >= 2, 'no run was killed');
  t.deepEqual(kinds, ['channel-ratchet', 'login-names', 'media-keys', 'search-terms', 'subject-key'], 'nothing to log in by');
  t.like(await ok(replayOn(settings, '--into', sunday, ...asked).ended), { to: moment, deadLetters: 0 });
  t.false(existsSync(join(sunday, 'source')));
  const bytes = bytesIn(sunday);
  t.false(bytes.includes('$argon2') || bytes.includes('scrypt') || /"kind":"(session|credential)/.test(bytes), 'nothing to log in by');

  {
    await using tidings = await startDistributed(settings);
    const audit = await auditOf(tidings);
    t.true(audit.filter((action) => action === 'replay-log').length >= 4, 'each run is in the audit of the servers');
    await signedIn(tidings, cem.token).give('DELETE', '/v1/me');
    await waitUntil(async () => 'erasedAt' in ((await tidings.adapters.vault.get('subject-key', cem.id)) ?? {}));
  }
  const shows = async (look: (read: (path: string, person?: string) => Promise<Body>) => Promise<void>) => {
    await using shown = await startTidingsProcess(sunday, {}, ['--read-only']);
    const own = readFileSync(join(sunday, 'admin-token'), 'utf8').trim();
    await look(async (path, person = ann.id) => {
      const response = await fetch(shown.addresses.read + path, {
        headers: { authorization: `Bearer ${own}`, 'tidings-as': person, 'tidings-reason': 'case 12' },
      });
      return (await response.json()) as Body;
    });
    t.is((await fetch(`${shown.addresses.read}/v1/me/feed`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).status, 401);
    t.is(await shown.stop('SIGTERM'), 0);
  };
  await shows(async (read) => {
    const feed = textsIn((await read('/v1/me/feed'))['posts']);
    t.is(feed[0], 'before');
    t.true(feed.includes('words 39') && !feed.includes('after'));
    t.deepEqual(textsIn((await read(`/v1/channels/${channel}/messages`, bob.id))['messages']).toSorted(), ['a message before', 'one that disappears']);
    t.like(await read(`/v1/people/${dan.id}`), { erased: true, name: null });
    t.like(await read(`/v1/people/${cem.id}`), { name: 'cem' }, 'the replay was made before');
    t.is((await read('/v1/me', dan.id))['code'], 'person-erased');
  });

  t.regex((await replayOn(settings, '--into', sunday, ...REASON).ended).err, /is a replay up to/);
  t.like(await ok(replayOn(settings, '--into', sunday, ...asked).ended), { to: moment });
  await shows(async (read) => {
    t.like(await read(`/v1/people/${cem.id}`), { erased: true, name: null });
    t.is((await read('/v1/me', cem.id))['code'], 'person-erased');
    t.is(textsIn((await read('/v1/me/feed'))['posts'])[0], 'before');
  });
  t.is((await runCli(sunday, 'store', 'verify')).code, 0);

  const now = join(folder, 'now');
  t.like(await ok(replayOn(settings, '--into', now, ...REASON).ended), { to: null, deadLetters: 0 });
});

type Body = Readonly<Record<string, unknown>>;
const textsIn = (items: unknown): readonly string[] =>
  (items as readonly { readonly text: string | null }[]).flatMap(({ text }) => (text === null ? [] : [text]));

const runCliWithData = (folder: string, settings: Readonly<Record<string, string>>) =>
  startCliOn(settings, ['--data', folder, 'replay', '--into', join(folder, 'sunday'), ...REASON]).ended;

const signedIn = (tidings: Tidings, token: string) => ({
  give: async (method: string, path: string) => {
    const response = await fetch(addressesOf(tidings).write + path, { method, headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  },
});

/** Which records of a vault the copy has, of an installation's secrets their names. */
function kindsIn(source: string): readonly string[] {
  const records = readdirSync(source)
    .filter((name) => /^vault-\d\.ndjson$/.test(name))
    .flatMap((name) => readFileSync(join(source, name), 'utf8').split('\n').slice(0, -1))
    .map((line) => JSON.parse(line) as { readonly kind: string; readonly id: string });
  return [...new Set(records.map(({ kind, id }) => (kind === 'installation-secret' ? id : kind)))].toSorted();
}
