/** The keys that seal personal fields: created when a subject is first written about, kept in the vault, cached in the process. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../../domain/shared/instant.ts';
import { counted, dropOldest, emptyTallies, type CacheTallies } from '../cache-tallies.ts';
import { openRatchets, type KeyVault, type Ratchets, type SubjectKey } from './ratchets.ts';

const KEY_BYTES = 32; // AES-256
const KEYS_CACHED_MAX = 50_000;
/** Another process may have erased a subject: this process goes on opening its fields for at most this long. */
const KEY_CACHED_MS = 60_000;

export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}

export type Keyring = {
  /** The key to seal with, created and durable if there was none. Throws `SubjectErased`. */
  sealingKeyOf(subject: string): Promise<SubjectKey>;
  /** The existing keys of these subjects. */
  openingKeysOf(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>>;
  erase(subject: string, at: Instant): Promise<void>;
  /** The log says that the subject was erased, and the vault may not know yet: from now on this process seals and opens nothing for it. */
  markErased(subject: string): void;
  /** Of channels in which texts disappear. */
  readonly ratchets: Ratchets;
};

type CachedKey = SubjectKey | 'none' | 'erased';

export function openKeyring(
  vault: KeyVault,
  monotonicMs: () => number = () => performance.now(),
  caches: Pick<CacheTallies, 'subject-keys' | 'channel-ratchets'> = emptyTallies(),
): Keyring {
  const tally = caches['subject-keys'];
  const cache = new Map<string, { readonly key: CachedKey; readonly until: number }>();
  const cached = (subject: string) => {
    const entry = cache.get(subject);
    return entry !== undefined && entry.until > monotonicMs() ? entry.key : undefined;
  };
  const remember = (subject: string, key: CachedKey): CachedKey => {
    cache.delete(subject);
    cache.set(subject, { key, until: monotonicMs() + KEY_CACHED_MS });
    if (cache.size > KEYS_CACHED_MAX) dropOldest(cache, tally);
    return key;
  };
  /** The vault's answer, unless the subject was marked as erased while the vault was asked. */
  const rememberUnlessErased = (subject: string, key: CachedKey): CachedKey => (cached(subject) === 'erased' ? 'erased' : remember(subject, key));

  return {
    sealingKeyOf: async (subject) => {
      const current = counted(tally, cached(subject));
      if (current === 'erased') throw new SubjectErased(subject);
      if (current !== undefined && current !== 'none') return current;
      const fresh = { keyId: randomUUID(), key: randomBytes(KEY_BYTES).toString('base64') };
      const kept = await vault.putIfAbsent('subject-key', subject, fresh, { owner: subject });
      const key = rememberUnlessErased(subject, keyOf(kept));
      if (key === 'erased' || key === 'none') throw new SubjectErased(subject);
      return key;
    },

    openingKeysOf: async (subjects) => {
      const keys = new Map<string, SubjectKey>();
      await Promise.all(
        Array.from(new Set(subjects), async (subject) => {
          const key = counted(tally, cached(subject)) ?? rememberUnlessErased(subject, keyOf(await vault.get('subject-key', subject)));
          if (key !== 'none' && key !== 'erased') keys.set(subject, key);
        }),
      );
      return keys;
    },

    erase: async (subject, at) => {
      await vault.removeOwned(subject);
      await vault.put('subject-key', subject, { erasedAt: at });
      remember(subject, 'erased');
    },

    markErased: (subject) => void remember(subject, 'erased'),

    ratchets: openRatchets(vault, monotonicMs, caches['channel-ratchets']),
  };
}

function keyOf(record: Awaited<ReturnType<typeof getKey>>): CachedKey {
  if (record === undefined) return 'none';
  return 'erasedAt' in record ? 'erased' : { keyId: record.keyId, key: Buffer.from(record.key, 'base64') };
}

const getKey = (vault: KeyVault, subject: string) => vault.get('subject-key', subject);
