/** The command line against the distributed profile: every command asks a process by its address, with the operator's token. */
import type { ExecutionContext } from 'ava';
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
  await namedOperators(t, cluster);
  await refusals(t, cluster);
});

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
