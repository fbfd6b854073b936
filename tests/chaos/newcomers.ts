/** People who sign up while things go wrong: each logs in, asks the one before to be friends, and is accepted. */
import { v7 } from 'uuid';
import { expectStatus, listOf } from '../client/expectations.ts';
import { authorizationOf, DONE, PASSWORD } from '../e2e/actors.ts';
import { callReadApi, callWriteApi, type SystemUnderTest } from '../e2e/system-under-test.ts';

export type Newcomer = { readonly id: string; readonly token: string; readonly loginName: string; readonly friends: Set<string> };

export async function signUpNewcomers(system: SystemUnderTest, { run, isOver }: { readonly run: string; readonly isOver: () => boolean }): Promise<Newcomer[]> {
  const newcomers: Newcomer[] = [];
  while (!isOver()) {
    const newcomer = await signUp(system, `newcomer-${newcomers.length}-${run}`);
    const before = newcomers.at(-1);
    if (before !== undefined) await befriend(system, newcomer, before);
    newcomers.push(newcomer);
  }
  return newcomers;
}

async function signUp(system: SystemUnderTest, loginName: string): Promise<Newcomer> {
  const body = { loginName, name: loginName, password: PASSWORD };
  const signedUp = expectStatus([201], await callWriteApi(system, '/v1/people', { method: 'POST', key: v7(), body }));
  const session = expectStatus([201], await callWriteApi(system, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } }));
  return { id: String(signedUp.body['id']), token: String(session.body['token']), loginName, friends: new Set() };
}

async function befriend(system: SystemUnderTest, one: Newcomer, other: Newcomer): Promise<void> {
  const asking = { method: 'POST', headers: authorizationOf(one), key: v7(), body: { person: other.id } } as const;
  const asked = expectStatus(DONE, await callWriteApi(system, '/v1/friend-requests', asking));
  const path = `/v1/friend-requests/${encodeURIComponent(String(asked.body['id']))}/accept`;
  expectStatus(DONE, await callWriteApi(system, path, { method: 'POST', headers: authorizationOf(other), key: v7() }));
  one.friends.add(other.id);
  other.friends.add(one.id);
}

/** Each can log in, and has the friends that were accepted. */
export async function findNewcomerFaults(system: SystemUnderTest, newcomers: readonly Newcomer[]): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { id, token, loginName, friends } of newcomers) {
    const { status } = await callWriteApi(system, '/v1/sessions', { method: 'POST', body: { loginName, password: PASSWORD } });
    if (status !== 201) faults.push(`${loginName} can’t log in: ${status}`);
    const listed = listOf(await callReadApi(system, '/v1/me/friends', { headers: authorizationOf({ token }) }), 'people').map((friend) => String(friend['id']));
    if (listed.toSorted().join() !== [...friends].toSorted().join())
      faults.push(`${loginName} (${id}) has the friends ${listed.join()}, not ${[...friends].join()}`);
  }
  return faults;
}
