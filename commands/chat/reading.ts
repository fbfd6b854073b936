/** Marks a channel as read up to a message, and mutes and unmutes channels. */
import { channel } from '../../domain/chat/channel.ts';
import type { ChannelLevel } from '../../domain/chat/events.ts';
import { inbox } from '../../domain/chat/inbox.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { channelStream, inboxStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { messageAt } from './message-references.ts';

type InChannel = { readonly person: PersonId; readonly channel: ChannelId };

/** `known` is the seq of the pointer that the caller last knew of, if any: it saves an append that would change nothing. */
export const markRead =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ person, channel: id, seq, known }: InChannel & { readonly seq: number; readonly known?: number }, context: CommandContext) => {
    const [membership, target] = await Promise.all([dependencies.loadState(channel, channelStream(id)), messageAt(dependencies, id, seq)]);
    return dependencies.handle(
      inbox,
      inboxStream(person),
      { type: 'read', actor: person, channel: id, membership: membership.state, seq, target, ...(known === undefined ? {} : { known }), at: context.at },
      context,
      { readRevisions: [membership] },
    );
  };

export const muteChannel =
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, channel: id, until }: InChannel & { readonly until?: Instant }, context: CommandContext) => {
    const membership = await loadState(channel, channelStream(id));
    const ending = until === undefined ? {} : { until };
    const command = { type: 'mute', actor: person, channel: id, membership: membership.state, ...ending, at: context.at } as const;
    return handle(inbox, inboxStream(person), command, context, { readRevisions: [membership] });
  };

export const unmuteChannel =
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, channel: id }: InChannel, context: CommandContext) => {
    const membership = await loadState(channel, channelStream(id));
    return handle(inbox, inboxStream(person), { type: 'unmute', actor: person, channel: id, membership: membership.state }, context, {
      readRevisions: [membership],
    });
  };

export const chooseChannelLevel =
  ({ handle, loadState }: CommandHandling) =>
  async ({ person, channel: id, level }: InChannel & { readonly level: ChannelLevel }, context: CommandContext) => {
    const membership = await loadState(channel, channelStream(id));
    return handle(inbox, inboxStream(person), { type: 'choose-level', actor: person, channel: id, membership: membership.state, level }, context, {
      readRevisions: [membership],
    });
  };
