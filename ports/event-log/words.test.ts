import test from 'ava';
import { readdirSync, readFileSync } from 'node:fs';
import { decodeEvent, encodeEvent } from '../../event-store/storage/record.ts';
import { KIND_PACKED } from '../../event-store/storage/packing/packed-record.ts';
import { wordsOf, withWords, NO_WORDS } from '../../event-store/storage/packing/words.ts';
import { parseUuid } from '../../event-store/storage/uuid.ts';
import { sealing } from '../../domain/events.ts';
import { EVENT_WORDS } from './words.ts';

const GOLDEN = new URL('../../domain/golden/', import.meta.url);
const ID = '8ca13b4e-2f5d-4d1f-9a3e-4c0f1b2a3d4e';

type Golden = { readonly type: string; readonly data: object; readonly metadata: object };
const golden = readdirSync(GOLDEN)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, GOLDEN), 'utf8')) as Golden);

const bytesOf = ({ type, data, metadata }: Golden) => ({
  id: ID,
  type,
  contentType: 'application/json' as const,
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from(JSON.stringify(metadata)),
});

test('every event that was ever written is packed, and read as the same bytes', (t) => {
  const words = wordsOf(EVENT_WORDS);
  const place = { stream: `some-${ID}`, revision: 1, position: 2, created: 3 };
  t.true(golden.length > 100);
  for (const one of golden) {
    const event = bytesOf(one);
    const record = encodeEvent(event, parseUuid(ID)!, place, words);
    t.is(record[4], KIND_PACKED, one.type);
    t.deepEqual(decodeEvent(record, words), { ...event, ...place });
  }
});

test('the words are in the order of their use: names first, and the store takes all of them', (t) => {
  t.deepEqual(withWords(NO_WORDS, EVENT_WORDS).all, EVENT_WORDS);
  t.true(Object.keys(sealing).every((type) => EVENT_WORDS.includes(type)));
  for (const often of golden.filter(({ type }) => /^chat\.message-|^feed\.post-published/.test(type))) {
    for (const name of [...Object.keys(often.metadata), ...Object.keys(often.data)]) t.true(EVENT_WORDS.includes(name), `${often.type} has ${name}`);
  }
});
