/** Every operation of relationships, called once by an allowed caller. */
import type { ExecutionContext } from 'ava';
import type { WriteApiFixture } from '../test-fixture.ts';

export async function relationships(t: ExecutionContext, { request, person, friends }: WriteApiFixture): Promise<void> {
  const [ada, bob] = [await person(), await person()];
  for (const collection of ['follows', 'mutes', 'blocks']) {
    const path = `/v1/me/${collection}/${bob.person}`;
    for (const [method, status] of [
      ['DELETE', 200],
      ['PUT', 201],
      ['PUT', 200],
      ['DELETE', 200],
    ] as const)
      t.is((await request(ada, method, path)).status, status, `${method} ${collection}`);
  }
  const { id } = (await request(ada, 'POST', '/v1/friend-requests', { body: { person: bob.person } })).body;
  t.is(id, [ada.person, bob.person].toSorted().join(':'));
  t.is((await request(ada, 'POST', `/v1/friend-requests/${id}/withdraw`)).status, 201);
  await request(ada, 'POST', '/v1/friend-requests', { body: { person: bob.person } });
  t.is((await request(bob, 'POST', `/v1/friend-requests/${encodeURIComponent(id)}/refuse`)).status, 201, 'the colon may be encoded, or not');
  await friends(bob, ada);
  t.is((await request(ada, 'DELETE', `/v1/me/friends/${bob.person}`)).status, 200);
}
