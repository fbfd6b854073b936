/**
 * Post ids are ULIDs (github.com/ulid/spec): ten characters of time, so that they sort, and sixteen that here are a digest of the
 * command instead of random. The stream is named by the digest alone, so a retry at another time finds it and reads the time back.
 */
import type { PostId } from '../shared/ids.ts';
import { epochMs, instant, type Instant } from '../shared/instant.ts';
import { postStream } from '../shared/streams.ts';

/** Crockford's Base32, as in ULIDs: no I, L, O and U. */
export const BASE32_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
export const POST_DIGEST_CHARACTERS = 16;
const POST_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export const isPostId = (text: string): text is PostId => POST_ID.test(text);

export const postIdFrom = (at: Instant, digest: string): PostId => (timeCharacters(at) + digest) as PostId;

/** The lowest id that a post of this moment can have. */
export const firstPostIdAt = (at: Instant): PostId => postIdFrom(at, '0'.repeat(POST_DIGEST_CHARACTERS));

export const postStreamOf = (post: PostId): string => postStream(post.slice(TIME_CHARACTERS));

export function postTimeOf(post: PostId): Instant {
  return instant(Array.from(post.slice(0, TIME_CHARACTERS)).reduce((time, character) => time * 32 + BASE32_ALPHABET.indexOf(character), 0));
}

function timeCharacters(at: Instant): string {
  let time = epochMs(at);
  let characters = '';
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    characters = BASE32_ALPHABET.charAt(time % 32) + characters;
    time = Math.floor(time / 32);
  }
  return characters;
}
