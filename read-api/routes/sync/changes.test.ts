/** That nothing is left out, whichever shards of whichever logs bring the changes of a document, and however far apart they are. */
import test from 'ava';
import fc from 'fast-check';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { merge, positionAt, sortable } from '../../../ports/event-log/position.ts';
import type { Position } from '../../../ports/event-log/port.ts';
import type { DocumentQuery } from '../../../ports/views/port.ts';
import { changedChannels, ifChanged } from './changes.ts';

const ann = 'ann' as PersonId;
const CHANNELS = ['a', 'b', 'c'] as unknown as readonly ChannelId[];
const LOGS = 2;

type Row = { readonly _id: string; readonly person: PersonId; readonly channel: ChannelId; readonly member: boolean; readonly changes: number };
type Stored = Row & { readonly position: string };

/** Views that are committed to by a runner for each log, each at its own pace. */
function givenViews() {
  const rows = new Map(CHANNELS.map((channel): [string, Stored] => [channel, { ...rowOf(channel, true, 0), position: sortable(positionAt(0, 0)) }]));
  const reached = Array.from({ length: LOGS }, () => 0);
  const find = (collection: string, { range }: DocumentQuery) =>
    collection !== 'inbox' ? [] : [...rows.values()].filter(({ position }) => position > String(range?.after ?? '') && position >= String(range?.from ?? '') && position < String(range?.before)); // prettier-ignore
  const views = {
    find: async (collection: string, query: DocumentQuery) => find(collection, query),
    pluck: async () => [...rows.values()].filter(({ member }) => member).map(({ channel }) => `${ann}:${channel}`),
    getMany: async (_: string, ids: readonly string[]) => ids.map(() => undefined),
  } as unknown as Parameters<typeof changedChannels>[0];
  return {
    views,
    rows,
    /** The next event of the log changes the channel's row. */
    commit: (log: number, channel: ChannelId) => {
      const offset = (reached[log] ?? 0) + 1;
      reached[log] = offset;
      const { changes } = rows.get(channel) as Stored;
      rows.set(channel, { ...rowOf(channel, (changes + log) % 3 !== 2, changes + 1), position: sortable(positionAt(log, offset)) });
    },
    reached: () => reached.map((offset, log) => positionAt(log, offset)).reduce((one, other) => merge(one, other) as Position),
  };
}

const rowOf = (channel: ChannelId, member: boolean, changes: number): Row => ({ _id: `${ann}:${channel}`, person: ann, channel, member, changes });

test('a client that asks now and then has every row as it is, whichever log changed it last', async (t) => {
  const change = fc.record({ log: fc.nat(LOGS - 1), channel: fc.constantFrom(...CHANNELS) });
  const step = fc.oneof(fc.record({ change }), fc.record({ during: fc.array(change, { maxLength: 3 }) }));
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { views, rows, commit, reached } = givenViews();
      const kept = new Map<string, number>(CHANNELS.map((channel) => [channel, 0]));
      let since = reached();
      /** `during`: what is committed after the query knows how far the views have come, and before it reads them. */
      const ask = async (during: readonly { readonly log: number; readonly channel: ChannelId }[] = []) => {
        const upTo = merge(since, reached()) as Position;
        for (const { log, channel } of during) commit(log, channel);
        for (const { channel } of await changedChannels(views, { person: ann, since, upTo })) kept.set(channel, rows.get(channel)?.changes ?? -1);
        since = upTo;
      };
      for (const one of steps) {
        if ('during' in one) await ask(one.during);
        else commit(one.change.log, one.change.channel);
      }
      await ask();
      t.deepEqual(Object.fromEntries(kept), Object.fromEntries([...rows].map(([channel, { changes }]) => [channel, changes])));
      t.deepEqual(await changedChannels(views, { person: ann, since, upTo: since }), [], 'and is told nothing twice that was told up to the cursor');
    }),
  );
});

test('a document is told where it changed behind the cursor, or in a log that the cursor does not name', (t) => {
  const document = { position: sortable(positionAt(1, 7)) };
  t.is(ifChanged(document, positionAt(1, 6)), document);
  t.is(ifChanged(document, positionAt(1, 7)), undefined);
  t.is(ifChanged(document, positionAt(0, 99)), document);
  t.is(ifChanged(document, undefined), document);
  t.is(ifChanged(undefined, undefined), undefined);
});
