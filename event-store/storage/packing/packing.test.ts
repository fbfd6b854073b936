import test from 'ava';
import fc from 'fast-check';
import { parseUuid } from '../uuid.ts';
import { decodeEvent, encodeEvent, encodePlain } from '../record.ts';
import { pack } from './pack.ts';
import { KIND_PACKED } from './packed-record.ts';
import { unpack } from './unpack.ts';
import { decodeWords, encodeWords, NO_WORDS, withWords, WORDS_MAX, wordsOf } from './words.ts';

const WORDS = wordsOf(['$correlationId', 'actor', 'at', 'text', 'chat.message-posted.v1', 'a_b-c', 'x']);
const PLACE = { stream: 'messages-c546f90d-3abc-5d2a-9087-94fd484c6453', revision: 7, position: 9, created: 1_000 };

/** What the packed text is read as, and how long it is. */
function packedAndBack(text: string | Buffer, words = WORDS, uuid?: string): { readonly bytes: number; readonly back: Buffer } {
  const source = Buffer.from(text as string);
  const before = uuid === undefined ? undefined : parseUuid(uuid)!;
  const target = Buffer.alloc(source.length);
  const bytes = pack(source, target, words, before);
  if (bytes < 0) return { bytes, back: source };
  const back = Buffer.alloc(source.length);
  const packed = Buffer.concat([before ?? Buffer.alloc(0), target.subarray(0, bytes)]);
  unpack(packed, before?.length ?? 0, back, words, before && 0);
  return { bytes, back };
}

const uuids = ['c546f90d-3abc-5d2a-9087-94fd484c6453', 'f2d55e9d-341a-5ac0-bb7d-fe82a27b9f22', '00000000-0000-0000-0000-000000000000'];
const piece = fc.oneof(
  fc.constantFrom(
    ...uuids,
    ...uuids.map((id) => id.toUpperCase()),
    uuids.join('-'),
    `${uuids[0]}_${uuids[1]}`,
    uuids[0]!.slice(1),
    `a${uuids[0]}`,
    `${uuids[0]}f`,
  ),
  fc.uuid(),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-02-30T10:00:00.000Z',
    '2026-11-30T24:00:00.000Z',
    '2026-11-30T03:33:60.214Z',
    '2026-11-30T03:33:32.214',
    '2026-11-30T03:33:32.2é4Z',
    '9999-12-31T23:59:59.999Z',
  ),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
  fc.stringMatching(/^[A-Za-z0-9+/_-]{0,40}$/),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom('"at":', '{"at":"', '","at":', ',"$correlationId":"', '"', ',', '{', '","', 'at', '"a_b-c":"x":', '\\"text\\":', '""', '"":'),
);

test('whatever is packed is read as the same bytes, and is never longer', (t) => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, isAfterUuid) => {
      const text = pieces.join('');
      const { bytes, back } = packedAndBack(text, WORDS, isAfterUuid ? uuids[0] : undefined);
      t.is(back.toString('latin1'), Buffer.from(text).toString('latin1'));
      t.true(bytes <= Buffer.byteLength(text));
    }),
  );
});

test('JSON of any form is read as the same bytes', (t) => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (json) => {
      t.true(packedAndBack(json).back.equals(Buffer.from(json)));
      t.true(packedAndBack(json, NO_WORDS).back.equals(Buffer.from(json)));
    }),
  );
});

test('what has control characters is not packed', (t) => {
  for (const text of ['{\n  "at": 1\n}', '\0', `"${String.fromCharCode(31)}"`]) t.is(packedAndBack(text).bytes, -1);
});

test('ids, moments, base64 and names take little room', (t) => {
  const sizes: readonly (readonly [text: string, bytes: number])[] = [
    [uuids[0]!, 17],
    [`channel-${uuids[0]}`, 8 + 17],
    [`"${uuids[0]}":"${uuids[1]}","${uuids[0]}"`, 17 + 17 + 1 + 8],
    ['"2026-11-30T03:33:32.214Z","2026-11-30T03:33:32.214Z"', 7 + 1 + 5],
    [`{"text":"${Buffer.alloc(300, 7).toString('base64')}"}`, 2 + 3 + 300 + 2],
    ['"MejMLDBtcEq0xTwI6cUV2v"', 2 + 2 + 17],
    ['{"$correlationId":"x","actor":"y","at":1', 2 + 1 + 2 + 1 + 2 + 1],
  ];
  for (const [text, bytes] of sizes) t.is(packedAndBack(text).bytes, bytes, text);
});

