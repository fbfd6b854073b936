/** Analysts at work: exports beside a running Tidings, killed and gone on; SQL over what they keep. */
import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import test from 'ava';
import { startTidingsForTest, temporaryFolder } from '../../tests/start-for-test.ts';
import { createTerminal } from '../terminal.ts';
import { run } from '../run.ts';
import { parsed, runCli, signUp, startCli, waitUntil } from '../test-fixture.ts';
import { openDuckDb, quoted } from './export/duckdb.ts';
import { manifestIn } from './export/export-folder.ts';
import { FIRST_MS, writeLongLog } from '../../tests/write-long-log.ts';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const out = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsForTest(folder));
const ann = await signUp(tidings.addresses, 'ann');
const bob = await signUp(tidings.addresses, 'bob');
const SECRET = 'The cat sleeps on the piano.';
const first = await ann.post(SECRET);
await bob.give('PUT', `/v1/posts/${first}/like`, undefined);
test.after.always(() => stack.disposeAsync());

async function rowsOf(path: string, table: string, columns = '*'): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const parts = (await manifestIn(path))?.tables[table] ?? [];
  using duckDb = await openDuckDb();
  const read = await duckDb.runAndReadAll(`SELECT ${columns} FROM read_parquet([${parts.map((part) => quoted(join(path, part))).join(', ')}])`);
  return read.getRowObjectsJson();
}

test.serial('an export to Parquet has a table for each type, sealed; run again, it has what is new, and nothing twice', async (t) => {
  const path = join(out, 'parquet');
  t.is((await runCli(folder, 'log', 'export', '--out', path, '--format', 'parquet')).code, 0);
  const [posted] = await rowsOf(path, 'feed.post_published');
  t.like(posted, { event_type: 'feed.post-published.v1', post: first, author: ann.id, actor: ann.id, text: null, category: 'post', delivered: 'push' });
  t.deepEqual(await rowsOf(path, 'feed.liked', 'post, person'), [{ post: first, person: bob.id }]);
  const second = await ann.post('Another.');
  const [result] = parsed(await runCli(folder, 'log', 'export', '--out', path, '--format', 'parquet', '--json'));
  t.true((result?.['events'] as number) > 0);
  t.deepEqual(await rowsOf(path, 'feed.post_published', 'post'), [{ post: first }, { post: second }]);
});

test.serial('another export than the one that was begun is refused, and so is a folder with other things', async (t) => {
  const other = await runCli(folder, 'log', 'export', '--out', join(out, 'parquet'), '--format', 'parquet', '--types', 'feed.*');
  t.is(other.code, 1);
  t.regex(other.err, /was begun with types null/);
  const { code, err } = await runCli(folder, 'log', 'export', '--out', folder, '--format', 'csv');
  t.is(code, 1);
  t.regex(err, /has other files/);
  t.false(existsSync(join(folder, '.lock')));
});

test.serial('revealing needs a reason, is audited, and shows the words', async (t) => {
  const path = join(out, 'revealed');
  const asked = ['log', 'export', '--out', path, '--format', 'csv', '--types', 'feed.post-published.v1', '--reveal'];
  const refused = await runCli(folder, ...asked);
  t.not(refused.code, 0);
  t.false(existsSync(join(path, 'export.json')));
  t.is((await runCli(folder, ...asked, '--reason', 'Study 12')).code, 0);
  const csv = await readFile(join(path, 'feed.post_published', 'part-000001.csv'), 'utf8');
  t.true(csv.startsWith('log,position,stream,category,'));
  t.true(csv.includes(SECRET));
  const audit = parsed(await runCli(folder, 'audit', '--json'));
  t.true(audit.some(({ action, reason }) => action === 'reveal-log' && reason === 'Study 12'));
});

