/** Who may read what of a channel, by the log: the views may have a message before they have the removal of a member who may not see it. */
import type { LoadState } from '../../commands/handling/handle.ts';
import { channel } from '../../domain/chat/channel.ts';
import { readsFrom } from '../../domain/chat/channel-state.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream } from '../../domain/shared/streams.ts';

/** Answers the first `seq` that a member may read, and undefined for everybody else. */
export async function membershipFromLog(loadState: LoadState, id: ChannelId): Promise<(person: PersonId) => number | undefined> {
  const { state } = await loadState(channel, channelStream(id));
  return (person) => readsFrom(state, person);
}
