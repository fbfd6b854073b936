/** The names under which the views keep terms: keyed with a secret of the installation and with the channel, so that no word is in them. */
import { hash } from 'node:crypto';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';

/** 48 bits: where two terms of a channel meet, a message is read that then doesn't match. */
const KEY_CHARACTERS = 8;

/** Not a word: a line break is in none. */
const MEDIA = '\nmedia';

export type TermKeys = {
  of(channel: ChannelId, term: string): string;
  /** Of each message of a sender. */
  ofSender(channel: ChannelId, sender: PersonId): string;
  /** Of each message that shows pictures, videos, recordings or files. */
  ofMedia(channel: ChannelId): string;
};

export function termKeys(secret: Uint8Array): TermKeys {
  // Of what is hashed only a fifth is told, so the secret may stand before it: nobody goes on from there. An HMAC takes four times as long.
  const key = Buffer.from(secret).toString('base64');
  const of = (channel: ChannelId, term: string) => hash('sha256', `${key}\n${channel}\n${term}`, 'base64url').slice(0, KEY_CHARACTERS);
  return {
    of,
    ofSender: (channel, sender) => of(channel, `\nsender\n${sender}`),
    ofMedia: (channel) => of(channel, MEDIA),
  };
}

/** The keys that `joinKeys` put behind each other. */
export const splitKeys = (keys: string): readonly string[] =>
  Array.from({ length: keys.length / KEY_CHARACTERS }, (_, i) => keys.slice(i * KEY_CHARACTERS, (i + 1) * KEY_CHARACTERS));
export const joinKeys = (keys: readonly string[]): string => keys.join('');
