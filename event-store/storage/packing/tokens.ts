/**
 * The packed form of an event's JSON. What JSON.stringify writes has no control characters, so bytes below 32 stand for what takes
 * much room in events: ids, moments, base64, the names of fields. Every other byte stands for itself.
 *
 *  0        a UUID in lower case: 16 bytes follow
 *  1 … 8    a UUID that came before in the event: the first, the second …
 *  9        a moment as `Date.toISOString` writes it: its milliseconds since the epoch (u48, big-endian) follow
 *  10       the last moment again
 *  11, 12   base64 or base64url: the number of characters (varint), then six bits a character, the last byte filled up with zeros
 *  16 … 23  a word as the name of a field, `"name":`; its number (varint) follows. With `{`, `,` or `",` before it, and a quotation mark after it.
 */
export const UUID = 0;
export const UUID_AGAIN = 1;
export const UUIDS_REMEMBERED_MAX = 8;
export const MOMENT = 9;
export const MOMENT_AGAIN = 10;
export const BASE64 = 11;
export const BASE64_URL = 12;
export const NAME = 16;

export const UUID_BYTES = 16;
export const UUID_CHARACTERS = 36;
export const MOMENT_BYTES = 6;
export const MOMENT_CHARACTERS = 24;
/** All below is a token, and never the text itself. */
export const TOKENS_END = 32;

/** Added to `NAME`: what stands before the name, and whether its value begins with a quotation mark. */
export const AFTER_COMMA = 1;
export const AFTER_STRING = 2;
export const AFTER_BRACE = 3;
export const BEFORE_STRING = 4;

const BASE64_CHARACTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
export const alphabetOf = (token: typeof BASE64 | typeof BASE64_URL): Uint8Array => (token === BASE64 ? BASE64_ALPHABET : BASE64_URL_ALPHABET);
const BASE64_ALPHABET = Buffer.from(`${BASE64_CHARACTERS}+/`, 'latin1');
const BASE64_URL_ALPHABET = Buffer.from(`${BASE64_CHARACTERS}-_`, 'latin1');
