import {
  AccessDeniedError,
  jsonEvent,
  persistentSubscriptionToAllSettingsFromDefaults,
  persistentSubscriptionToStreamSettingsFromDefaults,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { accessControl } from './acl.ts';
import { ADMIN, startTestServer, testCertificates } from '../test-fixture.ts';
import { readerWithPassword, usersWithPassword, type User } from './authentication.ts';

const users: readonly User[] = [
  { login: 'admin', password: 'changeit', groups: ['$admins'] },
  { login: 'ops', password: 'changeit', groups: ['$ops'] },
  { login: 'ann', password: 'secret', groups: ['writers'] },
];
const ANN = { username: 'ann', password: 'secret' };
const OPS = { username: 'ops', password: 'changeit' };

const startWithUsers = () => startTestServer({ tls: testCertificates(), users });
const happened = jsonEvent({ type: 'happened', data: {} });
const fresh = () => jsonEvent({ type: 'happened', data: {} });

async function read(client: EventStoreDBClient, stream: string): Promise<number> {
  let count = 0;
  for await (const _ of stream === '$all' ? client.readAll() : client.readStream(stream)) count++;
  return count;
}

test.serial('without credentials, or with wrong ones, every call is refused', async (t) => {
  await using server = await startWithUsers();
  const denied = (promise: Promise<unknown>) => t.throwsAsync(promise, { instanceOf: AccessDeniedError });
  await denied(server.connect().appendToStream('room-1', fresh()));
  await denied(read(server.connect(), 'room-1'));
  await denied(server.connect({ username: 'ann', password: 'guessed' }).appendToStream('room-1', fresh()));
  await denied(server.connect({ username: 'nobody', password: 'secret' }).appendToStream('room-1', fresh()));
  await denied(server.connect().listAllPersistentSubscriptions());
});

test.serial('a user may use user streams, but not system streams or $all', async (t) => {
  await using server = await startWithUsers();
  const ann = server.connect(ANN);
  await ann.appendToStream('room-1', fresh());
  t.is(await read(ann, 'room-1'), 1);
  await server.client.appendToStream('$secret', fresh());
  const denied = (promise: Promise<unknown>) => t.throwsAsync(promise, { instanceOf: AccessDeniedError });
  await denied(read(ann, '$secret'));
  await denied(read(ann, '$all'));
  await denied(ann.appendToStream('$secret', fresh()));
  t.is(await read(server.client, '$secret'), 1);
  t.true((await read(server.client, '$all')) >= 2);
});

test.serial('the $acl of a stream decides who may read, write and delete it and see its metadata, by user or group', async (t) => {
  await using server = await startWithUsers();
  const [ann, ops] = [server.connect(ANN), server.connect(OPS)];
  await server.client.appendToStream('room-1', fresh());
  const acl = { readRoles: ['writers', 'ops'], writeRoles: 'ann', deleteRoles: '$ops', metaReadRoles: '$admins', metaWriteRoles: '$admins' };
  await server.client.setStreamMetadata('room-1', { acl: acl as never });
  const denied = (promise: Promise<unknown>) => t.throwsAsync(promise, { instanceOf: AccessDeniedError });
  t.is(await read(ann, 'room-1'), 1);
  t.is(await read(ops, 'room-1'), 1);
  await ann.appendToStream('room-1', fresh());
  await denied(ops.appendToStream('room-1', fresh()));
  await denied(ops.appendToStream('room-1', happened, { credentials: OPS }));
  await denied(ann.deleteStream('room-1'));
  await denied(ann.getStreamMetadata('room-1'));
  await denied(ann.setStreamMetadata('room-1', {}));
  await ops.deleteStream('room-1');
});

test.serial('the $settings stream changes the default access lists', async (t) => {
  await using server = await startWithUsers();
  const settings = { $userStreamAcl: { $r: '$ops', $w: '$admins' }, $systemStreamAcl: { $r: 'ann' } };
  await server.client.appendToStream('$settings', jsonEvent({ type: 'update-settings', data: settings }));
  await server.client.appendToStream('room-1', fresh());
  await t.throwsAsync(read(server.connect(ANN), 'room-1'), { instanceOf: AccessDeniedError });
  t.is(await read(server.connect(OPS), 'room-1'), 1);
  t.is(await read(server.connect(ANN), '$settings'), 1);
});

test.serial('operators create persistent subscriptions, users consume those on streams they may read', async (t) => {
  await using server = await startWithUsers();
  const [ann, ops] = [server.connect(ANN), server.connect(OPS)];
  const settings = persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start' });
  await t.throwsAsync(ann.createPersistentSubscriptionToStream('room-1', 'g', settings), { instanceOf: AccessDeniedError });
  await ops.createPersistentSubscriptionToStream('room-1', 'g', settings);
  await ops.createPersistentSubscriptionToStream('$secret', 'g', settings);
  await ann.appendToStream('room-1', fresh());
  const mine = ann.subscribeToPersistentSubscriptionToStream('room-1', 'g');
  for await (const event of mine) {
    await mine.ack(event);
    break;
  }
  await mine.unsubscribe();
  await t.throwsAsync(
    async () => {
      for await (const _ of ann.subscribeToPersistentSubscriptionToStream('$secret', 'g'));
    },
    { instanceOf: AccessDeniedError },
  );
});

test.serial('the default password causes a warning, another one doesn’t', async (t) => {
  const warned: object[] = [];
  const logger = { warn: (facts: object) => void warned.push(facts), error: () => {} };
  {
    await using _ = await startTestServer({ tls: testCertificates(), logger });
  }
  t.deepEqual(warned, [{ logins: ['admin', 'ops'] }]);
  {
    await using _ = await startTestServer({ tls: testCertificates(), logger, users: [{ login: 'admin', password: 'mine', groups: ['$admins'] }] });
  }
  t.is(warned.length, 1);
});

test.serial('a configured password applies to every default user', async (t) => {
  await using server = await startTestServer({ tls: testCertificates(), users: usersWithPassword('ours') });
  for (const username of ['admin', 'ops']) {
    const known = server.connect({ username, password: 'changeit' });
    await t.throwsAsync(known.appendToStream('room-1', fresh()), { instanceOf: AccessDeniedError });
    t.true((await server.connect({ username, password: 'ours' }).appendToStream('room-1', fresh())).success);
  }
});

test.serial('no caller may write or delete $all', async (t) => {
  await using server = await startWithUsers();
  const access = accessControl(server.store);
  t.false(access.mayUse({ kind: 'user', login: ADMIN.username, groups: ['$admins'] }, 'write', '$all'));
  t.false(access.mayUse({ kind: 'trusted' }, 'delete', '$all'));
});

const READER = { username: 'reader', password: 'only to read' };

/** Everything by which a client of this user could change something. */
function writesOf(
  client: EventStoreDBClient,
  credentials: { readonly username: string; readonly password: string },
): Readonly<Record<string, () => Promise<unknown>>> {
  const toStream = persistentSubscriptionToStreamSettingsFromDefaults();
  const toAll = persistentSubscriptionToAllSettingsFromDefaults();
  const consume = (subscribe: () => AsyncIterable<unknown>) => async () => {
    for await (const _ of subscribe()) return;
  };
  return {
    'append in a stream': () => client.appendToStream('room-1', fresh()),
    'append one by one': () => client.appendToStream('room-1', fresh(), { credentials }),
    'append in a new stream': () => client.appendToStream('room-2', fresh()),
    'append in a system stream': () => client.appendToStream('$settings', fresh()),
    'set metadata': () => client.setStreamMetadata('room-1', { maxCount: 1 }),
    'set the metadata of $all': () => client.setStreamMetadata('$all', { acl: { readRoles: 'reader' } as never }),
    delete: () => client.deleteStream('room-1'),
    tombstone: () => client.tombstoneStream('room-1'),
    'create a group': () => client.createPersistentSubscriptionToStream('room-1', 'mine', toStream),
    'create a group on $all': () => client.createPersistentSubscriptionToAll('mine', toAll),
    'change a group': () => client.updatePersistentSubscriptionToStream('room-1', 'g', toStream),
    'delete a group': () => client.deletePersistentSubscriptionToStream('room-1', 'g'),
    'replay what is parked': () => client.replayParkedMessagesToStream('room-1', 'g'),
    'start groups again': () => client.restartPersistentSubscriptionSubsystem(),
    'take events from a group': consume(() => client.subscribeToPersistentSubscriptionToStream('room-1', 'g')),
    'take events from a group on $all': consume(() => client.subscribeToPersistentSubscriptionToAll('all')),
  };
}

async function setUpGroups(client: EventStoreDBClient): Promise<void> {
  await client.appendToStream('room-1', fresh());
  await client.appendToStream('$secret', fresh());
  await client.createPersistentSubscriptionToStream('room-1', 'g', persistentSubscriptionToStreamSettingsFromDefaults({ startFrom: 'start' }));
  await client.createPersistentSubscriptionToAll('all', persistentSubscriptionToAllSettingsFromDefaults({ startFrom: 'start' }));
}

test.serial('the reader reads everything and follows it, and each kind of write is refused, whatever an access list says', async (t) => {
  await using server = await startTestServer({ tls: testCertificates(), users: [...users, readerWithPassword(READER.password)] });
  await setUpGroups(server.client);
  await server.client.setStreamMetadata('room-1', {
    acl: { readRoles: '$admins', writeRoles: ['$all', 'reader'], deleteRoles: '$all', metaWriteRoles: '$all' } as never,
  });
  const reader = server.connect(READER);
  t.is(await read(reader, 'room-1'), 1);
  t.is(await read(reader, '$secret'), 1);
  t.is((await reader.getStreamMetadata('room-1')).streamName, 'room-1');
  t.is((await reader.listAllPersistentSubscriptions()).length, 2);
  const seen = reader.subscribeToAll();
  for await (const { event } of seen) if (event?.streamId === '$secret') break;
  await seen.unsubscribe();
  const before = await read(server.client, '$all');
  for (const [what, write] of Object.entries(writesOf(reader, READER))) await t.throwsAsync(write(), { instanceOf: AccessDeniedError }, what);
  t.is(await read(server.client, '$all'), before);
  t.is(await read(reader, '$all'), before);
});

test.serial('lists of the installation make a reader of any user, as docs/analysts.md tells it for EventStoreDB', async (t) => {
  await using server = await startTestServer({
    tls: testCertificates(),
    users: [...users, { login: 'analyst', password: READER.password, groups: ['readers'] }],
  });
  const [, lists = ''] = /^```json settings\n([\s\S]*?)^```$/m.exec(readFileSync(join(import.meta.dirname, '../../../docs/analysts.md'), 'utf8')) ?? [];
  await server.client.appendToStream('$settings', jsonEvent({ type: 'update-default-acl', data: JSON.parse(lists) as Record<string, never> }));
  await setUpGroups(server.client);
  const login = { username: 'analyst', password: READER.password };
  const analyst = server.connect(login);
  t.is(await read(analyst, 'room-1'), 1);
  t.true((await read(analyst, '$all')) >= 3);
  const before = await read(server.client, '$all');
  // There, whoever may read a stream may take events from its groups.
  for (const [what, write] of Object.entries(writesOf(analyst, login)))
    if (!what.startsWith('take events')) await t.throwsAsync(write(), { instanceOf: AccessDeniedError }, what);
  t.is(await read(server.client, '$all'), before);
});
