/**
 * Notices: a change of a channel or its members is told in the history of its messages, in the order of the changes. A notice has the
 * revision of its change, and every later event of the messages repeats the newest one's, so that the last event is enough to know which
 * changes have a notice.
 */
import { isErased } from '../../shared/event.ts';
import type { PersonId } from '../../shared/ids.ts';
import type { ChannelEvent, MessagesEvent, NoticeKind } from '../events.ts';

type NoticeData = Extract<MessagesEvent, { type: 'chat.notice-added.v1' }>['data'];

export const NOTICE_KINDS = [
  'renamed',
  'described',
  'pictured',
  'joined',
  'left',
  'removed',
  'promoted',
  'demoted',
  'handed-over',
  'history-set',
  'disappearing-set',
  'pinned',
  'unpinned',
] as const satisfies readonly NoticeKind[];

/** What a notice tells, without its place in the history. */
export type Notice = Omit<NoticeData, 'channel' | 'messageCount'>;

/**
 * The notice of an event of a channel, or undefined where there is none: nobody but the people concerned is told of an invitation, of a
 * link or of a request to join, and in an announcement channel with its thousands nobody is told who comes and goes.
 */
export function noticeOf(
  event: ChannelEvent,
  { revision: noted, isAnnouncement }: { readonly revision: number; readonly isAnnouncement: boolean },
): Notice | undefined {
  switch (event.type) {
    case 'chat.channel-renamed.v1': {
      const { by, title } = event.data;
      return { notice: 'renamed', by, ...(!isErased(title) && { title }), noted };
    }
    case 'chat.channel-described.v1':
      return { notice: 'described', by: event.data.by, noted };
    case 'chat.channel-pictured.v1':
      return { notice: 'pictured', by: event.data.by, noted };
    case 'chat.member-joined.v1':
      return isAnnouncement ? undefined : about('joined', event.data, noted);
    case 'chat.member-left.v1':
      return isAnnouncement ? undefined : about('left', { ...event.data, by: event.data.member }, noted);
    case 'chat.member-removed.v1':
      return isAnnouncement ? undefined : about('removed', event.data, noted);
    case 'chat.role-changed.v1':
      return about(event.data.role === 'admin' ? 'promoted' : 'demoted', event.data, noted);
    case 'chat.owner-changed.v1':
      return about('handed-over', { by: event.data.by, member: event.data.owner }, noted);
    case 'chat.history-set.v1':
      return { notice: 'history-set', by: event.data.by, history: event.data.history, noted };
    case 'chat.disappearing-set.v1':
      return { notice: 'disappearing-set', by: event.data.by, afterSeconds: event.data.afterSeconds, noted };
    case 'chat.message-pinned.v1':
    case 'chat.message-unpinned.v1':
      return {
        notice: event.type === 'chat.message-pinned.v1' ? 'pinned' : 'unpinned',
        by: event.data.by,
        message: event.data.message,
        noted,
      };
    case 'chat.channel-opened.v1':
    case 'chat.member-invited.v1':
    case 'chat.invitation-refused.v1':
    case 'chat.invitation-withdrawn.v1':
    case 'chat.invitation-link-created.v1':
    case 'chat.invitation-link-revoked.v1':
    case 'chat.join-requested.v1':
    case 'chat.join-request-refused.v1':
    case 'chat.join-request-withdrawn.v1':
    case 'chat.request-accepted.v1':
    case 'chat.request-refused.v1':
      return undefined;
  }
}

const about = (notice: NoticeKind, { member, by }: { readonly member: PersonId; readonly by: PersonId }, noted: number): Notice => ({
  notice,
  member,
  by,
  noted,
});
