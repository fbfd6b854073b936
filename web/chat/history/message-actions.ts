/** What one may do with a message, by who one is in its channel. */
import type { Message } from '../../../client/index.ts';
import type { MenuItem } from '../../parts/menu.tsx';
import { t } from '../../text/text.ts';
import { mayWrite, type ChannelFacts } from '../open-channel.ts';

export type MessageActions = {
  readonly channel: string;
  readonly jump: (seq: number) => void;
  readonly refresh: (seq: number) => void;
  readonly react: (message: Message, emoji: string, change: 'added' | 'removed') => void;
  readonly pickEmoji: (message: Message) => void;
  readonly reply: (message: Message) => void;
  readonly edit: (message: Message) => void;
  readonly withdraw: (message: Message) => void;
  readonly pin: (message: Message) => void;
  readonly copyText: (message: Message) => void;
  readonly copyLink: (message: Message) => void;
  readonly showEdits: (message: Message) => void;
  readonly showReceipts: (message: Message) => void;
  readonly report: (message: Message) => void;
  readonly retry: (id: string) => void;
  readonly discard: (id: string) => void;
  readonly sentenceOf: (failure: { readonly code: string; readonly detail: string }) => string;
};

export function actionsOf(message: Message, facts: ChannelFacts, own: string, actions: MessageActions): readonly MenuItem[] {
  const isOwn = message.sender === own;
  const hasWords = message.text !== null;
  const mayPin = hasWords && mayWrite(facts) && facts.request === null;
  return [
    ...(mayWrite(facts) ? [{ text: t('chat.reply'), onChoose: () => actions.reply(message) }] : []),
    ...(isOwn && hasWords && mayWrite(facts) ? [{ text: t('chat.edit'), onChoose: () => actions.edit(message) }] : []),
    ...(mayPin ? [{ text: t('chat.pin'), onChoose: () => actions.pin(message) }] : []),
    ...(hasWords && message.text !== '' ? [{ text: t('chat.copyText'), onChoose: () => actions.copyText(message) }] : []),
    { text: t('chat.copyLink'), onChoose: () => actions.copyLink(message) },
    ...(message.editedAt !== null && hasWords ? [{ text: t('chat.edits'), onChoose: () => actions.showEdits(message) }] : []),
    ...(isOwn ? [{ text: t('chat.receipts'), onChoose: () => actions.showReceipts(message) }] : []),
    ...(isOwn && !message.withdrawn ? [{ text: t('chat.withdraw'), onChoose: () => actions.withdraw(message), isWarning: true }] : []),
    ...(!isOwn && hasWords ? [{ text: t('chat.report'), onChoose: () => actions.report(message), isWarning: true }] : []),
  ];
}
