/** States and documents as they were, and builds beside each other. */
import { isDeepStrictEqual } from 'node:util';
import test from 'ava';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { relationshipsStream, userStream } from '../../../domain/shared/streams.ts';
import { ADMIN_TOKEN, startTidingsForTest, temporaryFolder } from '../../../tests/start-for-test.ts';
import { runTour } from '../../../tests/tour/tour.ts';
import type { Document } from '../../../ports/views/port.ts';
import { physicalCollection } from '../../../projections/progress/names.ts';
import { projectors } from '../../../projections/read-models/projectors.ts';
import { parsed, runCli, signUp, waitUntil } from '../../test-fixture.ts';

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
const tidings = stack.use(await startTidingsForTest(folder));
const ann = await signUp(tidings.addresses, 'ann');
const bob = await signUp(tidings.addresses, 'bob');
test.after.always(() => stack.disposeAsync());

test.serial('a state is shown as it was after a revision and at a time, without words', async (t) => {
  const read = async (...asked: readonly string[]) => parsed(await runCli(folder, 'state', ...asked, '--json'))[0];
  await ann.give('PUT', `/v1/me/follows/${bob.id}`, undefined);
  const stream = relationshipsStream(ann.id as PersonId);
  const before = new Date(Date.now() - 3_600_000).toISOString();
  t.like(await read(stream, '--at', before), { revision: -1, at: null, events: 0 });
  t.like(await read(stream), { revision: 0, events: 1 });
  const now = await read(userStream(ann.id as PersonId), '--at', '0');
  t.like(now, { stream: userStream(ann.id as PersonId), revision: 0 });
  t.is((await runCli(folder, 'state', 'nowhere-1')).code, 1);
  t.is((await runCli(folder, 'state', userStream('00000000' as PersonId))).code, 1);
});

test.serial('every document is made again of what it was made of, by its streams, or where it remembers none by everything', async (t) => {
  t.timeout(240_000);
  await runTour({ addresses: () => Promise.resolve(tidings.addresses), adminToken: ADMIN_TOKEN, run: 'analysts', onStep: () => undefined });
  const compared = { streams: 0, replay: 0 };
  for (const { name, version, indexes } of projectors) {
    for (const collection of Object.keys(indexes)) {
      const physical = physicalCollection(collection, { version, build: 0 });
      for (const { _id: id } of await tidings.adapters.views.find(physical, { order: { _id: 1 }, limit: 2 })) {
        const asked = ['view', collection, id, '--json', '--reveal', '--reason', 'a test'];
        const byStreams = await runCli(folder, ...asked);
        const how = byStreams.code === 0 ? 'streams' : 'replay';
        if (how === 'replay') t.regex(byStreams.err, /up to \d+ positions .* Say --replay/, `${collection} ${id}`);
        let said: unknown;
        let stored: unknown;
        const isSame = async () => {
          const { position: _, ...document } = (await tidings.adapters.views.get<Document>(physical, id)) ?? {};
          stored = document;
          said = parsed(await runCli(folder, ...asked, ...(how === 'replay' ? ['--replay'] : [])))[0]?.['document'];
          return isDeepStrictEqual(said, stored);
        };
        await waitUntil(isSame).catch(() => t.deepEqual(said, stored, `${collection} ${id} of ${name} by ${how}`)); // deliveries still go on
        compared[how] += 1;
      }
    }
  }
  t.true(compared.streams > 15 && compared.replay > 5, JSON.stringify(compared));
});

test.serial('a document is shown as it was, without words; one that never was is unknown', async (t) => {
  const post = await ann.post('Before.');
  await ann.give('PUT', `/v1/me/follows/${bob.id}`, undefined);
  const shown = async () => parsed(await runCli(folder, 'view', 'posts', post, '--json'))[0]?.['document'];
  await waitUntil(async () => (await shown()) instanceof Object); // the view has come as far
  const between = new Date().toISOString();
  await ann.give('DELETE', `/v1/posts/${post}`, undefined);
  await waitUntil(async () => (await shown()) === null);
  const [then] = parsed(await runCli(folder, 'view', 'posts', post, '--at', between, '--json'));
  t.like(then?.['document'], { author: ann.id });
  t.false('text' in ((then?.['document'] ?? {}) as object));
  const [revealed] = parsed(await runCli(folder, 'view', 'posts', post, '--at', between, '--json', '--reveal', '--reason', 'case 12'));
  t.like(revealed?.['document'], { text: 'Before.' });
  t.not((await runCli(folder, 'view', 'posts', post, '--reveal')).code, 0);
  t.regex((await runCli(folder, 'view', 'posts', 'nothing')).err, /never had nothing/);
  t.regex((await runCli(folder, 'view', 'nonsense', 'nothing')).err, /No view is called nonsense; there are .*posts/);
});

test.serial('two builds of a projector are compared, document by document', async (t) => {
  const { version } = projectors.find(({ name }) => name === 'posts') ?? { version: 0 };
  const same = await runCli(folder, 'projections', 'diff', `posts@${version}`, `posts@${version}`);
  t.is(same.code, 0, same.err);
  t.regex(same.err, /documents compared, 0 differ/);
  const { views } = tidings.adapters;
  const spare = { version, build: 7 };
  await views.prepare(
    Object.fromEntries(
      ['posts', 'post-counters', 'likes', 'post-references', 'post-versions', 'post-reactions', 'timelines'].map((collection) => [
        physicalCollection(collection, spare),
        { indexes: [] },
      ]),
    ),
  );
  const [first7] = await views.find(physicalCollection('posts', { version, build: 0 }), { order: { _id: 1 }, limit: 1 });
  const { _id: id = '', ...document } = first7 ?? {};
  const write = {
    kind: 'put' as const,
    collection: physicalCollection('posts', spare),
    id: String(id),
    document: { ...document, replyTo: 'another' },
    seen: { 'post-x': 4 },
  };
  await views.commit({ projection: `posts@${version}.7`, from: undefined, to: '0.1', writes: [write] });
  const { code, out: lines } = await runCli(folder, 'projections', 'diff', `posts@${version}`, `posts@${version}.7`);
  t.is(code, 1);
  t.true(
    lines.some((line) => line.startsWith(`posts ${String(id)} differs in replyTo; made of `) && line.includes('post-x@4')),
    lines.join('\n'),
  );
  t.true(lines.some((line) => / only in posts@\d+; made of /.test(line)));
  await views.drop(`posts@${version}.7`, [physicalCollection('posts', spare)]);
  t.regex((await runCli(folder, 'projections', 'diff', `posts@${version}`, 'posts@999')).err, /There is no build posts@999; of posts there are/);
});
