/** The command line against the distributed profile: every command asks a process by its address, with the operator's token. */
import type { ExecutionContext } from 'ava';
import { join } from 'node:path';
import type { PersonId } from '../domain/shared/ids.ts';
import { userStream } from '../domain/shared/streams.ts';
import { temporaryFolder } from '../tests/start-for-test.ts';
import { testWith } from '../tests/servers/availability.ts';
import { startCluster, TWO_WITH_ALL_ROLES, type Cluster } from '../tests/cluster/cluster.ts';
import { parsed, runCliAt, signUp, waitUntil, type CliResult } from './test-fixture.ts';

const STRANGER = '0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c';

testWith('redis-server', 'secantusd-py')('every command works against a process of the distributed profile', async (t) => {
  await using cluster = await startCluster({ layout: TWO_WITH_ALL_ROLES });
  const ann = await signUp(await cluster.directAddresses());
  const post = await ann.post('The first of all.');
  const run = (...args: readonly string[]) => runCliAt(operationsOf(cluster), cluster.adminToken, args);
  const done = async (...args: readonly string[]): Promise<CliResult> => {
    const result = await run(...args);
    t.is(result.code, 0, `${args.join(' ')}: ${result.err}`);
    return result;
  };

  t.like(parsed(await done('log', 'read', '--types', 'feed.*', '--reveal', '--json', '--reason', 'a test'))[0], { data: { post, text: 'The first of all.' } });
  await done('log', 'tail', '--from', '0.0', '--limit', '1');
  const listed = parsed(await done('projections', 'list', '--json'));
  t.true(['inbox', 'feed-fan-out', 'finish-erasing'].every((wanted) => listed.some(({ name }) => name === wanted)));
  const names = listed.map(({ name }) => name);
  t.is(new Set(names).size, names.length, `each is listed once: ${listed.map(({ name, state }) => `${String(name)} ${String(state)}`).join(', ')}`);
  t.like(parsed(await done('projections', 'rebuild', 'posts', '--json'))[0], { outcome: 'activated' });
  await done('dead-letters', 'list');
  t.regex((await run('dead-letters', 'retry', 'inbox', 'channel-7')).err, /has no dead letters/);
  t.like(parsed(await done('store', 'verify', '--json'))[0], { events: null, damage: [] });
  t.regex((await run('store', 'scavenge')).err, /EventStoreDB cluster keeps the log/);
  await done('outbox', 'behave', '--channel', 'sms', '--does', 'hang', '--messages', '1');
  await done('outbox', 'list', '--reason', 'a test');
  await done('deliveries', '--person', ann.id);
  await done('deliveries', '--status', 'accepted', 'failed', '--from', '2026-01-01');
  await done('funnel', '--by', 'source', 'channel');
  const queues = parsed(await done('queues', '--over', '1', '--json'));
  t.true(queues.some(({ queue, perSecond }) => queue === 'plan-notifications' && typeof perSecond === 'number'));
  await done('webhooks', 'list');
  await done('webhooks', 'replay', '--all');
  await done('explain-push', STRANGER, STRANGER);
  await analysts(t, { done, run }, { person: ann.id, post });
  await namedOperators(t, cluster);
  await operatorPages(t, cluster);
  await refusals(t, cluster);
});

type Running = Readonly<Record<'done' | 'run', (...args: readonly string[]) => Promise<CliResult>>>;

async function analysts(t: ExecutionContext, { done, run }: Running, { person, post }: { readonly person: string; readonly post: string }): Promise<void> {
  await using folder = await temporaryFolder();
  const tables = ['--folder', join(folder.path, 'analytics')];
  t.regex((await run('sql', 'select 1')).err, /Name with --folder/);
  t.deepEqual(parsed(await done('sql', 'select post, author from feed.post_published', '--format', 'json', ...tables)), [{ post, author: person }]);
  t.deepEqual(parsed(await done('sql', `select author from views.posts where id = '${post}'`, '--format', 'json', ...tables)), [{ author: person }]);
  t.true((parsed(await done('log', 'export', '--out', join(folder.path, 'csv'), '--format', 'csv', '--json'))[0]?.['events'] as number) > 0);
  t.like(parsed(await done('state', userStream(person as PersonId), '--json'))[0], { revision: 0 });
  t.like(parsed(await done('view', 'posts', post, '--json'))[0], { document: { author: person } });
}

