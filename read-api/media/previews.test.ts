/** Previews of links, as readers get them. */
import test from 'ava';
import { previewPictureIdOf } from '../../commands/handling/deterministic-ids.ts';
import { objectKeyOf } from '../../commands/media/object-keys.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { LinkPreview } from '../../domain/media/link-preview.ts';
import { placeOf } from '../../domain/media/object-place.ts';
import type { PostId } from '../../domain/shared/ids.ts';
import { SECRET } from '../../workers/test-fixture.ts';
import type { PostView } from '../feed/post-view.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';
import { picture } from './test-fixture.ts';

const LINK = 'https://example.com/rain';

async function publish({ work }: ReadApiFixture, { person: author }: LoggedInPerson, visibility: 'public' | 'friends'): Promise<PostId> {
  const { id } = await work.commands.publishPost({ author, text: LINK, visibility }, work.by(author));
  await addPreview(work, { author, id });
  return id;
}

/** As the worker does it, with a picture of the page. */
async function addPreview(work: ReadApiFixture['work'], { author, id }: { readonly author: LoggedInPerson['person']; readonly id: PostId }): Promise<void> {
  const media = previewPictureIdOf({ stream: postStreamOf(id), revision: 0 });
  const bytes = await picture('teal');
  const object = objectKeyOf(SECRET, { media, digest: 'teal' });
  await work.mediaStore.put(placeOf(object), bytes);
  const facts = { kind: 'image', variants: [{ name: 'full', object, type: 'image/png', bytes: bytes.length, width: 640, height: 480 }] } as const;
  await work.commands.keepFetchedPicture({ media, owner: author, facts }, work.by('system:test'));
  const preview: LinkPreview = { url: LINK, title: 'Rain', site: 'Weather', image: { media, alt: null, ...facts } };
  await work.commands.addPostPreview({ post: id, of: 0, preview }, work.by('system:test'));
  await work.untilIdle();
}

const postFor = async (api: ReadApiFixture, reader: LoggedInPerson, post: PostId) =>
  (await api.request(reader, `/v1/posts/${post}`)).body as unknown as PostView;

test('a post shows where its link leads, with a picture that whoever may read the post may load', async (t) => {
  await using api = await givenReadApi();
  const [ann, bob, eve] = [await api.person('Ann'), await api.person('Bob'), await api.person('Eve')];
  await api.friends(ann, bob);
  const [open, narrow] = [await publish(api, ann, 'public'), await publish(api, ann, 'friends')];
  const shown = await postFor(api, eve, open);
  t.like(shown.preview, { url: LINK, title: 'Rain', description: null, site: 'Weather', image: { kind: 'image', small: null } });
  t.is(shown.preview?.image?.full.url, `/v1/posts/${open}/media/preview/full`);
  const loaded = await fetch(`${api.url}/v1/posts/${open}/media/preview/full`);
  t.deepEqual([loaded.status, loaded.headers.get('content-type'), loaded.headers.get('cache-control')], [200, 'image/png', 'public, max-age=600']);
  t.is((await fetch(`${api.url}/v1/posts/${open}/media/0/full`)).status, 404);
  const url = (await postFor(api, bob, narrow)).preview?.image?.full.url ?? '';
  t.is((await fetch(api.url + url)).status, 200);
  t.is((await fetch(`${api.url}${url.split('?')[0] ?? ''}`)).status, 404);
  t.is((await fetch(api.url + url.replace('/preview/', '/0/'))).status, 404);
  const { work } = api;
  await work.commands.editPost({ author: ann.person, post: open, text: 'Sun.' }, work.by(ann.person));
  await work.untilIdle();
  t.is((await postFor(api, eve, open)).preview, undefined);
  t.is((await fetch(`${api.url}/v1/posts/${open}/media/preview/full`)).status, 404);
});

test('nothing is left of the previews of an erased person', async (t) => {
  await using api = await givenReadApi();
  const { work } = api;
  const ann = await api.person('Ann');
  const post = await publish(api, ann, 'public');
  t.true((await work.mediaStore.list('objects')).length > 0);
  await work.commands.erasePerson({ person: ann.person }, work.by(ann.person));
  await work.advanceUntil(async () => (await work.mediaStore.list('objects')).length === 0);
  t.is((await fetch(`${api.url}/v1/posts/${post}/media/preview/full`)).status, 404);
  t.is((await work.views.get('posts', post))?.preview ?? null, null);
});
