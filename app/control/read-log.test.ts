import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { instant } from '../../domain/shared/instant.ts';
import { temporaryFolder } from '../../tests/house.ts';
import { startAdapters } from '../adapters.ts';
import { openInstallation } from '../installation.ts';
import { assemble } from '../start.ts';
import { readLog } from './read-log.ts';

const EVENTS = 10_000;

for (const direction of ['forwards', 'backwards'] as const) {
  test(`reading a long log ${direction} leaves the process time for its other work`, async (t) => {
    await using folder = await temporaryFolder();
    using installation = openInstallation(folder.path);
    const clock = () => instant(Date.now());
    await using adapters = await startAdapters(installation, { clock, failed: () => () => undefined });
    const { codec } = await assemble(adapters, clock);
    const event = { type: 'test.nothing.v1', data: Buffer.from('{}'), metadata: Buffer.from('{}') };
    await adapters.log.append(
      'test-1',
      Array.from({ length: EVENTS }, () => ({ id: randomUUID(), ...event })),
      'no-stream',
    );
    let turns = 0;
    const counting = new AbortController();
    const counted = (async () => {
      for (; !counting.signal.aborted; turns++) await nextTurn();
    })();
    let read = 0;
    for await (const _ of readLog({ ...adapters, codec }, { direction, until: 'head', personal: 'hidden' }, new AbortController().signal)) read++;
    counting.abort();
    await counted;
    t.is(read, EVENTS);
    t.true(turns >= EVENTS / 1_000, `${turns} turns`);
  });
}