async function namedOperators(t: ExecutionContext, cluster: Cluster): Promise<void> {
  const url = operationsOf(cluster);
  const asAdmin = (...args: readonly string[]) => runCliAt(url, cluster.adminToken, args);
  const [added] = parsed(await asAdmin('operators', 'add', 'jin.park', '--role', 'viewer', '--json'));
  // The other process knows of it too: nothing is remembered.
  const otherUrl = cluster.process('all-2').urls.operations ?? '';
  const asJin = (...args: readonly string[]) => runCliAt(otherUrl, String(added?.['token']), args);
  t.is((await asJin('projections', 'list')).code, 0);
  const refused = await asJin('routing', 'plug-out', 'outbox-sms');
  t.is(refused.code, 1);
  t.regex(refused.err, /Your role is viewer, and this needs admin/);
  t.is((await asAdmin('operators', 'role', 'jin.park', 'support')).code, 0);
  t.is((await asJin('deliveries', '--person', STRANGER)).code, 0);
  t.is((await asAdmin('operators', 'remove', 'jin.park', '--reason', 'has left')).code, 0);
  t.regex((await asJin('projections', 'list')).err, /refuses the token/);
  const audited = parsed(await asAdmin('audit', '--json')).map(({ name, operator, action }) => `${String(name ?? operator)} ${String(action)}`);
  t.deepEqual(
    audited.filter((line) => /jin|-operator/.test(line)),
    ['admin-token remove-operator', 'jin.park list-deliveries', 'admin-token set-operator-role', 'admin-token add-operator'],
  );
}

/** The cookie of one process is good at the other, which is asked for both. */
async function operatorPages(t: ExecutionContext, cluster: Cluster): Promise<void> {
  const [url, otherUrl] = ['all-1', 'all-2'].map((name) => cluster.process(name).urls.operations ?? '') as [string, string];
  const token = JSON.stringify({ token: cluster.adminToken });
  const login = await fetch(`${url}/operator/session`, { method: 'POST', headers: { origin: url }, body: token });
  t.is(login.status, 200);
  const [issued = ''] = login.headers.getSetCookie();
  const cookie = issued.split(';')[0]?.replace(new URL(url).port, new URL(otherUrl).port) ?? '';
  const ask = async (operation: string) => {
    const response = await fetch(`${otherUrl}/operator/control/v1/${operation}`, { method: 'POST', headers: { origin: otherUrl, cookie }, body: '{}' });
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as { readonly asked?: boolean; readonly pid?: number; readonly id?: string });
  };
  await waitUntil(async () => (await ask('list-processes')).filter(({ pid }) => pid !== undefined).length === 2);
  t.is((await ask('list-processes')).filter(({ asked }) => asked === true).length, 1);
  t.is((await ask('list-gateways')).filter(({ id }) => id !== undefined).length, 2);
}

async function refusals(t: ExecutionContext, cluster: Cluster): Promise<void> {
  const url = operationsOf(cluster);
  const wrong = await runCliAt(url, 'another-token-than-theirs', ['projections', 'list']);
  t.is(wrong.code, 1);
  t.regex(wrong.err, /refuses the token/);
  const lines = () =>
    cluster
      .process('all-1')
      .lines()
      .filter((line) => line['component'] === 'security');
  await waitUntil(() => lines().some((line) => line['event'] === 'token-refused' && line['operationId'] === 'list-projections'));
  t.true(lines().some((line) => line['event'] === 'operator-action' && line['operationId'] === 'behave-outbox'));

  await cluster.process('all-1').kill();
  t.is((await runCliAt(url, cluster.adminToken, ['projections', 'list'])).code, 3);
}

const operationsOf = (cluster: Cluster): string => cluster.process('all-1').urls.operations ?? '';
