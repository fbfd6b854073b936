/** The operations of moderation, each called once. */
import type { ExecutionContext } from 'ava';
import type { PostId } from '../../../domain/shared/ids.ts';
import type { WriteApiFixture } from '../../test-fixture.ts';

export async function reportsAndAppeals(t: ExecutionContext, { request, person, commands: given }: WriteApiFixture): Promise<void> {
  const [ada, bob] = [await person(), await person()];
  const { id: post } = (await request(bob, 'POST', '/v1/me/feed', { body: { text: 'Buy this' } })).body as unknown as { readonly id: PostId };
  const body = { subject: { kind: 'post', post }, violation: 'spam', text: 'Under every post.' };
  t.is((await request(ada, 'POST', '/v1/reports', { body })).body.id, `post:${post}`);
  t.is((await request(ada, 'POST', '/v1/reports', { body: { ...body, violation: 'hate' } })).status, 200, 'each thing is reported once');
  const decision = { subject: { kind: 'post', post }, by: 'local', violation: 'spam' } as const;
  await given.process().commands.hidePost(decision, given.context('operator:local'));
  t.is((await request(bob, 'POST', '/v1/me/appeals', { body: { post, text: 'It is no spam.' } })).status, 201);
}
