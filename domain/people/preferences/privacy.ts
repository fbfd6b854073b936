/** What others learn of a person without being told it: whether the person is there, has received and has read something. */

/** `everyone`: all with whom the person shares a channel, and friends. */
export const PRESENCE_AUDIENCES = ['everyone', 'friends', 'nobody'] as const;
export type PresenceAudience = (typeof PRESENCE_AUDIENCES)[number];

export type Privacy = {
  /** Whether others are told how far the person has read; a person who tells nobody is told of nobody. */
  readonly readReceipts: boolean;
  /** Who sees whether the person is online, and when the person was last active. */
  readonly presence: PresenceAudience;
  /** Shown as offline to everybody, for as long as it lasts; and nobody is told what the person's devices have received. */
  readonly invisible: boolean;
};

/** Of a person who has chosen nothing. */
export const DEFAULT_PRIVACY: Privacy = { readReceipts: true, presence: 'everyone', invisible: false };

/** Of these two, each is told how far the other has read, or neither is. */
export const tellReading = (one: Pick<Privacy, 'readReceipts'>, other: Pick<Privacy, 'readReceipts'>): boolean => one.readReceipts && other.readReceipts;

/** Whether somebody who may see the person otherwise, as a friend or not, sees the person's presence. */
export function showsPresence({ presence, invisible }: Pick<Privacy, 'presence' | 'invisible'>, { isFriend }: { readonly isFriend: boolean }): boolean {
  if (invisible) return false;
  switch (presence) {
    case 'everyone':
      return true;
    case 'friends':
      return isFriend;
    case 'nobody':
      return false;
  }
}
