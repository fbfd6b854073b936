/** Imports one conversation: its people, the channel, its messages in their order, and what the channel is for. */
import { DESCRIPTION_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/groups/group-commands.ts';
import { CHANNEL_MEMBERS_MAX } from '../../../domain/chat/groups/limits.ts';
import { MESSAGE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/messages.ts';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import { charactersIn } from '../../../domain/shared/text/text.ts';
import type { OperationRequest } from '../../../app/control/protocol.ts';
import { IMPORTED_AT_ONCE_MAX } from '../../../app/control/imports/protocol.ts';
import type { ControlClient } from '../../control-client.ts';
import { inChunks } from '../chunks.ts';
import type { LeftOutReason } from '../left-out.ts';
import type { Report } from '../report.ts';
import type { SlackArchive } from './archive.ts';
import type { Conversation } from './conversations.ts';
import { messageToImport, type MessageToImport } from './message-to-import.ts';
import type { SlackMessage } from './message.ts';
import { messagesInOrder, survey, type Surveyed } from './messages-in-order.ts';
import type { Names } from './names.ts';
import type { SlackPeople } from './people.ts';
import { sendFiles } from './send-files.ts';
import { SOURCE } from './source.ts';

export type ImportingSlack = {
  readonly client: ControlClient;
  readonly archive: SlackArchive;
  readonly people: SlackPeople;
  readonly names: Names;
  readonly report: Report;
  readonly dryRun: boolean;
  readonly files: boolean;
  readonly now: Instant;
  readonly progress: (text: string) => void;
};

/** A channel here, with all that its messages need. */
type Target = { readonly channel: ChannelId; readonly source: string; readonly folder: string; readonly isNew: boolean };

export async function importConversation(importing: ImportingSlack, conversation: Conversation): Promise<void> {
  const { archive, people, report, now } = importing;
  const reading = { archive, folder: conversation.folder, now };
  const surveyed = await survey(reading);
  for (const file of surveyed.faulty) await report.leaveOut(file, 'no-list');
  await people.importStrangers(surveyed.senders);
  const request = channelRequest(importing, conversation, surveyed);
  if (typeof request === 'string') return report.leaveOut(conversation.folder, request);
  const target = await openChannel(importing, conversation, request);
  if (target === undefined) return;
  for await (const chunk of inChunks(messagesToImport(importing, target, messagesInOrder(reading, surveyed)))) {
    await importChunk(importing, target, chunk);
    importing.progress(`${conversation.folder}: ${surveyed.count} messages; ${report.count()} of all things`);
  }
  if (!importing.dryRun) await endImport(importing, conversation, { target, request, surveyed });
}

type ChannelRequest = OperationRequest<'import-channel'>;

/** Who is gone and who is a bot is no member, but of a direct channel, which has two. */
function channelRequest({ people, dryRun }: ImportingSlack, conversation: Conversation, surveyed: Surveyed): ChannelRequest | LeftOutReason {
  const { id, kind, title, created, creator } = conversation;
  const openedAt = created ?? firstTime(surveyed);
  const named = { source: SOURCE, key: id, openedAt, dryRun };
  if (kind === 'direct') {
    const [one, other] = conversation.members;
    if (one === undefined || other === undefined) return 'notes-to-oneself';
    const members = [people.of(one)?.person, people.of(other)?.person] as const;
    return isKnown(members[0]) && isKnown(members[1]) ? { ...named, kind, members: [members[0], members[1]] } : 'no-members';
  }
  const members = membersOf(people, conversation, surveyed);
  const [first] = members;
  if (first === undefined) return 'no-members';
  const created_by = creator === undefined ? undefined : people.of(creator)?.person;
  const owner = created_by !== undefined && members.includes(created_by) ? created_by : first;
  const group = { ...named, owner, ...(title !== undefined && { title }) };
  return members.length > CHANNEL_MEMBERS_MAX ? { ...group, kind: 'announcement' } : { ...group, kind: 'group', members };
}

const isKnown = (person: PersonId | undefined): person is PersonId => person !== undefined;

/** A channel without members, as one that is archived may be, belongs to those who wrote in it. */
function membersOf(people: SlackPeople, { members }: Conversation, { senders }: Surveyed): PersonId[] {
  const ids = members.length > 0 ? members : [...senders.keys()];
  return ids.flatMap((id) => {
    const known = people.of(id);
    return known?.person === undefined || !known.isActive ? [] : [known.person];
  });
}

const firstTime = ({ days }: Surveyed): Instant => instant(Math.floor(Number(days.find(({ from }) => from !== '')?.from ?? 0) * 1_000));

async function openChannel({ client, report }: ImportingSlack, { id, folder }: Conversation, request: ChannelRequest): Promise<Target | undefined> {
  for await (const { channel, ...outcome } of client.call('import-channel', request)) {
    await report.done(folder, outcome, 'channels');
    if (outcome.outcome === 'refused') return undefined;
    return { channel, source: `${SOURCE}/${id}`, folder, isNew: outcome.outcome === 'imported' };
  }
  return undefined;
}

async function* messagesToImport(importing: ImportingSlack, target: Target, read: ReturnType<typeof messagesInOrder>): AsyncGenerator<MessageToImport, void> {
  const { report, people } = importing;
  for await (const one of read) {
    if ('leftOut' in one) {
      await report.leaveOut(one.item, one.leftOut);
      continue;
    }
    const item = `${target.folder}/${one.message.ts}`;
    const sender = people.of(one.message.sender)?.person;
    if (sender === undefined) {
      await report.leaveOut(item, 'sender-unknown');
      continue;
    }
    const message = await toImport(importing, target, { sender, item, message: one.message });
    // A process would not take the request that it is in.
    if (charactersIn(message.text) > MESSAGE_LENGTH_MAX_CHARACTERS) await report.leaveOut(item, 'too-long');
    else yield message;
  }
}

async function toImport(
  importing: ImportingSlack,
  target: Target,
  { sender, item, message }: { readonly sender: PersonId; readonly item: string; readonly message: SlackMessage },
): Promise<MessageToImport> {
  const { names, report, dryRun } = importing;
  const none = { media: [], missing: message.files };
  // What is there already keeps its files, or has lost them since.
  const isThere = message.files.length > 0 && !dryRun && (await isImported(importing, target, message));
  const files = message.files.length === 0 || dryRun || isThere ? none : await sendFiles(importing, { sender, item, files: message.files });
  return messageToImport(message, { sender, files, names, report, item });
}

async function isImported({ client }: ImportingSlack, { channel, source }: Target, { ts, at, sender: _sender }: SlackMessage): Promise<boolean> {
  const nobody = '00000000-0000-8000-8000-000000000000' as PersonId;
  const messages = [{ key: ts, at, sender: nobody, text: '' }];
  for await (const { outcome } of client.call('import-messages', { channel, source, system: SOURCE, messages, dryRun: true })) return outcome === 'unchanged';
  return false;
}

async function importChunk(
  { client, report, dryRun }: ImportingSlack,
  { channel, source, folder }: Target,
  messages: readonly MessageToImport[],
): Promise<void> {
  for await (const { key, isReply, ...outcome } of client.call('import-messages', { channel, source, system: SOURCE, messages: [...messages], dryRun })) {
    if (!isReply) await report.without(`${folder}/${key}`, 'thread-gone');
    await report.done(`${folder}/${key}`, outcome, 'messages');
  }
}

type Ending = { readonly target: Target; readonly request: ChannelRequest; readonly surveyed: Surveyed };

async function endImport(importing: ImportingSlack, conversation: Conversation, { target, request, surveyed }: Ending): Promise<void> {
  const { client, people, report } = importing;
  const { channel, folder } = target;
  // A group is opened with its members: these are who has come there since an earlier archive.
  if (request.kind === 'announcement' || (request.kind === 'group' && !target.isNew)) {
    const members = membersOf(people, conversation, surveyed);
    for (let at = 0; at < members.length; at += IMPORTED_AT_ONCE_MAX) {
      for await (const { person, ...outcome } of client.call('import-members', { channel, members: members.slice(at, at + IMPORTED_AT_ONCE_MAX) })) {
        if (outcome.outcome === 'refused') await report.withoutFor(`${folder}: ${person}`, outcome);
      }
    }
  }
  const { purpose } = conversation;
  const isTooLong = purpose !== undefined && charactersIn(purpose) > DESCRIPTION_LENGTH_MAX_CHARACTERS;
  if (isTooLong) await report.without(folder, 'purpose');
  for await (const { description } of client.call('import-channel-end', { channel, ...(purpose !== undefined && !isTooLong && { description: purpose }) })) {
    if (description !== null) await report.withoutFor(folder, description);
  }
}
