import test from 'ava';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus } from '../../domain/shared/instant.ts';
import { codeOf, givenCommands, signUp } from '../test-fixture.ts';

async function givenPost() {
  const given = await givenCommands();
  const one = given.process();
  const [ann, bob] = [await signUp(given, one, 'ann'), await signUp(given, one, 'bob')];
  const { id: post } = await one.commands.publishPost({ author: ann, text: 'Rain.' }, given.context(ann));
  return { given, one, other: given.process(), ann, bob, post };
}

const typesIn = async (given: Awaited<ReturnType<typeof givenCommands>>, post: PostId): Promise<readonly string[]> =>
  (await Array.fromAsync(given.log.readStream(postStreamOf(post)))).map(({ type }) => type);

test('a person shares a post once, whoever asks and however often: from two processes at once as well', async (t) => {
  const { given, one, other, bob, post } = await givenPost();
  await using _ = given;
  const share = { person: bob, post };
  const results = await Promise.all(
    [one, other, one, other].map(({ commands }, i) => commands.sharePost(share, given.context(bob, { at: plus(given.now, i * 5) }))),
  );
  const ids = new Set(results.map(({ id }) => id));
  t.is(ids.size, 1);
  t.deepEqual(results.map(({ handled }) => codeOf(handled)).toSorted(), ['appended', 'unchanged', 'unchanged', 'unchanged']);
  t.deepEqual(await typesIn(given, [...ids][0] as PostId), ['feed.post-published.v1']);
});

test('a share that was taken back is made again as another post; the command that made the first is not a new one', async (t) => {
  const { given, one, other, bob, post } = await givenPost();
  await using _ = given;
  const share = { person: bob, post };
  const ids: PostId[] = [];
  const first = given.context(bob, { key: 'first' });
  for (let round = 0; round < 9; round++) {
    const made = await one.commands.sharePost(share, round === 0 ? first : given.context(bob));
    t.is(codeOf(made.handled), 'appended');
    ids.push(made.id);
    const undo = given.context(bob, { key: `undo ${round}` });
    t.is(codeOf(await other.commands.unsharePost(share, undo)), 'appended');
    t.is(codeOf(await one.commands.unsharePost(share, undo)), 'appended', 'its first result again');
    if (round > 1) continue;
    const again = await other.commands.sharePost(share, first);
    t.deepEqual([again.id, codeOf(again.handled)], [ids[0] as PostId, 'appended']);
  }
  t.is(new Set(ids).size, ids.length);
  for (const id of ids) t.deepEqual(await typesIn(given, id), ['feed.post-published.v1', 'feed.post-deleted.v1']);
  t.is(codeOf(await one.commands.unsharePost(share, given.context(bob))), 'unchanged', 'nothing is shared any more');
});

test('a share of a post that is gone by now is taken back all the same', async (t) => {
  const { given, one, ann, bob, post } = await givenPost();
  await using _ = given;
  const { id } = await one.commands.sharePost({ person: bob, post }, given.context(bob));
  await one.commands.deletePost({ author: ann, post }, given.context(ann));
  t.is(codeOf(await one.commands.unsharePost({ person: bob, post }, given.context(bob))), 'appended');
  t.deepEqual(await typesIn(given, id), ['feed.post-published.v1', 'feed.post-deleted.v1']);
  t.is(codeOf(await one.commands.unsharePost({ person: bob, post }, given.context(bob))), 'post-unknown');
});

test('the right digest at another time is no post: neither to answer, nor to quote, nor to share', async (t) => {
  const { given, one, bob, post } = await givenPost();
  await using _ = given;
  const forged = `0000000000${post.slice(10)}` as PostId;
  const publish = async (of: { readonly replyTo: PostId } | { readonly quotes: PostId }, author: PersonId = bob) =>
    codeOf((await one.commands.publishPost({ author, text: 'Sun.', ...of }, given.context(author))).handled);
  t.is(await publish({ replyTo: forged }), 'post-unknown');
  t.is(await publish({ quotes: forged }), 'post-unknown');
  t.is(codeOf((await one.commands.sharePost({ person: bob, post: forged }, given.context(bob))).handled), 'post-unknown');
  t.is(await publish({ replyTo: post }), 'appended');
});
