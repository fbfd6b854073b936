import test from 'ava';
import { randomBytes } from 'node:crypto';
import { createRecordSeal } from './sealed-records.ts';
import { openBytes, parseSealingKeys, sealBytes } from './sealing-keys.ts';

const encoded = (fill: number) => Buffer.alloc(32, fill).toString('base64');

test('a key file has a key a line, comments and empty lines', (t) => {
  const keys = parseSealingKeys(`# of November\n2026-11 ${encoded(1)}\n\n  2025-11   ${encoded(2)}  \r\n`);
  t.deepEqual(
    keys.map(({ id, bytes }) => [id, bytes[0], bytes.length]),
    [
      ['2026-11', 1, 32],
      ['2025-11', 2, 32],
    ],
  );
});

test('a key file that isn’t one is refused with the line, and without what is in it', (t) => {
  const refused = (text: string, message: RegExp) => {
    const error = t.throws(() => parseSealingKeys(text), { message });
    t.false(error.message.includes('secret'), error.message);
  };
  refused('', /has no key/);
  refused('# only a comment\n', /has no key/);
  refused(`a ${encoded(1)}\nsecret\n`, /^Line 2 /);
  refused(`a ${Buffer.from('secret').toString('base64')}`, /^Line 1 /);
  refused(`a ${encoded(1)} secret`, /^Line 1 /);
  refused(`$a ${encoded(1)}`, /^Line 1 /);
  refused(`a.b ${encoded(1)}`, /^Line 1 /);
  refused(`a ${encoded(1)}\na ${encoded(2)}`, /two keys with the id a/);
  refused(Array.from({ length: 17 }, (_, i) => `k${i} ${encoded(i)}`).join('\n'), /more than 16/);
});

test('what is sealed opens with its key in its place only, and no bit of it may differ', (t) => {
  const [key, other] = [1, 2].map((fill) => ({ id: 'k', bytes: Buffer.alloc(32, fill) }));
  if (key === undefined || other === undefined) throw new Error('two');
  const sealed = sealBytes(key, 'here', Buffer.from('text'));
  t.is(openBytes(key, 'here', sealed)?.toString(), 'text');
  t.is(openBytes(other, 'here', sealed), undefined);
  t.is(openBytes(key, 'there', sealed), undefined);
  t.notDeepEqual(sealBytes(key, 'here', Buffer.from('text')), sealed);
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Buffer.from(sealed);
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
    t.is(openBytes(key, 'here', flipped), undefined);
  }
  for (const length of [0, 1, 27]) t.is(openBytes(key, 'here', sealed.subarray(0, length)), undefined);
});

test('ids and owners have digests that differ by kind and by installation', (t) => {
  const keys = [{ id: 'k', bytes: randomBytes(32) }] as const;
  const [seal, elsewhere] = [createRecordSeal(keys, randomBytes(32)), createRecordSeal(keys, randomBytes(32))];
  const digests = [seal.digestOfId('session', 'ann'), seal.digestOfId('credential', 'ann'), seal.digestOfOwner('ann'), elsewhere.digestOfOwner('ann')];
  t.is(new Set(digests).size, 4);
  t.is(seal.digestOfOwner('ann'), String(digests[2]));
});
