/** What is in sight of a page that the person sees is read. */
import { useEffect, useRef } from 'preact/hooks';
import { session } from '../../app/session.ts';
import { markSeen } from '../inbox.ts';
import type { Opened } from '../open-channel.ts';
import type { HistoryItem } from './items.ts';
import type { InSight } from '../list/virtual-list.tsx';

type Seen = { readonly items: readonly HistoryItem[]; readonly inSight: InSight; readonly isElsewhere: boolean };

export function useReading(opened: Opened, { items, inSight, isElsewhere }: Seen): void {
  const told = useRef(-1);
  const at = inSight.isAtEnd && !isElsewhere ? items.length : items.findIndex(({ key }) => key === inSight.lastKey) + 1;
  const last = items.slice(0, at).findLast((item) => item.kind === 'message');
  const seq = last?.kind === 'message' ? last.message.seq : undefined;
  useEffect(() => {
    const read = () => {
      const channel = opened.channel();
      if (seq === undefined || channel === undefined || document.visibilityState !== 'visible') return;
      told.current = Math.max(told.current, seq);
      channel.markRead(told.current);
      markSeen(channel.id, told.current);
    };
    read();
    document.addEventListener('visibilitychange', read);
    const stop = session.value?.tidings.chat.connection.subscribe(({ phase }) => phase === 'live' && read());
    return () => {
      document.removeEventListener('visibilitychange', read);
      stop?.();
    };
  }, [opened, seq]);
}
