import test from 'ava';
import { COMMIT_BYTES_MAX, COMMIT_DOCUMENTS_MAX, type DocumentWrite } from '../../../ports/views/port.ts';
import { commitsOf } from './index-writer.ts';

const put = (id: number, characters: number): DocumentWrite => ({
  kind: 'put',
  collection: 'postings',
  id: String(id),
  seen: {},
  document: { entries: 'a'.repeat(characters) },
});
const sizesOf = (writes: readonly DocumentWrite[], documentsMax?: number) => commitsOf(writes, documentsMax).map(({ length }) => length);

test('a commit has as many documents as it may, and room for one more', (t) => {
  const small = Array.from({ length: COMMIT_DOCUMENTS_MAX }, (_, id) => put(id, 1));
  t.deepEqual(sizesOf(small), [COMMIT_DOCUMENTS_MAX - 1, 1]);
  t.deepEqual(sizesOf(small.slice(0, 7), 4), [3, 3, 1]);
  t.deepEqual(sizesOf([]), [0]);
});

test('a commit has as many bytes as it may, however few documents they are, and one document at least', (t) => {
  const third = Math.floor(COMMIT_BYTES_MAX / 3) - 100;
  t.deepEqual(sizesOf([1, 2, 3, 4, 5, 6, 7].map((id) => put(id, third))), [3, 3, 1]);
  t.deepEqual(sizesOf([1, 2].map((id) => put(id, COMMIT_BYTES_MAX + 1))), [1, 1]);
});
