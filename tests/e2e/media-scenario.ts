/** A picture from a client of tus to the bytes that another person reads, on a whole system. */
import type { ExecutionContext } from 'ava';
import sharp from 'sharp';
import { Upload } from 'tus-js-client';
import { expectStatus } from '../client/expectations.ts';
import { authorizationOf, createActors, DONE, type Person } from './actors.ts';
import { callReadApi, callWriteApi, waitUntil, type SystemUnderTest } from './system-under-test.ts';

type Shown = { readonly full: { readonly url: string; readonly width: number } };

async function uploadPicture(system: SystemUnderTest, person: Person): Promise<string> {
  const picture = await sharp({ create: { width: 1_200, height: 900, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
  const { write } = await system.addresses();
  return new Promise((done, fail) => {
    const upload: Upload = new Upload(picture, {
      endpoint: `${write}/v1/me/uploads`,
      headers: authorizationOf(person),
      retryDelays: [0, 100, 500, 1_000, 3_000],
      chunkSize: 5_000,
      onSuccess: () => done(upload.url?.split('/').at(-1) ?? ''),
      onError: fail,
    });
    upload.start();
  });
}

export async function picturesAreShown(t: ExecutionContext, system: SystemUnderTest): Promise<void> {
  const { people } = await createActors(system, { run: 'media', size: 6 });
  const [ann, bob] = people as [Person, Person];
  const as = (person: Person) => ({ headers: authorizationOf(person) });
  const media = await uploadPicture(system, ann);
  const status = async () => (await callReadApi(system, `/v1/me/media/${media}`, as(ann))).body['status'];
  await waitUntil('the picture is ready', async () => (await status()) === 'ready');
  const body = { text: '', media: [{ media, alt: 'Teal.' }] };
  const published = expectStatus(DONE, await callWriteApi(system, '/v1/me/feed', { method: 'POST', ...as(ann), body }));
  const headers = { ...authorizationOf(bob), 'min-position': published.position ?? '' };
  const post = expectStatus(DONE, await callReadApi(system, `/v1/posts/${String(published.body['id'])}`, { headers }));
  const [shown] = post.body['media'] as readonly Shown[];
  t.is(shown?.full.width, 1_200);
  const { read } = await system.addresses();
  const response = await fetch(read + (shown?.full.url ?? ''));
  t.is(response.status, 200);
  t.like(await sharp(Buffer.from(await response.arrayBuffer())).metadata(), { format: 'jpeg', width: 1_200, height: 900 });
}
