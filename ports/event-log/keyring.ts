/** The keys that seal personal fields: made when a subject is first written about, kept in the vault, cached in the process. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Vault } from '../vault/port.ts';

const KEY_BYTES = 32; // AES-256
const KEYS_CACHED_MAX = 50_000;
/** Another process may have erased a subject: that long at most does this one go on opening what the key sealed. */
const KEY_CACHED_MS = 60_000;

export type SubjectKey = { readonly keyId: string; readonly key: Uint8Array };

export class SubjectErased extends Error {
  override readonly name = 'SubjectErased';
}

export type Keyring = {
  /** The key to seal with, made and durable if there was none. Throws `SubjectErased`. */
  sealing(subject: string): Promise<SubjectKey>;
  /** The keys that are there of these subjects. */
  opening(subjects: Iterable<string>): Promise<ReadonlyMap<string, SubjectKey>>;
  erase(subject: string, at: Instant): Promise<void>;
};

export function openKeyring(vault: Vault, clockMs: () => number = Date.now): Keyring {
  const cache = new Map<string, { readonly key: SubjectKey | undefined; readonly until: number }>();
  const cached = (subject: string) => {
    const entry = cache.get(subject);
    return entry !== undefined && entry.until > clockMs() ? entry : undefined;
  };
  const remember = (subject: string, key: SubjectKey | undefined) => {
    cache.delete(subject);
    cache.set(subject, { key, until: clockMs() + KEY_CACHED_MS });
    if (cache.size > KEYS_CACHED_MAX) for (const oldest of cache.keys()) if (cache.delete(oldest)) break;
    return key;
  };

  return {
    sealing: async (subject) => {
      const known = cached(subject)?.key;
      if (known !== undefined) return known;
      const fresh = { keyId: randomUUID(), key: randomBytes(KEY_BYTES).toString('base64') };
      const kept = await vault.putIfAbsent('subject-key', subject, fresh, { owner: subject });
      if ('erasedAt' in kept) throw new SubjectErased(subject);
      const key = { keyId: kept.keyId, key: Buffer.from(kept.key, 'base64') };
      remember(subject, key);
      return key;
    },

    opening: async (subjects) => {
      const keys = new Map<string, SubjectKey>();
      await Promise.all(
        Array.from(new Set(subjects), async (subject) => {
          const key = (cached(subject) ?? { key: remember(subject, keyOf(await vault.get('subject-key', subject))) }).key;
          if (key !== undefined) keys.set(subject, key);
        }),
      );
      return keys;
    },

    erase: async (subject, at) => {
      await vault.removeOwned(subject);
      await vault.put('subject-key', subject, { erasedAt: at });
      remember(subject, undefined);
    },
  };
}

function keyOf(record: Awaited<ReturnType<typeof getKey>>): SubjectKey | undefined {
  return record === undefined || 'erasedAt' in record ? undefined : { keyId: record.keyId, key: Buffer.from(record.key, 'base64') };
}

const getKey = (vault: Vault, subject: string) => vault.get('subject-key', subject);
