/** Counters that many shards of several logs add to at once stay exact, whichever process is killed, and come out the same when they are built again. */
import test from 'ava';
import { acceptedAs, event, histories, plan, queued, started } from '../../domain/notifications/delivery/test-fixture.ts';
import type { DeliveryEvent } from '../../domain/notifications/events.ts';
import type { DeliveryId } from '../../domain/shared/ids.ts';
import { deliveryStream } from '../../domain/shared/streams.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { merge } from '../../ports/event-log/position.ts';
import type { ViewCommit } from '../../ports/views/port.ts';
import { startSharedLeases } from '../leases/shared-leases.ts';
import { deliveries } from '../read-models/deliveries.ts';
import { startProjections } from '../rollout/start-projections.ts';
import { allOf, givenLog, waitUntil, type ProjectionsFixture } from '../test-fixture.ts';
import { QUICK } from './test-fixture.ts';

const SHARDS = 4;
const DELIVERIES = 80;
const SOON = { deadlineMs: 60_000 };

const delivered = [event('delivery-planned', plan), queued, started(), acceptedAs(1), event('delivery-confirmed', {})];
const LIVES: readonly (readonly DeliveryEvent[])[] = [delivered, histories.suppressed, histories.failed, histories.accepted];
const EXPECTED = { planned: DELIVERIES, sent: DELIVERIES / 2, delivered: DELIVERIES / 4, suppressed: DELIVERIES / 4, failed: DELIVERIES / 4 };

async function append(given: ProjectionsFixture, numbers: readonly number[]): Promise<Position> {
  let all: Position | undefined;
  for (const n of numbers) {
    const id = `d${n}` as DeliveryId;
    const events = (LIVES[n % LIVES.length] ?? []).map((one) => ({ ...one, data: { ...one.data, delivery: id } }) as DeliveryEvent);
    all = merge(all, await given.append(deliveryStream(id), ...events));
  }
  return all as Position;
}

/** One process of two, which may end like a killed one: nothing that it has under way comes to an end. */
async function startProcess(given: ProjectionsFixture, process: string) {
  let commits = 0;
  let isKilled = false;
  const commit = async (write: ViewCommit) => {
    if (isKilled) return await new Promise<never>(() => undefined);
    if (write.projection.startsWith('deliveries@')) commits += 1;
    return await given.views.commit(write);
  };
  const views = { ...given.views, commit };
  const leases = await startSharedLeases({ views, onFailure: () => undefined }, { process, renewMs: 100 });
  const running = await startProjections({ ...given.dependencies, views, leases }, { ...QUICK, shards: SHARDS, batchEventsMax: 5, projections: [deliveries] });
  return { running, leases, commits: () => commits, kill: () => (isKilled = true) };
}

async function countsIn({ views }: ProjectionsFixture, collection: string): Promise<Readonly<Record<string, number>>> {
  const sums: Record<string, number> = {};
  for (const document of Object.values(await allOf(views, collection)))
    for (const [count, amount] of Object.entries(document)) sums[count] = (sums[count] ?? 0) + Number(amount);
  return Object.fromEntries(Object.entries(sums).filter(([, amount]) => amount !== 0));
}

test('the funnel is exact though shards of two logs count at once, a process is killed amid it, and it is built again', async (t) => {
  await using given = await givenLog({ logs: 2 });
  const first = await startProcess(given, 'first');
  const second = await startProcess(given, 'second');
  const numbers = Array.from({ length: DELIVERIES }, (_, n) => n);
  const half = append(given, numbers.slice(0, DELIVERIES / 2));
  await waitUntil(() => first.commits() > 0 && first.commits() + second.commits() > 3);
  first.kill();
  const position = merge(await half, await append(given, numbers.slice(DELIVERIES / 2))) as Position;
  t.regex(position, /^0\.\d+.*1\.\d+/, 'both logs have some');
  t.true(await second.running.waitForViews([deliveries.name], position, SOON));
  const { version } = deliveries;
  t.deepEqual(await countsIn(given, `funnel-deliveries@${version}`), EXPECTED);
  t.true(Object.keys(await allOf(given.views, `funnel-deliveries@${version}`)).length > 1, 'in several slices');
  t.is(await second.running.rebuild('deliveries'), 'activated');
  t.deepEqual(await countsIn(given, `funnel-deliveries@${version}.1`), EXPECTED);
  await second.running[Symbol.asyncDispose]();
  await second.leases[Symbol.asyncDispose]();
});
