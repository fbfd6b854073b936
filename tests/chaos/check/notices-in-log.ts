/** Each change of a group that is to be told has one notice in the group's history, in the order of the changes. */
import { noticeOf } from '../../../domain/chat/groups/notices.ts';
import type { ChannelEvent } from '../../../domain/chat/events.ts';
import type { LoggedEvent, WholeLog } from './whole-log.ts';

export function findNoticeFaults(log: WholeLog): readonly string[] {
  const told = Map.groupBy(log.ofType('chat.notice-added.v1'), ({ data }) => data.channel as string);
  const changes = Map.groupBy(log.events.filter(isOfChannel), ({ key }) => key);
  const faults: string[] = [];
  for (const [channel, own] of changes) {
    const [opened] = own;
    const isAnnouncement = opened?.type === 'chat.channel-opened.v1' && opened.data.kind === 'announcement';
    const expected = own.flatMap((change) => {
      const notice = noticeOf(change, { revision: change.revision, isAnnouncement });
      return notice === undefined ? [] : [`${notice.noted} ${notice.notice} ${notice.member ?? ''}`];
    });
    const found = (told.get(channel) ?? []).map(({ data }) => `${data.noted} ${data.notice} ${data.member ?? ''}`);
    if (found.join() !== expected.join()) faults.push(`the notices of ${channel} are ${found.join()}; by its changes they are ${expected.join()}`);
  }
  return faults;
}

const isOfChannel = (event: LoggedEvent): event is LoggedEvent & ChannelEvent => event.stream.startsWith('channel-');
