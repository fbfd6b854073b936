/** The keyboard in a history: arrow keys go from message to message, and letters do what the menu of one does. */
import { useSignal, type Signal } from '@preact/signals';
import type { ChannelFacts } from '../open-channel.ts';
import { mayWrite } from '../open-channel.ts';
import type { HistoryItem } from './items.ts';
import type { MessageActions } from './message-actions.ts';
import type { InSight, ListControls } from '../list/virtual-list.tsx';

type RowKeys = {
  readonly items: readonly HistoryItem[];
  readonly controls: { readonly current: ListControls | null };
  readonly inSight: Signal<InSight>;
  readonly actions: MessageActions;
  readonly facts: ChannelFacts;
  readonly own: string;
};

export function useRowKeys({ items, controls, inSight, actions, facts, own }: RowKeys) {
  const active = useSignal<string | undefined>(undefined);
  const move = (by: number): void => {
    const messages = items.filter(({ kind }) => kind === 'message');
    const at = messages.findIndex(({ key }) => key === active.value);
    const from = at >= 0 ? at : Math.max(0, lastInSight(messages, items, inSight.value) + (by < 0 ? 1 : 0));
    const next = messages[Math.min(messages.length - 1, Math.max(0, from + by))];
    if (next === undefined) return;
    active.value = next.key;
    controls.current?.show(next.key, 'nearest', { focus: true });
  };
  const act = (key: string, row: HTMLElement | null): boolean => {
    const item = items.find((one) => one.key === active.value);
    if (item?.kind !== 'message' || item.message.notice !== null) return false;
    const { message } = item;
    const isOwn = message.sender === own;
    switch (key) {
      case 'r':
        if (mayWrite(facts)) actions.reply(message);
        return true;
      case 'e':
        if (isOwn && message.text !== null) actions.edit(message);
        return true;
      case '+':
        if (message.text !== null) actions.pickEmoji(message);
        return true;
      case 'c':
        if (message.text !== null) actions.copyText(message);
        return true;
      case 'Delete':
        if (isOwn && !message.withdrawn) actions.withdraw(message);
        return true;
      case 'Enter':
        row?.querySelector<HTMLElement>('[aria-haspopup=menu]')?.click();
        return true;
      default:
        return false;
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !(target instanceof HTMLElement)) return;
    const isList = target.getAttribute('role') === 'log';
    // The menu of a message gives the focus back to its button.
    const isButton = target.matches('[data-tools] > button, [data-tools] > .menu > button[aria-expanded=false]');
    if (isButton ? key === 'Enter' : !isList && !target.matches('[data-row]')) return;
    if (key === 'ArrowUp' || key === 'ArrowDown') move(key === 'ArrowUp' ? -1 : 1);
    else if (!act(key, isList ? null : target)) return;
    event.preventDefault();
  };
  return { active: active.value, onKeyDown };
}

function lastInSight(messages: readonly HistoryItem[], items: readonly HistoryItem[], { lastKey }: InSight): number {
  const at = items.findIndex(({ key }) => key === lastKey);
  const last = items.slice(0, at + 1).findLast(({ kind }) => kind === 'message');
  return messages.findIndex(({ key }) => key === last?.key);
}
