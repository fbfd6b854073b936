/**
 * Tells the changes of a channel in its history, each once and in their order. Whoever changed the channel does so right after, and a
 * reactor does it again in case their process died in between: a notice's command follows from its change, so both give the same one.
 */
import { channel } from '../../domain/chat/channel.ts';
import { membersOf } from '../../domain/chat/channel-state.ts';
import type { ChannelEvent, ChannelKind, MessagesEvent } from '../../domain/chat/events.ts';
import { noticeOf, type Notice } from '../../domain/chat/groups/notices.ts';
import { messageEntryOf } from '../../domain/chat/message-entry.ts';
import { messages } from '../../domain/chat/messages.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { DAY_MS, plus } from '../../domain/shared/instant.ts';
import { channelStream, messagesStream } from '../../domain/shared/streams.ts';
import { CLOCK_SKEW_MAX_MS, type CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { commandIdOf } from '../handling/deterministic-ids.ts';
import { readDecoded } from '../handling/load-stream.ts';
import { publishMessage } from './message-hints.ts';

type Dependencies = Uses<'log' | 'codec' | 'broadcast'>;
type Change = Recorded<ChannelEvent>;

/** The actor and the command of notices. They are in stored ids, and never changed. */
const ACTOR = 'system:notices';
const COMMAND = 'add-notice';
/** In place of a hash: no other request can come under a key that is an event's id. */
const REQUEST = 'notice';
/** Before its first notice nothing says how far a channel's have come. Changes that are older than this are told of by nobody any more. */
const UNNOTED_MAX_MS = DAY_MS;
const UNNOTED_MAX = 200;

/**
 * Tells of the change at `revision` of the channel's stream, and of those before it that nobody has told of yet. False: somebody has to
 * come again, for one of them could not be told of, and none is told behind a later one.
 */
export const noteChanges =
  (dependencies: Dependencies) =>
  async ({ channel: id, revision }: { readonly channel: ChannelId; readonly revision: number }): Promise<boolean> => {
    const { loadState } = dependencies;
    const [{ state }, { state: head }] = await Promise.all([loadState(channel, channelStream(id)), loadState(messages, messagesStream(id))]);
    if (state.status !== 'open' || (head.noted ?? -1) >= revision) return true;
    const noticeOfChange = (change: Change) => noticeOf(change, { revision: change.revision, isAnnouncement: state.kind === 'announcement' });
    // Thousands may come and go of whom nobody is told: what is before them waits for the next change that has a notice.
    for await (const [change] of changesIn(dependencies, id, { from: revision, until: revision })) {
      if (change === undefined || noticeOfChange(change) === undefined) return true;
    }
    const changes = head.noted === undefined ? recentUpTo(dependencies, id, revision) : changesIn(dependencies, id, { from: head.noted + 1, until: revision });
    for await (const some of changes) {
      for (const change of some) {
        const notice = noticeOfChange(change);
        if (notice === undefined) continue;
        if (!(await addNotice(dependencies, { channel: id, kind: state.kind, members: membersOf(state), notice, change }))) return false;
      }
    }
    return true;
  };

type Adding = {
  readonly channel: ChannelId;
  readonly kind: ChannelKind;
  readonly members: readonly PersonId[];
  readonly notice: Notice;
  readonly change: Change;
};

async function addNotice({ handle, broadcast }: Dependencies, { channel: id, kind, members, notice, change }: Adding): Promise<boolean> {
  const context = contextOf(change);
  const handled = await handle(messages, messagesStream(id), { type: 'note', channel: id, notice }, context);
  if (handled.outcome === 'refused') return false;
  if (handled.outcome !== 'appended' || handled.repeated) return true;
  for (const event of handled.events as readonly MessagesEvent[]) {
    publishMessage(broadcast, { channel: id, kind, members, entry: messageEntryOf({ ...event, revision: handled.revision, metadata: { at: context.at } }) });
  }
  return true;
}

/** The time is that of the change: whoever adds the notice, it is the same. */
function contextOf({ id, metadata: { at, $correlationId: correlationId } }: Change): CommandContext {
  return { command: commandIdOf(ACTOR, COMMAND, id), request: REQUEST, actor: ACTOR, at, since: plus(at, -CLOCK_SKEW_MAX_MS), correlationId, causationId: id };
}

const changesIn = ({ log, codec }: Dependencies, id: ChannelId, { from, until }: { readonly from: number; readonly until: number }) =>
  readDecoded({ log, codec }, channelStream(id), { from, limit: until - from + 1 }) as AsyncIterable<readonly Change[]>;

async function* recentUpTo({ log, codec }: Dependencies, id: ChannelId, revision: number): AsyncGenerator<readonly Change[], void> {
  const found: Change[] = [];
  for await (const stored of log.readStream(channelStream(id), { from: revision, direction: 'backwards', limit: UNNOTED_MAX })) {
    const change = (await codec.decode(stored)) as Change;
    const newest = found[0]?.metadata.at ?? change.metadata.at;
    if (change.metadata.at < plus(newest, -UNNOTED_MAX_MS)) break;
    found.push(change);
  }
  yield found.toReversed();
}
