import test from 'ava';
import { positionAt } from '../../ports/event-log/position.ts';
import { collectKeys, foldDocuments } from './collections.ts';

test('a document that is merged only where it exists is neither made nor left a tombstone, and is written where it changed', (t) => {
  const { ids, views: collecting } = collectKeys(['rooms']);
  collecting['rooms']?.mergeExisting('a', (before) => before);
  t.deepEqual([...(ids.get('rooms')?.needed ?? [])], ['a']);

  const stored = [
    { id: 'a', document: { n: 1 }, seen: { s: 3 }, version: 4 },
    { id: 'b', document: undefined, seen: {}, version: 0 },
    { id: 'c', document: { n: 9 }, seen: {}, version: 1 },
  ];
  const session = foldDocuments(new Map([['rooms', stored]]), (name) => name);
  session.setPosition(positionAt(0, 7n));
  for (const { id } of stored) session.views['rooms']?.mergeExisting(id, (before) => (id === 'c' ? before : { ...before, n: 2 }));
  t.like(session.writes(), [{ kind: 'put', id: 'a', seen: { s: 3 }, expectedVersion: 4 }]);
  t.like(session.writes()[0], { document: { n: 2 } });
  t.is(session.writes().length, 1);
});
