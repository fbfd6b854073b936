/**
 * Passwords as argon2id hashes (RFC 9106) with the parameters that OWASP's password storage cheat sheet names first, in the PHC
 * string format. Hashing runs on the thread pool, never on the event loop, a few at a time: it is meant to be expensive.
 */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { createHashingQueue, type HashingShare } from './hashing-queue.ts';

const MEMORY_KIB = 19_456;
const PASSES = 2;
const PARALLELISM = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** Of the four threads of the pool, so that files and host names can still be looked up meanwhile. */
const HASHING_MAX = 2;
/** At some 40 ms each, the last in a lane of the queue waits a little over a second, or two where both are full. */
const WAITING_MAX = 64;

export type Passwords = {
  /** Throws `PasswordQueueFull`. */
  hash(password: string, share: HashingShare): Promise<string>;
  /** False for a hash that is none of ours. Takes as long when there is no hash, so that time doesn't tell which login names there are. Throws `PasswordQueueFull`. */
  verify(password: string, hash: string | undefined, share: HashingShare): Promise<boolean>;
};

export function createPasswords(): Passwords {
  const queued = createHashingQueue({ running: HASHING_MAX, waiting: WAITING_MAX });
  return {
    hash: (password, share) =>
      queued(share, async () => {
        const salt = randomBytes(SALT_BYTES);
        const parameters = { memory: MEMORY_KIB, passes: PASSES, parallelism: PARALLELISM };
        return phcOf(parameters, salt, await digest(password, salt, parameters, HASH_BYTES));
      }),
    verify: (password, hash, share) =>
      queued(share, async () => {
        const stored = parsePhc(hash ?? NO_HASH);
        if (stored === undefined) return false;
        const given = await digest(password, stored.salt, stored.parameters, stored.hash.length);
        return timingSafeEqual(given, stored.hash) && hash !== undefined;
      }),
  };
}

type Parameters = { readonly memory: number; readonly passes: number; readonly parallelism: number };

const argon2Async = promisify(argon2);

/** Normalised (NFC), because keyboards differ in how they compose a letter. */
const digest = (password: string, nonce: Uint8Array, parameters: Parameters, tagLength: number): Promise<Buffer> =>
  argon2Async('argon2id', { message: password.normalize('NFC'), nonce, tagLength, ...parameters });

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '');

const phcOf = ({ memory, passes, parallelism }: Parameters, salt: Uint8Array, hash: Uint8Array): string =>
  `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`;

const NO_HASH = phcOf({ memory: MEMORY_KIB, passes: PASSES, parallelism: PARALLELISM }, new Uint8Array(SALT_BYTES), new Uint8Array(HASH_BYTES));

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,88})\$([A-Za-z0-9+/]{16,88})$/;

function parsePhc(text: string): { readonly parameters: Parameters; readonly salt: Buffer; readonly hash: Buffer } | undefined {
  const [, memory, passes, parallelism, salt, hash] = PHC.exec(text) ?? [];
  if (salt === undefined || hash === undefined) return undefined;
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}
