import type { ExecutionContext } from 'ava';
import type { WriteApiFixture } from '../../test-fixture.ts';

/** Every operation of exports, once. */
export async function exportsAskedFor(t: ExecutionContext, { request, person, direct }: WriteApiFixture): Promise<void> {
  const [ada, bob] = [await person(), await person()];
  const channel = await direct(ada, bob);
  const { status, body } = await request(ada, 'POST', `/v1/channels/${channel}/exports`);
  t.is(status, 201);
  t.is((await request(ada, 'POST', '/v1/me/exports')).status, 201);
  t.is((await request(ada, 'DELETE', `/v1/me/exports/${body.id}`)).status, 200);
}
