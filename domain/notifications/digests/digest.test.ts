import test from 'ava';
import fc from 'fast-check';
import { given } from '../../shared/given-when-then.ts';
import type { AppId, DeliveryId, DigestId, NotificationId, PersonId } from '../../shared/ids.ts';
import { HOUR_MS, instant, MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { digest, DIGEST_NOTIFICATIONS_MAX, DIGEST_WINDOWS_OPEN_MAX, openWindow, windowOf, type DigestCommand, type DigestState } from './digest.ts';
import type { DigestEvent } from './events.ts';

const id = 'digest' as DigestId;
const start = instant(0);
const closesAt = plus(start, HOUR_MS);
const about = { person: 'ann' as PersonId, app: 'shop' as AppId, category: 'orders', channel: 'email' } as const;
const into = 'together' as NotificationId;

const item = (
  name: string | number,
  { device = '', expiresAt = plus(start, 24 * HOUR_MS) }: { readonly device?: string; readonly expiresAt?: Instant } = {},
) => ({
  delivery: `d-${name}${device}` as DeliveryId,
  notification: `n-${name}` as NotificationId,
  priority: 'normal' as const,
  atMostOnce: false,
  expiresAt,
});
type Item = ReturnType<typeof item>;

const collect = (one: Item, { at = start, until = closesAt }: { readonly at?: Instant; readonly until?: Instant } = {}) =>
  ({ type: 'collect', digest: id, ...about, ...one, closesAt: until, at }) as const;
const close = (waiting: readonly Item[], { window = 1, at = closesAt }: { readonly window?: number; readonly at?: Instant } = {}) =>
  ({ type: 'close', digest: id, window, waiting: waiting.map(({ delivery }) => delivery), into, at }) as const;

const opened = (window = 1, at = start, until = closesAt): DigestEvent => ({
  type: 'notifications.digest-opened.v1',
  data: { digest: id, window, ...about, closesAt: until, at },
});
const collected = (one: Item, window = 1, at = start): DigestEvent => ({ type: 'notifications.digest-collected.v1', data: { digest: id, window, ...one, at } });
const closed = (notifications: readonly string[], facts: { readonly window?: number; readonly at?: Instant; readonly into?: object } = {}): DigestEvent => {
  const { window = 1, at = closesAt, into: as } = facts;
  return {
    type: 'notifications.digest-closed.v1',
    data: { digest: id, window, notifications: notifications as NotificationId[], ...(as !== undefined && { into: as as never }), at },
  };
};
const together = { notification: into, priority: 'normal', atMostOnce: false, expiresAt: plus(start, 24 * HOUR_MS) };

const stateOf = (events: readonly DigestEvent[]): DigestState => events.reduce(digest.evolve, digest.initialState);

test('the first delivery opens a window, and those after it wait in it', (t) => {
  given(digest)
    .when(collect(item(1)))
    .then(t, opened(), collected(item(1)));
  const later = plus(start, MINUTE_MS);
  // When a window would close that opened now makes no difference: it closes when the first one said.
  given(digest, opened(), collected(item(1)))
    .when(collect(item(2), { at: later, until: plus(later, HOUR_MS) }))
    .then(t, collected(item(2), 1, later));
});

test('the same delivery is collected once, and once more only when its window is over', (t) => {
  given(digest, opened(), collected(item(1)))
    .when(collect(item(1)))
    .then(t);
  const until = plus(closesAt, HOUR_MS);
  const again = [opened(2, closesAt, until), collected(item(1), 2, closesAt)];
  given(digest, opened(), collected(item(1)))
    .when(collect(item(1), { at: closesAt, until }))
    .then(t, ...again);
  t.is(windowOf(stateOf([opened(), collected(item(1)), ...again]), item(1).delivery)?.window, 2);
});

test('a delivery that would expire while it waits is not collected', (t) => {
  const urgent = item('code', { expiresAt: plus(start, 10 * MINUTE_MS) });
  given(digest).when(collect(urgent)).then(t);
  given(digest, opened(), collected(item(1)))
    .when(collect(urgent))
    .then(t);
  given(digest)
    .when(collect(item(1, { expiresAt: closesAt })))
    .then(t);
});

test('a window tells several notifications as one, however many devices each goes to', (t) => {
  const items = [item(1, { device: 'phone' }), item(2, { device: 'phone' }), item(1, { device: 'tablet' })];
  given(digest, opened(), ...items.map((one) => collected(one)))
    .when(close(items))
    .then(t, closed(['n-1', 'n-2'], { into: together }));
});

test('a digest of one is the notification itself, and one of none is nothing', (t) => {
  const items = [item(1, { device: 'phone' }), item(1, { device: 'tablet' })];
  given(digest, opened(), ...items.map((one) => collected(one)))
    .when(close(items))
    .then(t, closed(['n-1']));
  given(digest, opened(), collected(item(1)), collected(item(2)))
    .when(close([item(2)]))
    .then(t, closed(['n-2']));
  given(digest, opened(), collected(item(1)))
    .when(close([]))
    .then(t, closed([]));
});

test('what is told as one is as urgent as the most urgent of them, and told as long as the last is worth it', (t) => {
  const last = plus(start, 48 * HOUR_MS);
  const items = [
    { ...item(1), priority: 'low' as const },
    { ...item(2, { expiresAt: last }), priority: 'high' as const },
    { ...item(3), atMostOnce: true },
  ];
  given(digest, opened(), ...items.map((one) => collected(one as Item)))
    .when(close(items as readonly Item[]))
    .then(t, closed(['n-1', 'n-2', 'n-3'], { into: { notification: into, priority: 'high', atMostOnce: true, expiresAt: last } }));
});

test('a window is closed once, and not before its time', (t) => {
  given(digest, opened(), collected(item(1)))
    .when(close([item(1)], { at: plus(closesAt, -1) }))
    .then(t);
  given(digest, opened(), collected(item(1)), closed(['n-1']))
    .when(close([]))
    .then(t);
  given(digest)
    .when(close([item(1)]))
    .then(t);
});

test('a full window takes further devices of what it has, and another one opens for what is new', (t) => {
  const full = [opened(), ...Array.from({ length: DIGEST_NOTIFICATIONS_MAX }, (_, i) => collected(item(i)))];
  given(digest, ...full)
    .when(collect(item(0, { device: 'tablet' })))
    .then(t, collected(item(0, { device: 'tablet' })));
  given(digest, ...full)
    .when(collect(item('new')))
    .then(t, opened(2), collected(item('new'), 2));
});

test('windows that nobody closes make room, and what might wait in them is told by itself', (t) => {
  const abandoned = Array.from({ length: DIGEST_WINDOWS_OPEN_MAX }, (_, i) => [opened(i + 1), collected(item(i), i + 1)]).flat();
  const [at, until] = [plus(closesAt, HOUR_MS), plus(closesAt, 2 * HOUR_MS)];
  const window = DIGEST_WINDOWS_OPEN_MAX + 1;
  given(digest, ...abandoned)
    .when(collect(item('new'), { at, until }))
    .then(t, closed([], { window: 1, at }), opened(window, at, until), collected(item('new'), window, at));
});

test('while so many windows collect, what comes is told by itself', (t) => {
  const busy = Array.from({ length: DIGEST_WINDOWS_OPEN_MAX }, (_, window) => [
    opened(window + 1),
    ...Array.from({ length: DIGEST_NOTIFICATIONS_MAX }, (_one, i) => collected(item(`${window}-${i}`), window + 1)),
  ]).flat();
  given(digest, ...busy)
    .when(collect(item('new')))
    .then(t);
});

test('under any commands each delivery waits in one window, is told at most once, and no window outlives its closing', (t) => {
  let told = 0;
  const command: fc.Arbitrary<(at: Instant) => DigestCommand> = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 30 }).map((which) => (at: Instant) => collect(item(which), { at, until: plus(at, HOUR_MS) })) },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.integer({ min: 1, max: 12 }), fc.array(fc.integer({ min: 0, max: 30 }))).map(
        ([window, waiting]) =>
          (at: Instant) =>
            close(
              waiting.map((one) => item(one)),
              { window, at },
            ),
      ),
    },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(command, fc.integer({ min: 0, max: 40 })), { maxLength: 60 }), (commands) => {
      let [state, at] = [digest.initialState, start];
      const events: DigestEvent[] = [];
      for (const [next, minutes] of commands) {
        at = plus(at, minutes * MINUTE_MS);
        const decision = digest.decide(state, next(at));
        if (decision.outcome === 'refused') continue;
        events.push(...decision.events);
        state = decision.events.reduce(digest.evolve, state);
        const waiting = state.open.filter((one) => one.closesAt > at).flatMap(({ collected: its }) => its.map(({ delivery }) => delivery));
        if (new Set(waiting).size !== waiting.length || state.open.length > DIGEST_WINDOWS_OPEN_MAX) return false;
      }
      const windows = events.flatMap(({ type, data }) => (type === 'notifications.digest-closed.v1' ? [data.window] : []));
      told += windows.length;
      return new Set(windows).size === windows.length && windows.every((window) => openWindow(state, window) === undefined);
    }),
    { numRuns: 100 },
  );
  t.true(told > 0);
});
