import test from 'ava';
import fc from 'fast-check';
import type { PersonId } from '../../shared/ids.ts';
import { instant, plus, type Instant } from '../../shared/instant.ts';
import { CATEGORIES_READ_MAX, centre, isRead, isSeen, type CentreCommand, type CentreItem, type CentreState } from './centre.ts';
import { itemOf } from './item.ts';

const person = 'ann' as PersonId;
const START = instant(Date.UTC(2030, 0, 1));
const moment = (n: number): Instant => plus(START, n * 1_000);
const LATE = moment(1_000);
const see = (n: number, at = LATE): CentreCommand => ({ type: 'see', person, upTo: moment(n), at });
const read = (n: number, category?: string): CentreCommand => ({
  type: 'read',
  person,
  upTo: moment(n),
  at: LATE,
  ...(category !== undefined && { category }),
});
const itemAt = (n: number, item: CentreItem['item'] = {}, category = 'orders'): CentreItem => ({ at: moment(n), category, item });

function after(...commands: readonly CentreCommand[]): CentreState {
  return commands.reduce((state, command) => {
    const decision = centre.decide(state, command);
    return decision.outcome === 'refused' ? state : decision.events.reduce(centre.evolve, state);
  }, centre.initialState);
}
const eventsOf = (state: CentreState, command: CentreCommand) => {
  const decision = centre.decide(state, command);
  return decision.outcome === 'refused' ? decision.refusal.code : decision.events.map(({ data }) => data);
};

test('all that came until a moment is seen, and that it was seen before is said once', (t) => {
  const state = after(see(5));
  t.deepEqual(
    [4, 5, 6].map((n) => isSeen(itemAt(n), state)),
    [true, true, false],
  );
  t.deepEqual(eventsOf(state, see(5)), []);
  t.deepEqual(eventsOf(state, see(4)), []);
  t.like(eventsOf(state, see(6)), [{ upTo: moment(6) }]);
});

test('a moment that is still to come counts as now', (t) => {
  t.like(eventsOf(centre.initialState, see(9, moment(3))), [{ upTo: moment(3) }]);
});

test('what is read was seen', (t) => {
  t.true(isSeen(itemAt(1), after(read(2))));
  t.true(isSeen(itemAt(1, { read: 'read' }), centre.initialState));
  t.false(isSeen(itemAt(1), centre.initialState));
});

test('all of a category is read, however it is spelled, and the others are not', (t) => {
  const state = after(read(5, 'Orders '));
  t.true(isRead(itemAt(5, {}, 'orders'), state));
  t.false(isRead(itemAt(6, {}, 'orders'), state));
  t.false(isRead(itemAt(5, {}, 'news'), state));
});

test('what was marked as unread stays so until all is read once more', (t) => {
  const once = after(read(5));
  const kept = itemAt(3, itemOf({ mark: 'unread', readBefore: once.timesRead }));
  t.false(isRead(kept, once));
  t.true(isRead(itemAt(3), once));
  t.true(isRead(kept, after(read(5), read(5))));
  t.true(isRead(kept, after(read(5), read(6))));
  t.false(isRead(kept, after(read(5), read(2))));
  t.true(isRead(itemAt(9, itemOf({ mark: 'read' })), once));
});

test('reading everything forgets the categories that were read no further', (t) => {
  const state = after(read(3, 'a'), read(7, 'b'), read(5));
  t.deepEqual(Object.keys(state.categories), ['b']);
  t.true(isRead(itemAt(5, {}, 'a'), state));
  t.true(isRead(itemAt(7, {}, 'b'), state));
});

test('so many categories are read to moments of their own, and no more', (t) => {
  const full = after(...Array.from({ length: CATEGORIES_READ_MAX }, (_, i) => read(5, `category ${i}`)));
  t.is(eventsOf(full, read(6, 'another')), 'categories-read-full');
  t.like(eventsOf(full, read(6, 'category 0')), [{ upTo: moment(6) }]);
  t.deepEqual(after(...Array.from({ length: CATEGORIES_READ_MAX }, (_, i) => read(5, `category ${i}`)), read(6)).categories, {});
});

test('property: what nobody marked by itself is read where a reading of all, or of its category, reached it', (t) => {
  const reading = fc.record({ n: fc.integer({ min: 0, max: 9 }), category: fc.constantFrom(undefined, 'a', 'b') });
  fc.assert(
    fc.property(fc.array(reading, { maxLength: 12 }), fc.integer({ min: 0, max: 9 }), fc.constantFrom('a', 'b', 'c'), (readings, n, category) => {
      const state = after(...readings.map((one) => read(one.n, one.category)));
      const expected = readings.some((one) => n <= one.n && (one.category === undefined || one.category === category));
      t.is(isRead(itemAt(n, {}, category), state), expected);
    }),
    { numRuns: 100 },
  );
});
