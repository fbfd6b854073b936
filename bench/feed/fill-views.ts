/** Fills views for one reader, as the projections would have left them. */
import { randomUUID } from 'node:crypto';
import { postIdFrom } from '../../domain/feed/post-id.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { DocumentWrite, ViewStore } from '../../ports/views/port.ts';
import { friendId } from '../../projections/read-models/friends.ts';
import { likeId, type PostDocument } from '../../projections/read-models/posts.ts';
import { projectors } from '../../projections/read-models/projectors.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';

const POSTS_OF_AUTHOR = 12;
/** Posts are spread evenly over this time. */
export const HISTORY_MS = 90 * DAY_MS;
const COMMIT_WRITES = 5_000;
const POST_CHARACTERS = 280;

export const physicalCollectionOf = (collection: string) => `${collection}@1`;

type Put = (collection: string, id: string, document: object) => void;

/** The reader follows half of the authors and is friends with the others. */
export async function fillViews(
  stored: ViewStore,
  { reader, authors, now }: { readonly reader: PersonId; readonly authors: number; readonly now: Instant },
): Promise<void> {
  const collections = projectors.flatMap(({ indexes }) => Object.entries(indexes));
  await stored.prepare(Object.fromEntries(collections.map(([collection, its]) => [physicalCollectionOf(collection), { indexes: its }])));
  const writes: DocumentWrite[] = [];
  const put: Put = (collection, id, document) =>
    writes.push({ kind: 'put', collection: physicalCollectionOf(collection), id, document: { ...document }, seen: { [id]: 0 } });
  for (let i = 0; i < authors; i++) {
    const author = randomUUID() as PersonId;
    put('profiles', author, {
      person: author,
      name: `Author ${i}`,
      about: null,
      picture: null,
      timeZone: null,
      language: null,
      country: null,
      erased: false,
      since: now,
    });
    if (i % 2 === 0)
      put('relationships', relationshipId({ from: reader, kind: 'follow', to: author }), { from: reader, kind: 'follow', to: author, since: now });
    else put('friends', friendId(reader, author), { person: reader, friend: author, since: now });
    for (let n = 0; n < POSTS_OF_AUTHOR; n++) putPost(put, { author, reader, at: plus(now, -Math.floor(Math.random() * HISTORY_MS)) });
  }
  await commit(stored, `bench-${reader}`, writes);
}

const PLAIN: Omit<PostDocument, 'post' | 'author' | 'circle' | 'text' | 'at'> = {
  entities: null,
  media: null,
  replyTo: null,
  quotes: null,
  shares: null,
  visibility: 'public',
  inThread: false,
  delivered: 'push',
  editedAt: null,
  textRevision: 0,
  preview: null,
  hidden: null,
  hiddenStatement: null,
};

function putPost(put: Put, { author, reader, at }: { readonly author: PersonId; readonly reader: PersonId; readonly at: Instant }): void {
  const post = postIdFrom(at, String(Math.floor(Math.random() * 1e15)).padStart(16, '0'));
  const document: PostDocument = { ...PLAIN, post, author, circle: author, text: 'x'.repeat(POST_CHARACTERS), at };
  put('posts', post, document);
  if (Math.random() < 0.5) put('post-counters', post, { likes: 3, replies: 1 });
  if (Math.random() < 0.2) put('likes', likeId(post, reader), { post, person: reader, at });
}

/** `projection`: one for each fill, for a commit begins where the last one of its projection ended. */
async function commit(stored: ViewStore, projection: string, writes: readonly DocumentWrite[]): Promise<void> {
  let from: string | undefined;
  for (let at = 0; at < writes.length; at += COMMIT_WRITES) {
    const to = String(at);
    const outcome = await stored.commit({ projection, from, to, writes: writes.slice(at, at + COMMIT_WRITES) });
    if (outcome !== 'committed') throw new Error(`The views were not filled: ${outcome}.`);
    from = to;
  }
}
