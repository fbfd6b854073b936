/** What people report, and what is decided about it, by the command line: beside a process that runs, and on a folder that nobody has open. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { v7 } from 'uuid';
import { startTidingsProcess, temporaryFolder } from '../../../tests/start-for-test.ts';
import { parsed, runCli, signUp, waitUntil } from '../../test-fixture.ts';

/** Of one white pixel. */
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg==', 'base64');

type Signed = Awaited<ReturnType<typeof signUp>>;

test('a report is listed, shown, and decided about with a reason; the author is told, appeals, and is answered', async (t) => {
  await using folder = await temporaryFolder();
  const tidings = await startTidingsProcess(folder.path);
  const { write, read } = tidings.addresses;
  const call = async ({ token }: Pick<Signed, 'token'>, method: string, path: string, body?: object) => {
    const response = await fetch(path, {
      method,
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': v7(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const run = (...args: readonly string[]) => runCli(folder.path, 'moderation', ...args);
  const json = async (...args: readonly string[]) => parsed(await run(...args, '--json'));
  const [ann, bob] = [await signUp(tidings.addresses, 'ann'), await signUp(tidings.addresses, 'bob')];
  const post = String((await call(ann, 'POST', `${write}/v1/me/feed`, { text: 'Buy watches' })).body['id']);
  const of = `post:${post}`;
  t.is((await call(bob, 'POST', `${write}/v1/reports`, { subject: { kind: 'post', post }, violation: 'spam', text: 'Everywhere.' })).status, 201);
  await waitUntil(async () => (await json('list')).length === 1);
  t.like(await json('list'), [{ case: of, status: 'open', reports: 1, violation: 'spam', about: ann.id }]);
  t.regex((await run('list')).out.join('\n'), /^CASE +SINCE +REPORTS[^]*post:/);

  t.regex((await run('show', of)).err, /reason/);
  t.regex((await run('show', of, '--reason', 'ticket 1')).out.join('\n'), /open, 1 reports, spam[^]*Buy watches/);
  t.like(await json('reports', of, '--reason', 'ticket 1'), [{ by: bob.id, text: 'Everywhere.' }]);
  t.regex((await run('hide', of, '--violation', 'spam')).err, /reason/);
  t.deepEqual((await run('hide', of, '--violation', 'spam', '--tell', 'It sells.', '--reason', 'ticket 1')).out, ['Done.']);
  await waitUntil(async () => (await call(bob, 'GET', `${read}/v1/posts/${post}`)).status === 404);
  t.like((await call(ann, 'GET', `${read}/v1/posts/${post}`)).body, { hidden: { violation: 'spam', statement: 'It sells.' } });
  t.is((await call(bob, 'PUT', `${write}/v1/posts/${post}/like`)).body['code'], 'post-unknown');
  t.is((await call(ann, 'PATCH', `${write}/v1/posts/${post}`, { text: 'Buy clocks' })).body['code'], 'post-hidden');
  await waitUntil(async () => (await json('list')).length === 0);
  const told = async () => ((await call(ann, 'GET', `${read}/v1/me/notifications`)).body['notifications'] ?? []) as readonly { data: Record<string, string> }[];
  await waitUntil(async () => (await told()).length === 1);
  t.like((await told())[0]?.data, { kind: 'moderation', notice: 'post-hidden', post });

  t.is((await call(ann, 'POST', `${write}/v1/me/appeals`, { post, text: 'They are mine.' })).status, 201);
  t.is((await call(ann, 'POST', `${write}/v1/me/appeals`, { post, text: 'Please.' })).body['code'], 'appealed-already');
  await waitUntil(async () => (await json('list')).length === 1);
  t.regex((await run('show', of, '--reason', 'ticket 1')).out.join('\n'), /appeal: They are mine\./);
  t.deepEqual((await run('restore', of)).out, ['Done.']);
  await waitUntil(async () => (await call(bob, 'GET', `${read}/v1/posts/${post}`)).status === 200);
  await waitUntil(async () => (await told()).length === 2);
  const own = String((await call(ann, 'POST', `${write}/v1/me/feed`, { text: 'Dear diary', visibility: 'self' })).body['id']);
  const lookInto = () => run('show', `post:${own}`, '--reason', 'curious');
  await waitUntil(async () => (await lookInto()).err !== '');
  t.false(JSON.stringify(await lookInto()).includes('Dear diary'), 'what few may read is shown to moderators where one of them has reported it');
  await tidings[Symbol.asyncDispose]();
  t.like(await json('list', '--closed'), [{ case: of, status: 'closed', outcome: 'restored', by: 'local' }], 'on a folder that nobody has open');
});

test('a moderator looks at a picture and takes it away with the name; the person is told, and chooses anew', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  const { write, read } = tidings.addresses;
  const ann = await signUp(tidings.addresses, 'ann');
  const headers = { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' };
  const change = (body: object) => fetch(`${write}/v1/me`, { method: 'PATCH', headers: { ...headers, 'idempotency-key': v7() }, body: JSON.stringify(body) });
  const profile = async () => (await (await fetch(`${read}/v1/me`, { headers })).json()) as Record<string, unknown>;
  const tus = { authorization: headers.authorization, 'tus-resumable': '1.0.0' };
  const upload = await fetch(`${write}/v1/me/uploads`, {
    method: 'POST',
    headers: { ...tus, 'upload-length': String(PICTURE.length), 'idempotency-key': v7() },
  });
  const media = upload.headers.get('location')?.split('/').at(-1);
  const piece = { ...tus, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' };
  t.is((await fetch(`${write}/v1/me/uploads/${media}`, { method: 'PATCH', headers: piece, body: PICTURE })).status, 204);
  await waitUntil(async () => (await change({ picture: { media } })).status === 200);
  await waitUntil(async () => (await profile())['picture'] !== null);
  const run = (...args: readonly string[]) => runCli(folder.path, 'moderation', ...args);
  const file = join(folder.path, 'seen.png');
  t.regex((await run('picture', `person:${ann.id}`, '--out', file)).err, /reason/);
  t.regex((await run('picture', `person:${ann.id}`, '--out', file, '--reason', 'ticket 2')).out.join(), /image\/webp, \d+ bytes/);
  t.is((await readFile(file)).subarray(8, 12).toString(), 'WEBP');
  t.regex((await run('picture', `person:${ann.id}`, '--out', file, '--reason', 'ticket 2')).err, /EEXIST|exist/, 'no file is written over');
  const clear = () => run('clear', ann.id, '--part', 'name', 'picture', '--reason', 'ticket 2');
  t.deepEqual((await clear()).out, ['Done.']);
  await waitUntil(async () => (await profile())['picture'] === null);
  t.like(await profile(), { name: '—', picture: null });
  const told = async () =>
    ((await (await fetch(`${read}/v1/me/notifications`, { headers })).json()) as { notifications: readonly { data: object }[] }).notifications;
  await waitUntil(async () => (await told()).length === 1);
  t.like((await told())[0]?.data, { kind: 'moderation', notice: 'profile-cleared' });
  t.is((await change({ name: 'Ann again' })).status, 200);
  await waitUntil(async () => (await profile())['name'] === 'Ann again');
});

test('a person is suspended until a time, reads why, writes nothing, and is let write again', async (t) => {
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path);
  const { write, read } = tidings.addresses;
  const ann = await signUp(tidings.addresses, 'ann');
  const headers = { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' };
  const publish = async (text: string) => {
    const response = await fetch(`${write}/v1/me/feed`, { method: 'POST', headers, body: JSON.stringify({ text }) });
    return ((await response.json()) as { code?: string }).code ?? response.status;
  };
  const standing = async () =>
    ((await (await fetch(`${read}/v1/me/standing`, { headers })).json()) as { suspension: Record<string, unknown> | null }).suspension;
  const run = (...args: readonly string[]) => runCli(folder.path, 'moderation', ...args);
  const until = new Date(Date.now() + 3_600_000).toISOString();
  const suspend = ['suspend', ann.id, '--violation', 'hate', '--tell', 'After three warnings.'];
  t.regex((await run(...suspend, '--until', '2020-01-01T00:00:00Z', '--reason', 'x')).err, /still to come/);
  t.is((await run(...suspend, '--until', 'tomorrow', '--reason', 'x')).code, 2);
  t.deepEqual((await run(...suspend, '--until', until, '--reason', 'ticket 2')).out, ['Done.']);
  t.is(await publish('Hello'), 'suspended');
  await waitUntil(async () => (await standing()) !== null);
  t.like(await standing(), { until, violation: 'hate', statement: 'After three warnings.', appealed: false });
  t.like(parsed(await run('suspended', '--json')), [{ person: ann.id, until }]);
  t.deepEqual((await run('lift', ann.id)).out, ['Done.']);
  t.is(await publish('Hello'), 201);
  await waitUntil(async () => (await standing()) === null);
  t.deepEqual(parsed(await run('suspended', '--json')), []);
});
