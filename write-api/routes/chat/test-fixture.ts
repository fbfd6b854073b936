/** Every operation of messages that are sent later, and of what a group has beside its members, called once by who may. */
import { randomUUID } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { v7 } from 'uuid';
import type { ObjectKey } from '../../../domain/media/media-facts.ts';
import type { MediaId } from '../../../domain/shared/ids.ts';
import { DAY_MS, instant, plus } from '../../../domain/shared/instant.ts';
import type { LoggedInPerson, WriteApiFixture } from '../../test-fixture.ts';

export async function scheduledMessages(t: ExecutionContext, { request, person }: WriteApiFixture): Promise<void> {
  const ada = await person();
  const { id: channel } = (await request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [], title: 'Later' } })).body;
  const body = { text: 'Later', sendAt: plus(instant(Date.now()), DAY_MS), entities: [{ kind: 'bold', from: 0, to: 5 }] };
  const scheduled = await request(ada, 'POST', `/v1/channels/${channel}/scheduled-messages`, { body });
  t.is(scheduled.status, 201);
  const path = `/v1/channels/${channel}/scheduled-messages/${scheduled.body.id}`;
  t.is((await request(ada, 'PUT', path, { body: { ...body, text: 'Later still' } })).body.revision, 1);
  t.is((await request(ada, 'DELETE', path)).status, 200);
}

/** Ada owns the group, and Bob is a member. */
export async function groupSettings(
  t: ExecutionContext,
  { request, person, commands: given }: Pick<WriteApiFixture, 'request' | 'person' | 'commands'>,
  { group, ada, bob }: { readonly group: string; readonly ada: LoggedInPerson; readonly bob: LoggedInPerson },
): Promise<void> {
  const path = `/v1/channels/${group}`;
  const dan = await person();
  t.is((await request(ada, 'PUT', `${path}/members/${bob.person}/role`, { body: { role: 'admin' } })).status, 201);
  t.is((await request(bob, 'PUT', `${path}/description`, { body: { description: 'Of us' } })).status, 201);
  const media = randomUUID() as MediaId;
  const facts = { kind: 'image', variants: [{ name: 'full', object: 'an object' as ObjectKey, type: 'image/jpeg', bytes: 9 }] } as const;
  await given.process().commands.keepFetchedPicture({ media, owner: bob.person, facts }, given.context('system:test'));
  t.is((await request(bob, 'PUT', `${path}/picture`, { body: { media } })).status, 201);
  t.is((await request(bob, 'DELETE', `${path}/picture`)).status, 200);
  t.is((await request(bob, 'PUT', `${path}/history`, { body: { history: 'since-joining' } })).status, 201);
  const key = { 'idempotency-key': v7() };
  const create = async () => (await request(bob, 'POST', `${path}/links`, { body: { usesMax: 3, approval: true }, headers: key })).body as never;
  const { link, token } = (await create()) as { link: string; token: string };
  t.like((await create()) as object, { link, token }, 'asked again, it is told again');
  const follow = () => request(dan, 'POST', '/v1/me/joined-links', { body: { token } });
  t.like(await follow(), { status: 201, body: { channel: group, membership: 'requested' } });
  t.is((await request(dan, 'DELETE', `/v1/me/join-requests/${group}`)).status, 200);
  await follow();
  t.is((await request(ada, 'DELETE', `${path}/join-requests/${dan.person}`)).status, 200);
  await follow();
  t.is((await request(ada, 'PUT', `${path}/join-requests/${dan.person}`)).status, 201);
  t.is((await request(dan, 'PUT', `${path}/level`, { body: { level: 'mentions' } })).status, 201);
  t.is((await request(bob, 'DELETE', `${path}/links/${link}`)).status, 200);
  t.is((await request(ada, 'PUT', `${path}/owner`, { body: { person: bob.person } })).status, 201);
  t.is((await request(bob, 'PUT', `${path}/owner`, { body: { person: ada.person } })).status, 201);
  await request(ada, 'DELETE', `${path}/members/${dan.person}`);
}
