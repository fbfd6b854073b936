import test from 'ava';
import fc from 'fast-check';
import { crc32c } from './crc32c.ts';
import { checkRecord, decodeEvent, encodeEvent, encodeHole, positionAfterHole, isHole } from './record.ts';
import { NO_WORDS } from './packing/words.ts';
import { formatUuid, parseUuid } from './uuid.ts';

test('the checksum is CRC-32C, by the test vectors of RFC 3720 (appendix B.4)', (t) => {
  const check = (bytes: Uint8Array) => crc32c(bytes, 0, bytes.length).toString(16);
  t.is(check(Buffer.from('123456789')), 'e3069283');
  t.is(check(Buffer.alloc(32)), '8a9136aa');
  t.is(check(Buffer.alloc(32, 255)), '62a8ab43');
  t.is(check(Buffer.from(Array.from({ length: 32 }, (_, at) => at))), '46dd794e');
  t.is(check(Buffer.from(Array.from({ length: 32 }, (_, at) => 31 - at))), '113fdb5c');
});

test('a UUID survives the conversion to bytes and back, and only lower case is accepted', (t) => {
  fc.assert(fc.property(fc.uuid(), (id) => formatUuid(parseUuid(id)!, 0) === id));
  for (const not of [
    '',
    'x',
    '0'.repeat(36),
    '00000000-0000-4000-8000-00000000000G',
    '00000000-0000-4000-8000-00000000000A',
    '00000000x0000-4000-8000-000000000000',
    'ü0000000-0000-4000-8000-000000000000',
  ]) {
    t.is(parseUuid(not), undefined, not);
  }
});

const someEvent = fc.record({
  id: fc.uuid(),
  type: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  contentType: fc.constantFrom('application/json' as const, 'application/octet-stream' as const),
  data: fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  metadata: fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
});
const somePlace = fc.record({
  stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  revision: fc.nat(),
  position: fc.maxSafeNat().map((position) => position % 2 ** 47),
  created: fc.maxSafeNat(),
});

test('a record decodes to its event, and any flipped bit or wrong position is detected', (t) => {
  fc.assert(
    fc.property(someEvent, somePlace, fc.nat(), (event, place, flip) => {
      const record = encodeEvent(event, parseUuid(event.id)!, place, NO_WORDS);
      checkRecord(record, place.position);
      t.deepEqual(decodeEvent(record, NO_WORDS), { ...event, ...place });
      t.throws(() => checkRecord(record, place.position + 1), { code: 'store-corrupted' });
      record[(flip >> 3) % record.length]! ^= 1 << (flip & 7);
      t.throws(() => checkRecord(record, place.position), { code: 'store-corrupted' });
    }),
  );
});

test('a hole tells where it ends', (t) => {
  const hole = encodeHole(7, 12);
  checkRecord(hole, 7);
  t.true(isHole(hole));
  t.is(positionAfterHole(hole), 12);
  t.throws(() => checkRecord(hole, 8), { code: 'store-corrupted' });
  t.throws(() => checkRecord(Buffer.alloc(3), 0), { code: 'store-corrupted' });
});
