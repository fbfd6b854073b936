/** Gives a channel a time to live, and tells in the log which messages have come to the end of theirs. */
import { disappearances, type Disappeared } from '../../domain/chat/disappearing.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { disappearancesStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { changeChannel, type ChangingChannel } from './channels.ts';
import { relationOf } from './pins.ts';

type SetDisappearing = { readonly person: PersonId; readonly channel: ChannelId; readonly afterSeconds: number | null };

export const setDisappearing =
  (dependencies: ChangingChannel) =>
  async ({ person, channel, afterSeconds }: SetDisappearing, context: CommandContext) => {
    const relation = await relationOf(dependencies, channel, person);
    return changeChannel(dependencies, { type: 'set-disappearing', channel, actor: person, relation, afterSeconds, at: context.at }, context);
  };

type TellDisappeared = { readonly channel: ChannelId; readonly disappeared: Disappeared };

export const tellDisappeared =
  ({ handle }: CommandHandling) =>
  ({ channel, disappeared }: TellDisappeared, context: CommandContext) =>
    handle(disappearances, disappearancesStream(channel), { type: 'tell', channel, disappeared }, context);

/** Destroys the keys of the days before this moment, of all channels. No event: what was sealed under them says by itself when it ended. */
export const destroyPastDays =
  ({ keyring }: Uses<'keyring'>) =>
  ({ at }: { readonly at: Instant }): Promise<number> =>
    keyring.ratchets.advanceTo(at);
