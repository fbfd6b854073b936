/** Exports from being asked for to their download, by the real workers. */
import test from 'ava';
import { fromBufferPromise } from 'yauzl';
import type { ChannelId, ExportId } from '../../../domain/shared/ids.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/shared/instant.ts';
import { EXPORT_KEPT_DAYS } from '../../../domain/exports/export.ts';
import { createExportUrls } from '../../media/export-urls.ts';
import { picture, upload } from '../../media/test-fixture.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../../test-fixture.ts';

let api: ReadApiFixture;
test.before(async () => void (api = await givenReadApi()));
test.after.always(() => api[Symbol.asyncDispose]());

type Shown = {
  readonly id: string;
  readonly status: string;
  readonly percent: number;
  readonly messages: number;
  readonly posts: number;
  readonly media: number;
  readonly leftOut: number;
  readonly bytes: number | null;
  readonly reason: string | null;
  readonly url: string | null;
};

const exportsOf = async (reader: LoggedInPerson, query = '') =>
  (await api.requestAfterWrites(reader, `/v1/me/exports${query}`)).body as unknown as { readonly exports: readonly Shown[]; readonly next: string | null };

const ask = async ({ person }: LoggedInPerson, channel?: ChannelId): Promise<ExportId> => {
  const subject = channel === undefined ? ({ kind: 'person' } as const) : ({ kind: 'channel', channel } as const);
  const { id } = await api.expectSuccess(api.work.commands.requestExport({ person, subject }, api.work.by(person)));
  return id;
};

async function exported(reader: LoggedInPerson, channel?: ChannelId): Promise<Shown> {
  const id = await ask(reader, channel);
  await api.work.untilIdle();
  const [shown] = (await exportsOf(reader)).exports.filter((one) => one.id === (id as string));
  if (shown === undefined) throw new Error('The export is in no list.');
  return shown;
}

const download = (url: string | null, headers: Readonly<Record<string, string>> = {}) => fetch(api.url + (url ?? ''), { headers });

async function filesAt(url: string | null): Promise<ReadonlyMap<string, Buffer>> {
  const zip = await fromBufferPromise(Buffer.from(await (await download(url)).arrayBuffer()), { lazyEntries: true, validateEntrySizes: true });
  const found = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) found.set(entry.fileName, Buffer.concat(await Array.fromAsync(await zip.openReadStreamPromise(entry))));
  return found;
}

const linesOf = (files: ReadonlyMap<string, Buffer>, section: string): readonly Readonly<Record<string, unknown>>[] =>
  [...files]
    .filter(([name]) => name.startsWith(`${section}/`) && name.endsWith('.ndjson'))
    .flatMap(([, content]) => content.toString().trimEnd().split('\n'))
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

