/** The demo on a whole Tidings: killed in the middle, gone on with, and started once more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import test from 'ava';
import { startTidingsForTest, startTidingsProcess, temporaryFolder, ADMIN_TOKEN } from '../start-for-test.ts';
import { CAST, MAIN_LOGINS } from './world/cast.ts';
import { DEMO_PASSWORD } from './fill-people.ts';
import { call } from './filling.ts';
import { drawWorld } from './world/world.ts';

test('the same seed draws the same world, and another one another', (t) => {
  t.deepEqual(drawWorld(1), drawWorld(1));
  t.notDeepEqual(drawWorld(1), drawWorld(2));
});

test('a world is one that can be imported: keys in order, replies behind what they reply to, members alone in channels', (t) => {
  for (const seed of [1, 2, 3, 4]) {
    const { cast, posts, channels, reactions, friends } = drawWorld(seed);
    t.is(new Set(cast.map(({ loginName }) => loginName)).size, 60);
    const byKey = new Map(posts.map((post) => [post.key, post]));
    t.is(byKey.size, posts.length);
    for (const { replyTo, agoMs } of posts)
      if (replyTo !== undefined) t.true(agoMs < (byKey.get(replyTo.key)?.agoMs ?? 0) && byKey.get(replyTo.key)?.author === replyTo.author);
    const circle = new Set(friends.flatMap(([one, other]) => [`${one} ${other}`, `${other} ${one}`]));
    t.true(
      reactions.every(({ post, person }) => circle.has(`${person} ${byKey.get(post)?.author}`)),
      'friends react, who may read it',
    );
    for (const { messages, members } of channels) {
      t.deepEqual(
        messages.map(({ key }) => key).toSorted(),
        messages.map(({ key }) => key),
      );
      for (const { sender, reactions: given, agoMs } of messages)
        t.true(agoMs > 0 && members.includes(sender) && given.every(({ people }) => people.every((person) => members.includes(person))));
    }
  }
  t.deepEqual(
    CAST.filter(({ loginName }) => DEMO_PASSWORD.includes(loginName)),
    [],
    'no password has a login name in it',
  );
});

test('killed in the middle it is gone on with, and started once more it adds nothing', async (t) => {
  t.timeout(480_000);
  await using folder = await temporaryFolder();
  await using tidings = await startTidingsProcess(folder.path, { TIDINGS_FRONT_PORT: '0' });
  const front = String(tidings.lines.find(({ msg, role }) => msg === 'listening' && role === 'front')?.['url']);
  const options = ['--data', folder.path, '--address', front];

  const killed = runDemo(options);
  await killed.says('Posts …');
  killed.kill();
  await killed.ended;
  const whole = runDemo(options);
  t.is(await whole.ended, 0, whole.said());
  t.regex(whole.said(), /Filled in [\d.]+ s: 60 people/);
  t.true(whole.said().includes(DEMO_PASSWORD) && MAIN_LOGINS.every((login) => whole.said().includes(login)) && whole.said().includes(front));

  const world = drawWorld(1);
  const target = { front, seed: 0 };
  const { token } = await call(target, '/v1/sessions', { method: 'POST', body: { loginName: 'minji', password: DEMO_PASSWORD } });
  const read = (path: string) => call(target, path, { headers: { authorization: `Bearer ${String(token)}` } });
  const counted = async () => {
    const me = await read('/v1/me');
    const listed = async (path: string, list: string) => ((await read(path))[list] as readonly Readonly<Record<string, unknown>>[]).length;
    return {
      picture: me['picture'] !== undefined && me['picture'] !== null,
      posts: await listed(`/v1/people/${String(me['id'])}/posts?limit=100`, 'posts'),
      channels: await listed('/v1/me/inbox?limit=100', 'channels'),
      notifications: await listed('/v1/me/notifications?limit=100', 'notifications'),
    };
  };
  const minji = world.cast.findIndex(({ loginName }) => loginName === 'minji');
  const before = await counted();
  t.like(before, { picture: true, notifications: 8 }, 'seven of apps, and that a password was set');
  t.is(before.posts, world.posts.filter(({ author }) => author === minji).length, 'each post once');
  t.true(before.channels >= world.channels.filter(({ members }) => members.includes(minji)).length);

  const again = runDemo(options);
  t.is(await again.ended, 0, again.said());
  t.regex(again.said(), /there already; nothing was added/);
  t.deepEqual(await counted(), before);
});

test('a Tidings that runs nowhere is started and stopped again; other people are left alone unless it is told to fill beside them', async (t) => {
  t.timeout(480_000);
  await using folder = await temporaryFolder();
  {
    await using tidings = await startTidingsForTest(folder.path, { TIDINGS_FRONT_PORT: '0' });
    const body = { loginName: 'somebody', name: 'Somebody', password: 'violet staple horse' };
    await call({ front: String(tidings.urls.front), seed: 0 }, '/v1/people', { method: 'POST', body });
  }
  const demo = runDemo(['--data', folder.path]);
  t.is(await demo.ended, 1, demo.said());
  t.regex(demo.said(), /People live there already who are not of the demo/);
  const beside = runDemo(['--data', folder.path, '--beside-others', '--stop']); // within the limits that there are by default
  t.is(await beside.ended, 0, beside.said());
  t.regex(beside.said(), /Filled in/);
  await using _tidings = await startTidingsForTest(folder.path); // nothing has the folder open any more
});

function runDemo(options: readonly string[]) {
  const child = spawn(process.execPath, ['tests/demo/main.ts', ...options], {
    cwd: resolve(import.meta.dirname, '../..'),
    env: {
      ...process.env,
      TIDINGS_ADMIN_TOKEN: ADMIN_TOKEN,
      ...Object.fromEntries(['FRONT', 'WRITE', 'READ', 'GATEWAY', 'OPS'].map((of) => [`TIDINGS_${of}_PORT`, '0'])),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hasSaid = Promise.withResolvers<void>();
  let awaited: string | undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data: Buffer) => {
      said += data.toString();
      if (awaited !== undefined && said.includes(awaited)) hasSaid.resolve();
    });
  const ended = once(child, 'exit').then(([code, signal]) => (code as number | null) ?? String(signal));
  return {
    said: () => said,
    ended,
    kill: () => child.kill('SIGKILL'),
    says: (text: string): Promise<unknown> => {
      awaited = text;
      if (said.includes(text)) hasSaid.resolve();
      return Promise.race([hasSaid.promise, ended.then(() => Promise.reject(new Error(said)))]);
    },
  };
}
