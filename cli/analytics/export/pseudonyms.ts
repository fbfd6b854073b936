/**
 * Puts pseudonyms in the place of every id, of people and of all else: the same for the same id wherever it stands, so that what belongs
 * together can still be joined, and another under another key. Whoever has the key, or the log, can tell whose they are.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { CliFailure, EXIT } from '../../failure.ts';

const KEY_BYTES = 32;
const OWNER_ONLY = 0o600;
const KEY = /^[A-Za-z0-9_-]{43}$/;
/** Ids are UUIDs, or digests in hexadecimal. */
const IDS = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b/gi;
const REMEMBERED_MAX = 100_000;

export type Pseudonyms = {
  /** Tells keys apart, and nothing of them. */
  readonly fingerprint: string;
  /** A copy with pseudonyms in all its texts. */
  of<Value>(value: Value): Value;
};

/** From a file with a key, which is made where it is missing. Throws `CliFailure`. */
export async function pseudonymsOf(path: string): Promise<Pseudonyms> {
  const made = randomBytes(KEY_BYTES).toString('base64url');
  try {
    await writeFile(path, `${made}\n`, { flag: 'wx', mode: OWNER_ONLY });
    return pseudonymsBy(made);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
      throw new CliFailure(EXIT.failed, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
  const key = (await readFile(path, 'utf8')).trim();
  if (!KEY.test(key)) throw new CliFailure(EXIT.failed, `${path} is no key for pseudonyms. Name a file that is not there yet, and one is made.`);
  return pseudonymsBy(key);
}

export function pseudonymsBy(key: string): Pseudonyms {
  const remembered = new Map<string, string>();
  const pseudonym = (id: string): string => {
    const known = remembered.get(id);
    if (known !== undefined) return known;
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    const made = uuidOf(createHmac('sha256', key).update(id.toLowerCase()).digest('hex'));
    remembered.set(id, made);
    return made;
  };
  const of = (value: unknown): unknown => {
    if (typeof value === 'string') return value.replaceAll(IDS, pseudonym);
    if (Array.isArray(value)) return value.map(of);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, held]) => [of(name), of(held)]));
  };
  return { fingerprint: createHash('sha256').update(`fingerprint:${key}`).digest('hex').slice(0, 16), of: (value) => of(value) as typeof value };
}

/** Version 8 of RFC 9562: made in a way of one's own. */
const uuidOf = (hex: string): string => `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
