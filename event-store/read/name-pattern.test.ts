import test from 'ava';
import { event, openTestStore } from '../test-fixture.ts';
import { compileNamePattern } from './name-pattern.ts';

test('patterns that would backtrack for ever match in linear time', (t) => {
  const startedMs = performance.now();
  for (const pattern of ['^(a+)+$', '(a|aa)+$', '(a+a+)+b', '(.*)(.*)(.*)(.*)b$']) t.false(compileNamePattern(pattern)(`${'a'.repeat(1_000)}!`), pattern);
  t.true(performance.now() - startedMs < 2_000);
});

test('a pattern that is too long, too complex or not a regular expression is refused', (t) => {
  const refused = { code: 'filter-invalid' };
  t.throws(() => compileNamePattern('a'.repeat(2_001)), refused);
  t.throws(() => compileNamePattern('(((a{10}){10}){10})'), refused);
  t.throws(() => compileNamePattern('((a{1000}){1000})'), refused);
  t.throws(() => compileNamePattern('('), refused);
  t.throws(() => compileNamePattern('(?=a)'), refused);
});

const EVENTS = 40;

test('a filter that is slow on every event lets the event loop go on', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  const slow = '(a|b)*a[ab]{490}[cd]'; // some 30 ms for a name of 1,000 random letters
  const name = () => Array.from({ length: 1_000 }, () => (Math.random() < 0.5 ? 'a' : 'b')).join('');
  for (let n = 0; n < EVENTS; n++) await store.append(name(), [event()], 'any');
  let turns = 0; // that others got meanwhile
  const ticks = setInterval(() => turns++, 1);
  const subscription = store.subscribeToAll({ filter: { on: 'stream', pattern: slow } })[Symbol.asyncIterator]();
  t.true((await subscription.next()).value?.caughtUp);
  for await (const _ of store.readAll({ filter: { on: 'stream', pattern: slow } }));
  clearInterval(ticks);
  t.true(turns >= 5, `others got ${turns} turns while ${2 * EVENTS} events were matched`);
});
