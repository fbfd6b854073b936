/** The checker finds what it is there to find. */
import test from 'ava';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { OutboxMessage } from '../../../ports/sender/port.ts';
import { recordedEvents } from '../../../projections/test-fixture.ts';
import type { RecordedCommand } from '../command-record.ts';
import { findStanding } from '../disappearing.ts';
import { findCommandFaults } from './commands-in-log.ts';
import { findDeliveryFaults } from './deliveries-in-log.ts';
import { findNoticeFaults } from './notices-in-log.ts';
import { wholeLogOf, type WholeLog } from './whole-log.ts';

const at = '2026-07-11T12:00:00.000Z';
type Given = { readonly stream: string; readonly revision: number; readonly command: string; readonly event: { readonly type: string; readonly data: object } };

function logOf(...given: readonly Given[]): WholeLog {
  const recorded = recordedEvents(given.map(({ stream, revision, event }) => ({ stream, revision, event: event as TidingsEvent })));
  return wholeLogOf(recorded.map((event, index) => ({ ...event, metadata: { ...event.metadata, command: given[index]?.command ?? '' } })));
}

const message = (revision: number, clientId: string): Given => ({
  stream: 'messages-c1',
  revision,
  command: clientId,
  event: { type: 'chat.message-posted.v1', data: { channel: 'c1', sender: 'ann', text: clientId, clientId, at, messageCount: revision + 1 } },
});
const sent = (key: string, seq: number): RecordedCommand => ({ command: 'frame send', key, id: `c1/${seq}`, outcome: 'acknowledged' });

test('nothing is wrong with a log that has each acknowledged command once', (t) => {
  t.deepEqual(findCommandFaults(logOf(message(0, 'a'), message(1, 'b')), [sent('a', 0), sent('b', 1)]), []);
});

test('an acknowledged command that the log lacks, and two that were acknowledged as one, are found', (t) => {
  t.is(findCommandFaults(logOf(message(0, 'a')), [sent('a', 0), sent('b', 1)]).length, 1);
  t.is(findCommandFaults(logOf(message(0, 'a')), [sent('a', 0), sent('b', 0)]).length, 1);
});

test('a command that was done twice, and a gap, are found', (t) => {
  const twice = findCommandFaults(logOf(message(0, 'a'), message(1, 'b'), message(2, 'a')), []);
  t.true(twice.some((fault) => fault.includes('was done again')));
  t.deepEqual(findCommandFaults(logOf(message(0, 'a'), message(2, 'b')), []), ['messages-c1 has messages-c1@2 (chat.message-posted.v1) in place 1']);
});

const inDelivery = (revision: number, type: string, data: object = {}): Given => ({
  stream: 'delivery-d1',
  revision,
  command: String(revision),
  event: { type: `notifications.${type}.v1`, data: { delivery: 'd1', notification: 'n1', recipient: 'ann', at, ...data } },
});
const requested: Given = {
  stream: 'notification-n1',
  revision: 0,
  command: 'n1',
  event: { type: 'notifications.requested.v1', data: { notification: 'n1', recipients: ['ann'], at } },
};
const planned = [requested, inDelivery(0, 'delivery-planned')];
const started = (revision: number, mayRepeat: boolean) => inDelivery(revision, 'attempt-started', { attempt: revision, mayRepeat });
const given = { delivery: 'd1' } as OutboxMessage;

test('a delivery that was accepted once and sent once is right', (t) => {
  t.deepEqual(findDeliveryFaults(logOf(...planned, started(1, false), inDelivery(2, 'attempt-accepted')), [given]), []);
});

test('a delivery that was never attempted, or accepted and not sent, or not planned, is found', (t) => {
  t.is(findDeliveryFaults(logOf(...planned), []).length, 1);
  t.is(findDeliveryFaults(logOf(...planned, started(1, false), inDelivery(2, 'attempt-accepted')), []).length, 1);
  t.is(findDeliveryFaults(logOf(requested), []).length, 1);
});

test('a delivery that was sent twice is found, unless an attempt says that it may repeat', (t) => {
  const attempts = (mayRepeat: boolean) => logOf(...planned, started(1, false), started(2, mayRepeat), inDelivery(3, 'attempt-accepted'));
  t.is(findDeliveryFaults(attempts(false), [given, given]).length, 1);
  t.deepEqual(findDeliveryFaults(attempts(true), [given, given]), []);
});

test('what stands in the notification centre is planned and over by one event, and found where it is shown twice', (t) => {
  t.deepEqual(findDeliveryFaults(logOf(requested, inDelivery(0, 'delivered-in-app')), []), []);
  t.deepEqual(findDeliveryFaults(logOf(...planned, inDelivery(1, 'delivered-in-app')), []), []);
  t.is(findDeliveryFaults(logOf(requested, inDelivery(0, 'delivered-in-app'), inDelivery(1, 'delivered-in-app')), []).length, 2);
});

const change = (revision: number, type: string, data: object): Given => ({
  stream: 'channel-c1',
  revision,
  command: `change ${revision}`,
  event: { type: `chat.${type}.v1`, data: { channel: 'c1', ...data } },
});
const notice = (revision: number, noted: number, kind: string, member: string): Given => ({
  stream: 'messages-c1',
  revision,
  command: `notice ${noted}`,
  event: { type: 'chat.notice-added.v1', data: { channel: 'c1', notice: kind, by: member, member, noted, messageCount: 0 } },
});

test('a change of a group that is not told, told twice, or told in another order is found', (t) => {
  const changes = [
    change(0, 'channel-opened', { kind: 'group', owner: 'ann', members: ['ann', 'bob'], at }),
    change(1, 'member-left', { member: 'bob' }),
    change(2, 'member-joined', { member: 'bob', by: 'bob', at }),
  ];
  const [left, joined] = [(at: number) => notice(at, 1, 'left', 'bob'), (at: number) => notice(at, 2, 'joined', 'bob')] as const;
  t.deepEqual(findNoticeFaults(logOf(...changes, left(0), joined(1))), []);
  t.is(findNoticeFaults(logOf(...changes, left(0))).length, 1);
  t.is(findNoticeFaults(logOf(...changes, left(0), joined(1), joined(2))).length, 1);
  t.is(findNoticeFaults(logOf(...changes, joined(0), left(1))).length, 1);
});

test('a message that should have disappeared and is lost, has no end, is not told of, or can be read, is found', (t) => {
  const secret = (revision: number, more: object): Given => {
    const { event, ...place } = message(revision, `secret ${revision}`);
    return { ...place, event: { ...event, data: { ...event.data, ...more } } };
  };
  const gone = { text: { erased: true }, expiresAt: at };
  const told = (...messages: readonly number[]): Given => ({
    stream: 'disappearances-c1',
    revision: 0,
    command: 'told',
    event: { type: 'chat.messages-disappeared.v1', data: { channel: 'c1', messages } },
  });
  const said = new Map([[0, 'secret 0']]);
  const standing = (...log: readonly Given[]) => findStanding(logOf(...log), { channel: 'c1', said });
  t.deepEqual(standing(secret(0, gone), told(0)), []);
  t.is(standing(told(0)).length, 1);
  t.is(standing(secret(0, gone)).length, 1);
  t.is(standing(secret(0, { text: gone.text }), told(0)).length, 1);
  t.is(standing(secret(0, { expiresAt: at }), told(0)).length, 1);
});
