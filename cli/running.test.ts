/** The command line beside a running process. Serial, for each test sees the posts of those before it. */
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { startTidingsProcess, temporaryFolder } from '../tests/start-for-test.ts';
import type { LogLine } from '../app/control/log-line.ts';
import { treeOf } from './commands/trace.ts';
import { parsed, runCli, signUp, startCli, waitUntil } from './test-fixture.ts';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsProcess(folder));
const ann = await signUp(tidings.addresses);
const first = await ann.post('The first of all.');
test.after.always(() => stack.disposeAsync());

test.serial('lists every running projection, without a lag when nothing happens', async (t) => {
  await waitUntil(async () => parsed(await runCli(folder, 'projections', 'list', '--json')).every(({ lagEvents }) => lagEvents === 0));
  const lines = parsed(await runCli(folder, 'projections', 'list', '--json'));
  t.true(lines.every(({ state, active, deadLetters }) => state === 'live' && active === true && deadLetters === 0));
  t.true(['inbox', 'feed-fan-out', 'finish-erasing'].every((wanted) => lines.some(({ name }) => name === wanted)));
  const { out } = await runCli(folder, 'projections', 'list');
  t.regex(out[0] ?? '', /^NAME +VERSION +BUILD +KIND +STATE/);
  t.is(out.length, lines.length + 1);
});

