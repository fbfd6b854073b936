import { AccessDeniedError, jsonEvent, persistentSubscriptionToStreamSettingsFromDefaults, type EventStoreDBClient } from '@eventstore/db-client';
import test from 'ava';
import { accessControl } from './acl.ts';
import { ADMIN, startTestServer, testCertificates } from '../test-fixture.ts';
import { usersWithPassword, type User } from './authentication.ts';

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
