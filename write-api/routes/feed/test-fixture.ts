/** Every operation of posts, called once by an allowed caller. */
import type { ExecutionContext } from 'ava';
import { DAY_MS, instant, plus } from '../../../domain/shared/instant.ts';
import type { WriteApiFixture } from '../../test-fixture.ts';

export async function posts(t: ExecutionContext, { request, person }: WriteApiFixture): Promise<void> {
  const [ada, bob] = [await person(), await person()];
  const { id } = (await request(ada, 'POST', '/v1/me/feed', { body: { text: 'Hello' } })).body;
  t.is((await request(bob, 'POST', '/v1/me/feed', { body: { text: 'Hello yourself', replyTo: id } })).status, 201);
  t.is((await request(ada, 'PATCH', `/v1/posts/${id}`, { body: { text: 'Hello there' } })).body.revision, 1);
  t.is((await request(bob, 'PUT', `/v1/posts/${id}/like`)).status, 201);
  t.is((await request(bob, 'PUT', `/v1/posts/${id}/like`)).status, 200);
  t.is((await request(bob, 'DELETE', `/v1/posts/${id}/like`)).status, 200);
  t.is((await request(bob, 'PUT', `/v1/posts/${id}/reaction`, { body: { kind: 'love' } })).status, 201);
  t.is((await request(bob, 'DELETE', `/v1/posts/${id}/reaction`)).status, 200);
  t.is((await request(bob, 'PUT', `/v1/posts/${id}/bookmark`)).status, 201);
  t.is((await request(bob, 'DELETE', `/v1/posts/${id}/bookmark`)).status, 200);
  t.like(await request(bob, 'PUT', `/v1/posts/${id}/pin`), { status: 403 });
  t.is((await request(ada, 'PUT', `/v1/posts/${id}/pin`)).status, 201);
  t.is((await request(ada, 'DELETE', `/v1/posts/${id}/pin`)).status, 200);
  const shared = await request(bob, 'PUT', `/v1/posts/${id}/share`);
  t.is(shared.status, 201);
  t.like(await request(bob, 'PUT', `/v1/posts/${id}/share`), { status: 200, body: { id: shared.body.id } });
  t.is((await request(bob, 'DELETE', `/v1/posts/${id}/share`)).status, 200);
  t.is((await request(bob, 'POST', '/v1/me/feed', { body: { text: 'Look', quotes: id, visibility: 'friends' } })).status, 201);
  const body = { text: 'Later', publishAt: plus(instant(Date.now()), DAY_MS) };
  const scheduled = await request(ada, 'POST', '/v1/me/scheduled-posts', { body });
  t.is(scheduled.status, 201);
  const path = `/v1/me/scheduled-posts/${scheduled.body.id}`;
  t.is((await request(ada, 'PUT', path, { body: { ...body, text: 'Later still' } })).body.revision, 1);
  t.is((await request(ada, 'DELETE', path)).status, 200);
  t.is((await request(ada, 'DELETE', `/v1/posts/${id}`)).status, 200);
}
