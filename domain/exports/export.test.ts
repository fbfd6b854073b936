import { crc32 } from 'node:zlib';
import test from 'ava';
import fc from 'fast-check';
import { fromBufferPromise } from 'yauzl';
import type { ObjectKey } from '../media/media-facts.ts';
import { given } from '../shared/given-when-then.ts';
import type { ChannelId, ExportId, PersonId } from '../shared/ids.ts';
import { DAY_MS, instant, plus } from '../shared/instant.ts';
import { EXPORT_KEPT_DAYS, EXPORT_REMOVAL_GRACE_MS, endOfExport, exportOf, NO_COUNTS } from './export.ts';
import type { ExportEvent } from './events.ts';
import { layoutOf } from './layout.ts';
import { zipBytesOf, zipHeaderOf, type ZipEntry } from './zip.ts';

const id = 'e' as ExportId;
const [owner, other] = ['ann', 'bob'] as unknown as readonly [PersonId, PersonId];
const at = instant(Date.UTC(2030, 0, 1));
const subject = { kind: 'channel', channel: 'c' as ChannelId } as const;
const asked = { type: 'request', export: id, owner, subject, mayRead: true, secret: 's', at } as const;
const requested: ExportEvent = { type: 'exports.requested.v1', data: { export: id, owner, subject, secret: 's', at } };
const stretch = (part: number) => ({ part, object: `o${part}` as ObjectKey, bytes: 9, iv: 'iv', entries: [] });
const counts = { ...NO_COUNTS, messages: 3 };
const record = (part: number, next: string | null) => ({ type: 'record-part', export: id, part: stretch(part), counts, percent: 50, next, at }) as const;
const made = (part: number, next: string | null): ExportEvent => ({
  type: 'exports.part-made.v1',
  data: { export: id, owner, ...stretch(part), counts, percent: 50, next, at },
});
const finish = { type: 'finish', export: id, bytes: 31, requestedAt: at, at } as const;
const expiresAt = plus(at, EXPORT_KEPT_DAYS * DAY_MS);
const ready: ExportEvent = { type: 'exports.ready.v1', data: { export: id, owner, bytes: 31, counts, at, expiresAt } };
const ended = (reason: 'expired' | 'deleted' | 'unreadable' | 'person-erased', when = at): ExportEvent => ({
  type: 'exports.ended.v1',
  data: { export: id, owner, reason, at: when },
});

test('a person asks for what they may read, and once', (t) => {
  given(exportOf).when(asked).then(t, requested);
  given(exportOf, requested).when(asked).then(t);
  given(exportOf)
    .when({ ...asked, mayRead: false })
    .thenRefused(t, 'channel-unknown');
});

test('of several who make the same part one is believed, and none behind the last', (t) => {
  given(exportOf, requested).when(record(0, 'b')).then(t, made(0, 'b'));
  given(exportOf, requested, made(0, 'b')).when(record(0, 'c')).then(t);
  given(exportOf, requested, made(0, 'b')).when(record(2, 'c')).then(t);
  given(exportOf, requested, made(0, 'b')).when(record(1, null)).then(t, made(1, null));
  given(exportOf, requested, made(0, null)).when(record(1, null)).then(t);
  for (const events of [[], [requested, made(0, null), ready], [requested, ended('deleted')]])
    given(exportOf, ...events)
      .when(record(1, 'c'))
      .then(t);
});

test('it is ready behind its last part, for as many days as it is kept', (t) => {
  given(exportOf, requested, made(0, 'b')).when(finish).then(t);
  given(exportOf, requested, made(0, null)).when(finish).then(t, ready);
  given(exportOf, requested, made(0, null), ready).when(finish).then(t);
  const late = plus(at, 2 * DAY_MS);
  given(exportOf, requested, made(0, null))
    .when({ ...finish, at: late })
    .then(t, { type: 'exports.ready.v1', data: { export: id, owner, bytes: 31, counts, at: late, expiresAt: endOfExport(at) } });
  const end = { type: 'end', export: id, reason: 'expired' } as const;
  given(exportOf, requested, made(0, null), ready)
    .when({ ...end, at: plus(expiresAt, -1) })
    .then(t);
  given(exportOf, requested, made(0, null), ready)
    .when({ ...end, at: expiresAt })
    .then(t, ended('expired', expiresAt));
  given(exportOf, requested)
    .when({ ...end, at: expiresAt })
    .then(t);
  given(exportOf, requested, made(0, 'b'))
    .when({ ...end, requestedAt: at, at: plus(endOfExport(at), -1) })
    .then(t);
  given(exportOf, requested, made(0, 'b'))
    .when({ ...end, requestedAt: at, at: endOfExport(at) })
    .then(t, ended('expired', endOfExport(at)));
});

