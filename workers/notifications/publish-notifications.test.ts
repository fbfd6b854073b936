import test from 'ava';
import { plus, SECOND_MS } from '../../domain/shared/instant.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { START } from '../test-fixture.ts';
import { publishNotifications } from './publish-notifications.ts';

type Event = Parameters<ReturnType<typeof publishNotifications>['react']>[0];

/** What is published of a notification of this source and age. */
async function published(source: object, ageMs: number): Promise<readonly unknown[]> {
  const hints: unknown[] = [];
  const broadcast: Pick<Broadcast, 'publish'> = { publish: (people, hint) => void hints.push([people, hint]) };
  const reactor = publishNotifications({ broadcast, clock: () => plus(START, ageMs) });
  await reactor.react({ data: { notification: 'n-1', recipients: ['ann', 'bob'], source }, metadata: { at: START } } as unknown as Event);
  return hints;
}

test('a notification is hinted to its recipients, once the view that they fetch it from has it', async (t) => {
  t.deepEqual(await published({ kind: 'app', app: 'shop' }, 0), [[['ann', 'bob'], { kind: 'notification', notification: 'n-1' }]]);
  t.deepEqual(publishNotifications({ broadcast: { publish: () => undefined }, clock: () => START }).after, ['notifications']);
});

test('a code is hinted to nobody, and neither is what is older than a minute', async (t) => {
  t.deepEqual(await published({ kind: 'account', purpose: 'confirm-contact' }, 0), []);
  t.is((await published({ kind: 'feed', post: 'p-1' }, 60 * SECOND_MS)).length, 1);
  t.deepEqual(await published({ kind: 'feed', post: 'p-1' }, 61 * SECOND_MS), []);
});
