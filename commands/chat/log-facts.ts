/** Membership and blocks as the log has them at this moment: for queries whose views may be late. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember } from '../../domain/chat/channel-state.ts';
import { hasBlocked } from '../../domain/people/relationships.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream } from '../../domain/shared/streams.ts';
import type { LoadState } from '../handling/handle.ts';
import { withRelationships } from './newcomers.ts';

export type LogFacts = {
  isMember(person: PersonId, channel: ChannelId): Promise<boolean>;
  /** Whether `by` blocks the person. */
  isBlockedBy(person: PersonId, by: PersonId): Promise<boolean>;
};

export const logFacts = (loadState: LoadState): LogFacts => ({
  isMember: async (person, id) => isMember((await loadState(channel, channelStream(id))).state, person),
  isBlockedBy: async (person, by) => hasBlocked((await withRelationships(loadState, by)).relationships, person),
});
