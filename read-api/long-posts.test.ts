/** Posts are longer than their texts: what is said of pictures, and where links lead, makes pages end as well. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { POST_LENGTH_MAX_CHARACTERS } from '../domain/feed/post.ts';
import { ALT_LENGTH_MAX_CHARACTERS, ATTACHMENTS_MAX } from '../domain/media/attachments.ts';
import type { MediaFacts } from '../domain/media/media-facts.ts';
import type { MediaId, PostId } from '../domain/shared/ids.ts';
import { RESPONSE_BYTES_MAX } from '../edge/overload/limits.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from './test-fixture.ts';

const LINK = `https://example.org/${'😀'.repeat(480)} `; // each emoji is twelve characters in the address
const LINK_CHARACTERS = 20 + 480 + 1;
const LONG = { text: LINK.repeat(Math.floor(POST_LENGTH_MAX_CHARACTERS / LINK_CHARACTERS)), alt: '😀'.repeat(ALT_LENGTH_MAX_CHARACTERS) };

let api: ReadApiFixture;
let ada: LoggedInPerson;
let media: readonly MediaId[];
test.before(async () => {
  api = await givenReadApi();
  ada = await api.person('Ada');
  media = await Promise.all(Array.from({ length: ATTACHMENTS_MAX }, ready));
});
test.after.always(() => api[Symbol.asyncDispose]());

async function ready(): Promise<MediaId> {
  const { commands, by } = api.work;
  const id = randomUUID() as MediaId;
  const facts = { kind: 'image', variants: [{ name: 'full', object: 'o', type: 'image/png', bytes: 1 }] } as unknown as MediaFacts;
  await api.expectSuccess(commands.endUpload({ media: id, owner: ada.person, bytes: 1 }, by(ada.person)));
  await api.expectSuccess(commands.makeMediaReady({ media: id, facts }, by('system:test')));
  return id;
}

async function publish(of: { readonly replyTo?: PostId } = {}): Promise<PostId> {
  const { commands, by, time } = api.work;
  await time.advance(1);
  const shown = media.map((one) => ({ media: one, alt: LONG.alt }));
  return (await api.expectSuccess(commands.publishPost({ author: ada.person, text: LONG.text, media: shown, ...of }, by(ada.person)))).id;
}

/** Of 200, and no longer than a response may be. */
async function get(path: string) {
  const response = await api.requestAfterWrites(ada, path);
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${JSON.stringify(response.body).slice(0, 200)}`);
  const bytes = Buffer.byteLength(JSON.stringify(response.body));
  if (bytes > RESPONSE_BYTES_MAX) throw new Error(`${path}: ${bytes} bytes`);
  return response.body as unknown as { readonly posts: readonly { readonly id: PostId }[]; readonly next: string | null };
}

test.serial('nobody’s feed fails for posts of much text beside their text', async (t) => {
  const posts: PostId[] = [];
  for (let n = 0; n < 12; n++) posts.push(await publish());
  for (const path of ['/v1/me/feed', `/v1/people/${ada.person}/posts`]) {
    const found: PostId[] = [];
    for (let next: string | null = ''; next !== null;) {
      const page = await get(`${path}?limit=100${next === '' ? '' : `&before=${next}`}`);
      found.push(...page.posts.map(({ id }) => id));
      next = page.next;
    }
    t.deepEqual(found, posts.toReversed(), path);
  }
});

test.serial('a thread of the longest posts has as many of them as there is room for', async (t) => {
  const posts = [await publish()];
  for (let n = 0; n < 8; n++) posts.push(await publish({ replyTo: posts.at(-1) as PostId }));
  for (const post of posts) {
    const thread = (await get(`/v1/posts/${post}/thread?limit=100`)) as unknown as {
      readonly ancestors: readonly { readonly id: PostId }[];
      readonly post: { readonly id: PostId; readonly replyTo: PostId | null };
      readonly replies: readonly unknown[];
    };
    const above = posts.slice(0, posts.indexOf(post));
    t.is(thread.post.id, post);
    t.deepEqual(
      thread.ancestors.map(({ id }) => id),
      thread.ancestors.length === 0 ? [] : above.slice(-thread.ancestors.length),
      'the nearest ones',
    );
    t.is(thread.replies.length, post === posts.at(-1) ? 0 : 1);
  }
});

test.serial('what a post said before comes in pages', async (t) => {
  const { commands, by } = api.work;
  const post = await publish();
  const text = (n: number) => `${n} ${'😀'.repeat(POST_LENGTH_MAX_CHARACTERS - 5)}`;
  for (let n = 0; n < 40; n++) await api.expectSuccess(commands.editPost({ author: ada.person, post, text: text(n) }, by(ada.person)));
  const found: string[] = [];
  for (let next: string | null = ''; next !== null;) {
    const page = (await get(`/v1/posts/${post}/edits?limit=100${next === '' ? '' : `&before=${next}`}`)) as unknown as {
      readonly edits: readonly { readonly text: string }[];
      readonly next: string | null;
    };
    found.push(...page.edits.map((edit) => edit.text));
    next = page.next;
  }
  t.deepEqual(found, [...Array.from({ length: 39 }, (_, n) => text(38 - n)), LONG.text]);
});
