/** Somebody who signs up, logs in, and finds friends, by commands that are tried as long as the system under test is. */
import { v7 } from 'uuid';
import { expectStatus } from '../client/expectations.ts';
import { authorizationOf, DONE, PASSWORD } from './actors.ts';
import { callWriteApi, type SystemUnderTest } from './system-under-test.ts';

export type Newcomer = { readonly id: string; readonly token: string; readonly loginName: string; readonly friends: Set<string> };

export async function signUp(system: SystemUnderTest, loginName: string): Promise<Newcomer> {
  const body = { loginName, name: loginName, password: PASSWORD };
  const signedUp = expectStatus([201], await callWriteApi(system, '/v1/people', { method: 'POST', key: v7(), body }));
  const session = expectStatus([201], await callWriteApi(system, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } }));
  return { id: String(signedUp.body['id']), token: String(session.body['token']), loginName, friends: new Set() };
}

export async function befriend(system: SystemUnderTest, one: Newcomer, other: Newcomer): Promise<void> {
  const asking = { method: 'POST', headers: authorizationOf(one), key: v7(), body: { person: other.id } } as const;
  const asked = expectStatus(DONE, await callWriteApi(system, '/v1/friend-requests', asking));
  const path = `/v1/friend-requests/${encodeURIComponent(String(asked.body['id']))}/accept`;
  expectStatus(DONE, await callWriteApi(system, path, { method: 'POST', headers: authorizationOf(other), key: v7() }));
  one.friends.add(other.id);
  other.friends.add(one.id);
}
