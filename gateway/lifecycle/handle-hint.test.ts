/** Which connections a hint reaches. */
import test from 'ava';
import { randomUUID } from 'node:crypto';
import type { ChannelId, DeviceId, NotificationId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import { createRecentChanges, hasDeparted } from '../channels/recent-changes.ts';
import { createMessageDelivery } from '../channels/deliver-to-connections.ts';
import type { Connection } from '../connection/connection.ts';
import { openCursor } from '../connection/cursors.ts';
import { connectionForTest } from '../testing/connection.ts';
import { handleHint, type HintDependencies } from './handle-hint.ts';

const [ann, bob] = [randomUUID() as PersonId, randomUUID() as PersonId];
const [phone, laptop] = ['phone', 'laptop'] as unknown as [DeviceId, DeviceId];
const channel = randomUUID() as ChannelId;

const connectedAs = (person: PersonId, device: DeviceId, fields: Partial<Connection> = {}) =>
  connectionForTest({ phase: 'live', identity: { person, device, session: `session of ${device}`, expiresAtMs: Infinity }, ...fields });

const unused = { delivery: createMessageDelivery(), queries: { recent: createRecentChanges(() => 0) } } as unknown as HintDependencies;
const handle = (hint: LiveHint, ...connections: readonly { readonly connection: Connection }[]) =>
  handleHint(unused, new Set(connections.map(({ connection }) => connection)), hint);

test('a typing signal reaches the person’s other devices, and not the device that sent it', (t) => {
  const [typing, other] = [connectedAs(ann, phone), connectedAs(ann, laptop)];
  handle({ kind: 'typing', channel, person: ann, device: phone }, typing, other);
  t.deepEqual(typing.frames(), []);
  t.deepEqual(other.frames(), [{ type: 'typing', channel, person: ann }]);
});

test('a typing signal reaches another person’s device of the same name', (t) => {
  const bobs = connectedAs(bob, phone);
  handle({ kind: 'typing', channel, person: ann, device: phone }, bobs);
  t.deepEqual(bobs.frames(), [{ type: 'typing', channel, person: ann }]);
});

test('a read receipt reaches all devices, also the one that sent it', (t) => {
  const [one, other] = [connectedAs(ann, phone), connectedAs(bob, laptop)];
  handle({ kind: 'read', channel, person: ann, seq: 3 }, one, other);
  for (const { frames } of [one, other]) t.deepEqual(frames(), [{ type: 'read', channel, person: ann, seq: 3 }]);
});

test('what comes into a notification centre, and what is marked there, reaches all devices', (t) => {
  const [one, other] = [connectedAs(ann, phone), connectedAs(ann, laptop)];
  const notification = randomUUID() as NotificationId;
  handle({ kind: 'notification', notification }, one, other);
  handle({ kind: 'centre' }, one, other);
  for (const { frames } of [one, other]) t.deepEqual(frames(), [{ type: 'notification', notification }, { type: 'centre' }]);
});

test('connections that are not live are sent nothing', (t) => {
  const ones = (['awaiting-hello', 'resuming', 'closing'] as const).map((phase) => connectedAs(ann, laptop, { phase }));
  handle({ kind: 'typing', channel, person: bob, device: phone }, ...ones);
  for (const { frames } of ones) t.deepEqual(frames(), []);
});

test('a message that comes while a connection resumes is noted with the highest seq, and delivered to live ones', (t) => {
  const resuming = connectedAs(ann, phone, { phase: 'resuming', buffered: { frames: [], lagging: new Map() } });
  const live = connectedAs(ann, laptop);
  openCursor(live.connection, channel, 3);
  for (const seq of [4, 6, 5]) {
    const entry = { event: 'posted', seq, at: instant(0), messageCount: seq, sender: bob, clientId: `${seq}`, text: 'hello' } as const;
    handle({ kind: 'message', channel, entry }, resuming, ...(seq === 4 ? [live] : []));
  }
  t.deepEqual(resuming.connection.buffered?.lagging, new Map([[channel, 6]]));
  t.deepEqual(resuming.frames(), []);
  t.like(live.frames(), [{ type: 'message', seq: 4 }]);
});

test('a departure holds from the hint that tells of it to the one that tells of the person’s return', (t) => {
  const recent = createRecentChanges(() => 0);
  const queries = { recent, channels: new Map() };
  const subscriptions = { watched: new Map() };
  const dependencies = { ...unused, queries, subscriptions, reportError: () => undefined } as unknown as HintDependencies;
  handleHint(dependencies, new Set(), { kind: 'channel', channel, departed: bob } as LiveHint);
  t.true(hasDeparted(recent, channel, bob));
  handleHint(dependencies, new Set(), { kind: 'channel', channel, joined: ann } as LiveHint);
  t.true(hasDeparted(recent, channel, bob), 'another person has come');
  handleHint(dependencies, new Set(), { kind: 'channel', channel, joined: bob } as LiveHint);
  t.false(hasDeparted(recent, channel, bob));
});
