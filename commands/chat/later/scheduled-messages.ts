/** Messages that are to be sent later. What they refer to is looked at twice: when they are scheduled, and when they are sent. */
import { timeToLiveIn } from '../../../domain/chat/disappearing.ts';
import { messages } from '../../../domain/chat/messages.ts';
import type { MessageDraft } from '../../../domain/chat/scheduled/events.ts';
import { scheduledMessage } from '../../../domain/chat/scheduled/scheduled-message.ts';
import type { Refusal } from '../../../domain/shared/decider.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { scheduledMessageStream } from '../../../domain/shared/streams.ts';
import type { CommandContext } from '../../handling/command-context.ts';
import type { Uses } from '../../handling/dependencies.ts';
import { createdIdOf } from '../../handling/deterministic-ids.ts';
import type { CommandHandling } from '../../handling/handle.ts';
import type { CommandResult, CreateResult } from '../../handling/results.ts';
import { prepareMessage } from '../messages.ts';

type Whose = { readonly channel: ChannelId; readonly sender: PersonId };
type OfScheduled = { readonly scheduled: ScheduledMessageId };
export type ScheduleMessage = Whose & MessageDraft & { readonly sendAt: Instant };

export const scheduleMessage =
  (dependencies: Uses<'log' | 'codec' | 'messagesKeptSeconds'>) =>
  async ({ channel, sender, sendAt, ...draft }: ScheduleMessage, context: CommandContext): Promise<CreateResult<ScheduledMessageId>> => {
    const id = createdIdOf<ScheduledMessageId>(context.command, 'scheduled-message');
    const now = await asOfNow(dependencies, { scheduled: id, channel, sender, draft }, context);
    const command = { type: 'schedule', scheduled: id, channel, sender, draft, sendAt, ...now, at: context.at } as const;
    return { id, handled: await dependencies.handle(scheduledMessage, scheduledMessageStream(id), command, context) };
  };

/** All of it is said anew, but where. */
export const changeScheduledMessage =
  (dependencies: Uses<'log' | 'codec' | 'messagesKeptSeconds'>) =>
  async ({ scheduled, channel, sender, sendAt, ...draft }: ScheduleMessage & OfScheduled, context: CommandContext): Promise<CommandResult> => {
    const now = await asOfNow(dependencies, { scheduled, channel, sender, draft }, context);
    const command = { type: 'change', scheduled, channel, sender, draft, sendAt, ...now, at: context.at } as const;
    return dependencies.handle(scheduledMessage, scheduledMessageStream(scheduled), command, context);
  };

export const cancelScheduledMessage =
  ({ handle }: CommandHandling) =>
  ({ scheduled, channel, sender }: OfScheduled & Whose, context: CommandContext): Promise<CommandResult> =>
    handle(scheduledMessage, scheduledMessageStream(scheduled), { type: 'cancel', scheduled, channel, sender }, context);

/** Given by a worker, as the next. */
export const beginScheduledMessage =
  ({ handle }: CommandHandling) =>
  ({ scheduled }: OfScheduled, context: CommandContext): Promise<CommandResult> =>
    handle(scheduledMessage, scheduledMessageStream(scheduled), { type: 'begin', scheduled, at: context.at }, context);

export const endScheduledMessage =
  ({ handle }: CommandHandling) =>
  (
    { scheduled, became }: OfScheduled & { readonly became: { readonly message: number } | { readonly refusal: RefusalCode } },
    context: CommandContext,
  ): Promise<CommandResult> =>
    handle(scheduledMessage, scheduledMessageStream(scheduled), { type: 'end', scheduled, became }, context);

/** Why the message would be refused if it were sent now, and how long it would stay. */
async function asOfNow(
  dependencies: Uses<'log' | 'codec' | 'messagesKeptSeconds'>,
  { scheduled, draft, ...whose }: OfScheduled & Whose & { readonly draft: MessageDraft },
  context: CommandContext,
): Promise<{ readonly fault?: Refusal; readonly timeToLiveSeconds?: number }> {
  const { command } = await prepareMessage(dependencies, { ...whose, ...draft, clientId: scheduled }, context);
  const decision = messages.decide(messages.initialState, command);
  const timeToLiveSeconds = timeToLiveIn(command.membership, command.keptSeconds);
  return { ...(decision.outcome === 'refused' && { fault: decision.refusal }), ...(timeToLiveSeconds !== undefined && { timeToLiveSeconds }) };
}
