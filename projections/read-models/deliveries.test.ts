import test from 'ava';
import fc from 'fast-check';
import { delivery } from '../../domain/notifications/delivery/delivery.ts';
import { isEnded, type DeliveryState } from '../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryEvent } from '../../domain/notifications/events.ts';
import {
  acceptedAs,
  anyCommands,
  commands,
  event,
  histories,
  eventsAfter,
  later,
  queued,
  rejectedAs,
  start,
  started,
} from '../../domain/notifications/delivery/test-fixture.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { positionAt } from '../../ports/event-log/position.ts';
import { deliveries, type DeliveryDocument } from './deliveries.ts';
import { foldBatch, type ProjectEvent } from '../folding/fold.ts';

/** The view's document of a delivery with these events; undefined where it is forgotten. */
async function documentAfter(history: readonly DeliveryEvent[]): Promise<DeliveryDocument | undefined> {
  const events = history.map((one, revision) => ({ ...one, stream: 'delivery-one', key: 'one', revision })) as unknown as readonly Recorded[];
  const nothing = { load: async (_: string, ids: readonly string[]) => ids.map((id) => ({ id, document: undefined, seen: {}, version: 0 })) };
  const fold = { project: deliveries.project as ProjectEvent, collections: Object.keys(deliveries.indexes), physical: (collection: string) => collection };
  const { writes } = await foldBatch(nothing, fold, events, positionAt(0, 1));
  const [write] = writes;
  if (write?.kind !== 'put' && write?.kind !== 'remove') throw new Error('The view has no document.');
  return write.kind === 'put' ? (write.document as DeliveryDocument) : undefined;
}

test('a late rejection of an earlier attempt leaves the delivery where it is, and due', async (t) => {
  const attempting = await documentAfter([...histories.unknown, started(2, true), rejectedAs(1)]);
  t.like(attempting ?? {}, { status: 'attempting', attempt: 2 });
  t.not(attempting?.dueAt, null);
  const retry = event('retry-scheduled', { attempt: 2, reason: '503', retryAt: later });
  t.like((await documentAfter([...histories.unknown, started(2, true), retry, rejectedAs(1)])) ?? {}, { status: 'waiting', dueAt: later });
  t.like((await documentAfter([...histories.unknown, started(2, true), retry, queued, rejectedAs(1)])) ?? {}, { status: 'queued', dueAt: start });
});

test('a delivery that was accepted late is shown with the vendor that took it', async (t) => {
  const elsewhere = event('delivery-rerouted', { vendor: 'pushy' });
  t.like((await documentAfter([...histories.waiting, elsewhere, acceptedAs(1)])) ?? {}, { status: 'accepted', vendor: 'fcm', vendorId: 'm-1' });
});

test('after any events the view has a delivery in the state its decider has, and due as long as it must be taken up', async (t) => {
  await fc.assert(
    fc.asyncProperty(anyCommands, async (anyOthers) => {
      const events = eventsAfter({ ...commands.plan, at: start }, anyOthers);
      const state = events.reduce<DeliveryState>(delivery.evolve, delivery.initialState);
      const document = await documentAfter(events);
      if (state.status === 'none' || document === undefined) return void t.deepEqual([state, document], [{ status: 'none', forgotten: true }, undefined]);
      const { status, dueAt, attempt, vendor, vendorId } = document;
      t.is(status, state.status);
      t.is(dueAt === null, state.status === 'accepted' || isEnded(state));
      t.is(attempt, state.attempts);
      if ('vendor' in state) t.is(vendor, state.vendor);
      if (state.receipt !== undefined) t.like(state.receipt, { vendor, vendorId });
    }),
    { numRuns: 1_000 },
  );
});
