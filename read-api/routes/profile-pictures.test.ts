/** The picture of a profile: set, shown, changed, taken away, and gone with the person. */
import test from 'ava';
import sharp from 'sharp';
import type { MediaView } from '../media/media-view.ts';
import { givenReadApi, type LoggedInPerson, type ReadApiFixture } from '../test-fixture.ts';
import { picture, upload } from '../media/test-fixture.ts';

const change = async ({ work, expectSuccess }: ReadApiFixture, { person }: LoggedInPerson, media: Awaited<ReturnType<typeof upload>> | null) =>
  expectSuccess(work.commands.changeProfile({ person, picture: media && { media, alt: 'Ann at sea.' } }, work.by(person)));

const pictureIn = (body: object): MediaView | null => (body as { readonly picture: MediaView | null }).picture;

const pictureFor = async (api: ReadApiFixture, reader: LoggedInPerson, { person }: LoggedInPerson) =>
  pictureIn((await api.requestAfterWrites(reader, `/v1/people/${person}`)).body);

test('a picture is shown with its profile, under an address that changes with it, and under one that stays', async (t) => {
  await using api = await givenReadApi();
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  const ofPerson = `${api.url}/v1/people/${ann.person}/picture/small`;
  t.is(await pictureFor(api, bob, ann), null);
  t.is((await fetch(ofPerson)).status, 404);

  await change(api, ann, await upload(api, ann, await picture('red')));
  const shown = await pictureFor(api, bob, ann);
  t.like(shown, { kind: 'image', alt: 'Ann at sea.', medium: null, full: { width: 640, height: 480 }, small: { width: 320, height: 240 } });
  t.deepEqual(pictureIn((await api.requestAfterWrites(ann, '/v1/me')).body), shown);
  const named = await fetch(api.url + (shown?.small?.url ?? ''));
  t.like(Object.fromEntries(named.headers), {
    'content-type': 'image/jpeg',
    'cache-control': 'public, max-age=86400, immutable',
    'x-content-type-options': 'nosniff',
  });
  t.is((await sharp(Buffer.from(await named.arrayBuffer())).metadata()).width, 320);
  const whichever = await fetch(ofPerson);
  t.is(whichever.headers.get('cache-control'), 'public, max-age=300');
  const etag = whichever.headers.get('etag') ?? '';
  t.is((await fetch(ofPerson, { headers: { 'if-none-match': etag } })).status, 304);
  t.is((await fetch(`${api.url}/v1/people/${ann.person}/picture/medium`)).status, 200, 'the size that comes nearest');

  await change(api, ann, await upload(api, ann, await picture('blue')));
  const changed = await pictureFor(api, bob, ann);
  t.not(changed?.small?.url, shown?.small?.url);
  t.is((await fetch(api.url + (shown?.small?.url ?? ''))).status, 404, 'the picture before');
  t.not((await fetch(ofPerson)).headers.get('etag'), etag);
});

test('lists of people and the authors of posts have the address of the small picture, and the list of whom one blocks has it not', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  await change(api, ann, await upload(api, ann, await picture('red')));
  const url = (await pictureFor(api, bob, ann))?.small?.url;
  await api.expectSuccess(commands.publishPost({ author: ann.person, text: 'At sea.', visibility: 'public' }, by(ann.person)));
  await api.expectSuccess(commands.follow({ person: bob.person, other: ann.person }, by(bob.person)));
  const bodyOf = async (path: string) => (await api.requestAfterWrites(bob, path)).body;
  t.like(await bodyOf('/v1/people?q=ann'), { people: [{ id: ann.person, name: 'Ann', picture: url }] });
  t.like(await bodyOf('/v1/me/follows'), { people: [{ id: ann.person, name: 'Ann', picture: url }] });
  t.like(await bodyOf(`/v1/people/${ann.person}/posts`), { posts: [{ author: { id: ann.person, name: 'Ann', picture: url } }] });

  await api.expectSuccess(commands.block({ person: bob.person, other: ann.person }, by(bob.person)));
  const [blocked] = ((await bodyOf('/v1/me/blocks')) as { readonly people: readonly object[] }).people;
  t.deepEqual(Object.keys(blocked ?? {}).toSorted(), ['id', 'name', 'since']);
});

test('a picture that was taken away, and that of a person who was erased, are shown to nobody', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  const media = await upload(api, ann, await picture('red'));
  await change(api, ann, media);
  await change(api, ann, null);
  t.is(await pictureFor(api, bob, ann), null);
  await change(api, ann, media);
  const { url = '' } = (await pictureFor(api, bob, ann))?.full ?? {};
  t.is((await fetch(api.url + url)).status, 200);
  await api.expectSuccess(commands.erasePerson({ person: ann.person }, by(ann.person)));
  t.is(await pictureFor(api, bob, ann), null);
  t.is((await fetch(api.url + url)).status, 404);
});

test('of a person whom one blocks no picture is shown', async (t) => {
  await using api = await givenReadApi();
  const { commands, by } = api.work;
  const [ann, bob] = [await api.person('Ann'), await api.person('Bob')];
  await change(api, ann, await upload(api, ann, await picture('red')));
  await api.expectSuccess(commands.block({ person: bob.person, other: ann.person }, by(bob.person)));
  t.is(await pictureFor(api, bob, ann), null);
});
