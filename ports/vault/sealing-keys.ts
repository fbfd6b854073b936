/** The keys that seal the records of a vault on a server. They are in a file and never on that server, so that its disks open nothing. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';

const KEY_BYTES = 32; // AES-256
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** It names a field of a document as well. */
const KEY_ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const SEALING_KEYS_MAX = 16;

export type SealingKey = { readonly id: string; readonly bytes: Uint8Array };
/** The first one seals, all open: that is how one takes the place of another while several processes run. */
export type SealingKeys = readonly [SealingKey, ...SealingKey[]];

/**
 * One key a line: its id, a space, and 32 bytes in base64. Empty lines and lines that begin with # count for nothing.
 * Throws where that isn't so; the message names a line and never shows what is in it.
 */
export function parseSealingKeys(text: string): SealingKeys {
  const keys = text.split('\n').flatMap((line, at) => (/^\s*(#|$)/.test(line) ? [] : [parseKey(line.trim(), at + 1)]));
  const [first, ...others] = keys;
  if (first === undefined) throw new Error('The file of the vault’s keys has no key. A line is an id, a space, and 32 bytes in base64.');
  if (keys.length > SEALING_KEYS_MAX) throw new Error(`The file of the vault’s keys has more than ${SEALING_KEYS_MAX} keys.`);
  const twice = keys.find(({ id }, at) => keys.findIndex((other) => other.id === id) < at);
  if (twice !== undefined) throw new Error(`The file of the vault’s keys has two keys with the id ${twice.id}.`);
  return [first, ...others];
}

function parseKey(line: string, number: number): SealingKey {
  const [id = '', encoded = '', ...more] = line.split(/\s+/);
  const bytes = Buffer.from(encoded, 'base64');
  if (KEY_ID.test(id) && more.length === 0 && bytes.length === KEY_BYTES && bytes.toString('base64') === encoded) return { id, bytes };
  throw new Error(
    `Line ${number} of the file of the vault’s keys isn’t a key: an id of at most 32 of a–z, 0–9 and -, a space, and ${KEY_BYTES} bytes in base64.`,
  );
}

/**
 * Nonce, tag and ciphertext of AES-256-GCM under a key derived for this place: a random nonce may be drawn some 2^32 times a key,
 * which one place never does, and what is moved to another place does not open there.
 */
export function sealBytes({ bytes }: SealingKey, place: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOfPlace(bytes, place), nonce);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** undefined: it isn't what was sealed under this key in this place. */
export function openBytes({ bytes }: SealingKey, place: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', keyOfPlace(bytes, place), nonce, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

const keyOfPlace = (key: Uint8Array, place: string): Buffer => createHmac('sha256', key).update(`tidings vault seal\n${place}`).digest();
