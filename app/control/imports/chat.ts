/** Imports channels, their members and their messages, and answers a line for each: a request that is interrupted is made again. */
import { importedChannelOf, type ImportedChannel } from '../../../commands/imports/chat-channels.ts';
import type { MessageOutcome } from '../../../commands/imports/chat-messages.ts';
import type { Commands } from '../../../commands/commands.ts';
import type { LoadState } from '../../../commands/handling/handle.ts';
import type { Importing } from '../../../commands/imports/importing.ts';
import { channel } from '../../../domain/chat/channel.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { ControlFailure, type OperationRequest } from '../protocol.ts';
import { IMPORTED, outcomeOf, refusedAs, UNCHANGED } from './outcomes.ts';
import type { ImportOutcome } from './outcome.ts';
import type { ImportLines } from './protocol.ts';

export type ChatImporting = {
  readonly commands: Pick<Commands, 'importChannel' | 'importMember' | 'importMessages' | 'findImportedMessages' | 'endChannelImport'>;
  readonly loadState: LoadState;
};

type Asked = { readonly signal: AbortSignal; readonly importing: Importing };

/** No more than a log appends together. */
const MEMBERS_TOGETHER_MAX = 16;
const SAYS = {
  'out-of-order': 'Later messages of the channel were imported before it.',
  'since-joining': 'Somebody joined the channel who reads nothing from before, and would read it.',
} as const;

export async function* importChannel(
  { commands, loadState }: ChatImporting,
  { dryRun, openedAt: happenedAt, ...request }: OperationRequest<'import-channel'>,
  { importing }: Asked,
): AsyncIterable<ImportLines['import-channel']> {
  const imported = { ...withoutUndefined(request), happenedAt } as ImportedChannel;
  if (imported.kind === 'direct' && imported.members[0] === imported.members[1]) throw new ControlFailure('bad-request', 'A direct channel has two people.');
  const id = importedChannelOf(imported);
  if (dryRun) {
    const { state } = await loadState(channel, channelStream(id));
    yield { channel: id, ...(state.status === 'none' ? IMPORTED : UNCHANGED) };
  } else yield { channel: id, ...outcomeOf((await commands.importChannel(imported, importing)).handled) };
}

export async function* importMembers(
  { commands }: ChatImporting,
  { channel: id, members }: OperationRequest<'import-members'>,
  { signal, importing }: Asked,
): AsyncIterable<ImportLines['import-members']> {
  const importOne = async (person: PersonId) => ({ person, ...outcomeOf(await commands.importMember({ channel: id, member: person }, importing)) });
  for (let from = 0; from < members.length; from += MEMBERS_TOGETHER_MAX) {
    signal.throwIfAborted();
    yield* await Promise.all(members.slice(from, from + MEMBERS_TOGETHER_MAX).map(importOne));
  }
}

export async function* importMessages(
  { commands }: ChatImporting,
  { channel: id, source, system, messages, dryRun }: OperationRequest<'import-messages'>,
  { importing }: Asked,
): AsyncIterable<ImportLines['import-messages']> {
  if (messages.some(({ key }, index) => key <= (messages[index - 1]?.key ?? '')))
    throw new ControlFailure('bad-request', 'The messages are not in the order of their keys.');
  if (dryRun) {
    const there = await commands.findImportedMessages({ channel: id, source, keys: messages.map(({ key }) => key) });
    for (const { key } of messages) yield { key, isReply: true, ...(there.has(key) ? UNCHANGED : IMPORTED) };
    return;
  }
  const toImport = messages.map(({ replyTo, ...message }) => ({ ...withoutUndefined(message), ...(replyTo !== undefined && { replyToKey: replyTo }) }));
  for (const outcome of await commands.importMessages({ channel: id, source, system, messages: toImport as MessagesGiven }, importing)) yield lineOf(outcome);
}

type MessagesGiven = Parameters<Commands['importMessages']>[0]['messages'];

function lineOf({ key, ...outcome }: MessageOutcome): ImportLines['import-messages'] {
  switch (outcome.outcome) {
    case 'imported':
      return { key, isReply: outcome.isReply, ...IMPORTED };
    case 'unchanged':
      return { key, isReply: true, ...UNCHANGED };
    case 'refused':
      return { key, isReply: true, ...refusedAs(outcome.refusal) };
    case 'out-of-order':
    case 'since-joining':
      return { key, isReply: true, outcome: 'refused', code: outcome.outcome, says: SAYS[outcome.outcome] };
  }
}

export async function* endChannelImport(
  { commands }: ChatImporting,
  { channel: id, description }: OperationRequest<'import-channel-end'>,
  { importing }: Asked,
): AsyncIterable<ImportLines['import-channel-end']> {
  const { described, read } = await commands.endChannelImport({ channel: id, ...(description !== undefined && { description }) }, importing);
  const outcome: ImportOutcome | undefined = described && outcomeOf(described);
  yield { read, description: outcome?.outcome === 'refused' ? outcome : null };
}

/** A parsed field that was absent may be there as undefined. */
const withoutUndefined = <Fields extends object>(fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields;
