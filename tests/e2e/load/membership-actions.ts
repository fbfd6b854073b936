/** People who come to a group and leave it again during a load, each by commands that come after one another. */
import { expectStatus } from '../../client/expectations.ts';
import { isAway, recordMembership } from '../acknowledged.ts';
import { authorizationOf, deriveKey, DONE } from '../actors.ts';
import { callWriteApi } from '../system-under-test.ts';
import type { ActionContext } from './action-context.ts';

/** A guest who is there leaves; one who is away is asked by the owner, and comes back. */
export async function comeOrGo({ system, actors, person, acknowledged, key }: ActionContext): Promise<void> {
  const channel = actors.channels.find(({ guests }) => guests.includes(person));
  const owner = channel?.members[0];
  if (channel === undefined || owner === undefined) return;
  const { id } = channel;
  const membership = `/v1/channels/${id}/members/${person.id}`;
  if (!isAway(acknowledged, person.id, id)) {
    expectStatus(DONE, await callWriteApi(system, membership, { method: 'DELETE', headers: authorizationOf(person), key }));
    return recordMembership(acknowledged, { person: person.id, channel: id }, 'left');
  }
  expectStatus(DONE, await callWriteApi(system, membership, { method: 'PUT', headers: authorizationOf(owner), key, body: {} }));
  const accepting = { method: 'POST', headers: authorizationOf(person), key: deriveKey(key, 'accept') } as const;
  expectStatus(DONE, await callWriteApi(system, `/v1/me/invitations/${id}/accept`, accepting));
  recordMembership(acknowledged, { person: person.id, channel: id }, 'cameBack');
}
