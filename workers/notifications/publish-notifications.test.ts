import test from 'ava';
import { plus, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { START } from '../test-fixture.ts';
import { publishNotifications } from './publish-notifications.ts';

type Event = Parameters<ReturnType<typeof publishNotifications>['react']>[0];

const DELIVERED = { type: 'notifications.delivered-in-app.v1', data: { notification: 'n-1', recipient: 'ann' } };

/** What is published of an event of this age. */
async function published(event: object, ageMs = 0): Promise<readonly unknown[]> {
  const hints: unknown[] = [];
  const broadcast: Pick<Broadcast, 'publish'> = { publish: (people, hint) => void hints.push([people, hint]) };
  const reactor = publishNotifications({ broadcast, clock: () => plus(START, ageMs) });
  await reactor.react({ ...event, metadata: { at: START } } as unknown as Event);
  return hints;
}

test('what comes into a notification centre is hinted to its person, once the views that they fetch it from have it', async (t) => {
  t.deepEqual(await published(DELIVERED), [[['ann'], { kind: 'notification', notification: 'n-1' }]]);
  t.deepEqual(publishNotifications({ broadcast: { publish: () => undefined }, clock: () => START }).after, ['centre', 'notifications']);
});

test('what a sandbox tells is hinted to nobody', async (t) => {
  t.deepEqual(await published({ ...DELIVERED, data: { ...DELIVERED.data, sandbox: true } }), []);
});

test('what a person marks is hinted to their other devices', async (t) => {
  const marked = { type: 'notifications.item-marked.v1', data: { recipient: 'ann', mark: 'read' } };
  const seen = { type: 'notifications.centre-seen.v1', data: { person: 'ann', upTo: START } };
  const read = { type: 'notifications.centre-read.v1', data: { person: 'ann', upTo: START, number: 1 } };
  for (const event of [marked, seen, read]) t.deepEqual(await published(event), [[['ann'], { kind: 'centre' }]]);
});

test('what is older than a minute is hinted to nobody', async (t) => {
  t.is((await published(DELIVERED, 60 * SECOND_MS)).length, 1);
  t.deepEqual(await published(DELIVERED, 61 * SECOND_MS), []);
});
