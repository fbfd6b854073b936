/** Erasing somebody who has written very much: a patch of all of it, page by page. */
import { testWith } from '../../../tests/servers/availability.ts';
import { startMongoServer } from '../../../tests/servers/mongodb.ts';
import { connectMongo } from '../../mongodb/connect.ts';
import { contentOf } from './rows.ts';
import { startMongoViews } from '../mongodb.ts';
import { COMMIT_DOCUMENTS_MAX, pagesOfPatch, type PatchWrite } from '../port.ts';

/** `TIDINGS_TEST_ERASED_MESSAGES` sets another number: a million takes an hour on two cores. */
const MESSAGES = Number(process.env['TIDINGS_TEST_ERASED_MESSAGES'] ?? 20_000);
const messages = 'messages@1';
const FIELDS = ['sender'];
const WITHIN_MS = 60_000 + MESSAGES * 50;
const ANSWER_TIMEOUT_MS = 60_000;

testWith('secantusd-py')(`somebody with ${MESSAGES} messages is erased, and no other`, async (t) => {
  t.timeout(WITHIN_MS);
  await using server = await startMongoServer();
  await using connection = await connectMongo({ url: server.url, name: 'test', answerTimeoutMs: ANSWER_TIMEOUT_MS });
  await using views = await startMongoViews(connection);
  await views.prepare({ [messages]: { indexes: [{ fields: FIELDS }] } });
  const rows = connection.database.collection<{ readonly _id: string }>(messages);
  for (let at = 0; at < MESSAGES; at += COMMIT_DOCUMENTS_MAX) {
    const some = Array.from({ length: COMMIT_DOCUMENTS_MAX }, (_, i) => ({
      _id: `m${String(at + i).padStart(8, '0')}`,
      ...contentOf(FIELDS, { sender: 'ann', text: `the text of ${at + i}` }, '{}'),
      version: 1,
    }));
    await rows.insertMany(some);
  }
  await rows.insertOne(Object.assign({ _id: 'other', version: 1 }, contentOf(FIELDS, { sender: 'bob', text: 'kept' }, '{}')));

  let commits = 0;
  const erasure: PatchWrite = { kind: 'patch', collection: messages, where: { sender: 'ann' }, set: { text: null } };
  for await (const page of pagesOfPatch(views, erasure)) {
    const outcome = await views.commit({ projection: messages, from: commits === 0 ? undefined : String(commits), to: String(commits + 1), writes: [page] });
    t.is(outcome, 'committed');
    commits++;
  }
  t.is(commits, Math.ceil(MESSAGES / COMMIT_DOCUMENTS_MAX));
  t.is(await rows.countDocuments({ json: /the text of/ }), 0);
  t.is(await views.count(messages, { sender: 'ann' }), Math.ceil(MESSAGES / COMMIT_DOCUMENTS_MAX) * COMMIT_DOCUMENTS_MAX);
  t.is((await views.get(messages, 'other'))?.['text'], 'kept');
});
