import { Readable } from 'node:stream';
import test from 'ava';
import fc from 'fast-check';
import { encrypting, newIv, newSecret, readEncrypted } from './encrypted-objects.ts';
import { MediaUnavailable, type ByteRange, type MediaStore } from './port.ts';

const allOf = async (stream: Readable): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>));

const storeOf = (bytes: Buffer | undefined): Pick<MediaStore, 'read'> => ({
  read: async (_key, { from = 0, to = 0 }: Partial<ByteRange> = {}) =>
    bytes === undefined ? undefined : { bytes: bytes.length, stream: Readable.from([bytes.subarray(from, to + 1)]) },
});

test('what was encrypted is read from any byte to any other, by its secret alone', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.nat(), fc.nat(), async (plain, one, other) => {
      const secret = { secret: newSecret(), iv: newIv() };
      const stored = await allOf(Readable.from([Buffer.from(plain)]).pipe(encrypting(secret)));
      const [from, to] = [one % plain.length, other % plain.length].sort((a, b) => a - b) as [number, number];
      t.deepEqual(await allOf(await readEncrypted(storeOf(stored), 'k', secret, { from, to })), Buffer.from(plain.subarray(from, to + 1)));
      if (plain.length >= 16)
        t.notDeepEqual(
          await allOf(await readEncrypted(storeOf(stored), 'k', { ...secret, secret: newSecret() }, { from: 0, to: plain.length })),
          Buffer.from(plain),
        );
    }),
    { numRuns: 60 },
  );
});

test('a counter that comes to its end goes on at its beginning', async (t) => {
  const secret = { secret: newSecret(), iv: Buffer.alloc(16, 0xff).toString('base64url') };
  const stored = await allOf(Readable.from([Buffer.alloc(64, 7)]).pipe(encrypting(secret)));
  t.deepEqual(await allOf(await readEncrypted(storeOf(stored), 'k', secret, { from: 20, to: 63 })), Buffer.alloc(44, 7));
});

test('an object that the store has lost is an outage, and a stream that fails is one to its reader', async (t) => {
  const secret = { secret: newSecret(), iv: newIv() };
  await t.throwsAsync(readEncrypted(storeOf(undefined), 'k', secret, { from: 0, to: 1 }), { instanceOf: MediaUnavailable });
  const failing = {
    read: async () => ({
      bytes: 9,
      stream: new Readable({
        read() {
          this.destroy(new MediaUnavailable('gone'));
        },
      }),
    }),
  };
  await t.throwsAsync(async () => allOf(await readEncrypted(failing, 'k', secret, { from: 0, to: 8 })), { message: 'gone' });
});