test.serial('a channel is exported with all that its owner may read, and told of when it is ready', async (t) => {
  const [ada, bob] = [await api.person('Ada <b>'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  const { commands, by } = api.work;
  const script = '<script>alert("1")</script> & <img src=x onerror=alert(1)>';
  const seqs = [await api.sendMessage(ada, channel, 'Hello Bob'), await api.sendMessage(bob, channel, script), await api.sendMessage(bob, channel, 'Oops')];
  await api.expectSuccess(commands.withdrawMessage({ person: bob.person, channel, message: seqs[2] ?? -1 }, by(bob.person)));
  const media = await upload(api, ada, await picture('red'));
  await api.expectSuccess(commands.postMessage({ channel, sender: ada.person, text: '', clientId: 'c', media: [{ media, alt: 'All "red"' }] }, by(ada.person)));
  const shown = await exported(ada, channel);
  t.like(shown, { status: 'ready', percent: 100, messages: 4, posts: 0, media: 1, leftOut: 0 });
  const files = await filesAt(shown.url);
  t.deepEqual([...files.keys()].toSorted(), [
    'channel/000001.html',
    'channel/000001.ndjson',
    'index.html',
    'media/messages-1-3-0.jpg',
    'messages/000001.html',
    'messages/000001.ndjson',
  ]);
  const lines = linesOf(files, 'messages');
  t.like(lines[1], { seq: seqs[1] ?? -1, sender: bob.person, name: 'Bob', text: script });
  t.like(lines[2], { text: null, withdrawn: true });
  t.like(lines[3], { media: [{ kind: 'image', alt: 'All "red"', file: 'media/messages-1-3-0.jpg' }] });
  t.like(linesOf(files, 'channel')[0], { channel, kind: 'direct' });
  const page = files.get('messages/000001.html')?.toString() ?? '';
  t.false(page.includes('<script') || page.includes('<img src=x') || page.includes('Ada <b>'));
  t.true(page.includes('&lt;script&gt;') && page.includes('Ada &lt;b&gt;') && page.includes('src="../media/messages-1-3-0.jpg" alt="All &quot;red&quot;"'));
  t.false(
    [...files.values()].some((content) => /"(object|variants)"/.test(content.toString())),
    'nobody learns the keys of the store',
  );
  const { notifications } = (await api.requestAfterWrites(ada, '/v1/me/notifications')).body;
  t.like(notifications[0], { source: 'export', content: { title: 'Your export is ready' }, data: { export: shown.id, notice: 'ready' } });
});

test.serial('a download goes on where it was cut off, and an address is worth nothing to anybody without its signature', async (t) => {
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const channel = await api.direct(ada, bob);
  for (let i = 0; i < 40; i++) await api.sendMessage(ada, channel, `${i} ${'가나다'.repeat(200)}`);
  const { url, bytes } = await exported(bob, channel);
  const whole = await download(url);
  t.like(Object.fromEntries(whole.headers), {
    'content-type': 'application/zip',
    'content-length': String(bytes),
    'content-disposition': 'attachment; filename="export.zip"',
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  const all = Buffer.from(await whole.arrayBuffer());
  t.is(all.length, bytes ?? -1);
  for (const [from, to] of [
    [0, 0],
    [1, 40],
    [17, 5_000],
    [(bytes ?? 0) - 200, (bytes ?? 0) - 1],
    [100, (bytes ?? 0) - 30],
  ] as const) {
    const part = await download(url, { range: `bytes=${from}-${to}` });
    t.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes ${from}-${to}/${bytes}`]);
    t.true(Buffer.from(await part.arrayBuffer()).equals(all.subarray(from, to + 1)), `${from}–${to}`);
  }
  t.is((await download(url, { range: `bytes=${bytes}-` })).status, 416);
  t.is((await download(url, { 'if-none-match': whole.headers.get('etag') ?? '' })).status, 304);
  for (const forged of [url?.replace(/signature=.{4}/, 'signature=AAAA'), url?.replace(/until=\d/, 'until=9')])
    t.is((await download(forged ?? '')).status, 404);
  const other = await exported(ada, channel);
  t.is((await download(`/v1/exports/${other.id}/archive${url?.slice(url.indexOf('?'))}`)).status, 404, 'it is of one export');
  api.work.time.setBy(2 * HOUR_MS);
  t.is((await download(url)).status, 404, 'it is good for an hour');
  t.is((await download((await exportsOf(bob)).exports[0]?.url ?? null)).status, 200);
});

test.serial('everything of a person is theirs alone, and what others wrote isn’t in it', async (t) => {
  const [ada, bob] = [await api.person('Ada'), await api.person('Bob')];
  const { commands, by } = api.work;
  const channel = await api.direct(ada, bob);
  await api.sendMessage(bob, channel, 'A secret of Bob');
  const mine = [await api.sendMessage(ada, channel, 'Mine'), await api.sendMessage(ada, channel, 'Mine too')];
  const left = await api.group(bob, ada);
  await api.sendMessage(ada, left, 'Said before I left');
  await api.sendMessage(bob, left, 'Another secret');
  await api.expectSuccess(commands.leaveChannel({ person: ada.person, channel: left }, by(ada.person)));
  await api.friends(ada, bob);
  const bookmarked = await api.post(bob, 'A post of Bob');
  await api.expectSuccess(commands.bookmarkPost({ person: ada.person, post: bookmarked }, by(ada.person)));
  const post = await api.post(ada, 'A post of Ada');
  const media = await upload(api, ada, await picture('blue'));
  await api.expectSuccess(commands.changeProfile({ person: ada.person, about: 'Engines', picture: { media } }, by(ada.person)));
  await api.expectSuccess(commands.registerDevice({ person: ada.person, device: 'phone' as never, platform: 'fcm', token: 'a-push-token' }, by(ada.person)));
  const shown = await exported(ada);
  t.like(shown, { status: 'ready', messages: 3, posts: 1, media: 1 });
  const files = await filesAt(shown.url);
  t.deepEqual(
    linesOf(files, 'messages').map(({ text, seq }) => [text, seq]),
    [
      ['Mine', mine[0]],
      ['Mine too', mine[1]],
      ['Said before I left', 0],
    ],
  );
  t.like(linesOf(files, 'posts')[0], { post, text: 'A post of Ada' });
  t.like(linesOf(files, 'profile')[0], { name: 'Ada', about: 'Engines' });
  t.like(linesOf(files, 'friends')[0], { friend: bob.person });
  t.like(linesOf(files, 'bookmarks')[0], { post: bookmarked });
  t.is(linesOf(files, 'sessions').length, 1);
  t.like(linesOf(files, 'contacts')[0], { devices: [{ device: 'phone', platform: 'fcm' }] });
  const everything = Buffer.concat([...files.values()]).toString('latin1');
  for (const secret of ['secret of Bob', 'Another secret', 'A post of Bob', 'a-push-token', ada.session]) t.false(everything.includes(secret), secret);
});

test.serial('exports are listed by the page, newest first', async (t) => {
  const ada = await api.person('Ada');
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    ids.unshift(await ask(ada));
    await api.work.time.advance(10);
  }
  const first = await exportsOf(ada, '?limit=2');
  const rest = await exportsOf(ada, `?limit=2&before=${encodeURIComponent(first.next ?? '')}`);
  t.deepEqual(
    [first, rest].map(({ exports }) => exports.map(({ id }) => id)),
    [ids.slice(0, 2), ids.slice(2)],
  );
  t.is(rest.next, null);
});

test.serial('it can be had for a week, and not at all once it is deleted or its owner erased', async (t) => {
  const [ada, bob, cyd] = [await api.person('Ada'), await api.person('Bob'), await api.person('Cyd')];
  const { commands, by } = api.work;
  const [expiring, deleted, erased] = [await exported(ada), await exported(bob), await exported(cyd)];
  t.is((await download(deleted.url)).status, 200);
  await api.expectSuccess(commands.deleteExport({ person: bob.person, export: deleted.id as ExportId }, by(bob.person)));
  t.is((await download(deleted.url)).status, 404);
  t.like((await exportsOf(bob)).exports[0], { status: 'ended', reason: 'deleted', url: null });
  const refused = await commands.deleteExport({ person: bob.person, export: expiring.id as ExportId }, by(bob.person));
  t.is(refused.outcome === 'refused' && refused.refusal.code, 'export-unknown');
  await api.expectSuccess(commands.erasePerson({ person: cyd.person }, by(cyd.person)));
  t.is((await download(erased.url)).status, 404);
  t.true((await api.work.mediaStore.list('exports')).length > 0);
  const { work } = api;
  const urlNow = () => createExportUrls(Buffer.from('the secret of a test'), work.clock).urlOf(expiring.id as ExportId);
  work.time.setBy((EXPORT_KEPT_DAYS - 1) * DAY_MS);
  t.is((await download(urlNow())).status, 200);
  work.time.setBy(DAY_MS + MINUTE_MS);
  t.is((await download(urlNow())).status, 404);
  await work.advanceUntil(async () => (await work.mediaStore.list('exports')).length === 0, { stepMs: MINUTE_MS });
  const rowsOf = ({ person }: LoggedInPerson) => work.views.find('exports', { where: { owner: person }, order: { place: 1 }, limit: 10 });
  t.like((await rowsOf(ada))[0], { status: 'ended', reason: 'expired' });
  work.time.setBy(2 * HOUR_MS);
  await work.advanceUntil(async () => (await Promise.all([ada, bob, cyd].map(rowsOf))).flat().length === 0, { stepMs: MINUTE_MS });
});
