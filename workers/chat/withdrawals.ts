/**
 * Finishes withdrawals: of a message that was closed, also where the process that closed it died before the withdrawal was in the history;
 * and closes messages that were withdrawn before they were closed first.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { MessagesEvent } from '../../domain/chat/events.ts';
import type { MessageMarkEvent } from '../../domain/chat/message-marks.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';
import { contextForEvent } from '../jobs/command-contexts.ts';

type Handled = Extract<MessageMarkEvent, { type: 'chat.message-closed.v1' }> | Extract<MessagesEvent, { type: 'chat.message-withdrawn.v1' }>;

type Dependencies = {
  readonly commands: Pick<Commands, 'closeMessage' | 'finishWithdrawal'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const finishWithdrawals = ({ commands, contextFor, clock }: Dependencies): TidingsEventProcess<Handled> => ({
  kind: 'process',
  name: 'withdrawals',
  version: 1,
  handles: ['chat.message-closed.v1', 'chat.message-withdrawn.v1'],
  after: [],
  react: async (event) => {
    const { channel, message, by: person } = event.data;
    const body = { channel, message, person };
    const of = { contextFor, worker: 'withdrawals', body, at: clock() };
    if (event.type === 'chat.message-closed.v1') await commands.finishWithdrawal(body, contextForEvent(event, { ...of, type: 'finish-withdrawal' }));
    else await commands.closeMessage(body, contextForEvent(event, { ...of, type: 'close-message' }));
  },
});
