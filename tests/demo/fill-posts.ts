/** Posts of months with pictures, threads and reactions. */
import { inChunks } from '../../cli/import/chunks.ts';
import type { OperationRequest } from '../../app/control/protocol.ts';
import { ALT } from './drawing/scenes.ts';
import { agoIn, call, FillingFailed, inParallel, personAt, sendScene, SOURCE, type Filling } from './filling.ts';
import type { Post, World } from './world/world.ts';

const DEPTHS = [0, 1, 2, 3] as const;

/** Resolves with the ids of the posts by their keys. */
export async function fillPosts(filling: Filling, { cast, posts }: World): Promise<ReadonlyMap<string, string>> {
  const { progress } = filling;
  progress.begin('Pictures of posts');
  await inParallel(
    posts.flatMap(({ author, picture }) => (picture === undefined ? [] : [{ author, picture }])),
    async ({ author, picture }) => {
      await sendScene(filling, personAt(filling, author).id, picture);
      progress.done();
    },
  );
  progress.begin('Posts');
  const ids = new Map<string, string>();
  // What is replied to comes first, whoever wrote it.
  for (const depth of DEPTHS) {
    await inParallel([...cast.keys()], async (author) => {
      const own = posts.filter((post) => post.depth === depth && post.author === author);
      const { language } = cast[author] ?? { language: 'en' };
      for await (const chunk of inChunks(oneByOne(own.map((post) => toImport(filling, post, language))))) {
        const request = { person: personAt(filling, author).id, source: SOURCE, posts: [...chunk], dryRun: false };
        for await (const { key, post, ...outcome } of filling.client.call('import-posts', request)) {
          if (outcome.outcome === 'refused') throw new FillingFailed(`The post ${key} was refused: ${outcome.says}`);
          ids.set(key, post ?? '');
        }
        progress.done(chunk.length);
      }
    });
  }
  return ids;
}

export async function* oneByOne<Item>(items: readonly Item[]): AsyncGenerator<Item, void> {
  yield* items;
}

type PostToImport = OperationRequest<'import-posts'>['posts'][number];

const toImport = (filling: Filling, { key, agoMs, text, visibility, picture, replyTo }: Post, language: 'en' | 'ko'): PostToImport => ({
  key,
  at: agoIn(filling, agoMs),
  text,
  visibility,
  ...(picture !== undefined && { media: [{ key: picture.key, alt: ALT[picture.scene][language] }] }),
  ...(replyTo !== undefined && { replyTo: { person: personAt(filling, replyTo.author).id, key: replyTo.key } }),
});

/** By the public API: an importer brings none. */
export async function fillReactions(filling: Filling, { reactions }: World, posts: ReadonlyMap<string, string>): Promise<void> {
  filling.progress.begin('Reactions');
  await inParallel(reactions, async ({ post, person, kind }) => {
    const path = `/v1/posts/${posts.get(post) ?? ''}/reaction`;
    await call(filling, path, { method: 'PUT', as: personAt(filling, person), name: `react-${post}-${person}`, body: { kind } });
    filling.progress.done();
  });
}
