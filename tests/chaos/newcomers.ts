/** People who sign up while things go wrong: each logs in, asks the one before to be friends, and is accepted. */
import { listOf } from '../client/expectations.ts';
import { authorizationOf, PASSWORD } from '../e2e/actors.ts';
import { befriend, signUp, type Newcomer } from '../e2e/newcomer.ts';
import { callReadApi, callWriteApi, type SystemUnderTest } from '../e2e/system-under-test.ts';

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
