/**
 * Withdraws messages, in two steps: the message is closed in the small stream of its own, so that nothing is said of it from then on, and
 * then the withdrawal is appended to the channel's messages. The second step's command id follows from the message alone, so that it is
 * appended once whoever takes it, and a worker takes it where a process died between the two.
 */
import { channel } from '../../domain/chat/channel.ts';
import { messageMarks } from '../../domain/chat/message-marks.ts';
import { messages } from '../../domain/chat/messages.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { channelStream, messageMarksStream } from '../../domain/shared/streams.ts';
import { CLOCK_SKEW_MAX_MS, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { commandIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';
import { appendAndPublish } from './messages.ts';
import { marksOf, messageAt } from './message-references.ts';

type Dependencies = Uses<'log' | 'codec' | 'broadcast' | 'told'>;
type OfMessage = { readonly channel: ChannelId; readonly message: number };
type Withdrawal = OfMessage & { readonly person: PersonId };

/** By its sender, wherever that person is by now. */
export const withdrawMessage =
  (dependencies: Dependencies) =>
  async (withdrawal: Withdrawal, context: CommandContext): Promise<CommandResult> => {
    const loaded = await load(dependencies, withdrawal);
    const decision = messages.decide(messages.initialState, loaded.command);
    if (decision.outcome === 'refused') return decision;
    const closed = await closeMessage(dependencies)(withdrawal, ofFirstStep(context));
    return closed.outcome === 'refused' ? closed : asOwn(await append(dependencies, loaded, context), closed);
  };

/** The place in a client's order is the last step's. */
const ofFirstStep = ({ place: _ofTheLastStep, ...context }: CommandContext): CommandContext => context;

/** Whether this very command was handled before is what its first step says: the second is the same whoever takes it, the worker or another request. */
function asOwn(done: CommandResult, closed: Exclude<CommandResult, { outcome: 'refused' }>): CommandResult {
  if (done.outcome !== 'appended' || !done.repeated) return done;
  const { stream, revision, position } = done;
  if (closed.outcome === 'unchanged' || !closed.repeated) return { outcome: 'unchanged', stream, revision, position };
  return closed.firstAt === undefined ? done : { ...done, firstAt: closed.firstAt };
}

/** The first step: for messages that were withdrawn before there was one. */
export const closeMessage =
  ({ handle }: Pick<CommandHandling, 'handle'>) =>
  ({ channel: id, message, person: by }: Withdrawal, context: CommandContext): Promise<CommandResult> =>
    handle(messageMarks, messageMarksStream(id, message), { type: 'close', channel: id, message, by, at: context.at }, context);

/** The second step, of a message that is closed. Nothing where it was taken. */
export const finishWithdrawal =
  (dependencies: Dependencies) =>
  async (withdrawal: Withdrawal, context: CommandContext): Promise<CommandResult> =>
    append(dependencies, await load(dependencies, withdrawal), context);

async function load(dependencies: Dependencies, { channel: id, message, person: actor }: Withdrawal) {
  const [membership, target] = await Promise.all([dependencies.loadState(channel, channelStream(id)), messageAt(dependencies, id, message)]);
  const command = { type: 'withdraw', channel: id, actor, membership: membership.state, relation: 'clear', message, target } as const;
  return { membership, command };
}

async function append(dependencies: Dependencies, { membership, command }: Awaited<ReturnType<typeof load>>, context: CommandContext) {
  const { closedAt = context.at } = await marksOf(dependencies, command.channel, command.message);
  return appendAndPublish(dependencies, command, membership, onceFor(command, context, closedAt));
}

/** In place of the actor. It is in stored ids, and never changed. */
const WITHDRAWAL = 'withdrawal';

/** It can't have been taken before the message was closed. */
const onceFor = ({ channel: id, message }: OfMessage, context: CommandContext, closedAt: Instant): CommandContext => ({
  ...context,
  command: commandIdOf(WITHDRAWAL, 'withdraw-message', `${id}\n${message}`),
  request: WITHDRAWAL,
  since: plus(closedAt, -CLOCK_SKEW_MAX_MS),
});
