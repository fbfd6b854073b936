/** Which fields of chat's events are personal, and whose; and which of them end with their message. */
import type { EndingOf, SealingOf } from '../shared/event.ts';
import type { ChatEvent, MessagesEvent } from './events.ts';

export const chatSealing: SealingOf<ChatEvent> = {
  'chat.channel-opened.v1': { title: 'owner' },
  'chat.channel-renamed.v1': { title: 'by' },
  'chat.disappearing-set.v1': {},
  'chat.member-invited.v1': {},
  'chat.invitation-refused.v1': {},
  'chat.invitation-withdrawn.v1': {},
  'chat.member-joined.v1': {},
  'chat.member-left.v1': {},
  'chat.member-removed.v1': {},
  'chat.role-changed.v1': {},
  'chat.owner-changed.v1': {},
  'chat.channel-described.v1': { description: 'by' },
  'chat.channel-pictured.v1': { picture: 'by' },
  'chat.history-set.v1': {},
  'chat.invitation-link-created.v1': {},
  'chat.invitation-link-revoked.v1': {},
  'chat.join-requested.v1': {},
  'chat.join-request-refused.v1': {},
  'chat.join-request-withdrawn.v1': {},
  'chat.message-pinned.v1': {},
  'chat.message-unpinned.v1': {},
  'chat.request-accepted.v1': {},
  'chat.request-refused.v1': {},
  'chat.message-posted.v1': { text: 'sender', entities: 'sender', media: 'sender', quote: 'quotedSender' },
  'chat.message-edited.v1': { text: 'sender', entities: 'sender' },
  'chat.message-withdrawn.v1': {},
  'chat.message-reacted.v1': {},
  'chat.message-previewed.v1': { preview: 'sender' },
  'chat.messages-disappeared.v1': {},
  'chat.notice-added.v1': { title: 'by' },
  'chat.reaction-kind-used.v1': {},
  'chat.message-closed.v1': {},
  'chat.read-up-to.v1': {},
  'chat.channel-muted.v1': {},
  'chat.channel-unmuted.v1': {},
  'chat.level-chosen.v1': {},
  'chat.presence-changed.v1': {},
  'chat.gateway-lost.v1': {},
};

type Ending<Type extends MessagesEvent['type']> = EndingOf<Extract<MessagesEvent, { readonly type: Type }>>;

/** What a message says ends with it. */
export const chatEnding: { readonly [Type in 'chat.message-posted.v1' | 'chat.message-edited.v1' | 'chat.message-previewed.v1']: Ending<Type> } = {
  'chat.message-posted.v1': { text: 'expiresAt', entities: 'expiresAt', media: 'expiresAt', quote: 'quoteExpiresAt' },
  'chat.message-edited.v1': { text: 'expiresAt', entities: 'expiresAt' },
  'chat.message-previewed.v1': { preview: 'expiresAt' },
};
