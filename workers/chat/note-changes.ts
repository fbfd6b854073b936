/** Tells a channel's changes in its history, where the process that made one died before it could. */
import type { Commands } from '../../commands/commands.ts';
import type { ChannelEvent } from '../../domain/chat/events.ts';
import type { TidingsEventProcess } from '../../projections/read-models/projectors.ts';

/** Those that have a notice: `noticeOf`. */
type Noted = Extract<
  ChannelEvent,
  {
    type:
      | 'chat.channel-renamed.v1'
      | 'chat.channel-described.v1'
      | 'chat.channel-pictured.v1'
      | 'chat.member-joined.v1'
      | 'chat.member-left.v1'
      | 'chat.member-removed.v1'
      | 'chat.role-changed.v1'
      | 'chat.owner-changed.v1'
      | 'chat.history-set.v1'
      | 'chat.disappearing-set.v1'
      | 'chat.message-pinned.v1'
      | 'chat.message-unpinned.v1';
  }
>;

export const noteChangesAgain = ({ commands }: { readonly commands: Pick<Commands, 'noteChanges'> }): TidingsEventProcess<Noted> => ({
  kind: 'process',
  name: 'note-changes',
  version: 1,
  handles: [
    'chat.channel-renamed.v1',
    'chat.channel-described.v1',
    'chat.channel-pictured.v1',
    'chat.member-joined.v1',
    'chat.member-left.v1',
    'chat.member-removed.v1',
    'chat.role-changed.v1',
    'chat.owner-changed.v1',
    'chat.history-set.v1',
    'chat.disappearing-set.v1',
    'chat.message-pinned.v1',
    'chat.message-unpinned.v1',
  ],
  // Whoever changed the channel has told of it already, unless its process died.
  paceMs: 100,
  after: [],
  startFrom: 'now', // changes from before there were notices are told by none
  react: async ({ data: { channel }, revision }) => {
    if (!(await commands.noteChanges({ channel, revision })))
      throw new Error('Too many commands are changing the messages of a channel; its changes are told later.');
  },
});