test('its owner alone deletes it, and it is removed when nothing can be on its way any more', (t) => {
  const remove = { type: 'delete', export: id, owner, at } as const;
  for (const events of [[requested], [requested, made(0, 'b')], [requested, made(0, null), ready]]) {
    given(exportOf, ...events)
      .when(remove)
      .then(t, ended('deleted'));
    given(exportOf, ...events)
      .when({ ...remove, owner: other })
      .thenRefused(t, 'export-unknown');
  }
  given(exportOf).when(remove).thenRefused(t, 'export-unknown');
  given(exportOf, requested, ended('expired')).when(remove).then(t);
  const grace = plus(at, EXPORT_REMOVAL_GRACE_MS);
  given(exportOf, requested, ended('deleted'))
    .when({ type: 'remove', export: id, at: plus(grace, -1) })
    .then(t);
  given(exportOf, requested, ended('deleted'))
    .when({ type: 'remove', export: id, at: grace })
    .then(t, { type: 'exports.removed.v1', data: { export: id, owner } });
  given(exportOf, requested).when({ type: 'remove', export: id, at: grace }).then(t);
});

test('what ends it ends it once, wherever it is', (t) => {
  const end = { type: 'end', export: id, reason: 'person-erased', at } as const;
  for (const events of [[requested], [requested, made(0, 'b')], [requested, made(0, null), ready]])
    given(exportOf, ...events)
      .when(end)
      .then(t, ended('person-erased'));
  for (const events of [[], [requested, ended('deleted')]])
    given(exportOf, ...events)
      .when(end)
      .then(t);
});

test('whoever reads ZIP archives finds every file of one that is laid in parts, with its bytes', async (t) => {
  const file = fc.record({ name: fc.stringMatching(/^[a-z]{1,8}\/[a-z0-9-]{1,20}\.[a-z]{3}$/), content: fc.uint8Array({ maxLength: 300 }) });
  const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(files, fc.nat({ max: 5 }), async (all, perPart) => {
      const entries = all.map(({ name, content }): ZipEntry => ({
        name,
        bytes: content.length,
        packedBytes: content.length,
        crc32: crc32(content),
        method: 'stored',
      }));
      const bytes = Buffer.concat(entries.flatMap((entry, i) => [zipHeaderOf(entry), all[i]?.content ?? Buffer.alloc(0)]));
      t.is(
        entries.reduce((sum, entry) => sum + zipBytesOf(entry), 0),
        bytes.length,
      );
      const size = perPart + 1;
      const parts = Array.from({ length: Math.ceil(entries.length / size) }, (_, i) => {
        const own = entries.slice(i * size, (i + 1) * size);
        return { ...stretch(i), bytes: own.reduce((sum, entry) => sum + zipBytesOf(entry), 0), entries: own };
      });
      const layout = layoutOf(parts);
      t.is(layout.bytes, bytes.length + layout.directory.length);
      t.deepEqual(await filesIn(Buffer.concat([bytes, layout.directory])), new Map(all.map(({ name, content }) => [name, Buffer.from(content)])));
    }),
    { numRuns: 40 },
  );
});

async function filesIn(archive: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(archive, { lazyEntries: true, validateEntrySizes: true });
  const found = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) found.set(entry.fileName, Buffer.concat(await Array.fromAsync(await zip.openReadStreamPromise(entry))));
  return found;
}

test('an archive of more than 65,535 files, or beyond four gigabytes, has the 64-bit directory', async (t) => {
  const large: ZipEntry = { name: 'media/a.mp4', bytes: 0xf000_0000, packedBytes: 0xf000_0000, crc32: 1, method: 'stored' };
  const { directory, bytes } = layoutOf([{ ...stretch(0), bytes: 2 * zipBytesOf(large), entries: [large, { ...large, name: 'media/b.mp4' }] }]);
  t.is(bytes, 2 * (30 + 11 + 0xf000_0000) + directory.length);
  t.is(Buffer.from(directory).readUInt32LE(directory.length - 22 + 16), 0xffff_ffff, 'where it begins is told in 64 bits');
  const many = Array.from({ length: 65_536 }, (_, i): ZipEntry => ({
    name: `m/${String(i).padStart(6, '0')}`,
    bytes: 0,
    packedBytes: 0,
    crc32: 0,
    method: 'stored',
  }));
  const local = Buffer.concat(many.map(zipHeaderOf));
  const archive = Buffer.concat([local, layoutOf([{ ...stretch(0), bytes: local.length, entries: many }]).directory]);
  t.is((await fromBufferPromise(archive, { lazyEntries: true })).entryCount, 65_536);
});
