/** A key that tells no time and is used again after it was forgotten: its result is what the log still knows, alone and in a batch. */
import test from 'ava';
import { DAY_MS, HOUR_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { messagesStream } from '../../domain/shared/streams.ts';
import { codeOf, eventsIn, givenCommands, signUp, type Process } from '../test-fixture.ts';
import type { CommandResult } from './results.ts';

/** A message was posted under the key `old` three days ago, and others since, of which the process under test remembers only the last. */
async function givenExpiredKey({ idempotency }: { readonly idempotency: 'full' | 'eventstoredb' }) {
  const given = await givenCommands({ idempotency });
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: channel } = await one.commands.openDirectChannel({ person: ann, other: bob }, given.context(ann));
  const post = ({ commands }: Process, key: string, at: Instant) =>
    commands.postMessage({ channel, sender: ann, text: 'hello', clientId: key }, given.context(ann, { key, at }));
  const old = await post(one, 'old', given.now);
  await post(one, 'the next day', plus(given.now, DAY_MS + HOUR_MS));
  const now = plus(given.now, 3 * DAY_MS);
  const two = given.process();
  await post(two, 'today', now);
  return {
    old,
    /** The first is handled by itself, and the others, which queue behind it, as one batch. */
    postBatch: async (...keys: readonly string[]) => (await Promise.all(['first', ...keys].map((key) => post(two, key, now)))).slice(1),
    post: (key: string) => post(two, key, now),
    messages: async () => (await eventsIn(given, messagesStream(channel))).length,
    now: given.now,
    [Symbol.asyncDispose]: () => given[Symbol.asyncDispose](),
  };
}

const revisionsOf = (results: readonly CommandResult[]) =>
  results.map((result) => (result.outcome === 'appended' ? [result.revision, result.repeated] : result));

test('a key that is used again after its time gets the first result where the log knows it, and the stream goes on', async (t) => {
  await using given = await givenExpiredKey({ idempotency: 'full' });
  t.deepEqual(await given.post('old'), { ...given.old, repeated: true, firstAt: given.now, events: [] } as never);
  t.deepEqual(revisionsOf([await given.post('later')]), [[3, false]]);
  t.is(await given.messages(), 4);
});

for (const [where, keys] of Object.entries({ before: ['old', 'a', 'b'], among: ['a', 'old', 'b'], after: ['a', 'b', 'old'] })) {
  test(`a key that only the log knows gets the first result ${where} others in its batch, and none of them is refused`, async (t) => {
    await using given = await givenExpiredKey({ idempotency: 'full' });
    const results = await given.postBatch(...keys);
    const place = (key: string) => (key === 'old' ? [0, true] : key === 'a' ? [4, false] : [5, false]);
    t.deepEqual(revisionsOf(results), keys.map(place));
    t.deepEqual(revisionsOf([await given.post('later')]), [[6, false]]);
    t.is(await given.messages(), 7);
  });
}

test('a key that is forgotten counts as new, alone and in a batch', async (t) => {
  await using alone = await givenExpiredKey({ idempotency: 'eventstoredb' });
  t.deepEqual(revisionsOf([await alone.post('old'), await alone.post('later')]), [
    [3, false],
    [4, false],
  ]);
  await using among = await givenExpiredKey({ idempotency: 'eventstoredb' });
  t.deepEqual(revisionsOf([...(await among.postBatch('old', 'a')), await among.post('later')]), [
    [4, false],
    [5, false],
    [6, false],
  ]);
});

test('an old key that is used for another post is refused, even if its post was edited or deleted since and the key is forgotten', async (t) => {
  await using given = await givenCommands();
  const ann = await signUp(given, given.process(), 'ann');
  const publish = (key: string, text: string, at = given.now) =>
    given.process().commands.publishPost({ author: ann, text }, given.context(ann, { key, at, body: { text } }));
  const [edited, deleted] = [await publish('one', 'hello'), await publish('two', 'hello')];
  const later = plus(given.now, HOUR_MS);
  await given.process().commands.editPost({ author: ann, post: edited.id, text: 'hullo' }, given.context(ann, { at: later }));
  await given.process().commands.deletePost({ author: ann, post: deleted.id }, given.context(ann, { at: later }));
  for (const [key, { id }] of Object.entries({ one: edited, two: deleted })) {
    t.is(codeOf((await publish(key, 'something else', plus(later, 30 * HOUR_MS))).handled), 'idempotency-key-reused', key);
    t.is((await publish(key, 'hello', plus(later, 30 * HOUR_MS))).id, id, key);
  }
});
