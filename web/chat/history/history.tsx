/** The messages of a channel, from wherever one reads them: the newest, the first that is unread, or where one jumped to. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { ChannelState, Message } from '../../../client/index.ts';
import { session } from '../../app/session.ts';
import { t } from '../../text/text.ts';
import { nameOf } from '../names.ts';
import { goToMessage, receiptOf, type ChannelFacts, type Opened } from '../open-channel.ts';
import { dayText } from '../times.ts';
import { itemsOf, keyOf, type HistoryItem } from './items.ts';
import { MessageDialogs, useMessageActions } from './message-dialogs.tsx';
import { MessageRow } from './message-row.tsx';
import { OutgoingRow } from './outgoing-row.tsx';
import { excerptOf } from './replied-to.tsx';
import { useReading } from './reading.ts';
import { useRowKeys } from './row-keys.ts';
import { VirtualList, type InSight, type ListControls } from '../list/virtual-list.tsx';

type HistoryProps = { readonly opened: Opened; readonly state: ChannelState; readonly facts: ChannelFacts };

const NOTHING_IN_SIGHT: InSight = { firstKey: undefined, lastKey: undefined, isAtEnd: true };

export function History({ opened, state, facts }: HistoryProps) {
  const own = session.value?.person ?? '';
  const controls = useRef<ListControls>(null);
  const { elsewhere, outgoing, isCurrent } = state;
  const messages = elsewhere?.messages ?? state.messages;
  const hasOlder = elsewhere?.hasOlder ?? state.hasOlder;
  const target = useSignal<number | undefined>(undefined);
  const inSight = useSignal<InSight>(NOTHING_IN_SIGHT);
  const firstUnread = useFirstUnread(opened, state, own);
  const jump = useJumps(opened, { controls, target, own });
  const { actions, dialog } = useMessageActions(opened, facts, jump);
  const items = useMemo(
    () => itemsOf({ messages, outgoing: elsewhere === undefined ? outgoing : [], own, isWhole: !hasOlder && isCurrent, firstUnread }),
    [messages, outgoing, elsewhere === undefined, own, hasOlder, isCurrent, firstUnread],
  );
  const bySeq = useMemo(() => new Map(messages.map((message) => [message.seq, message])), [messages]);
  const { active, onKeyDown } = useRowKeys({ items, controls, inSight, actions, facts, own });
  useReading(opened, { items, inSight: inSight.value, isElsewhere: elsewhere !== undefined });
  useEffect(() => {
    const asked = opened.target.peek();
    if (firstUnread !== undefined && (asked === undefined || asked.isUnread)) controls.current?.show('unread', 'third');
  }, [firstUnread]);

  const lastOwn = elsewhere === undefined ? state.messages.findLast(({ sender, notice }) => sender === own && notice === null) : undefined;
  const draw = (item: HistoryItem) => {
    switch (item.kind) {
      case 'beginning':
        return <p class="end">{t('chat.begin')}</p>;
      case 'day':
        return (
          <p class="day">
            <time dateTime={item.at}>{dayText(item.at)}</time>
          </p>
        );
      case 'unread':
        return <p class="first-unread">{t('chat.unreadFromHere')}</p>;
      case 'outgoing':
        return <OutgoingRow outgoing={item.outgoing} />;
      case 'message':
        return (
          <MessageRow
            message={item.message}
            isFollowing={item.isFollowing}
            isActive={active === item.key}
            isTarget={target.value === item.message.seq}
            facts={facts}
            own={own}
            receipt={item.message === lastOwn && outgoing.length === 0 ? receiptOf(item.message.seq, state, facts, own) : undefined}
            outgoing={outgoing}
            answered={item.message.replyTo === null ? undefined : bySeq.get(item.message.replyTo)}
            actions={actions}
          />
        );
    }
  };
  const toEnd = () => {
    target.value = undefined;
    opened.channel()?.toNewest();
    controls.current?.toEnd();
  };
  return (
    <div class="history-frame">
      <VirtualList
        items={items}
        draw={draw}
        controls={controls}
        isWhole={elsewhere === undefined}
        label={t('chat.history')}
        onNearStart={() => hasOlder && loadOnce(opened, 'loadOlder')}
        onNearEnd={() => elsewhere !== undefined && loadOnce(opened, 'loadNewer')}
        onMove={(moved) => sameSight(inSight.value, moved) || (inSight.value = moved)}
        onKeyDown={onKeyDown}
      />
      <ToEnd state={state} own={own} isAtEnd={inSight.value.isAtEnd && elsewhere === undefined} onClick={toEnd} />
      <Announcer messages={state.messages} own={own} isCurrent={isCurrent} />
      <MessageDialogs dialog={dialog} actions={actions} opened={opened} />
    </div>
  );
}

const sameSight = (one: InSight, other: InSight): boolean => one.firstKey === other.firstKey && one.lastKey === other.lastKey && one.isAtEnd === other.isAtEnd;

/** By channel: one page at a time of each direction. What fails is asked for again by the next scroll. */
const loading = new WeakMap<Opened, Set<string>>();
function loadOnce(opened: Opened, what: 'loadOlder' | 'loadNewer'): void {
  const underWay = loading.get(opened) ?? new Set();
  loading.set(opened, underWay);
  const channel = opened.channel();
  if (underWay.has(what) || channel === undefined) return;
  underWay.add(what);
  channel[what]()
    .catch(() => undefined)
    .finally(() => underWay.delete(what));
}

