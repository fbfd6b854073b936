/**
 * States that are too large for one append, or nearly so, as compressed text in parts. The log takes 1 MiB at once; a person with as
 * many friends, follows, mutes and blocks as there may be has a state of more than that.
 */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';

/** JSON up to this length is kept as it is, so that it can be read in the log. */
const PLAIN_CHARACTERS_MAX = 100_000;
/** Of base64; leaves room for the rest of the event below 1 MiB. */
export const PART_CHARACTERS_MAX = 700_000;

const compress = promisify(deflateRaw);
const decompress = promisify(inflateRaw);

/** Undefined where the state is small enough to be kept as it is. */
export async function packState(state: unknown): Promise<readonly string[] | undefined> {
  const json = JSON.stringify(state);
  if (json.length <= PLAIN_CHARACTERS_MAX) return undefined;
  const packed = (await compress(json)).toString('base64');
  return Array.from({ length: Math.ceil(packed.length / PART_CHARACTERS_MAX) }, (_, part) =>
    packed.slice(part * PART_CHARACTERS_MAX, (part + 1) * PART_CHARACTERS_MAX),
  );
}

export async function unpackState(parts: readonly string[]): Promise<unknown> {
  return JSON.parse((await decompress(Buffer.from(parts.join(''), 'base64'))).toString()) as unknown;
}
