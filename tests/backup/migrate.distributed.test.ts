/** An embedded installation moves to real servers while it is used, is killed on the way, and is there what it was. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsed, runCli, signUp, startCli, waitUntil } from '../../cli/test-fixture.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { testInTurnWith } from '../servers/availability.ts';
import { startTidingsForTest } from '../start-for-test.ts';
import { givenServers, startDistributed } from './given-servers.ts';

// In turn: the official client keeps its pending calls in one place, and a store that is gone fails all of them.
const test = testInTurnWith('redis-server', 'secantusd-py');

/** What people and workers have done, without what Tidings writes for itself. */
async function doneIn(log: EventLog): Promise<readonly string[]> {
  const done: string[] = [];
  for (const name of log.logs)
    for await (const { stream, revision, id, type } of log.readAll(name)) if (!type.startsWith('operations.')) done.push(`${stream} ${revision} ${id}`);
  return done.toSorted();
}

test('an embedded installation moves to servers: its people, keys, media and places, nothing twice, and nothing while it doesn’t match', async (t) => {
  t.timeout(240_000);
  await using servers = await givenServers();
  const data = join(servers.folder, 'data');
  const migrate = ['migrate', '--to', servers.file, '--json'];
  let [ann, bob] = [
    { id: '', token: '' },
    { id: '', token: '' },
  ];
  let done: readonly string[] = [];
  {
    await using tidings = await startTidingsForTest(data);
    const [first, second] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
    [ann, bob] = [first, second];
    for (let post = 0; post < 30; post++) await first.post(`before ${post}`);
    await second.post('what bob wrote');
    await tidings.adapters.media.put('kept/one', Buffer.from('a picture'));
    const running = await runCli(data, ...migrate);
    t.is(running.code, 0, running.err);
    t.like(parsed(running)[0], { switched: false, objects: 1 });

    await first.post('while it was copied');
    await second.give('DELETE', '/v1/me');
    await waitUntil(async () => (await tidings.projections.status()).every(({ lagEvents }) => lagEvents === 0));
  }
  const killed = startCli(data, migrate);
  await waitUntil(() => existsSync(join(data, 'control.sock')) || killed.hasEnded());
  killed.kill('SIGKILL');
  await killed.ended;
  {
    await using tidings = await startTidingsForTest(data);
    done = await doneIn(tidings.adapters.log);
  }
  const moved = await runCli(data, ...migrate);
  t.is(moved.code, 0, moved.err);
  t.like(parsed(moved)[0], { switched: true, objects: 1 });
  await t.throwsAsync(startTidingsForTest(data), { message: /on servers now/ });
  t.regex((await runCli(data, ...migrate)).err, /on servers now/);
  const destroy = [...migrate, '--destroy-old'];
  t.regex((await runCli(data, ...destroy)).err, /[Rr]eason/);
  t.true(existsSync(join(data, 'vault.sqlite')));

  await using tidings = await startDistributed(servers.settings);
  const { adapters, urls } = tidings;
  await waitUntil(async () => (await tidings.projections.status()).every(({ lagEvents }) => lagEvents === 0));
  const there = await doneIn(adapters.log);
  t.deepEqual(
    done.filter((event) => !there.includes(event)),
    [],
  );
  t.deepEqual(
    // What operators did since, and that the gateway of before is gone.
    there.filter((event) => !done.includes(event) && !/^(audit|presence)-/.test(event)),
    [],
    'nothing that was done is done again',
  );
  t.true(adapters.log.logs.length === 2 && (await adapters.log.head('log-1')) !== undefined);
  t.deepEqual(Object.keys((await adapters.vault.get('subject-key', bob.id)) ?? {}), ['erasedAt'], 'the key was copied, and destroyed since');
  t.deepEqual(await adapters.vault.owned('session', bob.id), []);
  t.is(Buffer.concat(await Array.fromAsync((await adapters.media.read('kept/one'))!.stream as AsyncIterable<Buffer>)).toString(), 'a picture');

  // The session of before the move.
  const ask = () => fetch(`${urls['read-api']}/v1/people/${ann.id}/posts`, { headers: { authorization: `Bearer ${ann.token}` } });
  await waitUntil(async () => (await ask()).status !== 503); // the views are built, and then put in their place
  const { posts } = (await (await ask()).json()) as { readonly posts: readonly { readonly text: string }[] };
  t.is(posts[0]?.text, 'while it was copied');
  await writeFile(join(data, 'notes.txt'), 'mine');
  const destroyed = await runCli(data, '--reason', 'a week there', ...destroy);
  t.is(destroyed.code, 0, destroyed.err);
  t.deepEqual(parsed(destroyed)[0]?.['left'], ['notes.txt']);
  t.true(!existsSync(join(data, 'vault.sqlite')) && !existsSync(join(data, 'events')));
  t.deepEqual(parsed(await runCli(data, '--reason', 'once more', ...destroy))[0]?.['deleted'], []);
  await t.throwsAsync(startTidingsForTest(data), { message: /on servers now/ });
  t.true((await Array.fromAsync(adapters.log.readAll(adapters.log.logs[0] ?? ''))).length > 0);
  const audited: string[] = [];
  for (const name of adapters.log.logs)
    for await (const event of adapters.log.readAll(name)) if (event.stream.startsWith('audit-')) audited.push(Buffer.from(event.data).toString());
  t.true(audited.some((data) => data.includes('destroy-moved-folder')));
  const other = join(servers.folder, 'other');
  {
    await using embedded = await startTidingsForTest(other);
    await signUp(embedded.addresses, 'ann');
  }
  t.regex((await runCli(other, ...migrate)).err, /have an installation already/);
  t.regex((await runCli(other, '--reason', 'a mistake', ...destroy)).err, /was not moved to servers/);
});
