/** The compiler checks which projectors a query and a live query read: each `@ts-expect-error` below fails to compile when its line is accepted. */
import test from 'ava';
import type { liveQuery } from './live/live-query.ts';
import type { query } from './query.ts';

test('a query that reads from a projector that doesn’t exist is a compile error', (t) => {
  type Reads = Parameters<typeof query>[1]['reads'];
  const known: Reads = ['posts', 'profile'];
  // @ts-expect-error
  const unknown: Reads = ['post', 'profile'];
  t.not(known, unknown);
});

test('a live query that reads from a projector that doesn’t exist is a compile error', (t) => {
  type Reads = Parameters<typeof liveQuery>[1]['reads'];
  const known: Reads = ['notifications'];
  // @ts-expect-error
  const unknown: Reads = ['notification'];
  t.not(known, unknown);
});
