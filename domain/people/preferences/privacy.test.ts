import test from 'ava';
import fc from 'fast-check';
import { preferences, privacyIn, type PreferencesCommand, type PreferencesState } from '../preferences.ts';
import { DEFAULT_PRIVACY, PRESENCE_AUDIENCES, showsPresence, tellReading, type Privacy } from './privacy.ts';

const changes = fc.record(
  { readReceipts: fc.boolean(), presence: fc.constantFrom(...PRESENCE_AUDIENCES), invisible: fc.boolean() },
  { requiredKeys: [] },
) as fc.Arbitrary<Partial<Privacy>>;

const after = (state: PreferencesState, command: PreferencesCommand) => {
  const decision = preferences.decide(state, command);
  if (decision.outcome === 'refused') throw new Error(decision.refusal.code);
  return { events: decision.events, state: decision.events.reduce(preferences.evolve, state) };
};

test('what a person changes holds, the rest stays as it was, and changing to what is so appends nothing', (t) => {
  fc.assert(
    fc.property(fc.array(changes, { maxLength: 8 }), (all) => {
      let state = preferences.initialState;
      let expected = DEFAULT_PRIVACY;
      for (const privacy of all) {
        expected = { ...expected, ...privacy };
        ({ state } = after(state, { type: 'change-privacy', privacy }));
        t.deepEqual(privacyIn(state), expected);
        t.deepEqual(after(state, { type: 'change-privacy', privacy }).events, []);
      }
    }),
  );
});

test('an event names what has changed and nothing else', (t) => {
  const { events } = after(preferences.initialState, { type: 'change-privacy', privacy: { readReceipts: true, presence: 'nobody' } });
  t.deepEqual(events, [{ type: 'people.privacy-changed.v1', data: { presence: 'nobody' } }]);
});

test('presence is shown as the table says', (t) => {
  const shown = (privacy: Partial<Privacy>) => [true, false].map((isFriend) => showsPresence({ ...DEFAULT_PRIVACY, ...privacy }, { isFriend }));
  t.deepEqual(shown({}), [true, true], 'to friends, and to others');
  t.deepEqual(shown({ presence: 'friends' }), [true, false]);
  t.deepEqual(shown({ presence: 'nobody' }), [false, false]);
  for (const presence of PRESENCE_AUDIENCES) t.deepEqual(shown({ presence, invisible: true }), [false, false]);
});

test('of two people both tell each other what they have read, or neither does', (t) => {
  for (const one of [true, false]) {
    for (const other of [true, false]) {
      t.is(tellReading({ readReceipts: one }, { readReceipts: other }), one && other);
      t.is(tellReading({ readReceipts: one }, { readReceipts: other }), tellReading({ readReceipts: other }, { readReceipts: one }));
    }
  }
});
