import test from 'ava';
import type { Position } from '../../ports/event-log/port.ts';
import type { DocumentWrite } from '../../ports/views/port.ts';
import { Fenced, openCheckpoint, positionOf } from './checkpoint.ts';
import { allOf, givenLog } from '../test-fixture.ts';

const counted: DocumentWrite = { kind: 'increment', collection: 'counts', id: 'all', by: { events: 1 } };

test('of two runners that write at the same position one is fenced, also where neither moves on', async (t) => {
  await using given = await givenLog();
  await given.views.prepare({ counts: { indexes: [] } });
  let events = 0;
  for (const place of [undefined, '0.7' as Position]) {
    await openCheckpoint(given.views, 'one', await given.views.checkpoint('one')).move(place, []);
    for (const _ of ['once', 'and again']) {
      const stored = await given.views.checkpoint('one');
      const [first, second] = [openCheckpoint(given.views, 'one', stored), openCheckpoint(given.views, 'one', stored)];
      await first.move(place, [counted]);
      await t.throwsAsync(second.move(place, [counted]), { instanceOf: Fenced });
      t.is(first.stored(), await given.views.checkpoint('one'));
      t.is(positionOf(first.stored()), place);
      t.deepEqual(await allOf(given.views, 'counts'), { all: { events: ++events } });
    }
  }
});
