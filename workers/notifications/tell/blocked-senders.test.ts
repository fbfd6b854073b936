import test from 'ava';
import { relationships, type RelationshipsState } from '../../../domain/people/relationships.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { blocksOf } from './blocked-senders.ts';

test('a block by either person stands between them, and the log is asked once for each', async (t) => {
  const asked: string[] = [];
  const blocks: Readonly<Record<string, readonly string[]>> = { ann: ['bob'], cleo: ['ann'] };
  const loadState = async (_: unknown, stream: string) => {
    asked.push(stream);
    const blocked = Object.entries(blocks).find(([person]) => stream.endsWith(person))?.[1] ?? [];
    const block = (state: RelationshipsState, other: string) => relationships.evolve(state, { type: 'people.blocked.v1', data: { person: other as PersonId } });
    return { state: blocked.reduce(block, relationships.initialState) };
  };
  const isBlocked = blocksOf(loadState as unknown as Parameters<typeof blocksOf>[0], 'ann' as PersonId);
  for (const [other, expected] of [['bob', true], ['cleo', true], ['dan', false], ['bob', true]] as const) t.is(await isBlocked(other as PersonId), expected, other); // prettier-ignore
  t.is(asked.length, 4);
});