test('a message takes half of the room that it takes as it is', (t) => {
  const [id, person, command] = [uuids[0]!, uuids[1]!, '8ca13b4e-2f5d-4d1f-9a3e-4c0f1b2a3d4e'];
  const at = '2026-11-30T03:33:32.214Z';
  const event = {
    id,
    type: 'chat.message-posted.v1',
    contentType: 'application/json' as const,
    metadata: Buffer.from(JSON.stringify({ $correlationId: command, actor: person, at, command, request: 'MejMLDBtcEq0xTwI6cUV2v' })),
    data: Buffer.from(JSON.stringify({ sender: person, text: { $sealed: Buffer.alloc(284, 9).toString('base64') }, at })),
  };
  const record = encodeEvent(event, parseUuid(id)!, PLACE, WORDS);
  t.is(record[4], KIND_PACKED);
  t.true(record.length < 0.6 * encodePlain(event, parseUuid(id)!, PLACE).length);
  t.deepEqual(decodeEvent(record, WORDS), { ...event, ...PLACE });
});

test('an event that does not fit the packed form is kept as it is', (t) => {
  const event = { id: uuids[0]!, type: 'said', contentType: 'application/json' as const, metadata: Buffer.from('{}'), data: Buffer.from('{}') };
  const kept = [
    { event: { ...event, contentType: 'application/octet-stream' as const }, place: PLACE },
    { event: { ...event, data: Buffer.from('{\n}') }, place: PLACE },
    { event, place: { ...PLACE, revision: Number.MAX_SAFE_INTEGER } },
    { event, place: { ...PLACE, created: -1 } },
  ];
  for (const { event: one, place } of kept) {
    const record = encodeEvent(one, parseUuid(one.id)!, place, WORDS);
    t.not(record[4], KIND_PACKED);
    t.deepEqual(decodeEvent(record, WORDS), { ...one, ...place });
  }
});

test('packed bytes that are damaged are reported, and nothing is read beyond them', (t) => {
  const source = Buffer.from(`{"at":"2026-11-30T03:33:32.214Z","text":"${uuids[0]}${uuids[0]}${'A'.repeat(40)}"`);
  const target = Buffer.alloc(source.length);
  const packed = target.subarray(0, pack(source, target, WORDS));
  for (const cut of [0, 1, 5, packed.length - 1]) {
    t.throws(() => unpack(packed.subarray(0, cut), 0, Buffer.alloc(source.length), WORDS), { code: 'store-corrupted' }, `${cut} bytes`);
  }
  t.throws(() => unpack(packed, 0, Buffer.alloc(source.length), NO_WORDS), { code: 'store-corrupted' });
  for (const token of [13, 14, 15, 24, 31, 3])
    t.throws(() => unpack(Buffer.from([token]), 0, Buffer.alloc(1), WORDS), { code: 'store-corrupted' }, `token ${token}`);
});

test('a list of words grows at its end, up to its limit, and a damaged one is reported', (t) => {
  const grown = withWords(WORDS, ['at', 'new', 'new', '', 'a b', 'x'.repeat(65)]);
  t.deepEqual(grown.all, [...WORDS.all, 'new']);
  t.is(withWords(grown, ['at']), grown);
  t.is(
    withWords(
      grown,
      Array.from({ length: 2 * WORDS_MAX }, (_, n) => `word-${n}`),
    ).all.length,
    WORDS_MAX,
  );
  const stored = encodeWords(grown);
  t.deepEqual(decodeWords(stored).all, grown.all);
  stored[9]! ^= 1;
  t.throws(() => decodeWords(stored), { code: 'store-corrupted' });
});