test.serial('prints events decoded, with personal fields only on request', async (t) => {
  const asked = ['log', 'read', '--types', 'feed.post-published.v1', '--limit', '1', '--json'];
  const [hidden] = parsed(await runCli(folder, ...asked));
  t.like(hidden, { type: 'feed.post-published.v1', revision: 0, data: { post: first, text: { sealed: true } } });
  const [shown] = parsed(await runCli(folder, ...asked, '--reveal', '--reason', 'a test'));
  t.like(shown, { data: { post: first, text: 'The first of all.' } });
  const { out } = await runCli(folder, 'log', 'read', '--types', 'feed.post-published.v1', '--limit', '1');
  t.regex(out[0] ?? '', /^0\.\d+ {2}post-\w+@0 {2}feed\.post-published\.v1 {2}\d{4}-.*Z {2}[0-9a-f-]{36} {2}\{.*"text":\{"sealed":true\}/);
});

test.serial('reads a stream from a revision, the log from a position, and backwards', async (t) => {
  const stream = (await all('--types', 'people.*'))[0]?.['stream'] as string;
  t.deepEqual(
    (await all('--stream', stream)).map(({ revision }) => revision),
    [0],
  );
  t.deepEqual(await all('--stream', stream, '--from', '1'), []);
  const everything = await all();
  const third = everything[2]?.['position'] as string;
  t.is((await all('--from', third, '--limit', '1'))[0]?.['position'], third);
  const backwards = (await all('--backwards')).map(({ position }) => position);
  t.deepEqual(
    backwards.toReversed().slice(0, everything.length),
    everything.map(({ position }) => position),
  );
});

test.serial('tells what one request led to, by its id, by the correlation, and by an event of it', async (t) => {
  const [event] = await all('--types', 'feed.post-published.v1', '--limit', '1');
  const correlation = String(event?.['correlationId']);
  for (const id of [correlation, `urn:tidings:request:${correlation}`, String(event?.['id'])]) {
    const { code, out } = await runCli(folder, 'trace', id);
    t.is(code, 0);
    t.regex(out[0] ?? '', /^ +\+0 ms {2}feed\.post-published\.v1 {2}post-\w+@0 {2}[0-9a-f-]{36}$/);
  }
  const [line] = parsed(await runCli(folder, 'trace', correlation, '--json'));
  t.like(line, { id: event?.['id'], data: { text: { sealed: true } } });
  const nothing = await runCli(folder, 'trace', '00000000-0000-4000-8000-000000000000');
  t.is(nothing.code, 1);
  t.regex(nothing.err, /Nothing in the last 7 days/);
});

test('a story is a tree: what an event caused stands below it', (t) => {
  const line = (id: string, causationId: string | undefined, at: string) =>
    ({
      id,
      type: `t.${id}`,
      stream: `s-${id}`,
      revision: 0,
      position: '0.1',
      at,
      actor: 'a',
      correlationId: 'c',
      data: {},
      ...(causationId !== undefined && { causationId }),
    }) as LogLine;
  const story = [
    line('a', undefined, '2030-01-01T00:00:00.000Z'),
    line('b', 'a', '2030-01-01T00:00:00.020Z'),
    line('c', 'b', '2030-01-01T00:00:02.500Z'),
    line('d', 'a', '2030-01-01T00:00:03.000Z'),
  ];
  t.deepEqual(treeOf(story), ['      +0 ms  t.a  s-a@0  a', '     +20 ms  ├ t.b  s-b@0  a', '     +2.5 s  │ └ t.c  s-c@0  a', '     +3.0 s  └ t.d  s-d@0  a']);
});

const all = async (...args: readonly string[]) => parsed(await runCli(folder, 'log', 'read', '--json', ...args));

test.serial('follows the log until Ctrl-C, and then exits with 0', async (t) => {
  const tail = startCli(folder, ['log', 'tail', '--types', 'feed.*', '--json', '--reveal', '--reason', 'a test']);
  await waitUntil(async () => {
    await ann.post('Does anybody hear this?');
    return tail.out.length > 0;
  });
  tail.kill('SIGINT');
  const { code, err } = await tail.ended;
  t.is(code, 0);
  t.is(err, '');
  t.like(parsed(tail)[0], { data: { text: 'Does anybody hear this?' } });
});

test.serial('follows a stream from its beginning without a gap, up to the limit', async (t) => {
  const [activated] = await all('--types', 'operations.version-activated.v1', '--limit', '1');
  const stream = activated?.['stream'] as string;
  const { code, out } = await runCli(folder, 'log', 'tail', '--stream', stream, '--from', '0', '--limit', '1', '--json');
  t.is(code, 0);
  t.deepEqual(parsed({ out }), [activated]);
});

test.serial('stops silently when the reader closes the output', async (t) => {
  for (let i = 0; i < 50; i += 1) await ann.post(`${i}: ${'long '.repeat(200)}`);
  const reading = startCli(folder, ['log', 'read', '--json', '--reveal', '--reason', 'a test']);
  await waitUntil(() => reading.out.length > 0);
  reading.stopReading();
  const { code, err } = await reading.ended;
  t.is(code, 0);
  t.is(err, '');
});

test.serial('rebuilds a projection during posting, with every post in it', async (t) => {
  let isOver = false;
  const posting = (async () => {
    const posts: string[] = [];
    while (!isOver) posts.push(await ann.post('Meanwhile.'));
    return posts;
  })();
  const { code, out } = await runCli(folder, 'projections', 'rebuild', 'posts', '--json');
  isOver = true;
  const posts = await posting;
  t.is(code, 0);
  t.deepEqual(parsed({ out }), [{ projection: 'posts', outcome: 'activated' }]);
  t.true(posts.length > 0);
  const active = parsed(await runCli(folder, 'projections', 'list', '--json')).filter((line) => line['name'] === 'posts' && line['active'] === true);
  t.true((active[0]?.['build'] as number) >= 1);
  for (const post of posts) await waitUntil(async () => (await ann.read(`/v1/posts/${post}`)) === 200);
});

test.serial('refuses to rebuild a reactor', async (t) => {
  const { code, err } = await runCli(folder, 'projections', 'rebuild', 'feed-fan-out');
  t.is(code, 1);
  t.regex(err, /There is no projector feed-fan-out.*inbox/s);
});

test.serial('exports everything, continues an export, and repairs an incomplete last line', async (t) => {
  const file = join(folder, 'events.ndjson');
  t.is((await runCli(folder, 'log', 'export', '--out', file)).code, 0);
  const before = await linesIn(file);
  await appendFile(file, '{"position":"0.');
  const post = await ann.post('One more.');
  t.is((await runCli(folder, 'log', 'export', '--out', file, '--json')).code, 0);
  const after = await linesIn(file);
  t.deepEqual(after.slice(0, before.length), before);
  t.true(after.some(({ data }) => (data as { post?: string }).post === post));
  const revisions = after.map(({ stream, revision }) => `${String(stream)}@${String(revision)}`);
  t.is(new Set(revisions).size, revisions.length);
});

test.serial('leaves a file alone that is no export', async (t) => {
  const file = join(folder, 'diary.txt');
  await writeFile(file, 'Dear diary,\n');
  const { code, err } = await runCli(folder, 'log', 'export', '--out', file);
  t.is(code, 1);
  t.regex(err, /is no export of the log/);
  t.is(await readFile(file, 'utf8'), 'Dear diary,\n');
});

const linesIn = async (file: string) => parsed({ out: (await readFile(file, 'utf8')).trimEnd().split('\n') });

test.serial('verifies and scavenges the store while it is in use', async (t) => {
  const verified = await runCli(folder, 'store', 'verify', '--json');
  t.is(verified.code, 0);
  t.true((parsed(verified)[0]?.['events'] as number) > 0);
  const scavenged = await runCli(folder, 'store', 'scavenge', '--compact', '--json');
  t.is(scavenged.code, 0);
  t.true((parsed(scavenged)[0]?.['looked'] as number) > 0);
  t.is((await runCli(folder, 'store', 'verify')).code, 0);
});

test.serial('lists an empty outbox, and sets how a vendor behaves', async (t) => {
  t.deepEqual((await runCli(folder, 'outbox', 'list', '--json', '--reason', 'a test')).out, []);
  const { code, out } = await runCli(folder, 'outbox', 'behave', '--channel', 'sms', '--does', 'limit-rate', '--retry-after-ms', '5000', '--messages', '2');
  t.is(code, 0);
  t.deepEqual(out, ['sms: limit-rate']);
});

test.serial('lists no dead letters, and has none to retry', async (t) => {
  t.deepEqual((await runCli(folder, 'dead-letters', 'list', '--json')).out, []);
  const { code, err } = await runCli(folder, 'dead-letters', 'retry', 'inbox', 'channel-7');
  t.is(code, 1);
  t.regex(err, /inbox has no dead letters of the stream channel-7/);
});
