/** Puts a read receipt into the log. */
import { v7 } from 'uuid';
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';

export type ReadReceiptWriter = {
  readonly commands: Pick<Commands, 'markRead'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

/** `writtenSeq` is the seq of the person's last receipt in the log, where it is known. */
export type ReadReceipt = { readonly person: PersonId; readonly channel: ChannelId; readonly seq: number; readonly writtenSeq: number | undefined };

/** Throws where too many were writing, so that it is tried again. Other refusals mean that the person has left the channel: nothing is to be written then. */
export async function writeReadReceipt({ commands, contextFor, clock }: ReadReceiptWriter, { person, channel, seq, writtenSeq }: ReadReceipt): Promise<void> {
  const made = contextFor({ actor: person, type: 'mark-read', key: v7(), fresh: true, body: { channel, seq }, at: clock() });
  if (made.outcome === 'refused') throw new Error(sentenceOf(made.refusal.code));
  const result = await commands.markRead({ person, channel, seq, ...(writtenSeq === undefined ? {} : { known: writtenSeq }) }, made.context);
  if (result.outcome === 'refused' && result.refusal.code === 'write-contention') throw new Error(sentenceOf(result.refusal.code));
}
