/** A change of a group, as a sentence. */
import type { Message } from '../../../client/index.ts';
import { session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { nameOf } from '../names.ts';

type Notice = NonNullable<Message['notice']>;

/** Undefined: of a kind that these pages don't know. */
export function noticeText({ kind, member, title, history, afterSeconds }: Notice, by: string): string | undefined {
  const name = nameOf(by);
  const own = session.value?.person;
  const whom = member === undefined ? '' : nameOf(member);
  switch (kind) {
    case 'joined':
      return member === undefined || member === by ? t('chat.noticeJoined', { name }) : t('chat.noticeAdded', { name, member: whom });
    case 'left':
      return t('chat.noticeLeft', { name: member === undefined ? name : whom });
    case 'removed':
      return member === own ? t('chat.noticeYouRemoved', { name }) : t('chat.noticeRemoved', { name, member: whom });
    case 'promoted':
      return t('chat.noticePromoted', { name, member: whom });
    case 'demoted':
      return t('chat.noticeDemoted', { name, member: whom });
    case 'handed-over':
      return t('chat.noticeHandedOver', { name, member: whom });
    case 'renamed':
      return title === null || title === undefined ? t('chat.noticeUntitled', { name }) : t('chat.noticeRenamed', { name, title });
    case 'described':
      return t('chat.noticeDescribed', { name });
    case 'pictured':
      return t('chat.noticePictured', { name });
    case 'history-set':
      return t(history === 'all' ? 'chat.noticeHistoryAll' : 'chat.noticeHistorySince', { name });
    case 'disappearing-set':
      return afterSeconds === null || afterSeconds === undefined
        ? t('chat.noticeStay', { name })
        : t('chat.noticeDisappear', { name, time: durationText(afterSeconds) });
    case 'pinned':
      return t('chat.noticePinned', { name });
    case 'unpinned':
      return t('chat.noticeUnpinned', { name });
  }
}

const UNITS = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const COUNTED = { week: 'chat.weeks', day: 'chat.days', hour: 'chat.hours', minute: 'chat.minutes' } as const;

/** In the largest unit that counts it whole. */
export function durationText(seconds: number): string {
  const [unit, length] = UNITS.find(([, unitSeconds]) => seconds % unitSeconds === 0) ?? ['minute', 60];
  return t(COUNTED[unit], { count: Math.round(seconds / length) });
}