test.serial('pseudonyms are the same in every export under one key, others under another, and join what belongs together', async (t) => {
  const key = join(out, 'study.key');
  const exportTo = async (name: string, keyFile: string) => {
    const path = join(out, name);
    const asked = ['log', 'export', '--out', path, '--format', 'parquet', '--types', 'feed.*', 'people.registered.v1', '--pseudonyms', keyFile];
    const { code, err } = await runCli(folder, ...asked);
    t.is(code, 0, err);
    return { posts: await rowsOf(path, 'feed.post_published', 'post, author, actor'), people: await rowsOf(path, 'people.registered', 'stream_key') };
  };
  const one = await exportTo('pseudonyms-1', key);
  const again = await exportTo('pseudonyms-2', key);
  const other = await exportTo('pseudonyms-3', join(out, 'other.key'));
  t.deepEqual(one, again);
  t.notDeepEqual(one, other);
  t.is(one.posts[0]?.['author'], one.posts[0]?.['actor']);
  t.true(one.people.some(({ stream_key: person }) => person === one.posts[0]?.['author']));
  t.false(JSON.stringify(one).includes(ann.id));
  await writeFile(join(out, 'no.key'), 'secret');
  const wrong = await runCli(folder, 'log', 'export', '--out', join(out, 'x.ndjson'), '--pseudonyms', join(out, 'no.key'));
  t.regex(wrong.err, /is no key/);
});

test.serial('time and streams narrow an export', async (t) => {
  const linesOf = async (...scope: readonly string[]) => {
    const file = join(out, `${scope.join('').replaceAll(/\W/g, '')}.ndjson`);
    t.is((await runCli(folder, 'log', 'export', '--out', file, ...scope)).code, 0);
    return (await readFile(file, 'utf8'))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { readonly stream: string });
  };
  t.deepEqual(await linesOf('--to', '2020-01-01'), []);
  t.deepEqual(await linesOf('--from', '2200-01-01T00:00:00+09:00'), []);
  t.true((await linesOf('--from', '2020-01-01')).length > 5);
  const posts = await linesOf('--streams', 'post-*');
  t.true(posts.length >= 2 && posts.every(({ stream }) => stream.startsWith('post-')));
});

