/**
 * Post ids are ULIDs (github.com/ulid/spec): ten characters of time, so that they sort, and sixteen that here are a digest of the
 * command instead of chance. The stream is named by the digest alone: a retry at another time meets it and reads the time back.
 */
import type { PostId } from '../shared/ids.ts';
import { epochMs, instant, type Instant } from '../shared/instant.ts';
import { postStream } from '../shared/streams.ts';

export const BASE32_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_CHARACTERS = 10;
export const POST_DIGEST_CHARACTERS = 16;
const POST_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

export const isPostId = (text: string): text is PostId => POST_ID.test(text);

export const postIdFrom = (at: Instant, digest: string): PostId => (timeCharacters(at) + digest) as PostId;

/** No post of this moment or later has a lower id. */
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
