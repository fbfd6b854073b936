import test from 'ava';
import type { ObjectKey } from '../../domain/media/media-facts.ts';
import { gatherPart, PART_MEDIA_BYTES_MAX, PART_MEDIA_MAX } from './gather-part.ts';
import { html } from './html.ts';
import type { Row, Section } from './rows.ts';

const picture = (bytes: number) => ({ object: 'o' as ObjectKey, type: 'image/jpeg', kind: 'image' as const, alt: null, bytes });

/** One row for each list of pictures, by their bytes. */
function sectionOf(pictures: readonly (readonly number[])[]): Section {
  const rows = pictures.map((bytes, n): Row => ({ json: { n }, show: () => html``, media: bytes.map(picture), after: String(n) }));
  return {
    name: 'posts',
    title: 'Posts',
    read: async (from) => ({ rows: rows.slice(from === undefined ? 0 : Number(from) + 1), next: null, leftOut: 0, percent: 50 }),
  };
}

/** The numbers of rows in one part after the other. */
async function partsOf(pictures: readonly (readonly number[])[]): Promise<readonly number[]> {
  const sections = [sectionOf(pictures)];
  const parts: number[] = [];
  for (let next: string | undefined | null; next !== null && parts.length < 10;) {
    const part = await gatherPart(sections, next, async () => []);
    next = part.next;
    if (part.rows > 0) parts.push(part.rows);
  }
  return parts;
}

const half = PART_MEDIA_BYTES_MAX / 2;
const files = (count: number) => Array.from({ length: count }, () => 1);

for (const [what, pictures, parts] of [
  ['pictures that fill it to the last byte', [[half], [half]], [2]],
  ['a byte more in a part of its own', [[half], [half + 1]], [1, 1]],
  ['as many pictures as it may have', [files(PART_MEDIA_MAX - 1), files(1)], [2]],
  ['one picture more in a part of its own', [files(PART_MEDIA_MAX), files(1)], [1, 1]],
  ['a row that has more by itself than a part may have, by itself', [[2 * PART_MEDIA_BYTES_MAX], [1]], [1, 1]],
  ['rows without pictures', [[], [], []], [3]],
] as const)
  test(`a part of an archive has ${what}`, async (t) => t.deepEqual(await partsOf(pictures), parts));
