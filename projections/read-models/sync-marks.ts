/**
 * That a list of a person's has changed, and where in the log: for a client that keeps the list and asks what is new. A list may be long
 * and entries leave it without a trace, so the client is told to fetch it again.
 */
import type { ChannelEvent } from '../../domain/chat/events.ts';
import type { ContactsEvent, FriendshipEvent, RelationshipsEvent } from '../../domain/people/events.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import type { Collections, Projector } from '../projection.ts';

/** Each is fetched at `/v1/me/…`. */
export type MarkedList = 'friends' | 'friend-requests' | 'follows' | 'mutes' | 'blocks' | 'contacts' | 'devices' | 'invitations';

/** `people`: somebody was unknown to the person, and isn't any more: those whom the client keeps are told anew, and no list is to be fetched. */
type Marked = MarkedList | 'people';

/** Id: the person and the list. What it tells is its position. */
export type SyncMark = { readonly person: PersonId; readonly list: Marked };

type HandledEvent =
  | Exclude<RelationshipsEvent, { type: 'people.friend-slot-taken.v1' | 'people.friend-slot-freed.v1' }>
  | FriendshipEvent
  | ContactsEvent
  | Extract<
      ChannelEvent,
      {
        type: 'chat.channel-opened.v1' | 'chat.member-invited.v1' | 'chat.member-joined.v1' | 'chat.invitation-refused.v1' | 'chat.invitation-withdrawn.v1';
      }
    >;
type SyncMarks = { 'sync-marks': SyncMark };

export const syncMarks = {
  kind: 'projector',
  name: 'sync-marks',
  version: 1,
  handles: [
    'people.followed.v1',
    'people.unfollowed.v1',
    'people.muted.v1',
    'people.unmuted.v1',
    'people.blocked.v1',
    'people.unblocked.v1',
    'people.friend-requested.v1',
    'people.friend-accepted.v1',
    'people.friend-refused.v1',
    'people.friend-withdrawn.v1',
    'people.friend-removed.v1',
    'people.contact-set.v1',
    'people.contact-confirmed.v1',
    'people.contact-removed.v1',
    'people.contact-blocked.v1',
    'people.contact-unblocked.v1',
    'people.device-registered.v1',
    'people.device-invalidated.v1',
    'chat.channel-opened.v1',
    'chat.member-invited.v1',
    'chat.member-joined.v1',
    'chat.invitation-refused.v1',
    'chat.invitation-withdrawn.v1',
  ],
  indexes: { 'sync-marks': [{ fields: ['person', 'position'] }] },

  project: (event, views) => {
    const person = event.key as PersonId;
    switch (event.type) {
      case 'people.followed.v1':
      case 'people.unfollowed.v1':
        return mark(views, [person], 'follows');
      case 'people.muted.v1':
      case 'people.unmuted.v1':
        return mark(views, [person], 'mutes');
      case 'people.blocked.v1':
        return mark(views, [person], 'blocks');
      case 'people.unblocked.v1':
        mark(views, [event.data.person], 'people');
        return mark(views, [person], 'blocks');
      case 'people.friend-requested.v1':
      case 'people.friend-refused.v1':
      case 'people.friend-withdrawn.v1':
        return mark(views, [event.data.from, event.data.to], 'friend-requests');
      case 'people.friend-accepted.v1':
        mark(views, [event.data.from, event.data.to], 'friend-requests');
        return mark(views, [event.data.from, event.data.to], 'friends');
      case 'people.friend-removed.v1':
        return mark(views, [event.data.by, event.data.other], 'friends');
      case 'people.contact-set.v1':
      case 'people.contact-confirmed.v1':
      case 'people.contact-removed.v1':
      case 'people.contact-blocked.v1':
      case 'people.contact-unblocked.v1':
        return mark(views, [person], 'contacts');
      case 'people.device-registered.v1':
      case 'people.device-invalidated.v1':
        return mark(views, [person], 'devices');
      case 'chat.channel-opened.v1':
        return mark(views, event.data.invited ?? [], 'invitations');
      case 'chat.member-invited.v1':
      case 'chat.member-joined.v1':
      case 'chat.invitation-refused.v1':
      case 'chat.invitation-withdrawn.v1':
        return mark(views, [event.data.member], 'invitations');
    }
  },
} as const satisfies Projector<HandledEvent, SyncMarks>;

function mark({ 'sync-marks': marks }: Collections<SyncMarks>, people: readonly PersonId[], list: Marked): void {
  for (const person of people) marks.merge(`${person}:${list}`, () => ({ person, list }));
}
