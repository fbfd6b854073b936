/** What can be had once, by whoever comes first, in whichever process: a try, or the use of something that is good for one. */
import { randomUUID } from 'node:crypto';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Vault } from '../../ports/vault/port.ts';

/** False where somebody else has claimed it. */
export async function claim(vault: Vault, { id, person }: { readonly id: string; readonly person: PersonId }): Promise<boolean> {
  const nonce = randomUUID();
  return (await vault.putIfAbsent('code-try', id, { nonce }, { owner: person })).nonce === nonce;
}

/** Tries at once are no more than one after the other: each takes a number that nobody else has. */
export async function claimTry(
  vault: Vault,
  { of, person, triesMax }: { readonly of: string; readonly person: PersonId; readonly triesMax: number },
): Promise<boolean> {
  for (let number = 1; number <= triesMax; number++) if (await claim(vault, { id: `${of}:${number}`, person })) return true;
  return false;
}

/** After the code, ticket or factor is gone. */
export async function removeClaims(vault: Vault, { of, person }: { readonly of: string; readonly person: PersonId }): Promise<void> {
  for (const { id } of await vault.owned('code-try', person)) if (id.startsWith(`${of}:`)) await vault.remove('code-try', id);
}
