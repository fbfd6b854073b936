/** What operators see of retention, and what a message is kept for, on a whole Tidings. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { channel as slackChannel, message, slackArchiveOf, user } from '../../cli/import/testing/slack.ts';
import { parsed, runCli, signUp, startCli } from '../../cli/test-fixture.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { HOUR_MS } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { openGatewaySocket } from '../client/gateway-socket.ts';
import { startTidingsForTest, temporaryFolder } from '../start-for-test.ts';

test('what is too old is counted by whoever looks, and forgotten for a reason, which the audit keeps; without a setting there is nothing to do', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using _tidings = await startTidingsForTest(folder.path);
    t.regex((await runCli(folder.path, 'retention', '--dry-run')).err, /kept for ever.*TIDINGS_NOTIFICATIONS_KEPT_DAYS/);
  }
  await using tidings = await startTidingsForTest(folder.path, { TIDINGS_NOTIFICATIONS_KEPT_DAYS: '30' });
  const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
  // What our own products request is of categories of ours.
  await ann.give('POST', '/v1/friend-requests', { person: bob.id });
  const counted = await runCli(folder.path, 'retention', '--dry-run', '--json');
  t.is(counted.code, 0, counted.err);
  for (const line of parsed(counted)) t.like(line, { days: 30, deliveries: 0, notifications: 0 });
  t.regex((await runCli(folder.path, 'retention')).err, /reason/i);
  const forgotten = await runCli(folder.path, '--reason', 'the new policy', 'retention', '--json');
  t.is(forgotten.code, 0, forgotten.err);
  t.true((await runCli(folder.path, 'audit')).out.some((line) => line.includes('forget-old') && line.includes('the new policy')));
});

test('with a setting, what is said disappears in so many days, and a channel may only say less', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsForTest(folder.path, { TIDINGS_MESSAGES_KEPT_DAYS: '2' });
  const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
  const { id: channel = '' } = await ann.give('POST', '/v1/channels', { kind: 'direct', members: [bob.id] });
  await using socket = await openGatewaySocket(tidings.urls.gateway ?? '');
  socket.send({ type: 'hello', token: ann.token, device: randomUUID(), cursors: {} });
  await socket.waitForFrame(({ type }) => type === 'welcome');
  const hoursOf = async (): Promise<number> => {
    const id = v7();
    socket.send({ type: 'send', id, channel, text: 'hello' });
    const acknowledged = await socket.waitForFrame((frame) => frame['id'] === id);
    t.is(acknowledged?.type, 'ack', JSON.stringify(acknowledged));
    const [stored] = await Array.fromAsync(
      tidings.adapters.log.readStream(messagesStream(channel as ChannelId), { from: Number(acknowledged?.['seq']), limit: 1 }),
    );
    const { at, expiresAt } = JSON.parse(Buffer.from(stored?.data ?? '').toString()) as { readonly at: string; readonly expiresAt: string };
    return (Date.parse(expiresAt) - Date.parse(at)) / HOUR_MS;
  };
  t.is(await hoursOf(), 48);
  await ann.give('PUT', `/v1/channels/${channel}/disappearing`, { afterSeconds: 3_600 });
  t.is(await hoursOf(), 1);
  await ann.give('PUT', `/v1/channels/${channel}/disappearing`, { afterSeconds: 30 * 24 * 3_600 });
  t.is(await hoursOf(), 48);
});

test('what is imported into a folder that no process has open is kept for as long', async (t) => {
  await using folder = await temporaryFolder();
  {
    await using _tidings = await startTidingsForTest(folder.path);
  }
  const archive = join(folder.path, 'slack.zip');
  const days = { 'pier/2023-01-01.json': [message('U01', 1, 'Good morning')] };
  await writeFile(archive, slackArchiveOf({ users: [user('U01', 'ann')], channels: [slackChannel('C01', 'pier', ['U01'])], days }));
  const imported = await startCli(folder.path, ['import', 'slack', archive], { TIDINGS_MESSAGES_KEPT_DAYS: '3650' }).ended;
  t.is(imported.code, 0, imported.err);
  const [posted] = parsed(await runCli(folder.path, 'log', 'read', '--types', 'chat.message-posted.v1', '--json'));
  const { at = '', expiresAt = '' } = (posted?.['data'] ?? {}) as { readonly at?: string; readonly expiresAt?: string };
  t.is((Date.parse(expiresAt) - Date.parse(at)) / (24 * HOUR_MS), 3_650);
});