test.serial('SQL is asked about events by type, all events and views, as text, JSON, CSV and Parquet; words are in none', async (t) => {
  const sql = async (...asked: readonly string[]) => {
    const { code, out: lines, err } = await runCli(folder, 'sql', ...asked);
    t.is(code, 0, err);
    return lines;
  };
  const liked = 'select author, count(*) as likes from feed.liked join feed.post_published using (post) group by author';
  t.deepEqual(
    (await sql(liked, '--format', 'json')).map((line) => JSON.parse(line) as unknown),
    [{ author: ann.id, likes: 1 }],
  );
  t.deepEqual(await sql(liked, '--format', 'csv'), ['author,likes', `${ann.id},1`]);
  t.regex((await sql(liked))[0] ?? '', /^author +likes$/);
  await waitUntil(async () => (await sql("select post from views.likes where person = '" + bob.id + "'", '--format', 'csv')).includes(first));
  t.deepEqual(await sql('select count(*) as none from chat.message_withdrawn', '--format', 'json'), ['{"none":0}']);
  t.deepEqual(await sql("select min(occurred_at)::date = current_date as today from log.events where event_type = 'feed.liked.v1'", '--format', 'csv'), [
    'today',
    'true',
  ]);
  const profile = JSON.parse((await sql(`from views.profiles where id = '${ann.id}'`, '--format', 'json'))[0] ?? '{}') as object;
  t.like(profile, { id: ann.id, person: ann.id, erased: false });
  t.false('name' in profile);
  const file = join(out, 'likes.parquet');
  await sql(`${liked};`, '--format', 'parquet', '--out', file);
  using duckDb = await openDuckDb();
  t.deepEqual((await duckDb.runAndReadAll(`from ${quoted(file)}`)).getRowObjectsJson(), [{ author: ann.id, likes: '1' }]);
  for (const entry of await readdir(join(folder, 'analytics'), { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) t.false(readFileSync(join(entry.parentPath, entry.name)).includes('piano'), entry.name);
  }
});

test.serial('SQL that is wrong is told so, and words that reach SQL are null', async (t) => {
  const { code, err } = await runCli(folder, 'sql', 'select nothing from nowhere');
  t.is(code, 1);
  t.regex(err, /Table with name nowhere does not exist/);
  t.is((await runCli(folder, 'sql', 'select 1', '--format', 'parquet')).code, 2);
  t.deepEqual((await runCli(folder, 'sql', 'select distinct text from feed.post_published', '--format', 'json')).out, ['{"text":null}']);
});

test.serial('questions that are asked at once wait for each other’s update, and all are answered', async (t) => {
  await ann.post('At once.');
  const answers = await Promise.all(
    Array.from({ length: 3 }, () => startCli(folder, ['sql', 'select count(*) as posts from feed.post_published', '--format', 'csv']).ended),
  );
  for (const { code, out: lines, err } of answers) t.deepEqual([code, ...lines], [0, 'posts', '3'], err);
});

test.serial('many small updates of the tables become one part, and lose no event', async (t) => {
  const analytics = join(folder, 'analytics');
  for (let round = 0; round < 17; round++) {
    await ann.post(`Round ${round}`);
    await runCli(folder, 'sql', 'select 1');
  }
  const parts = (await manifestIn(analytics))?.tables['feed.post_published'] ?? [];
  t.true(parts.length < 16, parts.join(' '));
  const [counted] = parsed(
    await runCli(folder, 'sql', 'select count(*) as posts, count(distinct post) as different from feed.post_published', '--format', 'json'),
  );
  t.deepEqual(counted, { posts: 20, different: 20 });
});

test.serial('the shell answers statements of several lines, survives a wrong one, and lists the tables', async (t) => {
  const written: string[] = [];
  const collecting = () => new Writable({ write: (chunk: Buffer, _, done) => done(void written.push(chunk.toString())) });
  const input = new PassThrough();
  const interrupted = new AbortController();
  const terminal = createTerminal({ out: collecting(), err: collecting() }, interrupted);
  input.end(
    'select count(*) as posts\nfrom feed.post_published;\nselect nonsense;\n.columns feed.liked\n.tables\n.refresh\n.what\nselect 6*7 as answer;\n.exit\n',
  );
  const typed = { input, echo: collecting(), isTerminal: false };
  t.is(await run(['--data', folder, 'sql', '--format', 'csv'], { terminal, environment: {}, interrupted: interrupted.signal, typed }), 0);
  const text = written.join('');
  for (const expected of [/^posts\n20$/m, /nonsense/, /^person,VARCHAR/m, /^views\.posts$/m, /^answer\n42$/m, /A statement ends with a semicolon/])
    t.regex(text, expected);
});

test.serial('an export that is killed again and again has every event once', async (t) => {
  const own = stack.use(await temporaryFolder());
  const path = join(own.path, 'tables');
  await writeLongLog(own.path, 4_000);
  const asked = ['log', 'export', '--out', path, '--format', 'parquet', '--part-events', '200', '--share', '60'];
  let kills = 0;
  for (let chunks = 0; ;) {
    const exporting = startCli(own.path, asked);
    const wanted = chunks + 2;
    await waitUntil(async () => exporting.hasEnded() || ((await manifestIn(path))?.chunks ?? 0) >= wanted);
    if (exporting.hasEnded()) {
      t.is((await exporting.ended).code, 0, (await exporting.ended).err);
      break;
    }
    if (kills < 3) exporting.kill('SIGKILL');
    t.true(kills >= 3 || (await exporting.ended).code === 'SIGKILL');
    kills += kills < 3 ? 1 : 0;
    await exporting.ended;
    chunks = (await manifestIn(path))?.chunks ?? 0;
  }
  t.is(kills, 3);
  const [counted] = await rowsOf(path, 'chat.message_posted', 'count(*)::INTEGER AS rows, count(DISTINCT stream || revision)::INTEGER AS different');
  t.deepEqual(counted, { rows: 4_000, different: 4_000 });
  const listed = new Set(Object.values((await manifestIn(path))?.tables ?? {}).flat());
  const there = (await readdir(path, { recursive: true })).filter((name) => name.endsWith('.parquet'));
  t.deepEqual(there.toSorted(), [...listed].toSorted());
  const days = join(own.path, 'days');
  t.is((await runCli(own.path, 'log', 'export', '--out', days, '--format', 'csv', '--partition-by', 'day', '--types', 'chat.message-posted.v1')).code, 0);
  t.true(existsSync(join(days, 'chat.message_posted', `day=${new Date(FIRST_MS).toISOString().slice(0, 10)}`, 'part-000001.csv')));
});

test.serial('after a restore SQL begins again, and removes nothing that isn’t its own', async (t) => {
  const path = join(out, 'begun-again');
  const count = ['sql', 'select count(*) as posts from feed.post_published', '--folder', path, '--format', 'json'];
  const [before] = parsed(await runCli(folder, ...count));
  const ofAnotherLog = async (of: string) =>
    await writeFile(join(of, 'export.json'), JSON.stringify({ ...JSON.parse(await readFile(join(of, 'export.json'), 'utf8')), epoch: 7 }));
  await ofAnotherLog(path);
  await writeFile(join(path, 'report.md'), 'what an analyst has written');
  t.deepEqual(parsed(await runCli(folder, ...count)), [before], 'nothing twice');
  t.true(existsSync(join(path, 'report.md')));

  const exported = join(out, 'exported');
  t.is((await runCli(folder, 'log', 'export', '--out', exported, '--format', 'csv')).code, 0);
  await ofAnotherLog(exported);
  const files = await readdir(exported, { recursive: true });
  const { code, err } = await runCli(folder, 'sql', 'select 1', '--folder', exported);
  t.is(code, 1);
  t.regex(err, /was begun with format "csv"/);
  t.deepEqual(await readdir(exported, { recursive: true }), files);
});

test.serial('a file of pseudonyms never goes on with ids, nor one of ids with pseudonyms', async (t) => {
  const key = ['--pseudonyms', join(out, 'study.key')];
  for (const [name, first, then] of [
    ['pseudonyms', key, []],
    ['ids', [], key],
  ] as const) {
    const exported = ['log', 'export', '--out', join(out, `only-${name}.ndjson`)];
    t.is((await runCli(folder, ...exported, ...first)).code, 0);
    await ann.post('One more.');
    const before = await readFile(join(out, `only-${name}.ndjson`), 'utf8');
    t.is(before.includes(ann.id), name === 'ids');
    const refused = await runCli(folder, ...exported, ...then);
    t.is(refused.code, 1);
    t.regex(refused.err, /was begun with pseudonyms (null|"\w+")\. Go on with the same/);
    t.is(await readFile(join(out, `only-${name}.ndjson`), 'utf8'), before);
    t.is((await runCli(folder, ...exported, ...first)).code, 0);
    t.true((await readFile(join(out, `only-${name}.ndjson`), 'utf8')).length > before.length);
  }
});

test.serial('a file never goes on with other events than it was begun with, nor with those of another log', async (t) => {
  const file = join(out, 'posts.ndjson');
  const exported = ['log', 'export', '--out', file, '--types', 'feed.*'];
  t.is((await runCli(folder, ...exported)).code, 0);
  const before = await readFile(file, 'utf8');
  await ann.post('And one more.');
  const facts = `${file}.export.json`;
  const known = await readFile(facts, 'utf8');
  const refused = async (sentence: RegExp, ...asked: readonly string[]) => {
    const { code, err } = await runCli(folder, ...(asked.length === 0 ? exported : asked));
    t.is(code, 1);
    t.regex(err, sentence);
    t.is(await readFile(file, 'utf8'), before);
  };
  await refused(/was begun with types \["feed\..*Go on with the same/, 'log', 'export', '--out', file);
  await writeFile(facts, JSON.stringify({ ...JSON.parse(known), epoch: 7 }));
  await refused(/The log was restored from a backup since .*posts\.ndjson was begun/);
  await rm(facts);
  await refused(/posts\.ndjson\.export\.json, which says what .* is missing/);
  await writeFile(facts, known);
  t.is((await runCli(folder, ...exported)).code, 0);
  const after = await readFile(file, 'utf8');
  t.true(after.startsWith(before) && after.length > before.length);
});
