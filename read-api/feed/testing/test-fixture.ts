/** Random histories of a small world, and paging through a whole feed. */
import fc from 'fast-check';
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS } from '../../../domain/shared/instant.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import { LONG_MS, type Kind, type World } from '../test-fixture.ts';

// Few people, so that much happens between any two of them.
export const PEOPLE = ['ann', 'bob', 'cyd'] as PersonId[];
export const [ann, bob, cyd] = PEOPLE as [PersonId, PersonId, PersonId, PersonId];
const person = fc.constantFrom(...PEOPLE);
const kind = fc.constantFrom<Kind>('follow', 'mute', 'block', 'friend');
const PAGES_MAX = 2_000;

export type Step = { readonly name: string; readonly act: (world: World) => Promise<unknown> };
export const step = <Given extends readonly unknown[]>(
  name: string,
  given: { [Each in keyof Given]: fc.Arbitrary<Given[Each]> },
  act: (world: World, ...given: Given) => Promise<unknown>,
) => fc.tuple(...given).map((its): Step => ({ name: `${name} ${JSON.stringify(its)}`, act: (world) => act(world, ...(its as unknown as Given)) }));

const gapMs = fc.constantFrom(0, 1, HOUR_MS, 3 * DAY_MS, LONG_MS);
/** Most commands have read how posts are delivered a moment before; some before the last turns. */
const staleBy = fc.constantFrom(0, 0, 0, 1, 2, 4);
export const fate = fc.record({
  which: fc.nat(),
  how: fc.constantFrom('runs' as const, 'runs' as const, 'runs-twice' as const, 'is-lost' as const, 'dies' as const),
});

export type HistoryEntry = { readonly step: Step; readonly waits: boolean };

/** A step that isn't awaited overlaps with the next one: a build with an invalidation, a page with a trim. */
export async function happen(world: World, history: readonly HistoryEntry[]): Promise<void> {
  const unfinished: Promise<unknown>[] = [];
  for (const { step, waits } of history) {
    const acting = step.act(world);
    if (waits) await acting;
    else unfinished.push(acting);
  }
  await Promise.all(unfinished);
}

export const histories = (steps: fc.Arbitrary<Step>) =>
  fc.array(fc.record({ step: steps, waits: fc.boolean() }), { minLength: 10, maxLength: 60, size: 'max' });

/** Steps that change only the cache, and no feed. */
const cacheSteps = [
  step('drop', [person], (world, reader) => world.feedCache.invalidate([reader])),
  step('trim', [person, fc.nat(5)], (world, reader, kept) => world.trim(reader, kept)),
  step('forget all', [], (world) => world.feedCache.invalidateAll()),
];
export const anyStep = fc.oneof(
  {
    weight: 6,
    arbitrary: step('publish', [fc.array(person, { minLength: 1, maxLength: 6 }), gapMs, staleBy], (world, by, afterMs, turns) =>
      world.publish(by, { afterMs, staleBy: turns }),
    ),
  },
  { weight: 2, arbitrary: step('fan out', [], (world) => world.fanOut()) },
  { weight: 2, arbitrary: step('open fan-outs', [], (world) => world.openFanOuts()) },
  { weight: 6, arbitrary: step('run one job', [fate], (world, its) => world.runOne(its)) },
  {
    weight: 3,
    arbitrary: step('turn', [person, fc.constantFrom('pull' as const, 'pull' as const, 'push' as const)], (world, author, to) => world.turn(author, to)),
  },
  { weight: 1, arbitrary: step('remove', [fc.nat()], (world, which) => world.remove(which)) },
  { weight: 5, arbitrary: step('connect', [kind, person, person], (world, kindOf, from, to) => world.connect(kindOf, from, to)) },
  { weight: 2, arbitrary: step('disconnect', [kind, person, person], (world, kindOf, from, to) => world.disconnect(kindOf, from, to)) },
  { weight: 4, arbitrary: step('read', [person, fc.integer({ min: 1, max: 8 })], (world, reader, limit) => world.read({ reader, limit })) },
  ...cacheSteps.map((arbitrary) => ({ weight: 1, arbitrary })),
);
export const stepsBetweenPages = fc.oneof(
  step('publish', [fc.array(person, { minLength: 1, maxLength: 3 })], async (world, by) => {
    await world.publish(by, { afterMs: 1 });
    await world.fanOut();
  }),
  ...cacheSteps,
);

type Walk = {
  readonly limits: readonly number[];
  readonly between: readonly Step[];
  /** Reads each page as of the position of that moment. */
  readonly upTo?: () => Position;
};

/** Pages through a whole feed. Each page may have another size, and other things may happen between two of them. */
export async function walk(world: World, reader: PersonId, { limits, between, upTo }: Walk): Promise<readonly PostId[]> {
  const seen: PostId[] = [];
  let cursor: PostId | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const limit = limits[page % limits.length] ?? 1;
    const { posts, next } = await world.read({ reader, limit, ...(cursor === undefined ? {} : { cursor }), ...(upTo === undefined ? {} : { upTo: upTo() }) });
    if (posts.length > limit) throw new Error('The page has more posts than were asked for.');
    seen.push(...posts.map(({ id }) => id as PostId));
    if (next === null) return seen;
    if (cursor !== undefined && next >= cursor) throw new Error('The cursor does not go on.');
    cursor = next;
    await between[page]?.act(world);
  }
  throw new Error('The feed has no end.');
}
