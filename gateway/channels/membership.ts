/** Who belongs to a channel by now, as the log has it: the views may be further with what was said than with who may hear it. */
import type { Current } from '../../commands/handling/handle.ts';
import { channel, isMember } from '../../domain/chat/channel.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream } from '../../domain/shared/streams.ts';

export type MembershipLookup = (channel: ChannelId) => Promise<(person: PersonId) => boolean>;

export const membershipFromLog =
  (current: Current): MembershipLookup =>
  async (id) => {
    const { state } = await current(channel, channelStream(id));
    return (person) => isMember(state, person);
  };
