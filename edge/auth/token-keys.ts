/**
 * The keys that sign tokens. A new one signs from time to time, and the old ones verify until every token that they signed has
 * expired. They are in the vault, numbered, so that processes that make a key at the same moment make the same one.
 */
import { randomBytes } from 'node:crypto';
import { DAY_MS, MINUTE_MS, msBetween, SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Vault } from '../../ports/vault/port.ts';

const KEY_BYTES = 32; // the length of HS256's digest
const OWNER = 'token-keys';
export const KEY_ROTATED_AFTER_MS = 30 * DAY_MS;
/** Another process may have made a new key; it signs with the old one for so long at most. */
const RELOADED_AFTER_MS = MINUTE_MS;
/** A token may name any key it likes: the vault is asked for unknown ones no more often than this. */
const UNKNOWN_ASKED_AFTER_MS = SECOND_MS;

export type TokenKey = { readonly kid: string; readonly key: Uint8Array };

export type TokenKeys = {
  /** The key that signs now. */
  current(): Promise<TokenKey>;
  find(kid: string): Promise<TokenKey | undefined>;
};

type Dependencies = { readonly vault: Pick<Vault, 'putIfAbsent' | 'owned' | 'remove'>; readonly clock: () => Instant; readonly monotonicMs: () => number };
type KeyAt = TokenKey & { readonly number: number; readonly createdAt: Instant };

/** `tokenMaxMs`: the longest that a token is valid. Makes the first key at the first start of the installation. */
export async function openTokenKeys({ vault, clock, monotonicMs }: Dependencies, { tokenMaxMs }: { readonly tokenMaxMs: number }): Promise<TokenKeys> {
  let keys: readonly KeyAt[] = [];
  let loadedMs = -Infinity;

  const load = async () => {
    const records = await vault.owned('token-key', OWNER);
    keys = records
      .map(({ id, record }) => ({ kid: id, number: Number(id), key: Buffer.from(record.secret, 'base64'), createdAt: record.createdAt }))
      .toSorted((one, other) => one.number - other.number);
    loadedMs = monotonicMs();
  };

  /** The newest; another one is made where there is none, or where it has signed for long enough. */
  const newest = async (): Promise<KeyAt> => {
    const last = keys.at(-1);
    if (last !== undefined && msBetween(last.createdAt, clock()) < KEY_ROTATED_AFTER_MS) return last;
    const kid = String((last?.number ?? 0) + 1);
    await vault.putIfAbsent('token-key', kid, { secret: randomBytes(KEY_BYTES).toString('base64'), createdAt: clock() }, { owner: OWNER });
    await load();
    return keys.find((one) => one.kid === kid) ?? (await newest());
  };

  /** What an old key signed last was signed, at the latest, when other processes knew of the next one. */
  const removeExpired = async () => {
    const known = keys;
    for (const [i, { kid }] of known.entries()) {
      const next = known[i + 1];
      if (next !== undefined && msBetween(next.createdAt, clock()) > tokenMaxMs + RELOADED_AFTER_MS) await vault.remove('token-key', kid);
    }
    await load();
  };

  await load();
  await newest();
  await removeExpired();
  return {
    current: async () => {
      if (monotonicMs() - loadedMs > RELOADED_AFTER_MS) await load();
      return newest();
    },
    find: async (kid) => {
      const known = keys.find((one) => one.kid === kid);
      if (known !== undefined || monotonicMs() - loadedMs < UNKNOWN_ASKED_AFTER_MS) return known;
      await load();
      return keys.find((one) => one.kid === kid);
    },
  };
}