/** Told once, when the channel is opened; what is read meanwhile moves no line. */
function useFirstUnread(opened: Opened, { messages, elsewhere, hasOlder, isCurrent }: ChannelState, own: string): number | undefined {
  const found = useRef<number | undefined>(undefined);
  const isAsked = useRef(false);
  const { readBefore } = opened;
  const shown = elsewhere?.messages ?? messages;
  const isHere = readBefore !== undefined && isCurrent && ((shown[0]?.seq ?? Infinity) <= readBefore + 1 || !(elsewhere?.hasOlder ?? hasOlder));
  if (isHere) found.current ??= shown.find(({ seq, sender, notice }) => seq > readBefore && sender !== own && notice === null)?.seq;
  useEffect(() => {
    if (readBefore === undefined || !isCurrent || isAsked.current || opened.target.peek() !== undefined) return;
    isAsked.current = true;
    if (!isHere) opened.target.value = { seq: readBefore + 1, isUnread: true };
  }, [isCurrent]);
  return found.current;
}

/** Jumps that are asked for anywhere: by a link, a search, a reply. */
function useJumps(
  opened: Opened,
  {
    controls,
    target,
    own,
  }: { readonly controls: { readonly current: ListControls | null }; readonly target: { value: number | undefined }; readonly own: string },
) {
  const wanted = opened.target.value;
  const isLoaded = opened.state.value !== undefined && opened.facts.value !== undefined;
  useEffect(() => {
    const channel = opened.channel();
    if (wanted === undefined || !isLoaded || channel === undefined) return;
    const go = async () => {
      const seq = await channel.jumpTo({ seq: wanted.seq });
      opened.target.value = undefined;
      // What is unread is led to by its line.
      if (seq === undefined || wanted.isUnread) return;
      target.value = seq;
      // The rows are there with the next drawing.
      requestAnimationFrame(() => {
        const shown = (channel.state.value.elsewhere?.messages ?? channel.state.value.messages).find((message: Message) => message.seq === seq);
        if (shown !== undefined) controls.current?.show(keyOf(shown, own), 'third', { focus: true });
      });
    };
    go().catch(() => (opened.target.value = undefined));
  }, [wanted, isLoaded]);
  return (seq: number) => goToMessage(opened, seq);
}

/** Back to what is new, with how many came meanwhile. */
function ToEnd({
  state,
  own,
  isAtEnd,
  onClick,
}: {
  readonly state: ChannelState;
  readonly own: string;
  readonly isAtEnd: boolean;
  readonly onClick: () => void;
}) {
  const seenSeq = useRef(-1);
  const lastSeq = state.messages.at(-1)?.seq ?? -1;
  if (isAtEnd || seenSeq.current < 0) seenSeq.current = lastSeq;
  if (isAtEnd) return null;
  const count = state.messages.filter(({ seq, sender, notice }) => seq > seenSeq.current && sender !== own && notice === null).length;
  return (
    <button type="button" class="to-end" onClick={onClick}>
      {count > 0 ? t('chat.new', { count }) : t('chat.toNewest')}
    </button>
  );
}

const ANNOUNCED_MS = 1_500;

/** Tells screen readers what comes, and nothing that scrolling brings. */
function Announcer({ messages, own, isCurrent }: { readonly messages: readonly Message[]; readonly own: string; readonly isCurrent: boolean }) {
  const known = useRef<number | undefined>(undefined);
  const text = useSignal('');
  const last = messages.at(-1);
  useEffect(() => {
    if (!isCurrent || last === undefined) return;
    const isNew = known.current !== undefined && last.seq > known.current && last.sender !== own && last.notice === null;
    known.current = Math.max(known.current ?? -1, last.seq);
    if (!isNew) return;
    text.value = t('chat.messageOf', { name: nameOf(last.sender), text: excerptOf(last) });
    const timer = setTimeout(() => (text.value = ''), ANNOUNCED_MS);
    return () => clearTimeout(timer);
  }, [last?.seq, isCurrent]);
  return (
    <p class="unseen" role="status">
      {text}
    </p>
  );
}
