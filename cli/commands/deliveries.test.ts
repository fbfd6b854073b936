/** A chat message that became a push, and the questions about it. */
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from '../../tests/start-for-test.ts';
import { parsed, runCli, signUp, waitUntil } from '../test-fixture.ts';

const STRANGER = '0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsProcess(folder));
const ann = await signUp(tidings.addresses, 'ann');
const bob = await signUp(tidings.addresses, 'bob');
await bob.give('PUT', '/v1/me/devices/phone', { platform: 'fcm', token: 'the-token-of-bobs-phone' });
const { id: request = '' } = await ann.give('POST', '/v1/friend-requests', { person: bob.id });
await bob.give('POST', `/v1/friend-requests/${request}/accept`, {});
const { id: channel = '' } = await ann.give('POST', '/v1/channels', { kind: 'direct', members: [bob.id] });
const listed = async (...args: readonly string[]) => parsed(await runCli(folder, 'deliveries', '--json', ...args));
const explained = async (...args: readonly string[]) => parsed(await runCli(folder, 'explain-push', '--json', ...args))[0];
test.after.always(() => stack.disposeAsync());

test.serial('without a message there is nothing to push, and no delivery to list', async (t) => {
  t.like(await explained(bob.id, channel), { message: null, deferredUntil: null });
  t.deepEqual(await listed('--person', STRANGER), []);
});

test.serial('a push that was sent is listed, the last planned first', async (t) => {
  await ann.give('POST', `/v1/channels/${channel}/messages`, { text: 'The boat leaves at nine.' });
  const pushes = async () => (await listed('--person', bob.id)).filter(({ channel: via, status }) => via === 'push' && status === 'accepted');
  await waitUntil(async () => (await pushes()).length > 0);
  const deliveries = await listed('--person', bob.id);
  const planned = deliveries.map(({ plannedAt }) => String(plannedAt));
  t.deepEqual(planned, planned.toSorted().toReversed());
  t.like((await pushes())[0], { channel: 'push', status: 'accepted', attempts: 1, reason: null });
  t.is((await listed('--person', bob.id, '--limit', '1')).length, 1);
  const { out } = await runCli(folder, 'deliveries', '--person', bob.id);
  t.regex(out[0] ?? '', /^PLANNED +STATUS +CHANNEL +VENDOR +ATTEMPTS +REASON +CHANGED +DELIVERY$/);
});

test.serial('a delivery is found by what its vendor calls it, with all that happened to it', async (t) => {
  const [push] = await listed('--person', bob.id, '--status', 'accepted');
  const { out } = await runCli(folder, 'deliveries', '--vendor-id', String(push?.['vendorId']), '--history');
  t.true(out[1]?.endsWith(String(push?.['delivery'])));
  t.regex(out[2] ?? '', /^ {2}\S+ {2}delivery-planned {2}/);
  t.regex(out.at(-1) ?? '', /^ {2}\S+ {2}attempt-accepted {2}attempt=1 {2}vendor=outbox\S* {2}vendorId=/);
  t.deepEqual(await listed('--vendor-id', 'nobody', '--status', 'accepted', 'failed'), []);
});

test.serial('what became of notifications is counted by day, source, category and channel', async (t) => {
  const { out } = await runCli(folder, 'funnel', '--by', 'source', 'category', '--channel', 'push');
  t.regex(out[0] ?? '', /^SOURCE +CATEGORY +REQUESTED +CREATED +PLANNED +SENT +DELIVERED .*REASONS$/);
  t.true(
    out.some((line) => /^chat +chat +0 +0 +1 +1 +0 /.test(line)),
    out.join('\n'),
  );
  const counted = parsed(await runCli(folder, 'funnel', '--source', 'chat', '--json'));
  t.like(counted[0], { requested: 1, created: 1 });
  t.is(counted.length, 1);
});

test.serial('the queues are listed with the time until they are drained', async (t) => {
  const { code, out } = await runCli(folder, 'queues', '--over', '1');
  t.is(code, 0);
  t.regex(out[0] ?? '', /^QUEUE +WAITING +DELAYED +ACTIVE +OLDEST S +PER S +DRAINED IN S$/);
  t.true(
    out.some((line) => /^deliver-push-outbox\S* +0 +0 +0 +0 +0\.0 +0$/.test(line)),
    out.join('\n'),
  );
});

test.serial('the checks of a push are printed with their answers, and the first that says no decides', async (t) => {
  t.like(await explained(bob.id, channel), { message: 0, reason: 'already-pushed' });
  const { code, out } = await runCli(folder, 'explain-push', bob.id, channel, '0');
  t.is(code, 0);
  t.is(out[0], 'About message 0.');
  t.regex(out[1] ?? '', /^CHECK +ANSWER +REASON$/);
  t.true(out.some((line) => /^Is the person a member of the channel\? +yes$/.test(line)));
  t.true(out.some((line) => /^Is there no push of it.* +no +already-pushed$/.test(line)));
  t.is(out.at(-1), 'No push: already-pushed.');
  t.like(await explained(STRANGER, channel), { reason: 'not-a-member' });
});
